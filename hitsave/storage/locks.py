"""One at a time: locks that hold between threads and between processes of one machine, and that the death of their owner releases.

A lock is one byte of a lock file, far beyond its end (nothing is ever written there). Where the byte lies comes from the key, so there is one file for all keys, nothing to
unlink, and no race with someone who does.

Invariant: a process opens a lock file once, however many stores it has open in that folder, because closing any descriptor of it would drop all its locks.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock, get_ident
from typing import TYPE_CHECKING, Final, Self

from hitsave.storage import platform
from hitsave.storage.folder import LOCKS, make_folder, make_inner

if TYPE_CHECKING:
    from _thread import LockType

    from hitsave.digest import Digest

_OFFSETS: Final = (1 << 62) - 1
_FIRST_PAUSE: Final = 0.0005
_LONGEST_PAUSE: Final = 0.05


class LockFolder:
    """The lock files of one store's folder, in one process. Made by `lock_folder` only."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._mutex = allocate_lock()
        self._files: dict[str, tuple[int, int]] = {}  # name → descriptor, number of locks held in it
        self._held: dict[int, _Turn] = {}
        self._token: int | None = None
        self.users = 0

    def key_lock(self, key: Digest, *, stand_in: bool, between_processes: bool) -> KeyLock:
        """The lock of `key`, or its second one, not yet acquired; of this process alone, or of all."""
        part = key[8:16] if stand_in else key[:8]
        return KeyLock(self, int.from_bytes(part, "big") & _OFFSETS, between_processes=between_processes)

    def making_lock(self) -> KeyLock:
        """The lock under which the database file is made, or replaced by a mended one."""
        return KeyLock(self, _OFFSETS + 1, between_processes=True)

    def token(self) -> str:
        """What this process is known by in what it leaves behind: as long as the process lives, `alive` says yes to it everywhere on this machine."""
        with self._mutex:
            if self._token is None:
                token = int.from_bytes(os.urandom(8), "big") & _OFFSETS
                if not self._take("processes", token):
                    raise BlockingIOError(f"another process is known as {token:x}")
                self._token = token
            return f"{self._token:016x}"

    def alive(self, token: str) -> bool:
        """Whether the process with this token still lives. Of what is no token: no."""
        try:
            number = int(token, 16)
        except ValueError:
            return False
        if not 0 <= number <= _OFFSETS:
            return False
        with self._mutex:
            if number == self._token:
                return True
            if not os.path.isdir(self._locks):
                return False
            if not self._take("processes", number):
                return True
            self._give("processes", number)
            return False

    def exclusive(self, offset: int, timeout: float) -> bool:
        """Lock one byte of the file of all keys against other processes; False if one has it for `timeout` seconds."""
        deadline = time.monotonic() + timeout
        pause = _FIRST_PAUSE
        while True:
            with self._mutex:
                if self._take("keys", offset):
                    return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def end_exclusive(self, offset: int) -> None:
        """Undo `exclusive`."""
        with self._mutex:
            self._give("keys", offset)

    def turn(self, offset: int) -> _Turn:
        """The turn-taking of this process's threads at one lock; counted, until `leave`."""
        with self._mutex:
            turn = self._held.get(offset)
            if turn is None:
                turn = self._held[offset] = _Turn()
            turn.count += 1
            return turn

    def leave(self, offset: int, turn: _Turn) -> None:
        """Undo `turn`."""
        with self._mutex:
            turn.count -= 1
            if turn.count == 0 and self._held.get(offset) is turn:
                del self._held[offset]

    def forget(self) -> None:
        """In a forked child: nothing of what the parent holds is ours."""
        self._mutex = allocate_lock()
        files, self._files = self._files, {}
        self._held = {}
        self._token = None
        for descriptor, _ in files.values():
            os.close(descriptor)  # the locks in it are the parent's, and stay

    def close(self) -> bool:
        """Close the files in which nothing is held, this process's token apart; whether that was all of them."""
        with self._mutex:
            if self._token is not None:
                self._give("processes", self._token)
                self._token = None
            for name, (descriptor, held) in list(self._files.items()):
                if held == 0:
                    del self._files[name]
                    os.close(descriptor)
            return not self._files

    @property
    def _locks(self) -> str:
        return os.path.join(self.folder, LOCKS)

    def _take(self, name: str, offset: int) -> bool:
        descriptor, held = self._files.get(name, (-1, 0))
        if descriptor >= 0 and held == 0 and os.fstat(descriptor).st_nlink == 0:  # the store was deleted under us
            os.close(descriptor)
            descriptor = -1
        if descriptor < 0:
            descriptor = self._open(name)
            self._files[name] = (descriptor, 0)
        if not platform.lock_byte(descriptor, offset):
            return False
        self._files[name] = (descriptor, held + 1)
        return True

    def _give(self, name: str, offset: int) -> None:
        descriptor, held = self._files[name]
        platform.unlock_byte(descriptor, offset)
        self._files[name] = (descriptor, held - 1)

    def _open(self, name: str) -> int:
        flags = os.O_RDWR | os.O_CREAT | platform.OPEN_FLAGS | platform.NO_FOLLOW
        path = os.path.join(self._locks, name)
        try:
            return os.open(path, flags, 0o600)
        except FileNotFoundError:
            make_folder(self.folder)
            make_inner(self._locks)
            return os.open(path, flags, 0o600)


