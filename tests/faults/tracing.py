"""System calls of a child, seen and spoiled from outside: strace attaches to it when it is ready, so what it counts begins with the work that is tried.

strace counts each kind of call by itself, in each thread: "the 3rd pwrite64". Every call of a trace is met, then, by going through all kinds and all numbers.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.faults.children import TOO_LONG, Child, Ended, wait_until

ERRORS: Final = ("EIO", "ENOSPC", "EACCES", "EMFILE")

# fmt: off
# Calls that don't touch a file, or whose failing is something else than a failing disk (of getrandom, a failing kernel).
_NOT_TRIED: Final = frozenset({
    "arch_prctl", "brk", "clock_gettime", "clock_nanosleep", "clone", "clone3", "exit", "exit_group", "futex", "getegid", "geteuid",
    "getgid", "getpid", "getppid", "getrandom", "gettid", "getuid", "madvise", "mprotect", "munmap", "nanosleep", "poll", "prctl",
    "pselect6", "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_setaffinity",
    "sched_yield", "select", "set_robust_list", "set_tid_address", "sigaltstack", "sysinfo", "tgkill", "uname", "wait4",
})
# Calls that leave something behind on the disk, or let go of a lock: to be killed at another is to be killed at the next of these.
CHANGING: Final = frozenset({
    "chmod", "close", "exit_group", "fallocate", "fchmod", "fchmodat", "fchown", "fchownat", "fcntl", "fdatasync", "fsync", "ftruncate",
    "link", "mkdir", "mkdirat", "mmap", "msync", "open", "openat", "pwrite64", "pwritev", "rename", "renameat", "renameat2", "rmdir",
    "symlink", "truncate", "unlink", "unlinkat", "utimensat", "write", "writev",
})
# What makes or changes a file, and what looks names up; and what gives a number for an open file.
_TAKING_ROOM: Final = frozenset({
    "copy_file_range", "fallocate", "fdatasync", "fsync", "ftruncate", "link", "linkat", "mkdir", "mkdirat", "msync", "open", "openat", "pwrite64",
    "pwritev", "rename", "renameat", "renameat2", "symlink", "symlinkat", "truncate", "write", "writev",
})
_NEEDING_PERMISSION: Final = frozenset({
    "access", "chdir", "chmod", "connect", "faccessat", "faccessat2", "fcntl", "fchmodat", "fchownat", "getcwd", "link", "linkat", "lstat", "mkdir",
    "mkdirat", "mmap", "newfstatat", "open", "openat", "readlink", "readlinkat", "rename", "renameat", "renameat2", "rmdir", "stat", "statx",
    "symlink", "symlinkat", "truncate", "unlink", "unlinkat", "utimensat",
})
_OPENING: Final = frozenset({"accept4", "dup", "dup2", "dup3", "epoll_create1", "eventfd2", "memfd_create", "open", "openat", "pipe2", "socket"})
# fmt: on
_FITTING: Final = {"ENOSPC": _TAKING_ROOM, "EACCES": _NEEDING_PERMISSION, "EMFILE": _OPENING}
_CALL: Final = re.compile(r"^\d+ +(?:\d+\.\d+ +)?(\w+)\(")


def trace(task: Callable[..., Any], *arguments: Any) -> tuple[Ended, Counter[str]]:
    """Run a task in a child, and count its system calls."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace", prefix="trace-") as lines:
        ended = _traced(task, arguments, ["-f", "-o", lines.name])
        found = [match[1] for line in Path(lines.name).read_text(encoding="utf-8", errors="replace").splitlines() if (match := _CALL.match(line))]
    return ended, Counter(found)


def tried(calls: Counter[str]) -> list[tuple[str, int]]:
    """Every call of a trace that can fail: its kind, and the how many-th it is."""
    return [(kind, nth) for kind, count in sorted(calls.items()) if kind not in _NOT_TRIED for nth in range(1, count + 1)]


def changing(calls: Counter[str]) -> list[tuple[str, int]]:
    """Every call of a trace that can change something on the disk."""
    return [(kind, nth) for kind, count in sorted(calls.items()) if kind in CHANGING for nth in range(1, count + 1)]


def fitting(kind: str) -> tuple[str, ...]:
    """The errors that a call of this kind can give, by its manual page."""
    return tuple(error for error in ERRORS if error not in _FITTING or kind in _FITTING[error])


def kill_at(kind: str, nth: int, task: Callable[..., Any], *arguments: Any) -> Ended:
    """Run a task in a child that is killed when it makes its `nth` call of this kind."""
    return _traced(task, arguments, ["-f", "-o", "/dev/null", f"--trace={kind}", f"--inject={kind}:signal=SIGKILL:when={nth}"])


def fail_at(kind: str, nth: int, error: str, task: Callable[..., Any], *arguments: Any) -> Ended:
    """Run a task in a child whose `nth` call of this kind fails."""
    return _traced(task, arguments, ["-f", "-o", "/dev/null", f"--trace={kind}", f"--inject={kind}:error={error}:when={nth}"])


def _traced(task: Callable[..., Any], arguments: tuple[Any, ...], options: list[str]) -> Ended:
    child = Child(task, *arguments, held=True)
    wait_until(child.is_ready)
    with subprocess.Popen(["strace", *options, "-p", str(child.pid)], stderr=subprocess.PIPE) as tracer:
        assert tracer.stderr is not None
        said = tracer.stderr.readline()
        if b"attached" not in said:
            child.end(0)
            raise RuntimeError(f"strace can't attach to a child: {said.decode(errors='replace').strip()}")
        ended = child.end(TOO_LONG)
        tracer.stderr.read()
    return ended
