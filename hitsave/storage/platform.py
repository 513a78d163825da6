"""What differs between operating systems: locks, file systems, users, forks. Nothing else in `storage` asks which system it is on."""

from __future__ import annotations

import os
import stat
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WINDOWS: Final = sys.platform == "win32"

# os.open flags that not every system has.
OPEN_FLAGS: Final[int] = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
NO_FOLLOW: Final[int] = getattr(os, "O_NOFOLLOW", 0)
NO_WAIT: Final[int] = getattr(os, "O_NONBLOCK", 0)  # opening a pipe would wait for someone to write into it

# Types, as the mount table writes them, of file systems that another machine may change under us: there, shared memory (WAL) and mappings can't be relied on.
# fmt: off
_NETWORK_TYPES: Final = frozenset({
    "9p", "acfs", "afs", "afpfs", "beegfs", "ceph", "cifs", "coda", "drvfs", "fhgfs", "glusterfs", "gpfs", "lustre", "mfs", "ncpfs", "nfs",
    "nfs3", "nfs4", "ocfs2", "orangefs", "panfs", "prl_fs", "pvfs2", "smb", "smb2", "smb3", "smbfs", "vboxsf", "vmhgfs", "webdav",
})
_NETWORK_FUSE: Final = frozenset({
    "acd_cli", "beegfs", "blobfuse", "blobfuse2", "ceph-fuse", "cephfs", "curlftpfs", "davfs", "davfs2", "gcsfuse", "glusterfs", "goofys",
    "juicefs", "moosefs", "mfs", "rclone", "s3fs", "seaweedfs", "sshfs", "vmhgfs-fuse",
})
# fmt: on


def data_folder(environ: Mapping[str, str]) -> str | None:
    """The folder in which this user's programs keep their data; None if there is no telling."""
    if WINDOWS:
        return environ.get("LOCALAPPDATA") or None
    home = environ.get("HOME") or _home_of_user()
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Application Support") if home else None
    given = environ.get("XDG_DATA_HOME", "")
    if os.path.isabs(given):  # its specification says that a relative one is to be ignored
        return given
    return os.path.join(home, ".local", "share") if home else None


def config_folder(environ: Mapping[str, str]) -> str | None:
    """The folder in which this user's programs keep what a person set; None if there is no telling."""
    if WINDOWS:
        return environ.get("APPDATA") or None
    home = environ.get("HOME") or _home_of_user()
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Application Support") if home else None
    given = environ.get("XDG_CONFIG_HOME", "")
    if os.path.isabs(given):
        return given
    return os.path.join(home, ".config") if home else None


def _home_of_user() -> str | None:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):
        return None


@cache
def user_name() -> str:
    """Who is running this, for people to read."""
    for name in ("LOGNAME", "USER", "USERNAME"):
        if os.environ.get(name):
            return os.environ[name]
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else ""


@cache
def host_name() -> str:
    """The machine's name, for people to read."""
    return os.environ.get("COMPUTERNAME", "") if WINDOWS else os.uname().nodename


def may_write(folder: str) -> bool:
    """Whether this user may write in `folder`; of one that does not exist: no."""
    return os.access(folder, os.W_OK | os.X_OK)


def is_foreign(status: os.stat_result) -> bool:
    """Whether the file belongs to another user."""
    return not WINDOWS and status.st_uid != os.geteuid()


def obeys_modes() -> bool:
    """Whether the system keeps this process from writing files that are for reading only: not so the superuser."""
    return not WINDOWS and os.geteuid() != 0


def others_can_write(status: os.stat_result) -> bool:
    """Whether the file's mode lets its group or everyone write it."""
    return not WINDOWS and bool(stat.S_IMODE(status.st_mode) & 0o022)


def others_can_read(status: os.stat_result) -> bool:
    """Whether the file's mode lets its group or everyone read it."""
    return not WINDOWS and bool(stat.S_IMODE(status.st_mode) & 0o044)


# ---------------------------------------------------------------------------------------------------------------------


if WINDOWS:

    def lock_byte(file: int, offset: int) -> bool:
        """Lock one byte of an open file for this process, or say that another process has it. The death of the process releases it."""
        import msvcrt

        windows = cast("Any", msvcrt)
        os.lseek(file, offset & 0x7FFFFFFF, os.SEEK_SET)
        try:
            windows.locking(file, windows.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock_byte(file: int, offset: int) -> None:
        """Undo `lock_byte`."""
        import msvcrt

        windows = cast("Any", msvcrt)
        os.lseek(file, offset & 0x7FFFFFFF, os.SEEK_SET)
        windows.locking(file, windows.LK_UNLCK, 1)

else:
    import fcntl

    # POSIX record locks belong to the process: a forked child does not inherit them, so the death of the one that took the lock always releases it.
    # Their trap, that closing *any* descriptor of the file drops them, is why `locks` opens a lock file once a process.

    def lock_byte(file: int, offset: int) -> bool:
        """Lock one byte of an open file for this process, or say that another process has it. The death of the process releases it."""
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset, os.SEEK_SET)
        except (BlockingIOError, PermissionError):  # EAGAIN, or EACCES on some systems
            return False
        return True

    def unlock_byte(file: int, offset: int) -> None:
        """Undo `lock_byte`."""
        fcntl.lockf(file, fcntl.LOCK_UN, 1, offset, os.SEEK_SET)


