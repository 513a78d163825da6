"""What type checkers see of the public names; checked by `./dev types`, never run.

A line with `pyright: ignore` is a test as well: were there nothing to ignore, the check would fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_type

import hitsave
from hitsave import CannotTell, Fresh, NeverEvaluated, Stale, disabled, experiment, memo


@memo
def bare(x: int, *, scale: float = 1.0) -> float:
    return x * scale


@memo(ignore=("verbose",), version="2", local_only=True)
def with_options(path: str, verbose: bool = False) -> list[str]:
    return [path] if verbose else []


@experiment
def trial(rate: float) -> dict[str, float]:
    return {"loss": rate}


@memo
async def fetch(name: str) -> bytes:
    return name.encode()


@memo
def count(stop: int) -> Iterator[int]:
    yield from range(stop)


class Model:
    @memo
    def fit(self, rows: int) -> float:
        return float(rows)

    @classmethod
    @memo
    def load(cls, path: str) -> str:
        return path

    @staticmethod
    @memo
    def score(truth: float, guess: float) -> float:
        return truth - guess


def a_decorated_function_keeps_its_parameters_and_its_result() -> None:
    assert_type(bare(1, scale=2.0), float)
    assert_type(with_options("a", verbose=True), list[str])
    assert_type(trial(0.1), dict[str, float])
    assert_type(count(3), Iterator[int])


async def a_coroutine_function_stays_one() -> None:
    assert_type(await fetch("a"), bytes)


def a_wrong_argument_is_found() -> None:
    bare("1")  # pyright: ignore[reportArgumentType]
    bare(1, 2.0)  # pyright: ignore[reportCallIssue]
    with_options()  # pyright: ignore[reportCallIssue]


def methods_are_bound(model: Model) -> None:
    assert_type(model.fit(3), float)
    Model.load("a")  # pyright: ignore[reportCallIssue]  # type checkers don't bind the class where @classmethod is over an object
    assert_type(Model.score(1.0, 2.0), float)


def a_decorated_function_tells_about_its_results() -> None:
    assert_type(bare.explain(1), Fresh | Stale | NeverEvaluated | CannotTell)
    assert_type(bare.is_cached(1, scale=2.0), bool)
    assert_type(bare.rerun(1), float)
    assert_type(bare.uncached(1), float)
    bare.is_cached("1")  # pyright: ignore[reportArgumentType]


def the_cache_is_switched_off_for_a_while() -> None:
    with disabled():
        bare(1)


def a_name_that_is_not_exported_is_found() -> None:
    hitsave.memoize  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # noqa: B018 - the access is the test
