"""Many results: eight processes that store at once, and a store of 1,000,000 entries.

While the large store is collected by `hitsave gc`, a process goes on reading it; the longest that one of its look-ups took is the last row.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tables import Row
from timing import environment, in_process, in_turns, row, run

SCRIPT = "from hitsave import memo\nimport sys\n\n\n@memo\ndef small(who, n):\n    return [who, n]\n\n\n"
PROJECT = "/home/someone/project"


def rows(folder: Path, *, tiny: bool) -> list[Row]:
    """The rows."""
    (folder / "pyproject.toml").write_text('[project]\nname = "measured"\n', encoding="utf-8")
    return [_together(folder, 2 if tiny else 8, 20 if tiny else 1000), *in_process("stores.py", "2000" if tiny else "1000000", folder=folder)]


def _together(folder: Path, count: int, each: int) -> Row:
    """Processes that are started, told to go together, and timed until the last has stored its results."""
    go = "small(-1, 0)\nprint('ready', flush=True)\nsys.stdin.readline()\n"
    text = (
        f"{SCRIPT}if len(sys.argv) > 1:\n    who = int(sys.argv[1])\n    "
        + go.replace("\n", "\n    ")
        + f"for n in range({each}):\n        small(who, n)\n"
    )
    (folder / "many.py").write_text(text, encoding="utf-8")
    commands = [[sys.executable, "many.py", str(who)] for who in range(count)]
    started = [subprocess.Popen(c, cwd=folder, env=environment(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for c in commands]
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    begin = time.perf_counter()
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in started:
        process.communicate()
    seconds = time.perf_counter() - begin
    check = f"from many import small\nprint(sum(small.is_cached(who, n) for who in range({count}) for n in range({each})))"
    kept = int(run(folder, "-c", check))
    lost = count * each - kept
    what = f"{count} processes × {each:,} small results; lost: {lost}"
    (folder / "alone.py").write_text(f"from many import small\n\nfor n in range({each // 4}):\n    small(-2, n)\n", encoding="utf-8")
    return row(what, [seconds], "the same time", [seconds], targets=[("rate", 3000.0)], count=kept, process=(folder, ["alone.py"]))


def _fill(folder: Path, entries: int, *, symbols: int = 200) -> None:
    """A store with this many entries, written as the store writes them, but many in a transaction."""
    from hitsave.digest import digest_bytes
    from hitsave.storage.blobs import Blobs
    from hitsave.storage.entry import NewEntry
    from hitsave.storage.ids import new_id
    from hitsave.storage.rows import INSERT, row_of
    from hitsave.storage.store import Store
    from hitsave.storage.writing import NewBytes, NewContents, make_entry

    with Store.open(folder) as store:
        first = NewEntry(digest_bytes("benchmark", b"first"), "app:first", PROJECT, digest_bytes("benchmark", b""))
        store.put(first, record=b"r", snapshot=b"s", texts={}, value=[b"value"])  # makes the folder
        contents = NewContents(first, record=b"r", snapshot=b"s", texts={})
        blobs = Blobs(str(folder), token=lambda: "", mapped=lambda: True)
        content = NewBytes(blobs, [b"value" * 20], [], [])
        model = make_entry(new_id(), first, contents, content, "done", None)
        for start in range(0, entries, 50_000):
            made = [
                row_of(model._replace(id=new_id(), key=key_of(n), symbol=f"app.part{n % 10}:function{n % symbols}", wall_ns=n * 1000))
                for n in range(start, min(start + 50_000, entries))
            ]
            with store._database.transaction() as connection:  # noqa: SLF001 - a million ordinary transactions would take ten minutes
                connection.executemany(INSERT, made)


def key_of(number: int) -> Any:
    """The EntryKey of the numbered entry."""
    from hitsave.digest import digest_bytes

    return digest_bytes("benchmark", str(number).encode())


def _measure(entries: int) -> list[Row]:
    from hitsave.storage.store import Store

    small, large = Path("small").resolve(), Path("large").resolve()
    _fill(small, 1000 if entries > 10_000 else 100)
    _fill(large, entries)
    few, many = Store.open(small), Store.open(large)
    numbers = iter(range(1, 1 << 40))

    def hit(store: Store, count: int) -> None:
        entry = store.find(key_of(next(numbers) * 7919 % count))[0]
        store.open_value(entry)

    works = {"ours": lambda: hit(many, entries), "floor": lambda: hit(few, 100)}
    times = in_turns(works, rounds=20, calls=50)
    found = [
        row("hit in a store of 1,000,000 entries", times["ours"], "in a small one", times["floor"], targets=[("ratio", 1.5)], work=works["ours"])
    ]
    for name, command in (("`hitsave ls`, first page", ["ls"]), ("`hitsave ls app.part1:function1`, first page", ["ls", "app.part1:function1"])):
        ours: list[float] = []
        floors: list[float] = []
        for _ in range(5 if entries > 10_000 else 1):
            ours.append(_command(large, *command))
            floors.append(_command(small, *command))
        found.append(row(name, ours, "in a small one", floors, targets=[("seconds", 0.2), ("more", 0.2)]))
    return [*found, _collected(large, many, entries)]


def _command(store: Path, *command: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-m", "hitsave", *command], env={**os.environ, "HITSAVE_DIR": str(store)}, capture_output=True, check=True)
    return time.perf_counter() - begin


def _collected(folder: Path, store: Any, entries: int) -> Row:
    """The longest that a reader waits while `hitsave gc` evicts a twentieth of the entries."""
    budget = f"{entries * 95} B"
    command = [sys.executable, "-m", "hitsave", "gc", "--yes", "--budget", budget]
    alone: list[float] = []
    meanwhile: list[float] = []
    numbers = iter(range(1, 1 << 40))

    def look(times: list[float]) -> None:
        begin = time.perf_counter()
        store.find(key_of(next(numbers) * 7919 % entries))
        times.append(time.perf_counter() - begin)
        time.sleep(0.001)

    for _ in range(500):
        look(alone)
    begin = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, "HITSAVE_DIR": str(folder)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while process.poll() is None:
        look(meanwhile)
    took = time.perf_counter() - begin
    said = process.communicate()[0]
    if process.returncode:
        raise RuntimeError(said)
    what = f"the longest look-up of a reader during `hitsave gc` of a twentieth, which took {took:.1f} s"
    return row(what, [max(meanwhile)], "the longest without it", [max(alone)], targets=[("seconds", 0.05)])


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]))))
