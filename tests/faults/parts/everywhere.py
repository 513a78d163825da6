"""`kill -9` at every system call that changes a file, a name or a lock, or gives a lock back. strace attaches when the work begins and kills the process as it makes the n-th call of a kind, for every kind and every n.

After each kill a new process makes the same calls: all values right, nothing raised, no warning, results stored before still hits, nothing left over, and nothing for `fsck` to find.
"""

from __future__ import annotations

from tests.faults.figures import Figures, Plan
from tests.faults.program import faults_of
from tests.faults.scenarios import Scenario, scenarios
from tests.faults.tracing import changing, kill_at, trace


def measure(plan: Plan) -> Figures:
    """Play the rounds."""
    figures = Figures()
    rounds: list[tuple[Scenario, str, int]] = []
    for scenario in scenarios(plan.folder):
        figures.count(scenario.name)
        _, calls = trace(scenario.task, scenario.store(plan.folder), scenario.numbers)
        every = changing(calls)
        rounds += [(scenario, kind, nth) for kind, nth in every[:: plan.of(1, max(len(every) // 6, 1))]]

    def play(one: tuple[Scenario, str, int]) -> tuple[str, str, int, list[str]]:
        scenario, kind, nth = one
        store = scenario.store(plan.folder)
        ended = kill_at(kind, nth, scenario.task, store, scenario.numbers)
        problems = faults_of(ended, scenario.numbers, killed=True, most_warnings=scenario.warns)
        return scenario.name, f"{kind} {nth}", ended.status == -9, problems + scenario.afterwards(store)

    for name, where, killed, problems in plan.play(figures, rounds, play):
        figures.count(name, calls=1, killed=int(killed))
        figures.wrong(name, where, problems)
    return figures
