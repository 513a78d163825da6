"""Mutate real packages, and compare every stored result that is given with what the code would give without HitSave.

    python -m tests.mutation.run [--packages tabulate,click] [--changing 45] [--never 12] [--seed 3] [--python PATH] [--report FILE]

What isn't given is as plan.toml has it. With --report, what came of each package is written to FILE as soon as it is done; packages that FILE has already are left out.

Prints what was stale, wrong, needless or missed, and a table; ends with status 1 if anything was stale or wrong, or unchanged code or a neutral edit did not hit.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.mutation.campaign import DROPPED, NEEDLESS, STALE, WRONG, Outcome, Verdict, run_subject
from tests.mutation.subjects import PLAN, at_hand


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)  # noqa: T201 - its report is what it is for


def row(name: str, outcomes: Iterable[Outcome]) -> str:
    """One line of the table."""
    outcomes = list(outcomes)
    verdicts = [v for o in outcomes for v in o.verdicts]
    never = [v for v in verdicts if v.where == "never" and v.verdict != DROPPED]
    counts = [
        len(verdicts),
        sum(v.verdict == DROPPED for v in verdicts),
        sum(v.changed for v in verdicts),
        sum(v.verdict == STALE for v in verdicts),
        sum(v.verdict == WRONG for v in verdicts),
        len(never),
        sum(v.verdict == NEEDLESS for v in never),
        sum(v.verdict == NEEDLESS and not v.function_ran for v in never),
        sum(len(missed) for o in outcomes for missed in o.missed.values()),
        sum(len(o.unstored) for o in outcomes),
        round(sum(o.seconds for o in outcomes)),
    ]
    return f"{name:16}" + "".join(f"{count:>10}" for count in counts)


TITLES = f"{'':16}" + "".join(
    f"{title:>10}"
    for title in ["mutants", "dropped", "changing", "stale", "wrong", "never ran", "needless", "body not", "missed", "unstored", "seconds"]
)


def table(outcomes: list[Outcome]) -> str:
    """A line a subject, and one of all. "body not": needless where not even the function around the mutation ran; "missed": unchanged code or neutral edits
    that did not hit; "unstored": functions whose results are not stored, as HitSave said.
    """
    return "\n".join([TITLES, *(row(o.subject, [o]) for o in outcomes), row("all", outcomes)])


def reported(file: Path) -> list[Outcome]:
    """The outcomes in a report."""
    found = json.loads(file.read_text(encoding="utf-8"))
    return [Outcome(**{**o, "verdicts": [Verdict(**v) for v in o["verdicts"]]}) for o in found]


def main() -> int:
    """Run the campaigns that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", default=",".join(PLAN["functions"]))
    parser.add_argument("--changing", type=int, default=PLAN["changing"], help="mutants of each package that change a result")
    parser.add_argument("--never", type=int, default=PLAN["never"], help="mutants of each package whose line never runs")
    parser.add_argument("--seed", type=int, default=PLAN["seed"])
    parser.add_argument("--python", type=os.path.abspath, default=sys.executable)  # its processes run in other folders
    parser.add_argument("--report", type=Path)
    parser.add_argument("--no-edits", action="store_true", help="leave out the neutral edits")
    asked = parser.parse_args()
    outcomes = reported(asked.report) if asked.report and asked.report.exists() else []
    with tempfile.TemporaryDirectory(prefix="mutation-", ignore_cleanup_errors=True) as scratch:
        for subject in asked.packages.split(","):
            if not at_hand(subject):
                say(f"{subject}: its packages are not at hand (./dev mutation unpacks them)")
                continue
            if any(outcome.subject == subject for outcome in outcomes):
                continue
            say(subject)
            outcomes.append(
                run_subject(
                    subject,
                    asked.python,
                    Path(scratch) / subject,
                    changing=asked.changing,
                    never=asked.never,
                    seed=asked.seed,
                    edits=not asked.no_edits,
                    say=say,
                )
            )
            say(row(subject, outcomes[-1:]))
            if asked.report:
                asked.report.write_text(json.dumps([dataclasses.asdict(o) for o in outcomes], indent=1), encoding="utf-8")
    say(table(outcomes))
    return int(any(o.missed or any(v.verdict in {STALE, WRONG} for v in o.verdicts) for o in outcomes))


if __name__ == "__main__":
    sys.exit(main())
