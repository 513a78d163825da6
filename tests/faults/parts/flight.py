"""One computation. Three processes ask for the same result at once; whoever computes it goes on, is killed, or is stopped (and goes on when the others have ended).

When all is well there is one evaluation, else at most one more; but where the owner is stopped in the moment in which it stores, nobody else can store, and each computes. Nobody waits longer than the bound, which is eight seconds here instead of an hour where one is stopped, for the first that computes and once more for who stands in.
And within one process: tasks of one loop, a function that calls itself with its own arguments, and two threads that wait for one another, all end.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.faults.children import Child, run, wait_until
from tests.faults.figures import Figures, Plan
from tests.faults.program import begin, faults_of
from tests.faults.subject.tally import AFTER

_BOUND: Final = 8.0
_NEVER_MET: Final = 100.0
"""Seconds that nobody waits where the one that computes goes on, or is killed: that is seen at once."""
_SLACK: Final = 60.0
"""Seconds that a busy machine may take to do the rest."""
_FATES: Final = ("all is well", "the owner is killed", "the owner is stopped")
_AS_IT_STORES: Final = "the owner is stopped as it stores"


def measure(plan: Plan) -> Figures:
    """Play the rounds."""
    figures = Figures()
    rounds = plan.of(500, 12)
    for fate in (*_FATES, _AS_IT_STORES):
        figures.count(fate)
    # Rounds wait, most of the time.
    played = plan.play(figures, range(rounds), lambda number: _between_processes(plan.folder / "processes", number), jobs=plan.of(8, 4) * plan.jobs)
    for fate, evaluations, problems in played:
        figures.count(fate, rounds=1, evaluations=evaluations)
        figures.wrong(fate, "a round", problems)
    for row, task, most in (
        ("tasks of one loop", _loop, 1),
        ("a call within the same call", _knot, 2),
        ("two threads that wait for one another", _crossed, 4),
    ):
        for number in range(plan.of(50, 2)):
            ended = run(task, plan.folder / "threads", number, timeout=_SLACK)
            problems = faults_of(ended, ())
            if ended.ran[number] > most:
                problems.append(f"evaluated {ended.ran[number]} times")
            figures.count(row, rounds=1, evaluations=ended.ran[number])
            figures.wrong(row, "a round", problems)
    return figures


def _between_processes(store: Path, number: int) -> tuple[str, int, list[str]]:
    fate = _FATES[number % 3]
    bound = _BOUND if "stopped" in fate else _NEVER_MET
    children = [Child(_ask, store, number, bound, held=True) for _ in range(3)]
    for child in children:
        wait_until(child.is_ready)
    for child in children:
        child.go()
    owners: list[Child] = []
    wait_until(lambda: bool(owners.extend(child for child in children if child.ran[number]) or owners))
    owner = owners[0]
    if fate != "all is well":
        owner.signal(signal.SIGKILL if "killed" in fate else signal.SIGSTOP)
        if "stopped" in fate and owner.ran[number + AFTER]:
            fate = _AS_IT_STORES
    others = [child for child in children if child is not owner]
    ended = [child.end(_SLACK + 2 * bound) for child in others]
    owner.signal(signal.SIGCONT)
    last = owner.end()
    problems = [problem for one in ended for problem in faults_of(one, [number])] + faults_of(last, [number], killed="killed" in fate)
    values = {one.answer[0] for one in [*ended, last] if one.answer}
    slowest = max((one.answer[1] for one in ended if one.answer), default=0.0)
    evaluations = sum(one.ran[number] for one in [*ended, last])
    if evaluations > {"all is well": 1, _AS_IT_STORES: 3}.get(fate, 2):
        problems.append(f"{evaluations} evaluations")
    if fate == "all is well" and len(values) != 1:
        problems.append(f"{len(values)} values")
    if slowest > 2 * _BOUND + _SLACK / 2:
        problems.append(f"one waited {slowest:.1f} s")
    return fate, evaluations, problems


def _with_bound(store: Path, bound: float) -> list[str]:
    from hitsave.runtime import waiting

    assert waiting._WAIT > waiting._WAIT_WITHIN > _BOUND  # they are there, and nobody else's
    waiting._WAIT = waiting._WAIT_WITHIN = bound  # pyright: ignore[reportAttributeAccessIssue, reportConstantRedefinition]
    return begin(store)


def _ask(child: Child, store: Path, number: int, bound: float) -> tuple[str, float, list[str]]:
    import work

    said = _with_bound(store, bound)
    work.call(4)  # has HitSave loaded, and the code analysed
    child.ran[4] = 0
    child.hold()
    began = time.monotonic()
    value = work.slow(number, 0.1)
    return value, time.monotonic() - began, said


def _loop(_child: Child, store: Path, number: int) -> list[str]:
    import work

    said = _with_bound(store, 0.5)

    async def main() -> set[str]:
        return set(await asyncio.gather(*[work.another_async(number) for _ in range(8)]))

    assert len(asyncio.run(main())) == 1
    return said


def _knot(_child: Child, store: Path, number: int) -> list[str]:
    import work

    said = _with_bound(store, 0.5)
    assert work.knot(number) == number
    return said


def _crossed(_child: Child, store: Path, number: int) -> list[str]:
    import work

    said = _with_bound(store, 0.5)
    given: list[Any] = []

    def ask(function: Callable[[int], int]) -> None:
        given.append(function(number))

    threads = [threading.Thread(target=ask, args=(function,)) for function in (work.first, work.second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == [number, number]
    return said
