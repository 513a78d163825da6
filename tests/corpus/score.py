"""What the corpus says: each case's verdict, the list of those that are known not to be ok, and the table.

A case is a small project, an edit and an expectation (run.py says how it is run and judged).
known.json lists, by Python version, the cases that are not ok, with their verdicts; it is made by ``./dev corpus --accept`` and may only shrink.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final, NamedTuple

from tests.forks import Ended, run_python

HERE: Final = Path(__file__).resolve().parent
KNOWN: Final = HERE / "known.json"

# The promise: of the 240 cases at most so many may be anything but ok, on each Python.
MOST_NOT_OK: Final = 25

VERDICTS: Final = ("ok", "STALE", "WRONG", "error", "unsupported", "needless", "ideal_miss", "never_hits", "not run")


class Outcome(NamedTuple):
    """How one case ended. `note` says what was seen, in run.py's words."""

    case: str
    category: str
    expect: str
    verdict: str
    note: str


@cache
def runner() -> ModuleType:
    """run.py, which is kept word for word as it was given, but that its processes are forks, where they are of this Python (tests/forks.py)."""
    spec = importlib.util.spec_from_file_location("corpus_run", HERE / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.subprocess = SimpleNamespace(run=_run, TimeoutExpired=subprocess.TimeoutExpired, DEVNULL=subprocess.DEVNULL, PIPE=subprocess.PIPE)
    return module


def _run(command: list[str], *, env: dict[str, str], cwd: str, timeout: float, **streams: Any) -> Ended | subprocess.CompletedProcess[str]:
    if command[0] != sys.executable:
        return subprocess.run(command, env=env, cwd=cwd, timeout=timeout, check=False, **streams)
    try:
        return run_python(command[1:], Path(cwd), env, timeout=timeout)
    except TimeoutError as late:
        raise subprocess.TimeoutExpired(command, timeout) from late


@cache
def cases() -> dict[str, dict[str, Any]]:
    """Every case by its id."""
    return {case["id"]: case for case in json.loads((HERE / "cases.json").read_text(encoding="utf-8"))}


def judge(case: dict[str, Any], python: str, scratch: Path, decorator: str = "hitsave") -> Outcome:
    """Run `case` with and without its decorator under the interpreter `python`, six processes in all, and compare.

    `scratch` is an existing folder; what is made in it is removed again.
    """
    run = runner()
    truth = run.run_case(case, python, "none", str(scratch))
    errors = [step["error"] for step in truth.values() if step["error"]]
    if errors:
        verdict, note = "not run", f"the undecorated project fails here: {errors[0]}"
    else:
        verdict, note = run.verdict(case, run.run_case(case, python, decorator, str(scratch)), truth)
    return Outcome(case["id"], case["category"], case["expect"], verdict, note)


def known(version: str, path: Path = KNOWN) -> dict[str, str]:
    """The cases that are known not to be ok under Python `version`, with their verdicts.

    A version without a list of its own has that of the newest older one that has one.
    """
    lists: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    older = [listed for listed in lists if _minor(listed) <= _minor(version)]
    return lists[max(older, key=_minor)] if older else {}


def accept(version: str, outcomes: Iterable[Outcome], path: Path = KNOWN) -> None:
    """Make `outcomes` what is known under Python `version`; cases that are not among them stay as they are."""
    outcomes = list(outcomes)
    lists: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    seen = {outcome.case for outcome in outcomes}
    listed = {case: verdict for case, verdict in known(version, path).items() if case not in seen}
    listed |= {outcome.case: outcome.verdict for outcome in outcomes if outcome.verdict != "ok"}
    lists[version] = dict(sorted(listed.items()))
    in_order = {listed: lists[listed] for listed in sorted(lists, key=_minor)}
    path.write_text(json.dumps(in_order, indent=1) + "\n", encoding="utf-8")


def complaint(outcome: Outcome, listed: dict[str, str]) -> str | None:
    """What is wrong with `outcome`, given what is known; None if it is as expected."""
    expected = listed.get(outcome.case, "ok")
    if outcome.verdict == expected:
        return None
    if outcome.verdict == "ok":
        return f"{outcome.case} is ok now, known as {expected}: take it off the list (./dev corpus --accept)"
    return f"{outcome.case} is {outcome.verdict}, expected {expected} ({outcome.expect}): {outcome.note}"


def table(outcomes: Iterable[Outcome]) -> str:
    """The score: one line a category, one column a verdict that occurs, the total, and the cases that are not ok."""
    outcomes = sorted(outcomes)
    columns = [verdict for verdict in VERDICTS if verdict == "ok" or any(outcome.verdict == verdict for outcome in outcomes)]
    lines = ["".join(f"{title:>12}" for title in ["category", "cases", *columns])]
    for category in [*sorted({outcome.category for outcome in outcomes}), "all"]:
        count = Counter(outcome.verdict for outcome in outcomes if category in {outcome.category, "all"})
        lines.append("".join(f"{cell:>12}" for cell in [category, count.total(), *(count[verdict] or "·" for verdict in columns)]))
    lines += [f"  {o.verdict:12} {o.case:44} {o.expect:10} {o.note}" for o in outcomes if o.verdict != "ok"]
    not_ok = sum(outcome.verdict != "ok" for outcome in outcomes)
    lines.append(f"{len(outcomes) - not_ok} of {len(outcomes)} ok; not ok {not_ok}, at most {MOST_NOT_OK} may be")
    return "\n".join(lines)


def _minor(version: str) -> int:
    return int(version.partition(".")[2])
