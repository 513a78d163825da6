"""Coverage, a debugger and a profiler watch a program with HitSave as they would without it, one by one and all at once, and HitSave goes on recording."""

from __future__ import annotations

import pstats
import subprocess
import sys
from pathlib import Path

import coverage
import pytest

from tests.runtime.debugging import free_port, stops_of

APP = """\
import sys
from hitsave import memo
import plugged


def found(name):
    return sys.modules["plug" + name]


@memo
def work(n):
    total = 0
    for i in range(n):
        total += found("ged").step(i)
    return total


@memo
def stream(n):
    for i in range(n):
        yield found("ged").step(i)


def main():
    print(work(3), list(stream(2)), work.explain(3))
"""
PLUGGED = """\
def step(i):
    result = i + 1
    return result


def unused():
    return 0
"""
START = """\
import cProfile, sys

profile = cProfile.Profile()
if sys.argv[1] == "profiled":
    profile.enable()
import app

app.main()
if sys.argv[1] == "profiled":
    profile.disable()
    profile.dump_stats("profile.out")
"""
CORES = ["ctrace"] if sys.version_info < (3, 12) else ["ctrace", "sysmon"]


@pytest.fixture
def watched(project):
    """A project whose functions call what no text tells, so that on every Python the recorder has something to do."""
    project.write("app.py", APP)
    project.write("plugged.py", PLUGGED)
    project.write("start.py", START)
    return project


def lines_run(project) -> dict[str, list[int]]:
    """What coverage measured, by file."""
    data = coverage.CoverageData(str(project.root / "measured"))
    data.read()
    return {Path(file).name: sorted(data.lines(file) or []) for file in sorted(data.measured_files()) if Path(file).parent == project.root}


def calls(project) -> dict[str, int]:
    """How often the project's functions were called, as the profiler counted."""
    stats = pstats.Stats(str(project.root / "profile.out")).stats
    return {name: count for (file, _, name), (count, *_) in stats.items() if Path(file).name in {"app.py", "plugged.py"} and "<" not in name}


def debugged(project, *command: str, **environment: str) -> tuple[list[str], list[tuple[str, int]]]:
    """What a program prints under debugpy, and where it stopped, with breakpoints in both functions."""
    port = free_port()
    options = ["-Xfrozen_modules=off", "-m", "debugpy", "--listen", f"127.0.0.1:{port}", "--wait-for-client"]
    process = subprocess.Popen(
        project.command(*options, *command),
        cwd=project.root,
        env=project.environment(PYDEVD_DISABLE_FILE_VALIDATION="1", **environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    stops = stops_of(process, port, project.root / "plugged.py", [2])
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output.splitlines(), stops


def without_explanation(printed: list[str]) -> list[str]:
    """What was printed, as far as it is the program's own."""
    return [line.partition("] ")[0] + "]" for line in printed]


def goes_on(project) -> None:
    """What was stored while somebody watched is found, and is stale once the code that was called by its computed name changes."""
    assert project.run("start.py", "alone").printed[0].startswith("6 [1, 2] fresh")
    project.edit("plugged.py", "i + 1", "i + 2")
    assert project.run("start.py", "alone").printed[0].startswith("9 [2, 3] fresh")


@pytest.mark.parametrize("core", CORES)
def test_coverage_measures_the_same(watched, core):
    """On either way that it has of measuring; the second run hits, and measures that nothing of the functions ran."""
    command = ["-m", "coverage", "run", "--data-file=measured", "start.py", "alone"]
    truth = watched.run(*command, HITSAVE="off", COVERAGE_CORE=core)
    expected = lines_run(watched)
    first = watched.run(*command, COVERAGE_CORE=core)
    assert lines_run(watched) == expected
    assert without_explanation(first.quiet) == without_explanation(truth.quiet)
    again = watched.run(*command, COVERAGE_CORE=core)
    assert again.quiet == first.quiet
    assert 2 not in lines_run(watched)["plugged.py"]
    goes_on(watched)


def test_a_profiler_counts_the_same(watched):
    """Calls of the program's functions, in the run that computes and in the one that hits."""
    watched.run("start.py", "profiled", HITSAVE="off")
    expected = calls(watched)
    first = watched.run("start.py", "profiled")
    assert calls(watched) == expected
    assert expected["step"] == 5
    assert watched.run("start.py", "profiled").quiet == first.quiet
    assert "step" not in calls(watched)
    if sys.version_info < (3, 12):
        assert "which code ran was not recorded: another profiler is at work" in first.quiet[0]
        watched.edit("start.py", "import app", "import app; app.work.clear(), app.stream.clear()")
        watched.run("start.py", "alone")
        watched.edit("start.py", "; app.work.clear(), app.stream.clear()", "")
    goes_on(watched)


def test_a_debugger_stops_at_the_same_places(watched):
    """Breakpoints in what a memoised function calls are met when it runs, and not when it hits."""
    truth, expected = debugged(watched, "start.py", "alone", HITSAVE="off")
    assert expected == [("step", 2)] * 5
    first, stops = debugged(watched, "start.py", "alone")
    assert stops == expected
    assert without_explanation(first) == without_explanation(truth)
    again, none = debugged(watched, "start.py", "alone")
    assert (again, none) == (first, [])
    goes_on(watched)


def test_all_of_them_at_once(watched):
    """A debugger, coverage and a profiler in one process see what they see without HitSave."""
    command = ["-m", "coverage", "run", "--data-file=measured", "start.py", "profiled"]
    core = CORES[-1]
    truth, stops = debugged(watched, *command, HITSAVE="off", COVERAGE_CORE=core)
    expected = stops, lines_run(watched), calls(watched)
    first, stops = debugged(watched, *command, COVERAGE_CORE=core)
    assert (stops, lines_run(watched), calls(watched)) == expected
    assert without_explanation(first) == without_explanation(truth)
    again, stops = debugged(watched, *command, COVERAGE_CORE=core)
    assert (again, stops) == (first, [])
