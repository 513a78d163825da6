"""Processes that start quickly: forks of one that has imported what takes longer to import than all else that a process of the tests does.

HitSave's runtime and everything else is imported by the fork, as by a process that was started: it notes which children were made, and what ran before it.
Where more than the script counts (options of Python's own, ``sitecustomize``, ``-m``, standard input, kills) a test starts Python itself.

The server is a program: ``python -c "…forks.serve(FD, …)"`` with a Unix socket FD, on which it gets one request after the other.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parents[1]
_START = "import sys; sys.path[0] = sys.argv[2]; from tests import forks; forks.serve(int(sys.argv[1]), sys.argv[3:])"
TOO_LONG = 300.0
"""Seconds that a process has."""


class Ended(NamedTuple):
    """What a process that ended printed, and its exit status, negative for a signal."""

    stdout: str
    stderr: str
    returncode: int


class Server:
    """A process to fork from, which has imported the modules `loaded`; of the environment it has the variables that aren't Python's own, and `variables`."""

    def __init__(self, variables: dict[str, str], loaded: tuple[str, ...]) -> None:
        self.socket, theirs = socket.socketpair()
        command = [sys.executable, "-c", _START, str(theirs.fileno()), str(ROOT), *loaded]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | variables
        self.process = subprocess.Popen(command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, process_group=0)
        theirs.close()
        atexit.register(self.stop)

    def run(self, arguments: list[str], cwd: Path, environment: dict[str, str], *, timeout: float = TOO_LONG, together: bool = False) -> Ended:
        """As ``python ARGUMENTS…``, a script or ``-c`` and code, to its end and to that of all that has its streams.

        `together` gives what it wrote as a person sees it, both streams in one. TimeoutError, and the server is gone, after `timeout` seconds.
        """
        request = json.dumps({"arguments": arguments, "cwd": str(cwd), "environment": environment, "together": together}).encode()
        (out, its_out), (err, its_err), nothing = os.pipe(), os.pipe(), os.open(os.devnull, os.O_RDONLY)
        socket.send_fds(self.socket, [len(request).to_bytes(8, "big")], [nothing, its_out, its_out if together else its_err])
        for descriptor in (nothing, its_out, its_err):
            os.close(descriptor)
        self.socket.sendall(request)
        with open(out, encoding="utf-8") as output, open(err, encoding="utf-8") as errors, ThreadPoolExecutor(2) as pool:
            printed, complained = pool.submit(output.read), pool.submit(errors.read)
            try:
                return Ended(printed.result(timeout), complained.result(timeout), int.from_bytes(self.socket.recv(8), "big", signed=True))
            except TimeoutError:
                self.stop()
                raise

    def stop(self) -> None:
        """End it, and what it runs."""
        self.socket.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@cache
def _server(variables: tuple[tuple[str, str], ...]) -> Server:
    return Server(dict(variables), ("libcst",))


def run_python(arguments: list[str], cwd: Path, environment: dict[str, str], *, timeout: float = TOO_LONG) -> Ended:
    """As ``python ARGUMENTS…`` in the folder `cwd`, with nothing on standard input, in a process that has libcst already. TimeoutError after `timeout` seconds."""
    variables = {name: value for name, value in environment.items() if name.startswith("PYTHON") and name != "PYTHONPATH"}
    server = _server(tuple(sorted(variables.items())))
    try:
        return server.run(arguments, cwd, environment, timeout=timeout)
    except TimeoutError:
        _server.cache_clear()
        raise


# ---------------------------------------------------------------------------------------------------------------------
# In the server and its forks.


def serve(number: int, loaded: list[str]) -> None:
    """Fork for each request; a fork becomes the process that was asked for."""
    for name in loaded:
        __import__(name)
    del sys.path[0]  # the tests'
    gc.freeze()
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
    status = 0
    try:
        _become(**json.loads(content))
    except SystemExit as exit_:
        status = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
        if isinstance(exit_.code, str):
            sys.stderr.write(f"{exit_.code}\n")
    _end(status)


def _received(requests: socket.socket) -> tuple[int, list[int]]:
    head, descriptors, _, _ = socket.recv_fds(requests, 8, 3)
    return (int.from_bytes(head, "big"), list(descriptors)) if head else (0, [0, 0, 0])


def _become(arguments: list[str], cwd: str, environment: dict[str, str], *, together: bool) -> None:
    """Run a script or code as Python runs those that it is started with."""
    for name, descriptor, errors, by_line in (("stdout", 1, "strict", together), ("stderr", 2, "backslashreplace", True)):
        stream = open(descriptor, "w", buffering=1 if by_line else -1, errors=errors, closefd=False)  # noqa: SIM115 - it is the process's
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
    main = type(sys)("__main__")
    names: dict[str, Any] = vars(main)
    names |= {"__builtins__": __builtins__, "__annotations__": {}}
    if arguments[0] == "-c":
        path, code, folder = "<string>", arguments[1], ""
        sys.argv = ["-c", *arguments[2:]]
    else:
        path = os.path.abspath(arguments[0])
        code, folder = Path(path).read_bytes(), os.path.dirname(path)
        sys.argv = arguments
        names |= {"__file__": path, "__cached__": None, "__loader__": SourceFileLoader("__main__", path)}
    sys.path[:0] = [folder, *(p for p in environment.get("PYTHONPATH", "").split(os.pathsep) if p and p not in sys.path)]
    sys.modules["__main__"] = main
    try:
        exec(compile(code, path, "exec", dont_inherit=True), names)
    except Exception as problem:  # noqa: BLE001 - whatever the script raises is shown as Python shows it
        trace = problem.__traceback__
        sys.excepthook(type(problem), problem, trace and trace.tb_next)
        sys.exit(1)


def _end(status: int) -> NoReturn:
    """End as Python ends, but without taking apart what was loaded before the fork, which may take half a second."""
    with contextlib.suppress(
        OSError
    ):  # a pool of processes may have closed its pipe between the look and the word (python/cpython, concurrent.futures.process)
        threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError, OSError):
            stream.flush()
    os._exit(status)
