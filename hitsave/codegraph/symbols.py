"""Symbols: how a piece of code is named, the same on every machine and in every process."""

from __future__ import annotations

from functools import lru_cache

from hitsave.structs import NamedTuple


class Symbol(NamedTuple):
    """``module:qualified.name``.

    `module` is the dotted name that the file has when imported (never ``__main__``); `name` is the qualified name
    within it, as ``__qualname__`` writes it: ``f``, ``Model.fit``, ``make.<locals>.step``.

    >>> str(Symbol("app.train", "Model.fit"))
    'app.train:Model.fit'
    """

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> Symbol:
        """The symbol written as `text`; ValueError if there is no colon, or nothing on one side of it."""
        return _parsed(text)


@lru_cache(maxsize=1 << 14)
def _parsed(text: str) -> Symbol:
    """As `Symbol.parse`: a Record's checks name the same symbols many times, and there are thousands."""
    module, colon, name = text.partition(":")
    if not (module and colon and name):
        raise ValueError(f"{text!r} is not of the form module:name")
    return Symbol(module, name)
