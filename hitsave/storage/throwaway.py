"""A throw-away store for tests: what a patched function gave must not be found by the program that it is a test of.

Under pytest and unittest results go to a temporary folder, which is removed at the end, unless ``HITSAVE_TEST_STORE`` asks otherwise:

    throwaway   a temporary folder (also where nothing is said)
    real        the store that the program itself uses
    a path      that folder, which stays

A test that sets ``HITSAVE_DIR`` itself has its way; what the shell said before the tests began is the program's store, which they are kept from.
The choice is written to the environment, so child processes and pytest-xdist's workers have the same store.
"""

from __future__ import annotations

import os
import sys
from types import FrameType
from typing import Final

STORE: Final = "HITSAVE_DIR"
ASKED: Final = "HITSAVE_TEST_STORE"
THROWAWAY: Final = "throwaway"
REAL: Final = "real"
_RUNNERS: Final = frozenset(
    {"unittest.case", "unittest.loader", "unittest.main", "unittest.runner", "unittest.suite", "_pytest.config", "_pytest.main"}
)
_PREFIX: Final = "hitsave-tests-"

_given_before: Final = os.environ.get(STORE, "")
_made: dict[int, str] = {}
"""The folder that a process made, by the process: a forked child inherits this, and is not to remove its parent's."""


def store_for_tests(given: str) -> str | None:
    """The store to use instead of what `given`, the value of ``HITSAVE_DIR``, says; None where no test is running, or its store was asked for."""
    asked = os.environ.get(ASKED, "") or THROWAWAY
    if asked == REAL or (given and given != _given_before) or not tests_are_running():
        return None
    return settle(asked)


def settle(asked: str) -> str:
    """Make the environment name the store that `asked` (a path, or "throwaway") stands for; that folder."""
    folder = _throwaway_folder() if asked == THROWAWAY else os.path.abspath(os.path.expanduser(asked))
    os.environ[STORE] = os.environ[ASKED] = folder
    return folder


def tests_are_running() -> bool:
    """Whether a test runner is at work: its code is on the stack of this thread, or of the main one."""
    if not any(runner in sys.modules for runner in _RUNNERS):
        return False
    import threading

    frames = sys._current_frames()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - CPython's, and documented
    main = threading.main_thread().ident or 0
    return any(_in_runner(frames.get(thread)) for thread in {main, threading.get_ident()})


def _in_runner(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__") in _RUNNERS:
            return True
        frame = frame.f_back
    return False


def _throwaway_folder() -> str:
    """The temporary folder of the tests that this process is part of, else one of its own."""
    for known in (_made.get(os.getpid()), os.environ.get(ASKED)):
        if known is not None and os.path.basename(known).startswith(_PREFIX) and os.path.isdir(known):
            return known
    import atexit
    import tempfile

    folder = _made[os.getpid()] = os.path.realpath(tempfile.mkdtemp(prefix=_PREFIX))
    atexit.register(_remove, folder)  # what is registered later runs before: counts of hits are still written
    return folder


def _remove(folder: str) -> None:
    if _made.get(os.getpid()) == folder:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