_FICLONE: Final = (
    0x40049409  # ioctl_ficlone(2), the same number on every architecture that Python runs on but MIPS, PowerPC and SPARC, where it fails
)


def clone(source: int, target: int) -> bool:
    """Have the open file `target` share what `source` holds, copy-on-write, or say that this file system can't."""
    if not sys.platform.startswith("linux"):
        return False
    import fcntl

    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def will_read(file: int, start: int, size: int) -> None:
    """Let the system read ahead, where it can be asked to."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file, start, size, os.POSIX_FADV_WILLNEED)


def begin_writing(file: int, start: int, size: int) -> None:
    """Have the system put on the disk what was written to an open file, without waiting for it: whoever syncs it later waits for less."""
    if sys.platform.startswith("linux"):
        os.posix_fadvise(file, start, size, os.POSIX_FADV_DONTNEED)  # what is not on the disk yet is not dropped, but begun to be written


def read_into(file: int, view: memoryview) -> int:
    """Read the next bytes of an open file into memory; how many there were, 0 at its end."""
    if hasattr(os, "readv"):
        return os.readv(file, [view])
    piece = os.read(file, min(len(view), 1 << 20))
    view[: len(piece)] = piece
    return len(piece)


def sync_folder(folder: str) -> None:
    """Make the names in `folder` last through a power failure, where the system has a call for it."""
    if WINDOWS:
        return
    descriptor = os.open(folder, os.O_RDONLY | OPEN_FLAGS)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def map_private(file: int, size: int) -> memoryview:
    """The `size` bytes of an open file, copy-on-write: they can be changed without changing the file, and cost no memory until they are."""
    import mmap

    return memoryview(mmap.mmap(file, size, access=mmap.ACCESS_COPY))


def map_shared(file: int, size: int) -> memoryview:
    """The `size` bytes of an open file, read-only. The mapping ends when the view is released and gone."""
    import mmap

    return memoryview(mmap.mmap(file, size, access=mmap.ACCESS_READ))


def at_fork(*, before: Callable[[], None], parent: Callable[[], None], child: Callable[[], None]) -> None:
    """Have these called around every fork of this process, where the system forks."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=before, after_in_parent=parent, after_in_child=child)


# ---------------------------------------------------------------------------------------------------------------------


def is_network(folder: str) -> bool:
    """Whether `folder` lies on a file system of another machine. Where that can't be told: no."""
    kind = file_system(folder)
    return kind in _NETWORK_TYPES or (kind.startswith("fuse.") and kind[5:] in _NETWORK_FUSE)


def file_system(folder: str) -> str:
    """The type of the file system that `folder` is on, as the mount table names it; "" if that can't be told."""
    try:
        if sys.platform == "darwin":
            return _darwin_file_system(folder)
        return _mounted_type(folder)
    except (OSError, ValueError, IndexError):
        return ""


def _mounted_type(folder: str) -> str:
    # The mount table instead of statfs: Python has no statfs that gives the type, and statfs calls sshfs and a local NTFS disk by the same name, "FUSE".
    device = os.stat(folder).st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}".encode()
    path = os.fsencode(os.path.realpath(folder))
    best, found = -1, b""
    with open("/proc/self/mountinfo", "rb") as table:
        for line in table:
            fields = line.split(b" ")
            point = _unescape(fields[4])
            inside = path == point or path.startswith(point.rstrip(b"/") + b"/")
            # The device number decides; where none fits (btrfs gives its subvolumes numbers of their own) the longest mount point that contains the folder does.
            rank = (len(point) if inside else 0) + (1 << 20 if fields[2] == wanted else 0)
            if (inside or fields[2] == wanted) and rank >= best:
                best, found = rank, fields[fields.index(b"-", 6) + 1]
    return found.decode("ascii", "replace")


def _unescape(point: bytes) -> bytes:
    return point.replace(b"\\040", b" ").replace(b"\\011", b"\t").replace(b"\\012", b"\n").replace(b"\\134", b"\\")


def _darwin_file_system(folder: str) -> str:
    import ctypes

    answer = ctypes.create_string_buffer(4096)
    if ctypes.CDLL(None, use_errno=True).statfs(os.fsencode(folder), answer) != 0:
        return ""
    # struct statfs, 64-bit inodes: f_flags at byte 64, f_fstypename (16 bytes) at byte 72; MNT_LOCAL is 0x1000.
    local = int.from_bytes(answer.raw[64:68], "little") & 0x1000
    kind = answer.raw[72:88].split(b"\0", 1)[0].decode("ascii", "replace")
    return kind if local or kind in _NETWORK_TYPES else "nfs"
