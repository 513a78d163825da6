"""What type checkers see of the public names; checked by `./dev types`, never run.

A line with `pyright: ignore` is a test as well: were there nothing to ignore, the check would fail.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Generator, Iterator
from pathlib import Path
from typing import Any, Self, TypeVar, assert_type

import hitsave
from hitsave import CannotTell, Fresh, NeverEvaluated, Stale, disabled, experiment, memo

T = TypeVar("T")


@memo
def bare(x: int, *, scale: float = 1.0) -> float:
    return x * scale


@memo(ignore=("verbose",), depends=(bare, 3), version="2", local_only=True)
def with_options(path: str, verbose: bool = False) -> list[str]:
    return [path] if verbose else []


@memo()
def without_options(path: str) -> Path:
    return Path(path)


@experiment
def trial(rate: float) -> dict[str, float]:
    return {"loss": rate}


@experiment(ignore="log")
def logged(rate: float, log: list[str]) -> float:
    log.append("done")
    return rate


@memo
def of_any(values: list[T], *more: T, **named: T) -> T:
    return [*values, *more, *named.values()][0]


@memo
async def fetch(name: str) -> bytes:
    return name.encode()


@memo
def count(stop: int) -> Iterator[int]:
    yield from range(stop)


@memo(version="2")
def exchange(stop: int) -> Generator[int, str, bytes]:
    yield stop
    return b""


@memo
async def stream(stop: int) -> AsyncIterator[int]:
    yield stop


@memo
async def exchange_over_time(stop: int) -> AsyncGenerator[int, str]:
    yield stop


square = memo(lambda x: x * x)  # pyright: ignore[reportUnknownLambdaType, reportUnknownVariableType, reportUnknownArgumentType]


class Model:
    @memo
    def fit(self, rows: int) -> float:
        return float(rows)

    @memo(ignore="self.session")
    def predict(self, rows: int, /, *, threshold: float = 0.5) -> list[bool]:
        return [threshold > 0.5] * rows

    @memo
    def copied(self) -> Self:
        return self

    @memo
    async def download(self, name: str) -> bytes:
        return name.encode()

    @memo
    def batches(self, size: int) -> Iterator[list[int]]:
        yield [size]

    @classmethod
    @memo
    def load(cls, path: str) -> Self:
        raise NotImplementedError(path)

    @memo
    @classmethod
    def default(cls, size: int) -> Self:
        raise NotImplementedError(size)

    @staticmethod
    @memo
    def score(truth: float, guess: float) -> float:
        return truth - guess

    @memo
    @staticmethod
    def worst() -> float:
        return 0.0

    @property
    @memo
    def size(self) -> int:
        return 1


class Special(Model):
    pass


def a_decorated_function_keeps_its_parameters_and_its_result() -> None:
    assert_type(bare(1, scale=2.0), float)
    assert_type(with_options("a", verbose=True), list[str])
    assert_type(without_options("a"), Path)
    assert_type(trial(0.1), dict[str, float])
    assert_type(logged(0.1, []), float)
    assert_type(of_any([1], 2, key=3), int)


async def a_function_keeps_its_kind() -> None:
    waiting: Coroutine[Any, Any, bytes] = fetch("a")
    assert_type(await waiting, bytes)
    assert_type(await fetch("b"), bytes)
    assert_type(count(3), Iterator[int])
    assert_type(exchange(3), Generator[int, str, bytes])
    assert_type(stream(3), AsyncIterator[int])
    assert_type(exchange_over_time(3), AsyncGenerator[int, str])


def a_wrong_argument_is_found() -> None:
    bare("1")  # pyright: ignore[reportArgumentType]
    bare(1, 2.0)  # pyright: ignore[reportCallIssue]
    bare(1, scales=2.0)  # pyright: ignore[reportCallIssue]
    with_options()  # pyright: ignore[reportCallIssue]
    logged(0.1, log=3)  # pyright: ignore[reportArgumentType]


async def methods_are_bound(model: Model) -> None:
    assert_type(model.fit(3), float)
    assert_type(model.predict(3, threshold=0.1), list[bool])
    assert_type(Model.fit(model, 3), float)
    assert_type(model.copied(), Model)
    assert_type(await model.download("a"), bytes)
    assert_type(model.batches(2), Iterator[list[int]])
    assert_type(model.size, int)
    model.fit("3")  # pyright: ignore[reportArgumentType]
    model.fit(3, 4)  # pyright: ignore[reportCallIssue]
    model.predict(rows=3)  # pyright: ignore[reportCallIssue]


def class_and_static_methods_are_bound_in_either_order_of_decorators(model: Model) -> None:
    assert_type(Model.load("a"), Model)
    assert_type(model.load("a"), Model)
    assert_type(Special.load("a"), Special)
    assert_type(Model.default(1), Model)
    assert_type(model.default(1), Model)
    assert_type(Model.score(1.0, 2.0), float)
    assert_type(Model.worst(), float)
    Model.load(3)  # pyright: ignore[reportArgumentType]
    Model.score(1.0)  # pyright: ignore[reportCallIssue]
    model.worst()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # runs; type checkers find a static method through its class only


def a_decorated_function_tells_about_its_results(model: Model) -> None:
    assert_type(bare.explain(1), Fresh | Stale | NeverEvaluated | CannotTell)
    assert_type(bare.is_cached(1, scale=2.0), bool)
    assert_type(bare.rerun(1), float)
    assert_type(bare.uncached(1), float)
    assert_type(bare.pin(1), str)
    assert_type(bare.unpin(1), str)
    assert_type(bare.clear(stale_only=True), int)
    assert_type([entry.id for entry in bare.entries()], list[str])
    bare.is_cached("1")  # pyright: ignore[reportArgumentType]
    assert_type(model.fit.explain(3), Fresh | Stale | NeverEvaluated | CannotTell)
    assert_type(model.fit.is_cached(3), bool)
    assert_type(model.fit.rerun(3), float)
    assert_type(Model.default.is_cached(3), bool)
    model.fit.is_cached("3")  # pyright: ignore[reportArgumentType]


def reasons_are_told_apart(model: Model) -> str:
    match model.fit.explain(3):
        case Fresh(assuming=names):
            return ", ".join(names)
        case Stale(reasons=reasons) | CannotTell(reasons=reasons):
            return ", ".join(reason.message for reason in reasons)
        case NeverEvaluated():
            return ""


def a_wrong_option_is_found() -> None:
    memo(versoin="2")  # pyright: ignore[reportCallIssue]
    memo(version=2)  # pyright: ignore[reportArgumentType]
    memo(ignore=3)  # pyright: ignore[reportArgumentType]
    memo("2")  # pyright: ignore[reportArgumentType]


def the_cache_is_switched_off_for_a_while() -> None:
    with disabled():
        bare(1)


def metrics_are_numbers() -> None:
    hitsave.log(step=3, loss=0.2)
    hitsave.log(loss="low")  # pyright: ignore[reportArgumentType]


def any_result_can_be_got_by_its_id() -> None:
    assert_type(hitsave.get("01JD3V"), Any)
    hitsave.get(3)  # pyright: ignore[reportArgumentType]


def a_name_that_is_not_exported_is_found() -> None:
    hitsave.memoize  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # noqa: B018 - the access is the test
