"""`./dev bench`: measures, prints the tables, and writes them to docs/benchmarks.md.

    python benchmarks/run.py [--print] [--tiny] [--only SECTION …]

`--print` writes nothing. `--tiny` measures next to nothing of everything, to see that it still works. Sections are the names of the files beside this one.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import arrays
import digests
import hits
import opening
import others
import programs
import recording
import starting
import stores
from tables import Row, table
from timing import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
SECTIONS = {
    "starting": ("Starting", starting),
    "hits": ("Hits", hits),
    "arrays": ("Large arrays", arrays),
    "digests": ("Many small things, and frames", digests),
    "programs": ("Large programs", programs),
    "stores": ("Many results", stores),
    "recording": ("Recording", recording),
    "opening": ("Opening files", opening),
}
_ABOUT = """\
Each row is measured in turns with a floor, what the same work can't do without, in one process or in processes one after the other, so that whatever else
the machine does meets both. Times are medians of processor time, or of a clock on the wall where disks are waited for; a ratio is the median of the ratios of all turns,
and noise is half of the range of their middle half. The times are of that machine; the ratios are what to compare.
Where a target is missed, a profile says where the time goes.
An empty cell: that library has nothing of the kind.
"""


def measure(names: list[str], *, tiny: bool) -> dict[str, list[Row]]:
    """The rows of these sections, each measured in a folder of its own."""
    found: dict[str, list[Row]] = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            begin = time.monotonic()
            found[name] = SECTIONS[name][1].rows(Path(folder), tiny=tiny)
            print(f"{name}: {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    return found


def page(found: dict[str, list[Row]]) -> str:
    """The page of the docs."""
    load = f"; load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    where = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors{load}"
    targets = [row.met for rows in found.values() for row in rows if row.met is not None]
    parts = [
        "# Benchmarks\n",
        f"Written by `./dev bench`; change `benchmarks/`, not this page.\nLast on {where}: {sum(targets)} of {len(targets)} targets met.\n\n{_ABOUT}",
    ]
    for name, rows in found.items():
        title, module = SECTIONS[name]
        parts.append(f"## {title}\n\n{(module.__doc__ or '').strip()}\n\n{table(rows)}")
    return "\n".join(parts).rstrip() + "\n"


def main() -> None:
    """As the module says."""
    names = sys.argv[sys.argv.index("--only") + 1 :] if "--only" in sys.argv else list(SECTIONS)
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        sys.exit(f"no section {unknown[0]!r}; there are {', '.join(SECTIONS)}")
    sys.path += filter(None, [os.environ.get("HITSAVE_BENCH_OTHERS")])
    missing = {"joblib", "checkpointer", "diskcache"} - set(others.available())
    if missing:
        print(f"not installed, so not compared with: {', '.join(sorted(missing))}", file=sys.stderr)
    text = page(measure(names, tiny="--tiny" in sys.argv))
    print(text)
    if not {"--print", "--tiny", "--only"} & set(sys.argv):
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
