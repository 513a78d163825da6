"""Plays a scenario: writes each state to disk, asks text alone, runs the script in a fresh process, and compares both with each other and with what the scenario says."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hitsave.freshness.status import CannotTell, Fresh, Stale
from hitsave.storage.store import Store
from tests.forks import Ended, run_python
from tests.scenarios.story import Scenario, State, Step
from tests.scenarios.textual import Remembered, Text, consists_of, remembered

ROOT: Final = Path(__file__).resolve().parents[2]
OBSERVED: Final = Path(__file__).with_name("observed.py")
START: Final = "exec(compile(open(__import__('sys').argv[1]).read(), __import__('sys').argv[1], 'exec'), {'__name__': 'observed'})"
SITE: Final = "site-packages"
NOTICE: Final = re.compile(r"^hitsave: (.+)\(\) runs again: (.+?)(?: \(and (\d+) more\))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """What one process did: functions that ran, the answer to each call as (symbol, key, answer), notices as name → (first reason, how many more)."""

    ran: dict[str, int]
    answers: list[tuple[str, str, str]]
    warned: list[str]
    path: list[str]
    stdout: str
    notices: dict[str, tuple[str, int]]


class Player:
    """Plays one scenario in folder `base`; `problems` are what was not as it should be."""

    def __init__(self, scenario: Scenario, base: Path) -> None:
        self.scenario = scenario
        self.base = base
        self.state = State()
        self.store = Store.open(base / "store", readonly=True)
        self.path: list[str] = []
        self.printed: list[tuple[State, str]] = []
        self.problems: list[str] = []

    def play(self) -> list[str]:
        """All steps, in order; gives the problems, each with the line that it is about."""
        for step in self.scenario.steps:
            self.step(step)
        return self.problems

    def step(self, step: Step) -> None:
        """One run."""
        self.write(step.state)
        before = remembered(self.store)
        text = Text(self.folder, self.import_roots()) if self.path else None
        said = {b.entry.id: text.answer(b, self.store) for b in before} if text else {}
        run = self.run(step.state.start)
        truth = self.truth(step.state)
        self.path = run.path

        def problem(sentence: str) -> None:
            self.problems.append(f"line {step.line}, {step.when}: {sentence}")

        if run.stdout != truth:
            problem(f"WRONG: it printed {run.stdout!r}, without HitSave it prints {truth!r}")
        if run.ran != step.expected.ran:
            problem(f"{_spoken(run.ran)}, expected: {_spoken(step.expected.ran)}; answers: {run.answers}")
        for sentence in _unmatched(run.warned, step.expected.warns):
            problem(sentence)
        for sentence in compare_reasons(step, before, said, run):
            problem(sentence)
        text = Text(self.folder, self.import_roots())
        new = [r for r in remembered(self.store) if r.entry.id not in {b.entry.id for b in before}]
        for sentence in compare_snapshots(step, new, text, self.store):
            problem(sentence)

    # --- the disk --------------------------------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """The project's folder now."""
        return self.base / self.state.folder

    def place(self, path: str) -> Path:
        """Where a file of the scenario is; ``site-packages`` lies beside the project."""
        return (self.base if path.startswith(SITE + "/") else self.folder) / path

    def write(self, state: State) -> None:
        """Make the disk as `state` says, touching only what differs."""
        if self.state.files and state.folder != self.state.folder:
            self.folder.rename(self.base / state.folder)
        was, self.state = self.state.files, state
        for path in was.keys() - state.files.keys():
            self.place(path).unlink()
        for path, content in state.files.items():
            if was.get(path) != content:
                self.place(path).parent.mkdir(parents=True, exist_ok=True)
                self.place(path).write_text(content, encoding="utf-8")

    def import_roots(self) -> list[str]:
        """``sys.path`` as the next run has it: that of the last, whose first is the folder of the script."""
        return [str((self.folder / self.state.start).parent), *self.path[1:]]

    def truth(self, state: State) -> str:
        """What the script prints without HitSave; asked once a state."""
        known = next((printed for other, printed in self.printed if other == state), None)
        if known is None:
            known = self.start([str(self.folder / state.start)], HITSAVE="off").stdout
            self.printed.append((state, known))
        return known

    # --- the process -----------------------------------------------------------------------------------------------

    def run(self, script: str) -> Run:
        """Start a script of the project in a fresh process, and look on."""
        report = self.base / "report.json"
        report.unlink(missing_ok=True)
        done = self.start(["-c", START, str(OBSERVED), str(report), str(self.folder / script)])
        told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        notices = {name: (first, int(more or 0)) for name, first, more in NOTICE.findall(done.stderr)}
        return Run(dict(Counter(told["ran"])), [tuple(a) for a in told["answers"]], told["warned"], told["path"], done.stdout, notices)

    def start(self, arguments: list[str], **environment: str) -> Ended:
        """Start a Python in the project, as a person would; AssertionError if it fails."""
        paths = [str(self.base / SITE), str(ROOT), str(ROOT / "server"), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        person = {name: value for name, value in os.environ.items() if not name.startswith(("HITSAVE", "PYTEST", "PYTHON"))}
        own = {"HITSAVE_DIR": str(self.base / "store"), "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "PYTHONDONTWRITEBYTECODE": "1"}
        done = run_python(arguments, self.folder, {**person, **own, **environment})
        assert done.returncode == 0, done.stderr
        return done


def compare_reasons(step: Step, before: list[Remembered], said: dict[str, Fresh | Stale | CannotTell], run: Run) -> list[str]:
    """What text said before the run, against what the run did, and both against the scenario."""
    problems: list[str] = []
    explained: set[str] = set()
    asked: dict[tuple[str, str], str] = {}
    for symbol, key, answer in run.answers:  # of a key that is asked for twice, the first answer is about what was stored before
        asked.setdefault((symbol, key), answer)
    for (symbol, key), answer in asked.items():
        name = symbol.partition(":")[2]
        same_key = [b for b in before if str(b.entry.key) == key]
        if not same_key:
            continue
        texts = [said[b.entry.id] for b in same_key]
        newest = texts[0]
        fresh = any(isinstance(t, Fresh) for t in texts)
        declared = step.expected.says.get(name)
        agrees = (answer == "hit") == fresh and (fresh or isinstance(newest, Stale))
        if declared is not None:
            if str(newest) != declared:
                problems.append(f"text alone says of {name}: {newest}; declared: {declared}")
        elif not agrees:
            problems.append(f"text alone says of {name}: {' / '.join(map(str, texts))}; the run: {answer}")
        if answer == "miss" and name not in explained:
            explained.add(name)
            why = step.expected.why.get(name, ())
            given = tuple(map(str, newest.reasons)) if isinstance(newest, (Stale, CannotTell)) else ()
            if declared is None and given != why:
                problems.append(f"why {name}: {'; '.join(given)}")
            notice = run.notices.get(name.rpartition(":")[2], ("", 0))
            if (why[:1], len(why) - 1) != ((notice[0],), notice[1]):
                problems.append(f"the run says of {name}: {notice[0]} (and {notice[1]} more), expected: {'; '.join(why)}")
    problems.extend(f"why {name} was declared, but it did not run again" for name in step.expected.why.keys() - explained)
    asked_for = {symbol.partition(":")[2] for symbol, _ in asked}
    problems.extend(f"what text says of {name} was declared, but it was not asked" for name in step.expected.says.keys() - asked_for)
    return problems


def compare_snapshots(step: Step, new: list[Remembered], text: Text, store: Store) -> list[str]:
    """What the run's new entries depend on, against what text alone says, and both against the scenario."""
    problems: list[str] = []
    seen: set[str] = set()
    shown: set[str] = set()
    for stored in new:
        name = stored.entry.symbol
        answer = text.answer(stored, store)
        if not isinstance(answer, Fresh) and str(answer) != step.expected.says.get(name.partition(":")[2]):
            problems.append(f"just after the run text alone says of {name}: {answer}")
        found = {difference.partition(" — ")[0]: difference for difference in text.differences(stored)}
        seen.update(found)
        problems.extend(f"{told} (of {name})" for difference, told in found.items() if difference not in step.expected.differs)
        if name in step.expected.depends:
            shown.add(name)
            if consists_of(stored) != step.expected.depends[name]:
                problems.append(f"{name} depends on: {', '.join(sorted(consists_of(stored)))}")
    problems.extend(f"declared but not so: {difference}" for difference in sorted(step.expected.differs.keys() - seen))
    problems.extend(f"{name} stored nothing" for name in step.expected.depends.keys() - shown)
    return problems


def _unmatched(warned: list[str], expected: tuple[str, ...]) -> list[str]:
    unexpected = [f"it warned: {w}" for w in warned if not any(e in w for e in expected)]
    return unexpected + [f"it did not warn: {e}" for e in expected if not any(e in w for w in warned)]


def _spoken(ran: dict[str, int]) -> str:
    return ", ".join(name if count == 1 else f"{name} ×{count}" for name, count in sorted(ran.items())) + " run(s)" if ran else "nothing runs"