class _Turn:
    """Who of this process's threads is in possession, and how many are there or wait."""

    __slots__ = ("count", "lock", "owner")

    def __init__(self) -> None:
        self.lock: LockType = allocate_lock()
        self.owner = 0
        self.count = 0


class KeyLock:
    """The single-flight lock of one key.

    ```
    lock = store.lock(key)
    if lock.acquire(timeout=30.0):
        try:
            ...  # look again whether someone has stored it, then compute
        finally:
            lock.release()
    ```

    It is a cost saving, never needed for correctness: where no lock file can be made (a read-only folder), it holds between the threads of this process only.
    """

    def __init__(self, locks: LockFolder, offset: int, *, between_processes: bool) -> None:
        self._locks = locks
        self._wanted = between_processes
        self._offset = offset
        self._turn: _Turn | None = None
        self._pid = 0
        self._between_processes = False

    def acquire(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds; whether the lock is now ours. A thread that already has the key's lock is told no at once, as waiting for itself would never end."""
        deadline = time.monotonic() + timeout
        turn = self._locks.turn(self._offset)
        if turn.owner == get_ident() or not turn.lock.acquire(timeout=max(timeout, 0)):
            self._locks.leave(self._offset, turn)
            return False
        turn.owner = get_ident()
        try:
            got = not self._wanted or self._locks.exclusive(self._offset, max(deadline - time.monotonic(), 0))
            self._between_processes = self._wanted and got
        except OSError:
            got = True
        except BaseException:
            self._end_turn(turn)
            raise
        if not got:
            self._end_turn(turn)
            return False
        self._turn, self._pid = turn, os.getpid()
        return True

    def release(self) -> None:
        """Let the next one have it. Nothing happens if it is not ours, or was a parent's before a fork."""
        turn, self._turn = self._turn, None
        if turn is None or self._pid != os.getpid():
            return
        try:
            if self._between_processes:
                self._between_processes = False
                self._locks.end_exclusive(self._offset)
        except OSError:  # it stays locked until this process ends; others wait no longer than they would for anyone
            return
        finally:
            self._end_turn(turn)

    def _end_turn(self, turn: _Turn) -> None:
        turn.owner = 0
        turn.lock.release()
        self._locks.leave(self._offset, turn)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


_folders: dict[str, LockFolder] = {}
_registry = allocate_lock()


def lock_folder(folder: str) -> LockFolder:
    """The lock files of the store in `folder`, shared by all that have it open in this process; give it back with `close_lock_folder`."""
    path = os.path.realpath(folder)
    with _registry:
        locks = _folders.get(path)
        if locks is None:
            locks = _folders[path] = LockFolder(path)
        locks.users += 1
        return locks


def close_lock_folder(locks: LockFolder) -> None:
    """One user of `locks` less."""
    with _registry:
        locks.users -= 1
        if locks.users == 0 and locks.close():
            _folders.pop(locks.folder, None)


def forget_in_child() -> None:
    """After a fork, in the child."""
    global _registry  # noqa: PLW0603 - the parent's may be locked for ever
    _registry = allocate_lock()
    for locks in _folders.values():
        locks.forget()


platform.at_fork(before=lambda: None, parent=lambda: None, child=forget_in_child)
