"""A process that has loaded what scripts need, and forks one that runs a script or the command `hitsave`, as often as it is asked.

A fresh interpreter with HitSave and NumPy takes half a second of a processor, a fork a few milliseconds. The runtime is not loaded before the fork: it notes that a child was made.
It reads a line of JSON, ``{"argv": …, "cwd": …, "environ": …, "stdout": PATH, "stderr": PATH}``, and answers with a line: the exit status.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
import threading
import traceback
import types
from collections.abc import Callable
from functools import partial
from importlib.machinery import SourceFileLoader
from typing import NoReturn

LOADED = (
    "libcst",
    "numpy",
    "rich.table",
    "rich.tree",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "sklearn.svm",
    "sqlite3",
    "typer",
    "hitsave.cli.main",
    "hitsave.codegraph.frontend",
    "hitsave.freshness.judging",
    "hitsave.storage.store",
    "hitsave.values.stored",
    "hitsave.workspace.workspace",
)


def main() -> None:
    """Serve until standard input ends."""
    for name in LOADED:
        __import__(name)
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            end(partial(become, asked))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def end(action: Callable[[], None]) -> NoReturn:
    """Do that, and end as Python ends, but without taking everything apart that was loaded before the fork: that takes half a second."""
    status: object = 0
    try:
        action()
    except SystemExit as exit_:
        status = exit_.code
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status if isinstance(status, int) else int(status is not None))


def become(asked: dict[str, object]) -> None:
    """Be the process that was asked for; its exit status by SystemExit."""
    argv = [str(part) for part in asked["argv"]]  # type: ignore[attr-defined]
    for number, path in ((0, os.devnull), (1, asked["stdout"]), (2, asked["stderr"])):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
        os.dup2(os.open(str(path), flags), number)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # in the order in which a person sees it
    os.environ.clear()
    os.environ.update(asked["environ"])  # type: ignore[call-overload]
    os.chdir(str(asked["cwd"]))
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - it is the process's
    if argv[0] == "hitsave":
        from hitsave.cli.main import run

        sys.argv = argv
        run()
    script = os.path.abspath(argv[0])
    sys.argv = argv
    sys.path[0] = os.path.dirname(script)
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    module.__file__ = script
    module.__loader__ = SourceFileLoader("__main__", script)
    module.__dict__["__builtins__"] = __builtins__
    with open(script, "rb") as file:
        source = file.read()
    try:
        exec(compile(source, script, "exec", dont_inherit=True), module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the script raises is shown as Python shows it
        traceback.print_exception(error.with_traceback(error.__traceback__ and error.__traceback__.tb_next))
        sys.exit(1)


if __name__ == "__main__":
    main()
