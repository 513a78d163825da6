"""Memoised functions that cloudpickle sends to other processes: those of a main program, or made in a function, which no name finds everywhere."""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hitsave.runtime.memo import Memoised
    from hitsave.storage.entry import EntryKind

_OPTIONS: Final = ("ignore", "depends", "version", "local_only", "seed", "replay_output")


def sent_as(memo: Memoised[..., Any], by: FrameType) -> str | tuple[Any, ...]:
    """What `Memoised.__reduce__` gives to the pickler that the frame `by` is of: the name, but where cloudpickle would send a function itself."""
    if (memo.__module__ == "__main__" or "<locals>" in memo.name) and str(by.f_globals.get("__name__")).endswith("cloudpickle"):
        return found, (memo.name, memo.function, memo.kind, {option: getattr(memo, option) for option in _OPTIONS})
    return memo.name


def found(name: str, function: Any, kind: EntryKind, options: dict[str, Any]) -> Any:
    """In the process that it was sent to: the memoised function that is there under its name, or, where the main program is another one, as in joblib's workers, one that always runs.

    Of the variables that a function sent by value reads, its process has copies, and nothing says which of its module they are. So nothing is looked up or stored.
    """
    from hitsave.runtime.memo import Memoised
    from hitsave.runtime.notices import warn_once

    here: Any = sys.modules["__main__"]
    for part in name.split("."):
        here = getattr(here, part, None)
    code = function.__code__
    if isinstance(here, Memoised) and here.__code__.co_filename == code.co_filename:
        return here  # pyright: ignore[reportUnknownVariableType] - of any signature
    warn_once(
        (name, code.co_filename, "sent"),
        f"{name}() runs uncached in this process, which does not have the program that it is from. Move it to a module that both import.",
    )
    return Memoised(function, kind, **options).run
