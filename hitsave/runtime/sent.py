"""Memoised functions that cloudpickle sends to other processes: those of a main program, or made in a function, which no name finds everywhere."""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from hitsave.errors import NoSourceError
from hitsave.runtime.memo import Memoised

if TYPE_CHECKING:
    from hitsave.codegraph.symbols import Symbol
    from hitsave.runtime.engine import Engine
    from hitsave.storage.entry import EntryKind

_OPTIONS: Final = ("ignore", "depends", "version", "local_only", "seed", "replay_output")


def sent_as(memo: Memoised[..., Any], by: FrameType) -> str | tuple[Any, ...]:
    """What `Memoised.__reduce__` gives to the pickler that the frame `by` is of: the name, but where cloudpickle would send a function itself."""
    if (memo.__module__ == "__main__" or "<locals>" in memo.name) and str(by.f_globals.get("__name__")).endswith("cloudpickle"):
        return found, (memo.name, memo.function, memo.kind, {option: getattr(memo, option) for option in _OPTIONS})
    return memo.name


def found(name: str, function: Any, kind: EntryKind, options: dict[str, Any]) -> Any:
    """In the process that it was sent to: the memoised function that is there under its name, or, where the main program is another one, as in joblib's workers, one that always runs."""
    here: Any = sys.modules["__main__"]
    for part in name.split("."):
        here = getattr(here, part, None)
    if isinstance(here, Memoised) and here.__code__.co_filename == function.__code__.co_filename:
        return here  # pyright: ignore[reportUnknownVariableType] - of any signature
    return _Copied(function, kind, **options)


class _Copied(Memoised[..., Any]):
    """A memoised function in a process that does not have its program: nothing is looked up or stored.

    Of the variables that it reads it has copies, which are those of no module here; and what the top of its program did to libraries has not been done in this process.
    """

    def root(self, shared: Engine) -> Symbol:  # noqa: ARG002 - whatever it is asked of
        raise NoSourceError("it is a copy of what the main program of another process has", "Move it to a module that both import")
