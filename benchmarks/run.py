"""`./dev bench`: measures, prints the tables, and writes them to docs/benchmarks.md; with --print, only prints."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

import hits
import opening
import recording
from tables import ROOT, Row, in_process, table

PAGE = ROOT / "docs" / "benchmarks.md"
_ABOUT = "Times are of that machine; the ratios, each to a floor taken in the same run, are what to compare."
HERE = Path(__file__).parent


def sections() -> dict[str, list[Row]]:
    """All rows, by what they are about."""
    found: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hits.prepare(folder)
        in_process(str(HERE / "hits.py"), "compute", folder=folder)
        found["Hits"] = in_process(str(HERE / "hits.py"), "measure", folder=folder)
        (folder / "heavy.py").write_text(recording.SOURCE, encoding="utf-8")
        found["Recording"] = in_process(str(HERE / "recording.py"), folder=folder)
        found["Opening files"] = opening.measure(folder)
    return found


def page(found: dict[str, list[Row]]) -> str:
    """The page of the docs."""
    about = {
        "Hits": hits.__doc__,
        "Recording": recording.__doc__,
        "Opening files": opening.__doc__,
    }
    where = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    parts = [
        "# Benchmarks\n",
        f"Written by `./dev bench`; change `benchmarks/`, not this page.\nLast on {where}.\n{_ABOUT}\n",
    ]
    for name, rows in found.items():
        parts.append(f"## {name}\n\n{(about[name] or '').strip()}\n\n{table(rows)}")
    return "\n".join(parts)


if __name__ == "__main__":
    text = page(sections())
    print(text)
    if "--print" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
