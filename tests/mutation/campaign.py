"""One subject under one Python: unchanged, edited in ways that can't matter, and mutated; every hit is compared with the undecorated truth.

A truth is what a fresh process without HitSave gives, under two hash seeds and at two depths of the stack; where they differ there is none, and the call is left out.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.mutation import mutations, neutral, subjects
from tests.mutation.mutations import Mutation

ROOT: Final = Path(__file__).resolve().parents[2]
TIMEOUT: Final = 300.0
PROCESSOR_TIME: Final = 60
"""Seconds of processor time that a process has; wall time says too little of a machine that others use as well."""
MEMORY: Final = 3 << 30
_NOT_STORED: Final = re.compile(r"The result of (\w+)\(\) is not stored: (.*)")
STALE, WRONG, NEEDLESS, OK, DROPPED, UNCHANGED = "STALE", "WRONG", "needless", "ok", "dropped", "unchanged"
_MOST_TRIES: Final = 5
"""Mutants that are tried for each that is to change a result."""


@dataclass(frozen=True)
class Call:
    """One call of a driver: the function, what it gave as text, whether its body ran."""

    function: str
    shown: str
    ran: bool


@dataclass(frozen=True)
class Played:
    """What a process did. `failed` where it did not come as far as to make calls."""

    failed: str | None
    calls: tuple[Call, ...]
    lines: dict[str, dict[str, list[int]]]
    said: str


@dataclass(frozen=True)
class Verdict:
    """What came of one mutant: `where` says whether its lines run in the calls, only on import, or never; `changed` whether a call gives something else."""

    mutation: str
    kind: str
    where: str
    function_ran: bool
    verdict: str
    changed: bool
    hits: int
    runs: int
    note: str


@dataclass
class Outcome:
    """Everything that was seen of one subject under one Python. `unstored`: functions of which HitSave said that a result is not stored, and why."""

    subject: str
    python: str
    calls: int = 0
    unstable: int = 0
    unstored: dict[str, str] = field(default_factory=dict)
    missed: dict[str, list[str]] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    seconds: float = 0.0


class Campaign:
    """Plays one subject in the folder `scratch`, which is made."""

    def __init__(self, subject: str, python: str, scratch: Path, *, seed: int) -> None:
        self.python = python
        self.scratch = scratch
        self.project = scratch / "project"
        self.store = scratch / "store"
        self.random = random.Random(f"{seed} {subject}")
        self.outcome = Outcome(subject, python)
        self._time = time.time() - 1e7
        scratch.mkdir(parents=True)
        subjects.make_project(subject, self.project)
        self.sources = {
            str(p.relative_to(self.project)): p.read_bytes() for name in subjects.SUBJECTS[subject] for p in (self.project / name).rglob("*.py")
        }

    # --- playing ---------------------------------------------------------------------------------------------------

    def play(
        self, mode: str, *, seed: int, store: Path | None = None, traced: bool = False, deep: bool = False, timeout: float = TIMEOUT
    ) -> Played | None:
        """Make the calls in a fresh process; None if it takes too long or dies."""
        out = self.scratch / "out.json"
        out.unlink(missing_ok=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("HITSAVE", "PYTEST")) and k != "PYTHONDONTWRITEBYTECODE"}
        environment |= {
            "PYTHONPATH": os.environ.get("PYTHONPATH") or os.pathsep.join([str(ROOT), str(ROOT / "server")]),
            "PYTHONPYCACHEPREFIX": str(self.scratch.parent / "bytecode"),
            "PYTHONHASHSEED": str(seed),
            "HITSAVE_DIR": str(store or self.scratch / "no-store"),
        }
        try:
            done = subprocess.run(
                [self.python, "player.py", str(out), mode, *(["--trace"] if traced else []), *(["--deep"] if deep else [])],
                cwd=self.project,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout,
                check=False,
                preexec_fn=_limit,
            )
        except subprocess.TimeoutExpired:
            return None
        if not out.exists():
            return Played(f"status {done.returncode}", (), {}, done.stderr.decode(errors="replace")[-2000:])
        found = json.loads(out.read_text(encoding="utf-8", errors="surrogateescape"))
        return Played(found["failed"], tuple(Call(*c) for c in found["calls"]), found["lines"], done.stderr.decode(errors="replace"))

    @contextmanager
    def warmed(self) -> Iterator[Path]:
        """A copy of the warmed store."""
        copied = self.scratch / "store-copy"
        shutil.copytree(self.store, copied)
        try:
            yield copied
        finally:
            shutil.rmtree(copied, ignore_errors=True)

    def write(self, file: str, content: bytes) -> None:
        """Change a module; its time is never one that bytecode was made for before."""
        path = self.project / file
        path.write_bytes(content)
        self._time += 10
        os.utime(path, (self._time, self._time))

    # --- the steps -------------------------------------------------------------------------------------------------

    def unchanged(self) -> None:
        """The truth of every call; and that unchanged code hits, in the second process and in the third."""
        traced = self.play("plain", seed=0, traced=True)
        truths = [self.play("plain", seed=seed, deep=bool(seed)) for seed in (0, 1)]
        assert traced is not None, f"{self.outcome.subject} takes too long"
        assert not traced.failed, traced
        self.traced = traced.lines
        first, second = truths
        assert first is not None
        assert second is not None
        self.truth = [a.shown if _agree(a, b) else None for a, b in zip(first.calls, second.calls, strict=True)]
        self.outcome.calls, self.outcome.unstable = len(self.truth), self.truth.count(None)
        for number, name in enumerate(("first run", "second run", "third run")):
            played = self.play("memo", seed=10 + number, store=self.store)
            if played is not None and number == 0:
                self.outcome.unstored = dict(_NOT_STORED.findall(played.said))
            missed = self._misses(played, self.truth, hit=number > 0)
            if missed:
                self.outcome.missed[name] = missed
        warm = self.play("memo", seed=13, store=self.store)
        self.hit_unchanged = [not c.ran for c in warm.calls] if warm else [False] * len(self.truth)

    def _misses(self, played: Played | None, truth: list[str | None], *, hit: bool) -> list[str]:
        if played is None or played.failed:
            return [f"failed: {played.failed if played else 'time out'} {played.said[-500:] if played else ''}"]
        found = [
            f"{WRONG} {c.function}: {c.shown[:200]} instead of {t[:200]}"
            for c, t in zip(played.calls, truth, strict=True)
            if t is not None and c.shown != t
        ]
        if hit:
            found += [f"call {n} of {c.function} ran again" for n, c in enumerate(played.calls) if c.ran and c.function not in self.outcome.unstored]
        return found

    def neutral_edits(self) -> None:
        """Edits that can't matter are hits, but for calls whose truth they change after all (a docstring that is printed)."""
        for name in [*neutral.EDITS, "formatting"]:
            try:
                if name == "formatting":
                    neutral.formatted(self.project)
                else:
                    for file, source in self.sources.items():
                        self.write(file, neutral.EDITS[name](source.decode()).encode())
                truth = self.play("plain", seed=0)
                with self.warmed() as store:
                    played = self.play("memo", seed=22, store=store)
                if truth is None or truth.failed or played is None or played.failed:
                    self.outcome.missed[name] = [f"failed: {truth.failed if truth else 'time out'} / {played.failed if played else 'time out'}"]
                    continue
                again = [
                    n
                    for n, (c, t) in enumerate(zip(played.calls, truth.calls, strict=True))
                    if self.hit_unchanged[n] and c.ran and t.shown == self.truth[n]
                ]
                missed = [f"call {n} of {played.calls[n].function} ran again: {why}" for n, why in self.reasons(again).items()]
                missed += [
                    f"{STALE if not c.ran else WRONG} call {n} of {c.function}"
                    for n, (c, t) in enumerate(zip(played.calls, truth.calls, strict=True))
                    if self.truth[n] is not None and c.shown != t.shown
                ]
                if missed:
                    self.outcome.missed[name] = missed
            finally:
                for file, source in self.sources.items():
                    self.write(file, source)

    def reasons(self, calls: list[int]) -> dict[int, str]:
        """Why these calls would not hit, as the project is now."""
        if not calls:
            return {}
        with self.warmed() as store:
            asked = self.play("explain", seed=31, store=store)
        return {n: asked.calls[n].shown[:700] if asked and asked.calls else "" for n in calls}

    def candidates(self) -> dict[str, list[Mutation]]:
        """All mutations by where their lines run: in the calls, only on import, never."""
        groups: dict[str, list[Mutation]] = {"calls": [], "import": [], "never": []}
        for file, source in sorted(self.sources.items()):
            loaded = file in self.traced["import"] or file in self.traced["calls"]
            if not loaded:
                continue
            calls, imported = self.traced["calls"].get(file, []), self.traced["import"].get(file, [])
            for mutation in mutations.mutations_of(file, source):
                where = "calls" if mutations.ran(mutation.lines, calls) else "import" if mutations.ran(mutation.lines, imported) else "never"
                groups[where].append(mutation)
        return groups

    def shuffled(self, found: list[Mutation]) -> Iterator[Mutation]:
        """These mutations in random order, all kinds alike often as long as there are any of each."""
        by_kind: dict[str, list[Mutation]] = {}
        for mutation in found:
            by_kind.setdefault(mutation.kind, []).append(mutation)
        for several in by_kind.values():
            self.random.shuffle(several)
        while by_kind:
            kind = self.random.choice(sorted(by_kind))
            mutation = by_kind[kind].pop()
            if not by_kind[kind]:
                del by_kind[kind]
            if mutations.makes_a_module(mutation.apply(self.sources[mutation.file])):
                yield mutation

    def mutate(self, changing: int, never: int) -> Iterator[Verdict]:
        """Judge mutants until `changing` of them have changed a result, every fifth of them of a line that runs on import only; and `never` of lines that never run."""
        found = {where: self.shuffled(group) for where, group in self.candidates().items()}
        tries = changed = 0
        while changed < changing and tries < _MOST_TRIES * changing:
            tries += 1
            where = "import" if tries % 5 == 0 else "calls"
            mutation = next(found[where], None) or next(found["calls"], None)
            if mutation is None:
                break
            verdict = self.judge_written(where, mutation)
            changed += verdict.changed
            yield verdict
        for _, mutation in zip(range(never), found["never"], strict=False):
            yield self.judge_written("never", mutation)

    def judge_written(self, where: str, mutation: Mutation) -> Verdict:
        """Judge one mutant, and undo it."""
        try:
            self.write(mutation.file, mutation.apply(self.sources[mutation.file]))
            verdict = self.judge(where, mutation)
        finally:
            self.write(mutation.file, self.sources[mutation.file])
        self.outcome.verdicts.append(verdict)
        return verdict

    def judge(self, where: str, mutation: Mutation) -> Verdict:
        """Play the project as it is now, without HitSave; where that gives something else, or the line never ran, also with the warmed store."""
        lines = [*self.traced["calls"].get(mutation.file, []), *self.traced["import"].get(mutation.file, [])]
        function_ran = mutation.function is None or mutations.ran(mutation.function, sorted(lines))

        def verdict(said: str, *, changed: bool = False, hits: int = 0, runs: int = 0, note: str = "") -> Verdict:
            return Verdict(mutation.show(self.sources[mutation.file]), mutation.kind, where, function_ran, said, changed, hits, runs, note)

        truth = self.play("plain", seed=31)
        if truth is None or truth.failed:
            return verdict(DROPPED, note=f"the truth {'takes too long' if truth is None else truth.failed}")
        if any("MemoryError" in call.shown for call in truth.calls):
            return verdict(DROPPED, note="the truth is where its memory ends, which everything else in the process moves")
        stable = [before is not None for before in self.truth]
        if any(t.shown != before for t, before in zip(truth.calls, self.truth, strict=True) if before is not None):
            other = self.play("plain", seed=0, deep=True)
            if other is None or other.failed:
                return verdict(DROPPED, note="the truth varies with the hash seed or the depth of the stack")
            stable = [was and _agree(a, b) for was, a, b in zip(stable, truth.calls, other.calls, strict=True)]
        changed = any(t.shown != before for t, before, same in zip(truth.calls, self.truth, stable, strict=True) if same)
        if not changed and where != "never":
            return verdict(UNCHANGED)
        with self.warmed() as store:
            played = self.play("memo", seed=31, store=store)
        if played is None or played.failed:
            return verdict(WRONG, note=f"only with HitSave: {played.failed + played.said[-800:] if played else 'takes too long'}")
        bad: list[str] = []
        for number, (call, right) in enumerate(zip(played.calls, truth.calls, strict=True)):
            if stable[number] and call.shown != right.shown:
                bad.append(f"{WRONG if call.ran else STALE} call {number} of {call.function}: {call.shown[:300]} instead of {right.shown[:300]}")
        runs, hits = sum(c.ran for c in played.calls), sum(not c.ran for c in played.calls)
        if bad:
            said = STALE if any(b.startswith(STALE) for b in bad) else WRONG
            return verdict(said, changed=changed, hits=hits, runs=runs, note=" | ".join(bad))
        extra = [n for n, (c, hit) in enumerate(zip(played.calls, self.hit_unchanged, strict=True)) if c.ran and hit]
        if where == "never" and extra and not changed:
            return verdict(NEEDLESS, runs=len(extra), hits=hits, note=next(iter(self.reasons(extra).values())))
        return verdict(OK, changed=changed, hits=hits, runs=runs)


def _agree(one: Call, other: Call) -> bool:
    """Whether two processes found one truth; where a recursion ends is none, as it depends on every frame around it."""
    return one.shown == other.shown and "RecursionError" not in one.shown


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_TIME, PROCESSOR_TIME + 5))


def run_subject(subject: str, python: str, scratch: Path, *, changing: int, never: int, seed: int, edits: bool = True, say: Any = None) -> Outcome:
    """All steps for one subject."""
    began = time.monotonic()
    campaign = Campaign(subject, python, scratch, seed=seed)
    campaign.unchanged()
    if edits:
        campaign.neutral_edits()
    if say:
        for name, missed in campaign.outcome.missed.items():
            for line in missed:
                say(f"  {name}: {line}")
    for verdict in campaign.mutate(changing, never):
        if say and verdict.verdict in {STALE, WRONG, NEEDLESS}:
            say(
                f"  {verdict.verdict} [{verdict.where}{'' if verdict.function_ran else ', function never ran'}] {verdict.mutation}\n      {verdict.note}"
            )
    campaign.outcome.seconds = time.monotonic() - began
    shutil.rmtree(scratch)
    return campaign.outcome
