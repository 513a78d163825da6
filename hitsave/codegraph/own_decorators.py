"""Which decorators count: all but HitSave's own, which are no part of the code."""

from __future__ import annotations

from typing import Final

from hitsave.codegraph.facts import Decorator, Definition, Read
from hitsave.codegraph.resolve import Resolver
from hitsave.patterns import pattern

OWN_DISTRIBUTION: Final = "hitsave"
_ASKING: Final = pattern(r"\s*\w+\s*\.\s*(?:clear|entries|explain|is_cached|map|pin|rerun|uncached|unpin)\s*\([^;]*")
"""A statement that calls a method which HitSave gives to a memoised function."""


def counted_decorators(resolver: Resolver, module: str, definition: Definition) -> list[Decorator]:
    """The decorators of a definition in `module` that are not HitSave's own: those are no part of the code."""
    return [d for d in definition.decorators if not _is_own(resolver, module, d)]


def only_asks(statement: str) -> bool:
    """Whether a statement about a memoised function calls it or asks about its results, and leaves it what it is: ``train.map(rates)``."""
    return _ASKING.fullmatch(statement) is not None


def is_wrapped(resolver: Resolver, module: str, definition: Definition) -> bool:
    """Whether a decorator below HitSave's may have put another function in the place of the definition, one that calls it as it likes."""
    for decorator in reversed(definition.decorators):
        if _is_own(resolver, module, decorator):
            return False
        found = resolver.resolve(module, Read(decorator.path, 0, decorator.origin)) if decorator.path else ()
        if not found or any(f.kind != "builtin" for f in found):  # of the built-in ones, none makes another function
            return True
    return False


def _is_own(resolver: Resolver, module: str, decorator: Decorator) -> bool:
    if not decorator.path:
        return False
    found = resolver.resolve(module, Read(decorator.path, 0, decorator.origin))
    return all(f.kind == "external" and f.distribution == OWN_DISTRIBUTION for f in found)
