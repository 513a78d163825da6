"""Processes that start quickly: forks of one that has imported libcst, which takes longer than all else that a process of these tests does.

HitSave itself and everything else is imported by the fork, as by a process that was started. Where more than the script counts (options and variables of
Python's own, standard input, ``-m``, kills) a test starts Python itself; so do the scenarios and the corpus, always.

The server is a program: ``python -c "…starting.main(FD)"`` with a Unix socket FD, on which it gets one request after the other.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, NamedTuple

_START = "import sys; from tests.runtime import starting; starting.main(int(sys.argv[1]))"
_TOO_LONG = 300  # seconds, for one process


class Ended(NamedTuple):
    """What a process that ended printed, and its exit status, negative for a signal."""

    stdout: str
    stderr: str
    returncode: int


class Server:
    """A process to fork from, for one environment of Python's own variables."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.socket, theirs = socket.socketpair()
        command = [sys.executable, "-c", _START, str(theirs.fileno())]
        self.process = subprocess.Popen(
            command, env={**os.environ, **variables}, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, process_group=0
        )
        theirs.close()
        atexit.register(self.stop)

    def run(self, script: str, cwd: Path, environment: dict[str, str]) -> Ended:
        """Run a script in a fork to its end, and to that of all that it started."""
        request = json.dumps({"script": script, "cwd": str(cwd), "environment": environment}).encode()
        (out, its_out), (err, its_err), nothing = os.pipe(), os.pipe(), os.open(os.devnull, os.O_RDONLY)
        socket.send_fds(self.socket, [len(request).to_bytes(8, "big")], [nothing, its_out, its_err])
        for descriptor in (nothing, its_out, its_err):
            os.close(descriptor)
        self.socket.sendall(request)
        with open(out, encoding="utf-8") as output, open(err, encoding="utf-8") as errors, ThreadPoolExecutor(2) as pool:
            printed, complained = pool.submit(output.read), pool.submit(errors.read)
            try:
                return Ended(printed.result(_TOO_LONG), complained.result(), int.from_bytes(self.socket.recv(8), "big", signed=True))
            except TimeoutError:
                self.stop()
                _server.cache_clear()
                raise

    def stop(self) -> None:
        """End it, and what it runs."""
        self.socket.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@cache
def _server(variables: tuple[tuple[str, str], ...]) -> Server:
    return Server(dict(variables))


def run_script(script: str, cwd: Path, environment: dict[str, str]) -> Ended:
    """As ``python SCRIPT`` in the folder `cwd`, with nothing on standard input."""
    return _server(tuple(sorted((k, v) for k, v in environment.items() if k.startswith("PYTHON")))).run(script, cwd, environment)


# ---------------------------------------------------------------------------------------------------------------------
# In the server and its forks.


def main(number: int) -> None:
    """Fork for each request; a fork becomes the script's process."""
    import libcst  # noqa: F401 - for the forks

    with socket.socket(fileno=number) as requests:
        while True:
            length, (stdin, stdout, stderr) = _received(requests)
            if not length:
                return
            content = b""
            while len(content) < length and (piece := requests.recv(length - len(content))):
                content += piece
            pid = os.fork()
            if not pid:
                break
            for descriptor in (stdin, stdout, stderr):
                os.close(descriptor)
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            requests.sendall(status.to_bytes(8, "big", signed=True))
    for standard, descriptor in enumerate((stdin, stdout, stderr)):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    _become(**json.loads(content))


def _received(requests: socket.socket) -> tuple[int, list[int]]:
    head, descriptors, _, _ = socket.recv_fds(requests, 8, 3)
    return (int.from_bytes(head, "big"), list(descriptors)) if head else (0, [0, 0, 0])


def _become(script: str, cwd: str, environment: dict[str, str]) -> None:
    """Run `script` as Python runs the one that it was started with."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    path = os.path.abspath(script)
    sys.argv = [script]
    sys.path[0] = os.path.dirname(path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
    main_module = type(sys)("__main__")
    names: dict[str, Any] = vars(main_module)
    names |= {
        "__file__": path,
        "__builtins__": __builtins__,
        "__cached__": None,
        "__loader__": SourceFileLoader("__main__", path),
        "__annotations__": {},
    }
    sys.modules["__main__"] = main_module
    try:
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, names)
    except Exception as problem:  # noqa: BLE001 - whatever the script raises is shown as Python shows it
        trace = problem.__traceback__
        sys.excepthook(type(problem), problem, trace and trace.tb_next)
        sys.exit(1)
