"""What this process was given, read without anything being recorded: its environment, its command line, its current folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Final, cast

_environment: Final[Any] = os.environ
raw_variables: Final[dict[Any, Any]] = _environment._data  # noqa: SLF001
"""The mapping behind `os.environ`: it can be read in a tenth of the time, and unrecorded."""


def raw_key(name: str) -> Any:
    """What stands for a variable's name in `raw_variables`."""
    return _environment.encodekey(name)


def raw_environment(name: str) -> str | None:
    """The value of an environment variable, unrecorded; None if it is not set."""
    try:
        raw = cast("Any", raw_variables).get(raw_key(name))
        return None if raw is None else _environment.decodevalue(raw)
    except (TypeError, ValueError):
        return None


class _Unrecorded(Mapping[str, str]):
    """The environment as a mapping."""

    def __getitem__(self, name: str) -> str:
        value = raw_environment(name)
        if value is None:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None, /) -> Any:
        value = raw_environment(name)
        return default if value is None else value

    def __iter__(self) -> Iterator[str]:
        return map(_environment.decodekey, list(raw_variables))

    def __len__(self) -> int:
        return len(raw_variables)


unrecorded: Final = _Unrecorded()
"""The environment, for what HitSave itself wants to know."""


def variables() -> dict[Any, Any]:
    """The environment as it is now, raw."""
    return dict(raw_variables)


def set_here() -> Iterator[tuple[Any, str]]:
    """The variables that this process has set, changed or taken away since it began: raw, and by name. None where the system does not tell what it began with (it does on Linux)."""
    began = _began_with()
    for raw in {*began, *raw_variables} if began else ():
        if began.get(raw) != raw_variables.get(raw):
            yield raw, _environment.decodekey(raw)


@cache
def _began_with() -> dict[Any, Any]:
    try:
        with open("/proc/self/environ", "rb") as file:
            return dict(pair.split(b"=", 1) for pair in file.read().split(b"\0") if pair)
    except (OSError, ValueError):  # there is no such file, or something else was written over it
        return {}


def command_line() -> tuple[str, ...]:
    """The words of the command line, of which the first is the program."""
    return tuple(str(word) for word in getattr(sys, "argv", ()))


def current_folder() -> str:
    """The current folder; "" if it is gone."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def words_of(arguments: Any) -> Iterator[str]:
    """The words that a child process is given, those of a shell's command line among them."""
    given: list[Any] = [arguments] if isinstance(arguments, (str, bytes)) else list(arguments)[1:]
    for word in map(os.fsdecode, given):
        yield word
        if " " in word:
            from shlex import split

            with suppress(ValueError):
                yield from split(word)
