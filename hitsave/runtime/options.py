"""What the decorators take, and what they refuse."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from hitsave.errors import SettingError
from hitsave.runtime.path_parameters import PathKind, given_as_paths

if TYPE_CHECKING:
    from hitsave.runtime.binder import Binder


def check_options(kind: str, options: dict[str, Any]) -> None:
    """SettingError for values that an option can't have, before they spoil every call; TypeError for an option that there is none of."""
    unknown = set(options) - {"ignore", "depends", "version", "local_only", "seed", "replay_output"}
    if unknown:
        raise TypeError(f"{kind}() has no option {', '.join(sorted(unknown))}; it has ignore, depends, version, local_only, seed and replay_output")
    ignore, depends, version = options.get("ignore", ()), options.get("depends", ()), options.get("version", "")
    if not (isinstance(ignore, str) or (isinstance(ignore, Iterable) and all(isinstance(path, str) for path in cast("Iterable[object]", ignore)))):
        raise SettingError(f"@{kind}(ignore=…) takes names of parameters, not {ignore!r}", 'Write ignore=("logger", "self.session")')
    if isinstance(depends, str) or not isinstance(depends, Iterable):
        raise SettingError(f"@{kind}(depends=…) takes a tuple of functions, classes or values, not {depends!r}", "Write depends=(helper,)")
    seed, replays = options.get("seed"), options.get("replay_output", False)
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 1 << 32):
        raise SettingError(f"@{kind}(seed=…) takes a whole number from 0 to 4,294,967,295, not {seed!r}", "Write seed=0")
    if not isinstance(replays, bool):
        raise SettingError(f"@{kind}(replay_output=…) takes True or False, not {replays!r}", "Write replay_output=True")
    if not isinstance(version, str):
        raise SettingError(f"@{kind}(version=…) takes text, not {version!r}", 'Write version="2"')


def refuse_unknown_parameters(name: str, binder: Binder | None, ignore: Iterable[str]) -> None:
    """SettingError for a path to ignore that begins at no parameter of the function `name`."""
    if binder is None or binder.varkeywords is not None:
        return
    for path in ignore:
        parameter = path.partition(".")[0].partition("[")[0]
        if parameter not in binder.parameters:
            names = ", ".join(binder.parameters) or "none"
            raise SettingError(f"{name}() has no parameter {parameter!r} to ignore", f"Its parameters are: {names}")


def as_evaluated(
    function: Callable[..., Any], binder: Binder | None, kinds: dict[str, PathKind] | None, seed: int | None, flags: int
) -> Callable[..., Any]:
    """`function` as it is called to be evaluated: with a `Path` for what is to be one (`kinds`), and under its seed. `flags` are those of its code."""
    if binder is not None and kinds is not None:
        function = given_as_paths(binder, kinds)
    if seed is not None:
        from hitsave.runtime.seeding import seeded

        function = seeded(function, seed, flags)
    return function


def refusal(kind: str, what: object) -> str:
    """Why this can't be decorated, and what to do."""
    if isinstance(what, type):
        return f"@{kind} is for functions and methods, and {what.__qualname__} is a class. Decorate its methods, or a function that makes one."
    if isinstance(what, (property, functools.cached_property)):
        name = "cached_property" if isinstance(what, functools.cached_property) else "property"
        return f"@{kind} is for functions and methods, not for what @{name} makes. Write @{name} above @{kind}."
    return f"@{kind} is for functions and methods, not for {what!r}. Its options are given by name: @{kind}(version=…)."
