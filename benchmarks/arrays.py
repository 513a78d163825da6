"""100 MB in one array: as an argument, as a result, and on its way to the disk.

The floors are what can't be left out: BLAKE3 of an argument's bytes in one thread, the checksum of a result's, a file written and synced.
A result is verified the first time that a process reads it, and mapped copy-on-write after that.
"""

from __future__ import annotations

import json
import os
import sys
import time
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import others
from tables import Row
from timing import in_process, in_turns, row, run

TEXT = "import numpy as np\n\n\n@memo\ndef total(array):\n    return float(array.sum())\n\n\n@memo\ndef made(size, seed):\n    return np.random.default_rng(seed).random(size)\n"
RESULTS = 5


def rows(folder: Path, *, tiny: bool) -> list[Row]:
    """The rows: of a process that computes and stores, and of one that hits."""
    for library, decorator in others.DECORATORS.items():
        (folder / f"work_{library}.py").write_text(f"{decorator}\n\n\n{TEXT}", encoding="utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "measured"\n', encoding="utf-8")
    size = str(10_000 if tiny else 12_500_000)
    storing = in_process("arrays.py", "store", size, folder=folder)
    for name in others.available():
        run(folder, __file__, name, size)
    times = {name: json.loads(run(folder, __file__, name, size)) for name in others.available()}
    found = [*in_process("arrays.py", "hit", size, folder=folder), *storing]
    return [r._replace(others={name: times[name][r.what] for name in times if r.what in times[name]}) for r in found]


ARGUMENT, FIRST, AGAIN, STORED = (
    "hit with a 100 MB array as argument",
    "hit returning a 100 MB array, first time in a process",
    "hit returning a 100 MB array, again",
    "storing a 100 MB array: a call that computes it, less the computing",
)


def _store(size: int) -> list[Row]:
    import numpy as np
    import work_hitsave as work

    array = np.random.default_rng(0).random(size)
    work.total(array)
    for seed in range(RESULTS):
        _write(work.made(size, seed), f"floor{seed}.bin")

    ours: list[float] = []
    floors: list[float] = []
    for seed in range(100, 106):
        begin = time.perf_counter()
        computed = work.made.uncached(size, seed)
        computing = time.perf_counter() - begin
        begin = time.perf_counter()
        work.made(size, seed)
        ours.append(time.perf_counter() - begin - computing)
        begin = time.perf_counter()
        _write(computed)
        floors.append(time.perf_counter() - begin)
    return [row(STORED, ours, "write and fsync", floors, targets=[("ratio", 1.6)], work=lambda: work.made.rerun(size, 100))]


def _write(array: Any, name: str = "floor.bin") -> None:
    path = Path(name)
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    view = memoryview(array).cast("B")
    while view:
        view = view[os.write(file, view) :]
    os.fsync(file)
    os.close(file)


def _hit(size: int) -> list[Row]:
    import numpy as np
    import work_hitsave as work
    from blake3 import blake3
    from xxhash import xxh3_128_digest

    array = np.random.default_rng(0).random(size)
    view = memoryview(array).cast("B")
    work.total(array)
    times = in_turns({"ours": lambda: work.total(array), "floor": lambda: blake3(view).digest()}, rounds=8)
    found = [row(ARGUMENT, times["ours"], "BLAKE3 of it in one thread", times["floor"], targets=[("ratio", 1.15)], work=lambda: work.total(array))]
    assert work.made.is_cached(size, 0)
    work.made(1, 0)  # what the first hit of this function pays once
    ours: list[float] = []
    floors: list[float] = []
    for seed in range(RESULTS):
        begin = time.process_time()
        work.made(size, seed)
        ours.append(time.process_time() - begin)
        with Path(f"floor{seed}.bin").open("rb") as file:
            begin = time.process_time()
            mapped = mmap(file.fileno(), 0, access=ACCESS_READ)
            xxh3_128_digest(mapped)
            floors.append(time.process_time() - begin)
    found.append(row(FIRST, ours, "xxh3 of such a file, mapped", floors, targets=[("ratio", 1.3)]))
    times = in_turns({"ours": lambda: work.made(size, 0), "floor": lambda: xxh3_128_digest(view)}, rounds=20)
    found.append(row(AGAIN, times["ours"], "xxh3 of it", times["floor"], targets=[("seconds", 1e-3)], work=lambda: work.made(size, 0)))
    return found


def _other(name: str, size: int) -> dict[str, float]:
    import importlib

    import numpy as np

    work = importlib.import_module(f"work_{name}")
    array = np.random.default_rng(0).random(size)
    times: dict[str, float] = {}
    work.total(array)
    begin = time.perf_counter()
    work.total(array)
    times[ARGUMENT] = time.perf_counter() - begin
    work.made(1, 0)
    begin = time.perf_counter()
    work.made(size, 0)
    times[FIRST] = time.perf_counter() - begin
    begin = time.perf_counter()
    work.made(size, 0)
    times[AGAIN] = time.perf_counter() - begin
    seed = time.time_ns()
    begin = time.perf_counter()
    np.random.default_rng(seed).random(size)
    computing = time.perf_counter() - begin
    begin = time.perf_counter()
    work.made(size, seed)
    times[STORED] = max(time.perf_counter() - begin - computing, 1e-9)
    return times


if __name__ == "__main__":
    sys.path.insert(0, "")
    elements = int(sys.argv[2])
    if sys.argv[1] in {"store", "hit"}:
        print(json.dumps(_store(elements) if sys.argv[1] == "store" else _hit(elements)))
    else:
        print(json.dumps(_other(sys.argv[1], elements)))
