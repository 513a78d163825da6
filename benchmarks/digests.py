"""Digests of arguments that are many small things or large tables, and small objects by the hundred thousand on their way back.

The floors: ``pickle.dumps`` of the same, each buffer of a frame read once by BLAKE3, ``pickle.loads`` with the garbage collector off.
joblib's column is its own digest (``joblib.hash``), checkpointer's is its ``ObjectHash``; diskcache has none, it compares pickles.
"""

from __future__ import annotations

import gc
import json
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import others
from tables import Row
from timing import in_process, in_turns, once, row


@dataclass
class Item:
    """One of many."""

    name: str
    count: int
    place: tuple[float, float]


class Point:
    """A small object."""

    def __init__(self, x: int) -> None:
        self.x = x
        self.y = float(x)


def rows(folder: Path, *, tiny: bool) -> list[Row]:
    """The rows, of one process."""
    return in_process("digests.py", "tiny" if tiny else "full", folder=folder)


def _their_digests() -> dict[str, Callable[[object], object]]:
    found: dict[str, Callable[[object], object]] = {}
    if "joblib" in others.available():
        import joblib

        found["joblib"] = joblib.hash
    if "checkpointer" in others.available():
        from checkpointer import ObjectHash

        found["checkpointer"] = lambda value: ObjectHash(value).hexdigest()
    return found


def _measure(size: int, rounds: int) -> list[Row]:
    from hitsave.values.code_names import PlainNames
    from hitsave.values.digester import Digester
    from hitsave.values.stored import decode, encode

    def ours(value: object) -> object:
        return Digester(PlainNames()).digest(value, "value")

    def compared(what: str, value: object, floor: str, work: Callable[[], object], most: float | None) -> Row:
        times = in_turns({"ours": lambda: ours(value), "floor": work}, rounds=rounds)
        slow = {name: [once(lambda f=f: f(value))] for name, f in _their_digests().items()}
        targets = [("ratio", most)] if most is not None else []
        return row(what, times["ours"], floor, times["floor"], targets=targets, others=slow, work=lambda: ours(value))

    tree = [{"name": f"node {n}", "values": [n, n + 1, n / 2], "more": (n, None, True)} for n in range(20_000 // size)]
    items = [Item(f"item {n}", n, (n / 2, n / 3)) for n in range(66_000 // size)]
    frame = _frame(1_000_000 // size)
    found = [
        compared("digest: plain tree of 200,000 nodes", tree, "pickle.dumps", lambda: pickle.dumps(tree, 5), 1.5),
        compared("digest: 66,000 dataclass instances", items, "pickle.dumps", lambda: pickle.dumps(items, 5), 8.0),
        _shared(ours, 10_000 // size, rounds),
        compared(
            "digest: pandas frame, 1,000,000 rows, 10 columns of numbers, text, dates and categories",
            frame,
            "BLAKE3 of each buffer",
            lambda: _read_once(frame),
            2.0,
        ),
    ]
    points = {f"point {n}": Point(n) for n in range(100_000 // size)}
    stored = b"".join(bytes(chunk) for chunk in encode(points).chunks())
    pickled = pickle.dumps(points, 5)
    times = in_turns({"ours": lambda: decode(memoryview(stored)), "floor": lambda: _loads(pickled)}, rounds=rounds)
    loaded = "a dict of 100,000 small objects, loaded"
    return [
        *found,
        row(loaded, times["ours"], "pickle.loads, collector off", times["floor"], targets=[("ratio", 1.15)], work=lambda: decode(memoryview(stored))),
    ]


def _shared(ours: Callable[[object], object], levels: int, rounds: int) -> Row:
    """Of a graph in which each node has the next one twice: twice the levels, not more than twice the time (a tenth more is noise)."""

    def made(count: int) -> object:
        node: Any = ("leaf",)
        for _ in range(count):
            node = [node, node]
        return node

    whole, half = made(levels), made(levels // 2)
    times = in_turns({"ours": lambda: ours(whole), "floor": lambda: ours(half)}, rounds=rounds)
    what = "digest: 10,000 levels, each with the next one twice: linear"
    return row(what, times["ours"], "half of the levels", times["floor"], targets=[("ratio", 2.2)], work=lambda: ours(whole))


def _frame(length: int) -> Any:
    import numpy as np
    import pandas as pd

    numbers = np.random.default_rng(0)
    words = np.array(["alpha", "beta", "gamma", "delta"])
    columns: dict[str, Any] = {f"float{n}": numbers.random(length) for n in range(4)}
    columns |= {f"int{n}": numbers.integers(0, 1000, length) for n in range(2)}
    columns["flag"] = numbers.random(length) > 0.5
    columns["day"] = pd.date_range("2020-01-01", periods=length, freq="s")
    columns["kind"] = pd.Categorical(words[numbers.integers(0, 4, length)])
    columns["text"] = pd.array([f"row {n % 5000}" for n in range(length)], dtype="str")
    return pd.DataFrame(columns)


def _read_once(frame: Any) -> None:
    from blake3 import blake3

    for name in frame.columns:
        column = frame[name]
        if name == "kind":
            blake3(memoryview(column.array.codes).cast("B")).digest()
        elif name == "text":
            blake3("\0".join(column.array.tolist()).encode()).digest()
        else:
            blake3(memoryview(column.to_numpy().view("uint8")).cast("B")).digest()


def _loads(pickled: bytes) -> object:
    gc.disable()
    return pickle.loads(pickled)


if __name__ == "__main__":
    sys.modules["digests"] = sys.modules["__main__"]
    print(json.dumps(_measure(*((100, 2) if sys.argv[1] == "tiny" else (1, 5)))))
