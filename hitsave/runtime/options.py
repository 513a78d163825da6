"""What the decorators take, and what they refuse."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, cast

from hitsave.errors import SettingError


def check_options(kind: str, options: dict[str, Any]) -> None:
    """SettingError for values that an option can't have, before they spoil every call."""
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


def refusal(kind: str, what: object) -> str:
    """Why this can't be decorated, and what to do."""
    if isinstance(what, type):
        return f"@{kind} is for functions and methods, and {what.__qualname__} is a class. Decorate its methods, or a function that makes one."
    if isinstance(what, (property, functools.cached_property)):
        name = "cached_property" if isinstance(what, functools.cached_property) else "property"
        return f"@{kind} is for functions and methods, not for what @{name} makes. Write @{name} above @{kind}."
    return f"@{kind} is for functions and methods, not for {what!r}. Its options are given by name: @{kind}(version=…)."
