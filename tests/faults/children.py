"""Child processes that do what a user's program does, forked from one that has HitSave loaded and no store open.

What a child has done is told in memory that it shares with its parent: that needs no system call, so none can fail or be its last.
"""

from __future__ import annotations

import atexit
import ctypes
import math
import mmap
import os
import pickle
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from tests.faults.subject.tally import MOST

ROOM: Final = 1 << 20
TOO_LONG: Final = 120.0
_SET_PTRACER: Final = 0x59616D61
T = TypeVar("T")
R = TypeVar("R")


class Ended(NamedTuple):
    """What came of a child. `answer` is what its task gave, or None; `raised` a traceback, or ""; `status` its exit status, negative for a signal, None where it had to be killed.

    `stood`: seconds that its main thread stood in line for a processor, where Linux tells.
    """

    answer: Any
    raised: str
    status: int | None
    ran: bytes
    done: bytes
    stood: float


class Child:
    """A process that runs `task`. `ran` counts evaluations and `done` finished calls, by their number; both may be looked at while it runs."""

    def __init__(self, task: Callable[..., Any], *arguments: Any, held: bool = False) -> None:
        self._answer = mmap.mmap(-1, ROOM)
        self.ran = mmap.mmap(-1, MOST)
        self.done = mmap.mmap(-1, MOST)
        self._ready, self._go = os.pipe()
        self._held = held
        self.pid = os.fork()
        if self.pid == 0:
            self._live(task, arguments)
        self._handle = os.pidfd_open(self.pid)
        if not held:
            self.go()

    def hold(self) -> None:
        """In the child: what is tried begins here. One that is `held` waits until its parent has looked."""
        if self._held:
            ctypes.CDLL(None).prctl(_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)  # or only root's strace could attach, where Yama is
            self._answer[ROOM - 1] = 1
            with suppress(OSError):  # the tracer may come while this is under way, and have it fail instead of a call of what is tried
                os.read(self._ready, 1)

    def is_ready(self) -> bool:
        """Whether it has come to where it is held."""
        return self._answer[ROOM - 1] == 1 or bool(select.select([self._handle], [], [], 0)[0])

    def go(self) -> None:
        """Let one that was held go on."""
        if self._go >= 0:
            os.write(self._go, b"g")  # not only closed: children that were forked since have it open, too
            os.close(self._go)
            self._go = -1

    def signal(self, number: int) -> None:
        """Send it a signal."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def end(self, timeout: float = TOO_LONG) -> Ended:
        """Wait for its end."""
        self.go()
        in_time = bool(select.select([self._handle], [], [], timeout)[0])
        if not in_time:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGKILL)
            select.select([self._handle], [], [])
        stood = self._stood()
        _, status = os.waitpid(self.pid, 0)
        os.close(self._handle)
        os.close(self._ready)
        length = int.from_bytes(self._answer[:4], "big")
        answer, raised = pickle.loads(self._answer[4 : 4 + length]) if length else (None, "")
        ended = Ended(answer, raised, os.waitstatus_to_exitcode(status) if in_time else None, self.ran[:], self.done[:], stood)
        for memory in (self._answer, self.ran, self.done):
            memory.close()
        return ended

    def _stood(self) -> float:
        """What `Ended` says of it, of a process that has ended and is still there."""
        with suppress(OSError):
            return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[1]) / 1e9
        return 0.0

    def _live(self, task: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        status = 0
        try:
            os.close(self._go)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            tally = sys.modules.get("tally")
            if tally is not None:
                tally.ran = memoryview(self.ran)  # pyright: ignore[reportAttributeAccessIssue]
            try:
                told = (task(self, *arguments), "")
            except BaseException:  # noqa: BLE001 - the parent judges it
                told = (None, traceback.format_exc())
            self._tell(told)
            threading._shutdown()
            atexit._run_exitfuncs()
            self._tell(told)  # with what was noted while it ended
        except BaseException as problem:  # noqa: BLE001 - as above
            self._tell((None, f"while it ended: {problem!r}"))
            status = 1
        finally:
            os._exit(status)

    def _tell(self, told: tuple[Any, str]) -> None:
        content = pickle.dumps(told)
        self._answer[:4] = bytes(4)  # it may be killed in between
        self._answer[4 : 4 + len(content)] = content
        self._answer[:4] = len(content).to_bytes(4, "big")


def run(task: Callable[..., Any], *arguments: Any, timeout: float = TOO_LONG) -> Ended:
    """Run `task`, which is given its Child first, in a process of its own to its end."""
    return Child(task, *arguments).end(timeout)


def spread(items: Iterable[T], work: Callable[[T], R], jobs: int, *, until: float = math.inf) -> Iterator[R]:
    """What `work` gives for each item, in `jobs` processes at once, in no order. An error in one of them is raised.

    None is begun after the moment `until`, of `time.monotonic`.
    """
    todo = list(items)
    pipes: dict[int, tuple[int, bytearray]] = {}
    for job in range(jobs):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            _work_off(todo[job::jobs], work, writing, until)
        os.close(writing)
        pipes[reading] = pid, bytearray()
    try:
        while pipes:
            for reading in select.select(list(pipes), [], [])[0]:
                pid, pending = pipes[reading]
                piece = os.read(reading, 1 << 16)
                pending += piece
                while len(pending) >= 4 and len(pending) >= 4 + (length := int.from_bytes(pending[:4], "big")):
                    result, problem = pickle.loads(pending[4 : 4 + length])
                    del pending[: 4 + length]
                    if problem:
                        raise RuntimeError(problem)
                    yield result
                if not piece:
                    del pipes[reading]
                    os.close(reading)
                    os.waitpid(pid, 0)
    finally:
        for pid, _ in pipes.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)


def _work_off(items: list[Any], work: Callable[[Any], Any], writing: int, until: float) -> None:
    try:
        for item in items:
            if time.monotonic() > until:
                break
            try:
                told = (work(item), "")
            except BaseException:  # noqa: BLE001 - raised again by the parent
                told = (None, traceback.format_exc())
            content = pickle.dumps(told)
            view = memoryview(len(content).to_bytes(4, "big") + content)
            while view:
                view = view[os.write(writing, view) :]
    finally:
        os._exit(0)


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait until something is so; whether it came to be in that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.001)
    return True
