"""How a time is taken.

A time alone says more about the machine than about the code. So what is measured and its floor take turns, and what counts is the ratio of each turn.
"""

from __future__ import annotations

import collections
import cProfile
import gc
import json
import os
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tables import Row, rows_of

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).resolve().parent
Work = Callable[[], object]


def in_turns(works: Mapping[str, Work], *, rounds: int, calls: int = 1, clock: Callable[[], float] = time.process_time) -> dict[str, list[float]]:
    """Seconds that a call of each takes, once a round, in which they take turns, so that a change of the machine's speed meets all.

    Of processor time, unless another `clock` is given: nothing here waits for anybody but for the disk, and other programs do not count.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, work in works.items():
                begin = clock()
                for _ in range(calls):
                    work()
                times[name].append((clock() - begin) / calls)
    finally:
        gc.enable()
    return times


def once(work: Work) -> float:
    """Seconds of processor time that one call takes: for what is slow, and no target is about."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def row(
    what: str,
    ours: list[float],
    floor: str,
    floors: list[float],
    *,
    targets: Iterable[tuple[str, float]] = (),
    count: int = 1,
    others: Mapping[str, list[float]] | None = None,
    work: Work | None = None,
    process: tuple[Path, list[str]] | None = None,
) -> Row:
    """The row of times that were taken in turns. Where it misses its target, `work` is profiled, or the `process` of a folder and a command."""
    ratios = sorted(one / other for one, other in zip(ours, floors, strict=True))
    middle = statistics.median(ratios)
    spread = ratios[len(ratios) * 3 // 4] - ratios[len(ratios) // 4]
    found = Row(
        what,
        statistics.median(ours),
        floor,
        statistics.median(floors),
        middle,
        spread / 2 / middle,
        tuple(targets),
        count,
        {name: statistics.median(times) for name, times in (others or {}).items()},
    )
    if found.met is False and process is not None:
        return found._replace(profile=profiled_process(process[0], *process[1]))
    return found._replace(profile=profiled(work)) if work is not None and found.met is False else found


def profiled(work: Work, calls: int = 3) -> str:
    """The functions in which most of the time of `work` goes, with their shares."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(calls):
        work()
    profile.disable()
    return told(profile)


def told(profile: cProfile.Profile) -> str:
    """The functions in which most of the profiled time went, with their shares."""
    found: dict[Any, Any] = pstats.Stats(profile).stats  # pyright: ignore[reportAttributeAccessIssue]
    total = sum(own for _, _, own, _, _ in found.values()) or 1.0
    most = sorted(((own / total, name, file) for (file, _, name), (_, _, own, _, _) in found.items()), reverse=True)[:6]
    return ", ".join(f"{share:.0%} {_where(file, name)}" for share, name, file in most)


_PROFILED = """
import cProfile, runpy, sys
file, *sys.argv = sys.argv[1:]
profile = cProfile.Profile()
profile.enable()
runpy.run_path(sys.argv[0], run_name="__main__")
profile.disable()
profile.dump_stats(file)
"""


def profiled_process(folder: Path, *command: str) -> str:
    """Where the processor time of a Python process in `folder` goes, by parts of HitSave: what a built-in function takes counts for who calls it."""
    with tempfile.TemporaryDirectory() as scratch:
        file = str(Path(scratch) / "profile")
        took(folder, "-c", _PROFILED, file, *command)
        found: dict[Any, Any] = pstats.Stats(file).stats  # pyright: ignore[reportAttributeAccessIssue]
    parts: collections.Counter[str] = collections.Counter()
    for (path, _, name), (_, _, own, _, callers) in found.items():
        if path != "~" or not callers:
            parts[_part(path, name)] += own
            continue
        for (caller, _, calling), (_, _, share, _) in callers.items():
            parts[_part(caller, calling)] += share
    total = sum(parts.values()) or 1.0
    return ", ".join(f"{seconds / total:.0%} {part}" for part, seconds in parts.most_common(6))


def _part(path: str, name: str) -> str:
    if name == "<module>" or "importlib" in path:
        return "imports"
    if "site-packages" in path:
        return f"`{path.replace(os.sep, '/').partition('site-packages/')[2].partition('/')[0]}`"
    if path.startswith(str(ROOT / "hitsave") + os.sep):
        return f"`{'/'.join(Path(path).relative_to(ROOT).parts[:2])}`"
    return "the standard library" if path.startswith((str(Path(os.__file__).parent), "<frozen", "~")) else "the program"


def _where(file: str, name: str) -> str:
    if file == "~":
        return f"`{name.removeprefix('<').removesuffix('>').removeprefix('built-in method ').removeprefix('method ')}`"
    return f"`{Path(file).stem}.{name}`"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What a process that is measured runs with: a store of its own, beside it the other libraries, and bytecode that is kept."""
    paths = [str(ROOT), str(HERE), *filter(None, [os.environ.get("HITSAVE_BENCH_OTHERS")])]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(paths),
        "HITSAVE_DIR": str(folder / "store"),
        "HITSAVE_NOTICES": "off",
        "PYTHONHASHSEED": "0",
        **more,
    }


def run(folder: Path, *command: str, **more: str) -> str:
    """What a Python process in `folder` prints."""
    return took(folder, *command, **more)[1]


def took(folder: Path, *command: str, **more: str) -> tuple[float, str]:
    """The seconds of processor time that a Python process in `folder` takes, from its start to its end, and what it prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, *command], cwd=folder, env=environment(folder, **more), capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def in_process(script: str, *arguments: str, folder: Path) -> list[Row]:
    """The rows that a script of this folder prints as JSON, in a process of its own."""
    return rows_of(json.loads(run(folder, str(HERE / script), *arguments).splitlines()[-1]))


def processes(folder: Path, commands: Mapping[str, list[str]], *, rounds: int) -> dict[str, list[float]]:
    """What Python processes with each of these command lines take (see `took`), in turns; one round before that doesn't count."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            seconds, _ = took(folder, *command)
            if number:
                times[name].append(seconds)
    return times
