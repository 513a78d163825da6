"""Memoised methods, bound: what `instance.method` and `Class.method` give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Executor
    from inspect import Signature

    from hitsave.freshness.status import Freshness
    from hitsave.runtime.memo import Memoised

P = ParamSpec("P")
R = TypeVar("R")


class BoundMemoised(Generic[P, R]):
    """A memoised method of an instance (or class); it has all of `Memoised`, with the instance filled in."""

    __slots__ = ("__func__", "__self__", "__weakref__")

    def __init__(self, memoised: Memoised[..., R], instance: Any) -> None:
        self.__func__ = memoised
        self.__self__ = instance

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The method's result, remembered or computed."""
        return self.__func__(self.__self__, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__func__, name)

    @property
    def __signature__(self) -> Signature:
        """The method's signature without its first parameter, as `inspect.signature` gives that of any bound method."""
        from inspect import Parameter, signature

        whole = signature(self.__func__)
        parameters = list(whole.parameters.values())
        if parameters and parameters[0].kind in {Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD}:
            del parameters[0]
        return whole.replace(parameters=parameters)

    def __eq__(self, other: object) -> bool:
        return type(other) is BoundMemoised and self._parts() == other._parts()

    def _parts(self) -> tuple[object, int]:
        return self.__func__, id(self.__self__)

    def __hash__(self) -> int:
        return hash(self._parts())

    def __repr__(self) -> str:
        whose: type = self.__self__ if isinstance(self.__self__, type) else type(self.__self__)
        return f"<bound {cast('object', self.__func__)!r} of {whose.__qualname__}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (self.__self__, self.__getattr__("__name__"))

    def uncached(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """As `Memoised.uncached`."""
        return self.__func__.uncached(self.__self__, *args, **kwargs)

    def rerun(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """As `Memoised.rerun`."""
        return self.__func__.rerun(self.__self__, *args, **kwargs)

    def map(
        self,
        items: Iterable[Any],
        /,
        *more: Iterable[Any],
        workers: int | Executor = 1,
        return_exceptions: bool = False,
        progress: bool | None = None,
    ) -> list[R]:
        """As `Memoised.map`."""
        from hitsave.runtime.many import map_calls

        return map_calls(self, (items, *more), workers=workers, return_exceptions=return_exceptions, progress=progress)

    def explain(self, *args: P.args, **kwargs: P.kwargs) -> Freshness:
        """As `Memoised.explain`."""
        return self.__func__.explain(self.__self__, *args, **kwargs)

    def is_cached(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """As `Memoised.is_cached`."""
        return self.__func__.is_cached(self.__self__, *args, **kwargs)

    def pin(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """As `Memoised.pin`."""
        return self.__func__.pin(self.__self__, *args, **kwargs)

    def unpin(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """As `Memoised.unpin`."""
        return self.__func__.unpin(self.__self__, *args, **kwargs)


def _docstring(bound: BoundMemoised[..., Any]) -> str | None:
    memoised: object = bound.__func__
    return memoised.__doc__


# Not a property in the class's own text, where it would be written over the docstring that readers see.
BoundMemoised.__doc__ = cast("Any", property(_docstring))


class MemoisedClassMethod(classmethod):  # pyright: ignore[reportMissingTypeArgument]
    """What ``@memo`` over ``@classmethod`` gives: since Python 3.13 a plain class method would hide from the memoised function which class it is bound to."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """The memoised function, bound to the class."""
        return BoundMemoised(cast("Any", self.__func__), type(instance) if owner is None else owner)
