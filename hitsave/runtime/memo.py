"""`@memo` and `@experiment`: the decorators, and the callable that they make."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Concatenate, Final, Generic, ParamSpec, TypeVar, cast, overload

from hitsave.codegraph.symbols import Symbol
from hitsave.errors import NoSourceError
from hitsave.runtime import calling, executed, loading, read_log, replaced
from hitsave.runtime.binder import Binder
from hitsave.runtime.bound import BoundMemoised, MemoisedClassMethod
from hitsave.runtime.frames import caller
from hitsave.runtime.options import as_evaluated, check_options, refusal, refuse_unknown_parameters
from hitsave.runtime.path_parameters import path_parameters_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from hitsave.digest import Digest
    from hitsave.freshness.status import Freshness
    from hitsave.runtime.analysis import KeptAnalysis
    from hitsave.runtime.engine import Engine
    from hitsave.runtime.guards import Guards
    from hitsave.runtime.memory import Memory
    from hitsave.runtime.shown_entries import Entries
    from hitsave.storage.entry import EntryKind

for _watcher in (executed, replaced, loading, read_log):
    _watcher.watch()

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
S = TypeVar("S")

UNKNOWN: Final = cast("Any", object())
"""What the memory tier gives for a call that it does not know."""
_GENERATOR: Final = 0x20
_COROUTINE: Final = 0x80
_ASYNC_GENERATOR: Final = 0x200


class Memoised(Generic[P, R]):
    """A function whose results are remembered. Calling it is calling the function; the rest is about what is remembered.

    Made by `memo` and `experiment`, never directly. It has the signature, docstring, name, kind and type of the function, and pickles by name.
    """

    def __init__(
        self,
        function: Callable[P, R],
        kind: EntryKind,
        *,
        ignore: Iterable[str] = (),
        depends: Iterable[object] = (),
        version: str = "",
        local_only: bool = False,
        seed: int | None = None,
        replay_output: bool = False,
        site: tuple[str, int] | None = None,
    ) -> None:
        functools.update_wrapper(cast("Any", self), function)
        self.function = function
        self.kind: EntryKind = kind
        self.ignore = frozenset([ignore] if isinstance(ignore, str) else ignore)
        self.depends = tuple(depends)
        self.version = version
        self.local_only = local_only
        self.seed = seed
        self.replay_output = replay_output
        self.name = str(getattr(function, "__qualname__", type(function).__qualname__))
        code = getattr(function, "__code__", None)
        if isinstance(code, CodeType):
            self.__code__ = code
            self.__defaults__ = cast("Any", function).__defaults__
            self.__kwdefaults__ = cast("Any", function).__kwdefaults__
            self.__closure__ = cast("Any", function).__closure__  # with these, autoreload takes it for a function, and replaces it by the edited one
        self._binder = Binder(function) if isinstance(function, FunctionType) else None
        self._site = site
        self._root: Symbol | None = None
        self.guards: dict[Digest, Guards] = {}
        self.memory: Memory | None = None
        self.analysis: KeptAnalysis | None = None
        self.last_was_stored = True
        self.path_parameters = path_parameters_of(self._binder)
        refuse_unknown_parameters(self.name, self._binder, self.ignore)
        flags = code.co_flags if isinstance(code, CodeType) else 0
        self.run = as_evaluated(function, self._binder, self.path_parameters, seed, flags)
        """The function as it is called to be evaluated."""
        if flags & _ASYNC_GENERATOR:
            self._call: Callable[..., Any] = calling.async_generator
        elif flags & _COROUTINE:
            self._call = calling.coroutine
        elif flags & _GENERATOR:
            self._call = calling.generator
        else:
            self._call = calling.plain

    # --- calling ---------------------------------------------------------------------------------------------------

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The function's result, remembered or computed."""
        if self.memory is not None:
            known = self.memory.recall(args, kwargs)
            if known is not UNKNOWN:
                return known
        return cast("R", self._call(self, args, kwargs))

    # Type checkers see a class method as a function of its class; a static method they find through its class only.
    @overload
    def __get__(self: Memoised[Concatenate[type[S], Q], R], instance: None, owner: type[S]) -> BoundMemoised[Q, R]: ...
    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Memoised[P, R]: ...
    @overload
    def __get__(self: Memoised[Concatenate[type[S], Q], R], instance: S, owner: type | None = None) -> BoundMemoised[Q, R]: ...
    @overload
    def __get__(self: Memoised[Concatenate[S, Q], R], instance: S, owner: type | None = None) -> BoundMemoised[Q, R]: ...
    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else BoundMemoised(cast("Any", self), instance)

    def __reduce__(self) -> str | tuple[Any, ...]:
        from hitsave.runtime.sent import sent_as  # by itself: most are never sent

        return sent_as(self, caller(1))

    def __repr__(self) -> str:
        return f"<{self.kind} {self.__module__}.{self.name}>"

    def uncached(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function as if it were not decorated (but under its seed): nothing is looked up or stored. Memoised functions that it calls are, as ever."""
        return cast("R", self.run(*args, **kwargs))

    def rerun(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function whatever is stored, and store the new result in place of the old one. Memoised functions that it calls may hit."""
        return cast("R", self._call(self, args, kwargs, mode="refresh"))

    def map(
        self,
        items: Iterable[Any],
        /,
        *more: Iterable[Any],
        workers: int | Executor = 1,
        return_exceptions: bool = False,
        progress: bool | None = None,
    ) -> list[R]:
        """Call the function for each item, as the built-in `map` does, and give the list of the results. Each is remembered as it ends, so it goes on where it was interrupted.

        `items`, `more`      one iterable for each parameter; the shortest ends it.
        `workers`            how many processes compute what is not stored, or an executor of yours: threads, joblib's or Dask's processes.
        `return_exceptions`  an exception takes the place of its result in the list, and the others go on. Without it the first one is raised: what runs beside it
                             is finished and remembered, nothing else begins.
        `progress`           one line on standard error with hits, misses and the time left: True and False, or None for where it takes more than half a second.

        SettingError for coroutine and generator functions, and for less than one worker.

        >>> double = memo(lambda n: 2 * n)
        >>> double.map([1, 2, 5], workers=2)
        [2, 4, 10]
        """
        from hitsave.runtime.many import map_calls

        return map_calls(self, (items, *more), workers=workers, return_exceptions=return_exceptions, progress=progress)

    # --- asking ----------------------------------------------------------------------------------------------------

    def explain(self, *args: P.args, **kwargs: P.kwargs) -> Freshness:
        """Whether a call would hit, and if not, why not: `Fresh`, `Stale`, `NeverEvaluated` or `CannotTell`. Runs nothing of yours.

        >>> @memo
        ... def double(n):
        ...     return 2 * n
        >>> double.explain(4)
        NeverEvaluated()
        >>> double(4), double.explain(4)
        (8, Fresh(assuming=(), untracked=()))
        """
        from hitsave.runtime.asking import explain

        return explain(self, args, kwargs)

    def is_cached(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Whether a call would hit: whether `explain` gives `Fresh`. Runs nothing of yours."""
        from hitsave.freshness.status import Fresh

        return isinstance(self.explain(*args, **kwargs), Fresh)

    def entries(self) -> Entries:
        """What is stored of this function, newest first, whether it is still good or not; notebooks show a table. StoreError if the store can't be read.

        >>> double = memo(lambda n: 2 * n)
        >>> double(4), [entry.status for entry in double.entries()]
        (8, ['done'])
        """
        from hitsave.runtime.asking import entries

        return entries(self)

    def clear(self, *, stale_only: bool = False) -> int:
        """Delete what is stored of this function, and give the number of entries deleted. Pinned entries stay.

        With `stale_only`, only those go that today's code would not give. StoreError if the store can't be written.
        """
        from hitsave.runtime.asking import clear

        return clear(self, stale_only=stale_only)

    def pin(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Keep the result of this call from being evicted or cleared; gives its entry's ID, which `hitsave.get` takes. UnknownEntryError if it is not stored."""
        from hitsave.runtime.asking import pin

        return pin(self, args, kwargs, on=True)

    def unpin(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Undo `pin`; gives the entry's ID. UnknownEntryError if the result of this call is not stored."""
        from hitsave.runtime.asking import pin

        return pin(self, args, kwargs, on=False)

    # --- for the evaluation path -----------------------------------------------------------------------------------

    @property
    def binder(self) -> Binder:
        """Binds this function's arguments; NoSourceError for what is not a Python function."""
        if self._binder is None:
            kind = type(self.function).__qualname__
            raise NoSourceError(
                f"it is a {kind}, not a Python function, so its code can't be tracked", "Call it in a def of your own, and decorate that"
            )
        return self._binder

    @property
    def is_plain(self) -> bool:
        """Whether it is no coroutine function or generator function."""
        return self._call is calling.plain

    @property
    def is_located(self) -> bool:
        """Whether `root` has an answer without looking at files."""
        return self._root is not None

    def root(self, shared: Engine) -> Symbol:
        """The symbol of the decorated definition; NoSourceError where there is no text."""
        if self._root is None:
            self.binder  # noqa: B018 - refuses what is not a function
            self._root = self._find_root(shared)
        return self._root

    def _find_root(self, shared: Engine) -> Symbol:
        from hitsave.runtime.objects import ExternalCode

        function = cast("FunctionType", self.function)
        found = shared.objects.function(function)
        if self._site is not None and (isinstance(found, ExternalCode) or "<locals>" in found.symbol.name):
            written = shared.objects.decorated_at(*self._site)
            if written is not None:
                return written.symbol
        if isinstance(found, ExternalCode):
            raise NoSourceError(
                f"{self.name}() belongs to {found.distribution}, not to your project", "Wrap it in a function of your own and decorate that"
            )
        return found.symbol

    def project_root(self, shared: Engine) -> str:
        """The folder of the project that the function belongs to."""
        code = cast("Any", self.function).__code__
        return shared.library.project_root(self._site[0] if self._site else code.co_filename)


@overload
def memo(function: Callable[P, R], /) -> Memoised[P, R]: ...
@overload
def memo(
    *,
    ignore: Iterable[str] = (),
    depends: Iterable[object] = (),
    version: str = "",
    local_only: bool = False,
    seed: int | None = None,
    replay_output: bool = False,
) -> Callable[[Callable[P, R]], Memoised[P, R]]: ...
def memo(function: Any = None, /, **options: Any) -> Any:
    """Remember what a function returned, on disk, and return it again while nothing that it depends on has changed.

    `ignore`      parameters that can't change the result (``"logger"``), or parts of one (``"self.session"``); they are not digested.
    `depends`     further functions, classes or values that count, where analysis can't see them.
    `version`     any text; another text is another function.
    `local_only`  never share the results with the team.
    `seed`        a whole number at which `random`, numpy's and torch's own generators begin while the function runs; afterwards they go on as if it had drawn nothing.
    `replay_output`  keep what the function prints and logs, and show it again on a hit.

    SettingError if `ignore` names a parameter that does not exist.

    >>> @memo
    ... def slow(n):
    ...     return sum(range(n))
    >>> slow(10)
    45
    """
    return _decorate("memo", function, options)


@overload
def experiment(function: Callable[P, R], /) -> Memoised[P, R]: ...
@overload
def experiment(
    *,
    ignore: Iterable[str] = (),
    depends: Iterable[object] = (),
    version: str = "",
    local_only: bool = False,
    seed: int | None = None,
    replay_output: bool = False,
) -> Callable[[Callable[P, R]], Memoised[P, R]]: ...
def experiment(function: Any = None, /, **options: Any) -> Any:
    """As `memo`, for runs that are results in themselves: they are kept until someone removes them, with what `hitsave.log` was told, and figures as pictures.

    >>> @experiment
    ... def train(rate, epochs=3):
    ...     for epoch in range(epochs):
    ...         hitsave.log(step=epoch, loss=rate / (epoch + 1))
    ...     return rate
    """
    return _decorate("experiment", function, options)


def _decorate(kind: EntryKind, function: Any, options: dict[str, Any]) -> Any:
    check_options(kind, options)
    frame = caller(2)
    site = None if frame.f_code.co_flags & 0x2 else (frame.f_code.co_filename, frame.f_lineno)  # 0x2: in a function, not at module or class level

    def wrap(inner: Any, at: tuple[str, int] | None) -> Any:
        if isinstance(inner, staticmethod):
            return staticmethod(wrap(inner.__func__, at))
        if isinstance(inner, classmethod):
            return MemoisedClassMethod(wrap(cast("Any", inner).__func__, at))
        if isinstance(inner, Memoised):
            inner = inner.function
        if isinstance(inner, type) or not callable(inner):
            raise TypeError(refusal(kind, inner))
        return Memoised(inner, kind, **options, site=at)

    def decorate(inner: Any) -> Any:
        return wrap(inner, site)

    return decorate if function is None else decorate(function)
