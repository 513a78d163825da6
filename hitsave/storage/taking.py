"""Files of a user taken in as blobs: as clones where the file system shares what they hold (btrfs, XFS, bcachefs), else as copies, digested as they go by."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from hitsave.errors import PathError
from hitsave.storage import platform
from hitsave.storage.blobs import Staged
from hitsave.storage.entry import Attachment
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitsave.digest import Digest
    from hitsave.storage.blobs import Blobs

    Told = Callable[[int], None]
    """Is told how many bytes went by."""

_STEP: Final = 8 << 20  # from this many bytes on, a blob's digests are made beside its writing


class Taken(NamedTuple):
    """Bytes that are in a store as a blob: their digest, size and checksum."""

    blob: Digest
    size: int
    checksum: bytes

    def attached(self, name: str, media: str) -> Attachment:
        """The same, as something that is kept with an entry."""
        return Attachment(name, media, self.size, self.blob, self.checksum)


def nobody_told(count: int) -> None:
    """For who does not want to know."""


def stage_file(blobs: Blobs, source: int, told: Told) -> Staged:
    """Take in what an open file holds, from its beginning; see `Blobs.stage`. PathError if it can't be read."""
    file, path = blobs.new_file()
    try:
        intake = blobs.intake()
        if platform.clone(source, file):
            _look_at(path, intake.look, told)
        else:
            buffer = memoryview(bytearray(_STEP))
            while count := _read(source, buffer):
                intake.take(buffer[:count], file)
                told(count)
        digest, checksum = intake.results()
        return Staged(os.fstat(file).st_size, digest, checksum, None, path, file)
    except BaseException:
        blobs.drop(file, path)
        raise


def _look_at(path: str, look: Callable[[memoryview], None], told: Told) -> None:
    """Show all bytes of a file, while the disk already reads those that come next."""
    file = os.open(path, os.O_RDONLY | platform.OPEN_FLAGS)
    try:
        buffer, place = memoryview(bytearray(_STEP)), 0
        platform.will_read(file, 0, 2 * _STEP)
        while count := _read(file, buffer):
            place += count
            platform.will_read(file, place + _STEP, _STEP)
            look(buffer[:count])
            told(count)
    finally:
        os.close(file)


def _read(file: int, buffer: memoryview) -> int:
    """Fill `buffer` as far as the file goes."""
    done = 0
    try:
        while done < len(buffer):
            count = platform.read_into(file, buffer[done:])
            if count == 0:
                break
            done += count
    except OSError as problem:
        raise PathError(f"It can't be read to its end: {problem.strerror or problem}", "Look at the disk that it is on") from problem
    return done
