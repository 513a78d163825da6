"""Blobs: large values, each a read-only file named by the digest of its bytes, ``blobs/ab/cdef…``.

Writing goes through a file in ``blobs/new``, named by the token of its process, so that what a killed process left behind is told from what a living one writes.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias

from xxhash import xxh3_128_digest

from hitsave.digest import Digest
from hitsave.errors import DamagedError
from hitsave.storage import platform
from hitsave.storage.folder import make_folder, make_inner
from hitsave.storage.intake import STEP, Intake
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

BytesLike: TypeAlias = "bytes | bytearray | memoryview"

INLINE_LIMIT: Final = 16 << 10
_SMALL: Final = 64 << 10  # chunks below this are joined before they are written
_VERIFIED_LIMIT: Final = 1 << 16
_PREFIXES: Final = frozenset(f"{byte:02x}" for byte in range(256))


class Staged(NamedTuple):
    """Bytes that were taken in: how many, their digest and checksum, and where they are: in `inline`, or in the file `path`, open as `file`, until `Blobs.keep`."""

    size: int
    digest: Digest
    checksum: bytes
    inline: bytes | None
    path: str | None = None
    file: int = -1


class Blobs:
    """The blob files of the store in `folder`. `token` gives what this process is known by; `mapped` says whether its files may be mapped."""

    def __init__(self, folder: str, *, token: Callable[[], str], mapped: Callable[[], bool]) -> None:
        self.folder = os.path.join(folder, "blobs")
        self.new_folder = os.path.join(self.folder, "new")
        self._store_folder = folder
        self._token = token
        self._mapped = mapped
        self._serial = 0
        # What this process has read and found right: digest → checksum, and the file's mtime, ctime, size and inode then.
        self._verified: dict[Digest, tuple[object, ...]] = {}

    def path(self, digest: Digest) -> str:
        """Where the blob with this digest is, if it is here."""
        name = digest.hex()
        return os.path.join(self.folder, name[:2], name[2:])

    def has(self, digest: Digest, size: int) -> bool:
        """Whether there is a blob with this digest, of this size; its bytes are not looked at."""
        try:
            return os.lstat(self.path(digest)).st_size == size
        except OSError:
            return False

    def open(self, digest: Digest, checksum: bytes, size: int) -> memoryview:
        """The bytes of a blob, verified, in memory of the caller's own. DamagedError if they are missing or not what was stored."""
        path = self.path(digest)
        try:
            file = os.open(path, os.O_RDONLY | platform.OPEN_FLAGS | platform.NO_FOLLOW | platform.NO_WAIT)
        except FileNotFoundError:
            raise _damaged(path, "is missing") from None
        except OSError as error:
            if os.path.islink(path):
                raise _damaged(path, "was replaced by a link") from error
            raise
        try:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode) or platform.is_foreign(status):
                raise _damaged(path, "is not a file of this user")
            if status.st_size != size:
                raise _damaged(path, f"has {status.st_size} bytes, not {size}")
            seen = (checksum, status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
            if not self._mapped() or size == 0:
                content = memoryview(_read(file, size))
                if len(content) != size or xxh3_128_digest(content) != checksum:
                    raise _damaged(path, "is not what was stored")
                return content
            if self._verified.get(digest) != seen:
                with platform.map_shared(file, size) as view:
                    right = xxh3_128_digest(view) == checksum
                if not right:
                    raise _damaged(path, "is not what was stored")
                self._remember(digest, seen)
            return platform.map_private(file, size)
        finally:
            os.close(file)

    def stage(self, chunks: Iterable[BytesLike], *, inline: int = INLINE_LIMIT) -> Staged:
        """Take in the bytes of `chunks`, one after the other; each is read before the next is asked for. Up to `inline` bytes in all stay in memory.

        Nothing is in place yet: call `keep` or `discard`.
        """
        intake = Intake()
        pending, size, file, path = bytearray(), 0, -1, ""
        try:
            for chunk in chunks:
                view = memoryview(chunk)
                size += view.nbytes
                small = view.nbytes < _SMALL
                if small:
                    pending += view
                    if len(pending) <= (inline if file < 0 else STEP):
                        continue
                if file < 0:
                    file, path = self.new_file()
                if pending:
                    intake.take(memoryview(pending), file)
                    pending = bytearray()
                if not small:
                    intake.take(view.cast("B"), file)
            if file < 0 and size > inline:
                file, path = self.new_file()
            if pending:
                intake.take(memoryview(pending), file)
            digest, checksum = intake.results()
        except BaseException:
            if file >= 0:
                self.drop(file, path)
            raise
        if file < 0:
            return Staged(size, digest, checksum, bytes(pending))
        return Staged(size, digest, checksum, None, path, file)

    def keep(self, staged: Staged) -> None:
        """Put a staged blob in its place, on the disk for good. One that is there already and good stays; one that is there and damaged is replaced."""
        if self.put(staged):
            platform.sync_folder(self.folder)

    def put(self, staged: Staged, *, synced: bool = False) -> bool:
        """As `keep`, of a file that may be `synced` already; but whether the folder that it went into is new is the answer, and syncing its name the caller's."""
        if staged.path is None:
            return False
        final = self.path(staged.digest)
        try:
            try:
                if self._is_good(staged):
                    _unlink(staged.path)
                    return False
                if not synced:
                    os.fsync(staged.file)
            finally:
                os.close(staged.file)
            is_new = make_inner(os.path.dirname(final))
            os.replace(staged.path, final)
        except BaseException:
            _unlink(staged.path)
            raise
        return is_new

    def discard(self, staged: Staged) -> None:
        """Undo `stage`, if `keep` was not called."""
        if staged.path is not None:
            self.drop(staged.file, staged.path)

    def drop(self, file: int, path: str) -> None:
        """Undo `new_file`."""
        os.close(file)
        _unlink(path)

    def remove(self, digest: Digest) -> int:
        """Delete a blob; how many bytes that gave back. Memory mapped from it stays good."""
        path = self.path(digest)
        self._verified.pop(digest, None)
        try:
            size = os.lstat(path).st_size
        except FileNotFoundError:
            return 0
        os.unlink(path)
        return size

    def prefixes(self) -> tuple[str, ...]:
        """The first two digits of all blobs, which are the names of the folders that they lie in."""
        try:
            return tuple(sorted(name for name in os.listdir(self.folder) if name in _PREFIXES))
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def list(self, prefix: str) -> Iterator[tuple[Digest, os.stat_result]]:
        """The blobs whose digest begins with these two digits; files that are no blobs are passed over."""
        try:
            found = os.scandir(os.path.join(self.folder, prefix))
        except (FileNotFoundError, NotADirectoryError):
            return
        with found:
            for item in found:
                try:
                    yield Digest.from_hex(prefix + item.name), item.stat(follow_symlinks=False)
                except (ValueError, FileNotFoundError):
                    continue

    def sweep_new(self, alive: Callable[[str], bool]) -> int:
        """Delete the unfinished files of processes that are gone; how many there were."""
        swept = 0
        try:
            names = os.listdir(self.new_folder)
        except FileNotFoundError:
            return 0
        for name in names:
            if not alive(name.partition("-")[0]):
                remove_unfinished(os.path.join(self.new_folder, name))
                swept += 1
        return swept

    def _is_good(self, staged: Staged) -> bool:
        try:
            with self.open(staged.digest, staged.checksum, staged.size):
                return True
        except (DamagedError, OSError):
            return False

    def new_file(self) -> tuple[int, str]:
        """A file for what is to become a blob, open for writing, and its path; swept when this process is gone."""
        path = self._new_path()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | platform.OPEN_FLAGS
        try:
            return os.open(path, flags, 0o400), path
        except FileNotFoundError:
            self._make_folders()
            return os.open(path, flags, 0o400), path

    def new_inner_folder(self) -> str:
        """A folder of this process's own beside its unfinished files; swept as they are."""
        path = self._new_path()
        self._make_folders()
        os.mkdir(path, 0o700)
        return path

    def _new_path(self) -> str:
        self._serial += 1
        return os.path.join(self.new_folder, f"{self._token()}-{self._serial}-{os.urandom(4).hex()}")

    def _make_folders(self) -> None:
        make_folder(self._store_folder)
        make_inner(self.folder)
        make_inner(self.new_folder)

    def _remember(self, digest: Digest, seen: tuple[object, ...]) -> None:
        if len(self._verified) >= _VERIFIED_LIMIT:
            self._verified.clear()
        self._verified[digest] = seen


def _read(file: int, size: int) -> bytearray:
    content = bytearray(size)
    view, done = memoryview(content), 0
    while done < size:
        got = platform.read_into(file, view[done:])
        if got == 0:
            break
        done += got
    view.release()
    del content[done:]
    return content


def remove_unfinished(path: str) -> None:
    """Delete what is in ``blobs/new``: a file, or a folder that was put together for a process to read."""
    if not os.path.isdir(path) or os.path.islink(path):
        _unlink(path)
        return
    from shutil import rmtree

    for folder, _, _ in os.walk(path):  # made so that nobody changes anything in them
        with suppress(OSError):
            os.chmod(folder, 0o700)
    rmtree(path, ignore_errors=True)


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # what stays is swept later


def _damaged(path: str, how: str) -> DamagedError:
    return DamagedError(f"The stored value {path} {how}", "It is replaced when its result is computed again", path=path)
