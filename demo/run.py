"""The demonstration: a real pipeline on real data, run, run again, edited, and put back.

It copies `demo/project` to a folder of its own, with a store of its own, and plays a person at work on it.
Every claim that it prints is checked against what happened; if one does not hold, it says so and exits with status 1.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
OUTPUT = HERE / "output"
ALL = {"digits", "outliers", "components", "baseline", "train", "chart"}
console = Console(highlight=False)


@dataclass(frozen=True)
class Act:
    """One thing that the person does: an edit of `file` (none: just run), and the functions that must run again because of it."""

    title: str
    runs: set[str]
    file: str = ""
    old: str = ""
    new: str = ""


ACTS = (
    Act("First run: nothing is remembered yet", ALL),
    Act("Second run, in a new process: everything is remembered", set()),
    Act(
        "A helper is edited: scaled() in features.py",
        {"components", "train", "chart"},
        "features.py",
        "return images / 16.0",
        "return np.sqrt(images / 16.0)",
    ),
    Act("A constant is edited: FOLDS in settings.py", {"baseline", "chart"}, "settings.py", "FOLDS = 3", "FOLDS = 5"),
    Act(
        "A comment is edited in models.py: nobody cares",
        set(),
        "models.py",
        "    reduced, labels = components()",
        "    # half of it to learn from, half to be tested on\n    reduced, labels = components()",
    ),
    Act("All edits are undone: the first results are good again", set()),
)


def main(arguments: list[str]) -> int:
    """Play all acts, and with ``--ui`` show the sweep until Ctrl+C; the exit status."""
    folder = Path(tempfile.mkdtemp(prefix="hitsave-demo-"))
    try:
        failed = play(folder)
        if "--ui" in arguments:
            console.print("\n[bold]The sweep on the experiments page[/bold]  (hitsave ui; Ctrl+C ends it)\n")
            hitsave(folder / "digits", dict(os.environ, HITSAVE_DIR=str(folder / "store")), "ui")
        return failed
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def play(folder: Path) -> int:
    """Play all acts in `folder`."""
    project = folder / "digits"
    shutil.copytree(HERE / "project", project, ignore=shutil.ignore_patterns("__pycache__"))
    environment = dict(os.environ, HITSAVE_DIR=str(folder / "store"), OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    for name in ("HITSAVE", "HITSAVE_NOTICES"):
        environment.pop(name, None)
    OUTPUT.mkdir(exist_ok=True)
    chart = OUTPUT / "sweep.png"
    failed = False
    for number, act in enumerate(ACTS, 1):
        console.print(f"\n[bold]{number}. {act.title}[/bold]")
        if act.file:
            file = project / act.file
            text = file.read_text()
            if act.old not in text:
                raise SystemExit(f"{act.file} does not have {act.old!r} any more; mend demo/run.py")
            file.write_text(text.replace(act.old, act.new))
            for sign, part, colour in (("-", act.old, "red"), ("+", act.new, "green")):
                for line in part.splitlines():
                    console.print(f"   {sign} {line.strip()}", style=colour, markup=False)
        elif number == len(ACTS):
            shutil.copytree(HERE / "project", project, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        failed |= not run_and_show(project, environment, chart, act)
    console.print("\n[bold]What is stored now[/bold]  (hitsave ls)\n")
    failed |= hitsave(project, environment, "ls") != 0
    console.print("\n[bold]And what it was good for[/bold]  (hitsave status)\n")
    failed |= hitsave(project, environment, "status") != 0
    console.print(f"\nThe plot of the sweep: {os.path.relpath(chart)}")
    if failed:
        console.print("Something was not as it should be; see above.", style="bold red")
    return int(failed)


def run_and_show(project: Path, environment: dict[str, str], chart: Path, act: Act) -> bool:
    """Run the pipeline in a new process, show each step, and say whether exactly the expected functions ran."""
    ran = subprocess.run([sys.executable, "pipeline.py", str(chart)], cwd=project, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        console.print(ran.stderr, style="red", markup=False)
        return False
    steps = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]  # the sweep prints, too
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 3))
    for (_, remembered), some in groupby(steps, key=lambda step: (step["name"], step["remembered"])):
        alike = list(some)
        took = sum(step["seconds"] for step in alike)
        word = "[green]remembered[/green]" if remembered else "[yellow]computed[/yellow]"
        called = alike[0]["step"] if len(alike) == 1 else f"{alike[0]['step']} and {len(alike) - 1} more"
        table.add_row(called, word, f"{took:6.2f} s" if took >= 0.1 else f"{took * 1000:6.1f} ms")
    console.print(table)
    for line in ran.stderr.splitlines():
        if line.strip():
            console.print(f"   {line}", style="dim", markup=False)
    computed = {step["name"] for step in steps if not step["remembered"]}
    if computed == act.runs:
        return True
    console.print(f"   expected to run: {sorted(act.runs) or 'nothing'}; ran: {sorted(computed) or 'nothing'}", style="bold red")
    return False


def hitsave(project: Path, environment: dict[str, str], *arguments: str) -> int:
    """Run the command `hitsave` for the person to see."""
    sys.stdout.flush()
    return subprocess.run(
        [sys.executable, "-c", "from hitsave.cli.main import run; run()", *arguments], cwd=project, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
