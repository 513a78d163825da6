"""Files of a user taken in as blobs: as clones where the file system shares what they hold (btrfs, XFS, bcachefs), else as copies, digested as they go by."""

from __future__ import annotations

import os
from _thread import allocate_lock, start_new_thread
from collections import deque
from typing import TYPE_CHECKING, Final, Self

from hitsave.errors import PathError
from hitsave.storage import platform
from hitsave.storage.blobs import Staged
from hitsave.storage.entry import Attachment
from hitsave.storage.faults import translated
from hitsave.storage.intake import Intake
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitsave.digest import Digest
    from hitsave.storage.blobs import Blobs

    Told = Callable[[int], None]
    """Is told how many bytes went by."""

_STEP: Final = 8 << 20  # from this many bytes on, a blob's digests are made beside its writing
_MOST_WAITING: Final = 32  # files that are open for the disk to write them
_MOST_BYTES: Final = 256 << 20


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


class Taking:
    """Files on their way into a store: while the disk writes those that were taken last, the next are read. To wait for each by itself would take several times as long.

    Used as a context, at whose end all are in their place; where an exception leaves it, those that are not yet are dropped.
    """

    def __init__(self, blobs: Blobs, folder: str) -> None:
        self.folder = folder
        self._blobs = blobs
        self._waiting: deque[_Syncing] = deque()
        self._bytes = 0
        self._has_new_folders = False
        self.clones = False
        """Whether the file system shares what files hold, so that what was taken last was cloned."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, problem: object, trace: object) -> None:
        try:
            if kind is None:
                self._settle()
        finally:
            while self._waiting:
                syncing = self._waiting.popleft()
                syncing.wait()
                self._blobs.discard(syncing.staged)

    @translated
    def take_file(self, file: int, *, told: Told = nobody_told) -> Taken:
        """Take in what an open file holds, from its beginning. PathError if it can't be read."""
        staged, self.clones = _stage_file(self._blobs, file, told)
        self._waiting.append(_Syncing(staged))
        self._bytes += staged.size
        while len(self._waiting) > _MOST_WAITING or (self._bytes > _MOST_BYTES and len(self._waiting) > 1):
            self._put_first_in_place()
        return Taken(staged.digest, staged.size, staged.checksum)

    @translated
    def _settle(self) -> None:
        while self._waiting:
            self._put_first_in_place()
        if self._has_new_folders:
            platform.sync_folder(self._blobs.folder)

    def _put_first_in_place(self) -> None:
        syncing = self._waiting[0]
        problem = syncing.wait()
        if problem is not None:
            raise problem
        self._waiting.popleft()
        self._bytes -= syncing.staged.size
        self._has_new_folders |= self._blobs.put(syncing.staged, synced=True)


class _Syncing:
    """A staged file that another thread waits for the disk to write. Many at once take hardly longer than one: a file system writes its journal for all of them."""

    def __init__(self, staged: Staged) -> None:
        self.staged = staged
        self._problem: OSError | None = None
        self._ended = allocate_lock()
        self._ended.acquire()
        try:
            start_new_thread(self._sync, ())
        except RuntimeError:  # no more threads, or the interpreter is shutting down
            self._sync()

    def wait(self) -> OSError | None:
        """Wait for it; what went wrong."""
        with self._ended:
            return self._problem

    def _sync(self) -> None:
        try:
            os.fsync(self.staged.file)
        except OSError as problem:
            self._problem = problem
        finally:
            self._ended.release()


def _stage_file(blobs: Blobs, source: int, told: Told) -> tuple[Staged, bool]:
    """What an open file holds, see `Blobs.stage`, and whether it was cloned."""
    file, path = blobs.new_file()
    try:
        intake = Intake()
        cloned = platform.clone(source, file)
        if cloned:
            _look_at(path, intake.look, told)
        else:
            buffer, place = _buffer_for(source), 0
            while count := _read(source, buffer):
                platform.will_read(source, place + count, _STEP)
                intake.take(buffer[:count], file)
                platform.begin_writing(file, place, count)
                place += count
                told(count)
        digest, checksum = intake.results()
        return Staged(os.fstat(file).st_size, digest, checksum, None, path, file), cloned
    except BaseException:
        blobs.drop(file, path)
        raise


def _look_at(path: str, look: Callable[[memoryview], None], told: Told) -> None:
    """Show all bytes of a file, while the disk already reads those that come next."""
    file = os.open(path, os.O_RDONLY | platform.OPEN_FLAGS)
    try:
        buffer, place = _buffer_for(file), 0
        platform.will_read(file, 0, 2 * _STEP)
        while count := _read(file, buffer):
            place += count
            platform.will_read(file, place + _STEP, _STEP)
            look(buffer[:count])
            told(count)
    finally:
        os.close(file)


def _buffer_for(file: int) -> memoryview:
    return memoryview(bytearray(min(_STEP, max(os.fstat(file).st_size, 1))))


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
