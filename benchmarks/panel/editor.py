"""editor.py SECONDS: prints the share of a core that the language server takes while the experiments page asks it for news once a second and there are none.

In the current folder's project, as `fill.py` makes it, with its file open as in an editor. Linux only, because of where the processor time is read from.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "tests" / "lsp")]

from client import Editor  # noqa: E402 - found by the line above

from hitsave.panel import contract  # noqa: E402

SETTLED = 3
"""Seconds until what is analysed after a start is."""


def main() -> None:
    """Ask as the page does."""
    editor = Editor(os.environ, cwd=Path.cwd())
    editor.begin(Path.cwd())
    uri = editor.open(Path.cwd() / "sweep.py")
    editor.until(lambda: editor.hints(uri))
    stamp, news = "", True
    while news:
        found = editor.request(contract.RUNS, {"since": stamp})
        stamp, news = found["stamp"] or stamp, not found["unchanged"]
    time.sleep(SETTLED)
    before, began = ticks(editor.process.pid), time.monotonic()
    for _ in range(int(sys.argv[1])):
        assert editor.request(contract.RUNS, {"since": stamp})["unchanged"]
        time.sleep(1)
    print((ticks(editor.process.pid) - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - began))
    editor.close()


def ticks(pid: int) -> int:
    """Of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    main()
