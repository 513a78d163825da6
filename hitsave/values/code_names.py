"""How values name the code that they carry: a callback, which the runtime answers and notes what it was asked for."""

from __future__ import annotations

from types import CodeType, FunctionType, ModuleType
from typing import Final, Protocol

from hitsave.structs import NamedTuple


class FunctionName(NamedTuple):
    """What a function counts as, besides the values that it carries.

    `identity` stands for its code. Of an `external` function only closure cells count besides; of any other, defaults and attributes are digested too.

    >>> FunctionName("app.steps:scale").by_value
    True
    """

    identity: str
    external: bool = False

    @property
    def by_value(self) -> bool:
        """Whether closure cells, defaults and attributes count."""
        return not self.external


MADE: Final = " made"
"""How the identity of a class ends that no statement made: it says nothing of what the class is made of."""


class CodeNames(Protocol):
    """Identities of the functions, classes and modules that a value holds. All may raise UndigestibleError or NoSourceError.

    Each is asked for every function, module and class met, the classes of instances included, except for built-in types and types of the
    standard library that have a rule of their own: whoever implements this knows from it which code a value brings.
    """

    def function(self, function: FunctionType, /) -> FunctionName:
        """The identity of a function written in Python."""
        ...

    def code(self, code: CodeType, /) -> FunctionName:
        """The identity of the code object of a function; no values come with it."""
        ...

    def class_(self, cls: type, /) -> str:
        """The identity of a class; the same for the same class in every process and on every Python."""
        ...

    def module(self, module: ModuleType, /) -> str:
        """The identity of a module."""
        ...


class PlainNames:
    """Names by module and qualified name alone: for values that hold no code of the user's, and for tests.

    >>> PlainNames().class_(dict)
    'builtins:dict'
    """

    def function(self, function: FunctionType, /) -> FunctionName:
        """``module:qualified.name``; its values count."""
        return FunctionName(f"{function.__module__}:{function.__qualname__}")

    def code(self, code: CodeType, /) -> FunctionName:
        """Its qualified name."""
        return FunctionName(code.co_qualname)

    def class_(self, cls: type, /) -> str:
        """``module:qualified.name``."""
        return f"{cls.__module__}:{cls.__qualname__}"

    def module(self, module: ModuleType, /) -> str:
        """The name it was imported by."""
        return module.__name__
