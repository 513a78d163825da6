"""Which documentation counts: docstrings and annotations are no part of the code but where something may read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hitsave.codegraph.definitions import Definitions
from hitsave.codegraph.facts import Definition, Read
from hitsave.codegraph.resolve import Resolver

_NOT_READING: Final = frozenset({"python", "hitsave", "attrs", "numba", "numpy", "pytest", "tenacity", "torch"})
"""Distributions whose decorators and classes don't look at docstrings, nor at annotations of functions."""
NOTHING: Final = 0
DOCSTRINGS: Final = 1
ANNOTATIONS: Final = 2
"""What of documentation counts, in a CodeNode and in a Record."""


def documentation_read(reflects: Iterable[str]) -> int:
    """What is read of documentation by code that reflects on this; on source, all."""
    what = {"doc": DOCSTRINGS, "annotations": ANNOTATIONS, "name": NOTHING, "source": DOCSTRINGS | ANNOTATIONS}
    found = NOTHING
    for word in reflects:
        found |= what[word]
    return found


def own_documentation(resolver: Resolver, definitions: Definitions, module: str, definition: Definition) -> int:
    """What of a definition's documentation may be read by what it is given to: decorators, bases and metaclasses of libraries that are not known to ignore it."""
    found = NOTHING
    for decorator in definition.decorators:
        if decorator.path and _is_of_library(resolver, definitions, module, Read(decorator.path, 0, decorator.origin)):
            found |= DOCSTRINGS | ANNOTATIONS
        if decorator.path[-1:] == ("register",):  # of `functools.singledispatch`, perhaps, which looks for the type there
            found |= ANNOTATIONS
    if any(_is_of_library(resolver, definitions, module, read) for read in definition.bases):
        found |= DOCSTRINGS | ANNOTATIONS
    return found


def _is_of_library(resolver: Resolver, definitions: Definitions, module: str, read: Read) -> bool:
    """Whether a name leads to a library that may read documentation, or to a variable that is made by one: ``app = typer.Typer()``."""
    for found in resolver.resolve(module, read):
        if found.kind == "external" and found.distribution not in _NOT_READING:
            return True
        maker = definitions.maker(found.symbol) if found.kind == "value" else None
        for part in maker.definitions if maker is not None else ():
            makers = (made for inner in part.definition.shell.reads for made in resolver.resolve(found.symbol.module, inner))
            if any(made.kind == "external" and made.distribution not in _NOT_READING for made in makers):
                return True
    return False
