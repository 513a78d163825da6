"""The bytes of a blob on their way into its file: digested as they go by, beside their writing where that saves time."""

from __future__ import annotations

import os
from _thread import allocate_lock, start_new_thread
from typing import Final

from blake3 import blake3
from xxhash import xxh3_128

from hitsave.digest import Digest

BLOB_CONTEXT: Final = "hitsave 2026 v1 blob"
STEP: Final = 1 << 20
"""Bytes that are written and digested at a time, while they are in the processor's cache."""
_BESIDE: Final = 8 << 20
"""Bytes from which on digesting and writing go on at once."""


class Intake:
    """Bytes on their way into a file, digested as they go by."""

    def __init__(self) -> None:
        self._digest = blake3(derive_key_context=BLOB_CONTEXT)
        self._check = xxh3_128()

    def take(self, view: memoryview, file: int) -> None:
        """The next bytes; written to `file` unless it is negative."""
        if len(view) < _BESIDE:
            for start in range(0, len(view), STEP):
                piece = view[start : start + STEP]
                self._update(piece)
                if file >= 0:
                    _write(file, piece)
            return
        # Of many bytes, the digests are made by a second thread while this one writes: together they take as long as the slower of the two.
        ended = allocate_lock()
        ended.acquire()
        wrong: list[BaseException] = []

        def beside() -> None:
            try:
                self._update(view)
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
                wrong.append(error)
            finally:
                ended.release()

        try:
            start_new_thread(beside, ())
        except RuntimeError:  # no more threads, or the interpreter is shutting down
            beside()
        try:
            _write(file, view)
        finally:
            ended.acquire()
        if wrong:
            raise wrong[0]

    def look(self, view: memoryview) -> None:
        """The next bytes, which are in the file already."""
        for start in range(0, len(view), STEP):
            self._update(view[start : start + STEP])

    def results(self) -> tuple[Digest, bytes]:
        """The digest and the checksum of all bytes so far."""
        return Digest(self._digest.digest()), self._check.digest()

    def _update(self, view: memoryview) -> None:
        self._digest.update(view)
        self._check.update(view)


def _write(file: int, piece: memoryview) -> None:
    while piece:
        piece = piece[os.write(file, piece) :]
