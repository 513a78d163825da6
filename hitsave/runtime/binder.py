"""Binds a call's arguments to parameters, with defaults applied, the same way for every way of writing the call."""

from __future__ import annotations

from types import FunctionType
from typing import Any, Final

_VARARGS: Final = 0x04
_VARKEYWORDS: Final = 0x08


class Binder:
    """Binds arguments as Python would. Made from the code object alone, without `inspect`.

    >>> Binder(lambda a, b=2, *, c=3: None).bind((1,), {"c": 4})
    [('a', 1), ('b', 2), ('c', 4)]
    """

    def __init__(self, function: FunctionType) -> None:
        code = function.__code__
        count, keyword_only = code.co_argcount, code.co_kwonlyargcount
        names = code.co_varnames
        self.function = function
        self.positional = names[:count]
        self.positional_only = code.co_posonlyargcount
        self.keyword_only = names[count : count + keyword_only]
        rest = count + keyword_only
        self.varargs = names[rest] if code.co_flags & _VARARGS else None
        self.varkeywords = names[rest + bool(self.varargs)] if code.co_flags & _VARKEYWORDS else None

    @property
    def parameters(self) -> tuple[str, ...]:
        """All parameter names, in the order of the signature."""
        more = [n for n in (self.varargs,) if n]
        return (*self.positional, *more, *self.keyword_only, *((self.varkeywords,) if self.varkeywords else ()))

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[str, Any]] | None:
        """Each parameter with its value, in the order of the signature; None if Python would raise TypeError for this call."""
        positional = self.positional
        given = len(args)
        if given > len(positional) and self.varargs is None:
            return None
        bound: dict[str, Any] = dict(zip(positional, args, strict=False))
        extra: dict[str, Any] = {}
        by_name = positional[self.positional_only :]
        for name, value in kwargs.items():
            if name in by_name or name in self.keyword_only:
                if name in bound:
                    return None
                bound[name] = value
            elif self.varkeywords is not None:
                extra[name] = value
            else:
                return None
        defaults = self.function.__defaults__ or ()
        for name, value in zip(positional[len(positional) - len(defaults) :], defaults, strict=True):
            bound.setdefault(name, value)
        for name, value in (self.function.__kwdefaults__ or {}).items():
            bound.setdefault(name, value)
        if self.varargs is not None:
            bound[self.varargs] = args[len(positional) :]
        if self.varkeywords is not None:
            bound[self.varkeywords] = extra
        try:
            return [(name, bound[name]) for name in self.parameters]
        except KeyError:
            return None
