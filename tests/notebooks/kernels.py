"""Real Jupyter kernels, and the cells that are run in them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[2]
_TOO_LONG = 120.0  # seconds, for one cell


class Output(NamedTuple):
    """What a cell gave: lines on standard output and standard error, the forms of its result by media type, and the name of its exception."""

    printed: list[str]
    errors: str
    shown: dict[str, Any]
    exception: str


class Kernel:
    """A kernel that runs cells, one after the other, in a folder."""

    def __init__(self, folder: Path, store: Path) -> None:
        paths = [str(ROOT), str(ROOT / "server"), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HITSAVE_DIR": str(store),
            "IPYTHONDIR": str(folder / ".ipython"),
        }
        self.folder = folder
        self._manager = KernelManager()
        self._manager.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self._manager.start_kernel(cwd=str(folder), env=environment)
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=_TOO_LONG)

    def restart(self) -> None:
        """As the button of the same name: a new process, which knows nothing of what ran."""
        self._manager.restart_kernel(now=True)
        self._client.wait_for_ready(timeout=_TOO_LONG)

    def stop(self) -> None:
        """End it."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def output(self, cell: str) -> Output:
        """Run a cell and give all that it gave."""
        printed, errors = "", ""
        shown: dict[str, Any] = {}

        def take(message: dict[str, Any]) -> None:
            nonlocal printed, errors
            content = message["content"]
            match message["msg_type"]:
                case "stream" if content["name"] == "stdout":
                    printed += content["text"]
                case "stream":
                    errors += content["text"]
                case "execute_result" | "display_data":
                    shown.update(content["data"])
                case _:
                    pass

        reply = self._client.execute_interactive(dedent(cell), timeout=_TOO_LONG, output_hook=take)
        content = reply["content"]
        exception = "" if content["status"] == "ok" else f"{content['ename']}: {content['evalue']}"
        return Output(printed.splitlines(), errors, shown, exception)

    def run(self, cell: str) -> list[str]:
        """Run a cell that ends well and has nothing to complain of; what it printed."""
        output = self.output(cell)
        assert (output.errors, output.exception) == ("", ""), output
        return output.printed
