"""`map`: many calls of one function, each remembered as it ends."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

QUIETLY = {"HITSAVE_NOTICES": "off"}
"""For calls that may take half a second on a busy machine, after which progress is shown."""
SQUARE = """
    import os
    import hitsave
    from hitsave import memo

    @memo
    def square(n, plus=0):
        with open("ran.txt", "a") as file:
            file.write(f"{n} ")
        if n == 13:
            raise ValueError("thirteen")
        return n * n + plus

    def ran():
        with open("ran.txt") as file:
            return sorted(map(int, file.read().split()))
"""


def sweep(calls: str, before: str = SQUARE) -> str:
    """A script that makes these calls, in the way that processes which are spawned need."""
    from textwrap import dedent, indent

    return dedent(before) + '\nif __name__ == "__main__":\n' + indent(dedent(calls), "    ")


@pytest.mark.parametrize("workers", ["1", "3", "ThreadPoolExecutor(3)", "ProcessPoolExecutor(2)"])
def test_results_come_in_the_order_of_the_items_and_each_is_computed_once(project, workers):
    """Also those that are in the list twice; what is stored is computed by nobody."""
    script = sweep(f"""
        from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
        print(square(2))
        print(square.map([3, 2, 1, 3], workers={workers}))
        print(square.map([3, 2], [10, 0], workers={workers}), ran())
    """)
    assert project.script(script, **QUIETLY).quiet == ["4", "[9, 4, 1, 9]", "[19, 4] [1, 2, 3, 3]"]
    assert project.run("main.py").printed[2] == "[19, 4] [1, 2, 3, 3]"


def test_what_is_known_by_no_name_is_called_in_processes_too(project):
    """Local functions; and methods, whose instance is sent. Results need not be picklable by pickle alone."""
    said = project.script(
        sweep(
            """
            def made(k):
                @memo
                def times(n):
                    return n * k
                return times

            print(made(3).map([1, 2, 3], workers=2))
            print(Model(5).power.map([1, 2], workers=2), Model.named.map(["a", "b"], workers=2))
            print([add(10) for add in adders.map([1, 2], workers=2)])
            """,
            SQUARE
            + """
    class Model:
        def __init__(self, base):
            self.base = base

        @memo
        def power(self, n):
            return self.base ** n

        @memo
        @classmethod
        def named(cls, name):
            return cls.__name__ + name

    @memo
    def adders(n):
        return lambda x: x + n
    """,
        ),
        **QUIETLY,
    )
    assert said.quiet == ["[3, 6, 9]", "[5, 25] ['Modela', 'Modelb']", "[11, 12]"]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_exception_is_raised_as_it_is(project, workers):
    """It says which item it was. What was computed before is remembered, so the next run goes on there."""
    script = sweep(f"""
        try:
            square.map([1, 13, 13, *range(20, 40)], workers={workers})
        except ValueError as error:
            print(repr(error), *error.__notes__)
        print(square.is_cached(1), len(ran()) < 22)
    """)
    assert project.script(script, **QUIETLY).quiet == ["ValueError('thirteen') It was raised in item 1 of square.map().", "True True"]


@pytest.mark.parametrize("workers", [1, 2])
def test_exceptions_can_stand_in_place_of_results(project, workers):
    """Then all others are computed."""
    said = project.script(sweep(f"print(square.map([1, 13, 3], workers={workers}, return_exceptions=True))"), **QUIETLY)
    assert said.quiet == ["[1, ValueError('thirteen'), 9]"]


def test_modes_hold_in_the_workers(project):
    """Switched off, nothing is stored; refreshed, everything runs again, once."""
    said = project.script(
        sweep("""
        with hitsave.disabled():
            square.map([1, 2], workers=2)
        print(square.is_cached(1))
        square.map([1, 2], workers=2)
        os.environ["HITSAVE"] = "refresh"
        square.map([1, 2, 1], workers=2)
        print(ran())
    """),
        **QUIETLY,
    )
    assert said.quiet == ["False", "[1, 1, 1, 2, 2, 2]"]


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("numbers.map([1])", "map is for ordinary functions, and numbers() is a coroutine or generator function. Call it in a loop of your own."),
        ("square.map([1, 2], workers=0)", "map(workers=0) takes a number of processes, from 1 on, or an Executor. Write workers=4."),
    ],
)
def test_what_map_can_not_do_is_said(project, call, why):
    """Before anything runs."""
    before = (
        SQUARE
        + """
    @memo
    def numbers(n):
        yield n
    """
    )
    said = project.script(sweep(f"try:\n    {call}\nexcept hitsave.HitSaveError as error:\n    print(error)", before))
    assert said.quiet == [why]


SLOW = """
    import time
    from hitsave import memo

    @memo
    def slow(n):
        if n > 1:
            print(n, "begins", flush=True)
            time.sleep(600 if n > 3 else 0)
        return n
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_keeps_what_is_done(project, workers):
    """Ctrl-C ends the workers, too, and is an interruption for the caller."""
    script = sweep(f"slow.map([1, 2, 3, 4, 5], workers={workers})", SLOW)
    project.write("main.py", script)
    process = subprocess.Popen(
        project.command(), cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )
    assert process.stdout is not None
    begun = {process.stdout.readline().split()[0] for _ in range(2 + workers)}
    assert begun == {"2", "3", "4", "5"} if workers == 2 else {"2", "3", "4"}
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert errors.count("KeyboardInterrupt") == 1  # nothing from the workers
    with pytest.raises(ProcessLookupError):
        _wait_for_the_group_to_be_gone(process.pid)
    assert project.script(sweep("print([slow.is_cached(n) for n in range(1, 6)])", SLOW)).quiet == ["[True, True, True, False, False]"]


