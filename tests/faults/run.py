"""The campaign against faults.

    python -m tests.faults.run [PART …] [--short] [--print] [--minutes N] [--seed N] [--jobs N]

Plays the parts that are named, or all, and writes what came of each into docs/reliability.md; with --print, or in short, only prints it.
Ends with status 1 if anything was not as it has to be.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.faults import page, program
from tests.faults.children import Child
from tests.faults.figures import Figures, Plan
from tests.faults.tracing import ERRORS, fitting

PARTS: Final = {
    "kill": ("kill", {}),
    "everywhere": ("everywhere", {}),
    "damage": ("damage", {}),
    "flips": ("flips", {}),
    "full": ("full", {}),
    "failing": ("failing", {"errors_of": fitting}),
    **{error.lower(): ("failing", {"errors_of": lambda _kind, error=error: (error,)}) for error in ERRORS},
    "crowd": ("crowd", {}),
    "flight": ("flight", {}),
    "places": ("places", {}),
    "model": ("model", {}),
    "hostile": ("hostile", {}),
    "plants": ("plants", {}),
    "network": ("network", {}),
    "forged": ("forged", {}),
}
_MOST_SHOWN: Final = 40


def _play(_child: Child, part: str, plan: Plan) -> tuple[str, Figures]:
    name, options = PARTS[part]
    program.settle(plan.folder)
    program.load_all(plan.folder)
    module = importlib.import_module(f"tests.faults.parts.{name}")
    return module.__doc__ or "", module.measure(plan, **options)


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)  # noqa: T201 - its report is what it is for


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="./dev faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}")
    parser.add_argument("--short", action="store_true", help="a sample of each, as in CI")
    parser.add_argument("--print", action="store_true", dest="only_print", help="write no page")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=15.0, help="the most that a part's rounds may take; what was not played by then is said")
    asked = parser.parse_args()
    unknown = [part for part in asked.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    sound = True
    for part in asked.parts or PARTS:
        began = time.monotonic()
        # In memory where that can be had: what is tried is not how long a disk takes.
        memory = Path("/dev/shm")
        folder = Path(tempfile.mkdtemp(prefix="faults-", dir=memory if memory.is_dir() and os.access(memory, os.W_OK) else None))
        try:
            # A process of its own: what one part has loaded or changed is not there in the next.
            ended = Child(_play, part, Plan(folder, asked.short, asked.seed, asked.jobs, asked.minutes)).end(timeout=7200)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if ended.raised or ended.status != 0:
            say(f"{part}: the campaign itself failed, status {ended.status}\n{ended.raised}")
            sound = False
            continue
        about, figures = ended.answer
        section = page.section(part, about, figures, seconds=time.monotonic() - began)
        say("\n".join([section, *figures.problems[:_MOST_SHOWN]]))
        if len(figures.problems) > _MOST_SHOWN:
            say(f"… and {len(figures.problems) - _MOST_SHOWN} more")
        sound = sound and not figures.problems
        if not (asked.short or asked.only_print):
            page.put(part, section)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
