"""The bytes of a blob on their way into its file: digested as they go by."""

from __future__ import annotations

import os
from typing import Final

from blake3 import blake3
from xxhash import xxh3_128

from hitsave.digest import Digest

BLOB_CONTEXT: Final = "hitsave 2026 v1 blob"
STEP: Final = 1 << 20
"""Bytes that are written and digested at a time, while they are in the processor's cache."""


class Intake:
    """Bytes on their way into a file, digested as they go by."""

    def __init__(self) -> None:
        self._digest = blake3(derive_key_context=BLOB_CONTEXT)
        self._check = xxh3_128()

    def take(self, view: memoryview, file: int) -> None:
        """The next bytes; written to `file` unless it is negative."""
        for start in range(0, len(view), STEP):
            piece = view[start : start + STEP]
            self._update(piece)
            if file >= 0:
                _write(file, piece)

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