def _wait_for_the_group_to_be_gone(group: int) -> None:
    for _ in range(500):
        os.killpg(group, 0)
        time.sleep(0.02)


def test_progress_is_one_plain_line_in_a_pipe(project):
    """With hits, misses, failures and the time that it took; not at all where it is quick, or nobody wants it."""
    said = project.script(
        sweep("square(1)\nsquare.map([1, 2, 13, 3], return_exceptions=True, progress=True)\nsquare.map([1, 2])\nsquare.map([1], progress=False)")
    )
    (line,) = said.notices
    assert line.rpartition(" in ")[0] == "square: 4 of 4 · 1 hit · 2 of 3 misses computed · 1 failed"
    assert project.run("main.py", HITSAVE_NOTICES="off").notices == []


def test_progress_is_written_over_in_a_terminal(project):
    """And says how long it is going to take."""
    project.write(
        "main.py",
        sweep("waiting.map(range(6), progress=True)", SLOW + "\n    @memo\n    def waiting(n):\n        time.sleep(0.15)\n        return n\n"),
    )
    ours, its = pty.openpty()
    process = subprocess.Popen(project.command(), cwd=project.root, env=project.environment(), stderr=its)
    os.close(its)
    shown = _all_of(ours)
    assert process.wait() == 0
    lines = shown.replace("\r\n", "").split("\r")
    assert lines[0] == ""
    assert lines[-1].startswith("waiting: 6 of 6 · 0 hits · 6 of 6 misses computed in ")
    assert any("computed · about " in line and line.rstrip().endswith(" left") for line in lines)


def _all_of(terminal: int) -> str:
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the other side is closed
            return shown.decode()
        shown += piece


def test_what_is_asked_of_a_function_is_no_part_of_it(project):
    """A list of items that is another, calls that were added: what is stored stays good."""
    call = "print(square.map([1, 2]))"
    assert project.script(SQUARE + f"\n    {call}\n    square.pin(1)\n    square.map([1, 2])\n    print(ran())", **QUIETLY).quiet == [
        "[1, 4]",
        "[1, 2]",
    ]
    again = SQUARE + "\n    square.entries()\n    square.map([2, 1, 3])\n    square.unpin(1)\n    print(ran())"
    assert project.script(again, **QUIETLY).quiet == ["[1, 2, 3]"]
    assert project.script(SQUARE + "\n    square.note = 1\n    square.map([1])\n    print(ran())", **QUIETLY).quiet == ["[1, 1, 2, 3]"]


def test_map_costs_nothing_until_it_is_used(project):
    """Neither an executor nor anything for progress is imported with HitSave."""
    heavy = '("concurrent", "multiprocessing", "rich", "hitsave.runtime.many", "hitsave.runtime.progress")'
    said = project.script(f"import sys\nfrom hitsave import memo\nmemo(len)\nprint([m for m in sys.modules if m.startswith({heavy})])", "-s")
    assert said.quiet == ["[]"]


def test_a_sweep_that_is_run_twice_at_the_same_moment_is_computed_once(project):
    """64 runs of an experiment on 8 workers, by two processes: each has all results."""
    script = sweep(
        """
        results = train.map([n / 64 for n in range(64)], workers=8)
        print(len(set(results)), len(train.entries()), all(entry.metrics for entry in train.entries()))
        """,
        """
    import hitsave
    from hitsave import experiment, memo

    @memo
    def prepared(size):
        with open("ran.txt", "a") as file:
            file.write("p")
        return list(range(size))

    @experiment
    def train(rate):
        with open("ran.txt", "a") as file:
            file.write("t")
        hitsave.log(loss=rate)
        return rate * sum(prepared(10))
    """,
    )
    project.write("main.py", script)
    both = [
        subprocess.Popen(project.command(), cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in both]
    assert [out.split() for out, _ in said] == [["64", "64", "True"]] * 2, said
    ran = (Path(project.root) / "ran.txt").read_text()
    assert (ran.count("p"), ran.count("t")) == (1, 64)
