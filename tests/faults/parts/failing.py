"""System calls that fail. The n-th call of a kind gives an error, for every kind that can fail and every n: reading, writing, locking, syncing, looking, mapping.

`./dev faults failing` gives each call EIO, and ENOSPC, EACCES and EMFILE where its manual page names them; `eio`, `enospc`, `eacces` and `emfile` give every call that one.

Each call of the user's functions gives its value, computed once at most, with one warning at most (and the one that says that a damaged database was mended); a new process afterwards finds nothing wrong.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.figures import Figures, Plan
from tests.faults.program import Said, faults_of
from tests.faults.scenarios import Scenario, scenarios
from tests.faults.tracing import CHANGING, fail_at, trace, tried

_MENDED = "was damaged; what of it was good is in a new one"


def measure(plan: Plan, errors_of: Callable[[str], tuple[str, ...]]) -> Figures:
    """Play the rounds: each call fails with each of the errors of its kind."""
    figures = Figures()
    rounds: list[tuple[Scenario, str, int, str]] = []
    for scenario in scenarios(plan.folder):
        figures.count(scenario.name)
        _, calls = trace(scenario.task, scenario.store(plan.folder), scenario.numbers)
        every = [(scenario, kind, nth, error) for kind, nth in tried(calls) for error in errors_of(kind)]
        rounds += every[:: plan.of(1, max(len(every) // 3, 1))]

    def play(one: tuple[Scenario, str, int, str]) -> tuple[str, str, int, list[str]]:
        scenario, kind, nth, error = one
        store = scenario.store(plan.folder)
        ended = fail_at(kind, nth, error, scenario.task, store, scenario.numbers)
        said = ended.answer.warnings if isinstance(ended.answer, Said) else []
        mended = scenario.warns or any(_MENDED in warning for warning in said)  # a read that fails looks like damage
        is_told = scenario.may_raise and "\nhitsave.errors." in ended.raised  # one of HitSave's errors, which say what to do
        problems = [] if is_told else faults_of(ended, scenario.numbers, most_warnings=1 + mended)
        warned = bool(said)
        if kind in CHANGING or warned or problems:
            problems += scenario.afterwards(store)
        return scenario.name, f"{kind} {nth} with {error}", warned, problems

    for name, where, warned, problems in plan.play(figures, rounds, play):
        figures.count(name, calls=1, warned=int(warned))
        figures.wrong(name, where, problems)
    return figures
