"""Which documentation counts: docstrings, annotations, comments and lines are no part of the code but where something may read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hitsave.codegraph.definitions import Definitions
from hitsave.codegraph.facts import Decorator, Definition, Read
from hitsave.codegraph.library import Library
from hitsave.codegraph.resolution import Resolution
from hitsave.codegraph.resolve import Resolver

NOTHING: Final = 0
DOCSTRINGS: Final = 1
ANNOTATIONS: Final = 2
TEXT: Final = 4
LINES: Final = 8
"""What of documentation counts, in a CodeNode and in a Record: bits. TEXT is all of a definition as it is written; LINES is the line that it begins on."""
_READING_IN_PYTHON: Final = {
    "cmd.Cmd": DOCSTRINGS,
    "doctest": DOCSTRINGS,
    "pydoc": DOCSTRINGS | ANNOTATIONS,
    "unittest": DOCSTRINGS,
    "xmlrpc.server": DOCSTRINGS,
}
"""What of the standard library reads documentation of what it is given."""
_MEANS: Final = {
    "doc": DOCSTRINGS,
    "annotations": ANNOTATIONS,
    "name": NOTHING,  # a definition is in the graph by its name
    "source": DOCSTRINGS | ANNOTATIONS,
    "text": DOCSTRINGS | ANNOTATIONS | TEXT,
    "lines": LINES,
    "place": TEXT | LINES,
}


def documentation_read(reflects: Iterable[str]) -> int:
    """What is read of documentation by code that reflects on this; on source, all."""
    found = NOTHING
    for word in reflects:
        found |= _MEANS[word]
    return found


def as_in_docstrings(documented: int, name: str) -> int:
    """What counts of a definition of this name: the docstring that `dataclass` writes for a class says how what makes it is annotated."""
    return documented | ANNOTATIONS if documented & DOCSTRINGS and name.endswith((".__init__", ".__new__")) else documented


def read_of_what_it_is_given(library: Library, found: Resolution, dotted: str) -> int:
    """What of documentation may be read by something of a distribution, whose whole name is `dotted`, of the functions and classes that it is given."""
    if found.kind != "external":
        return NOTHING
    if found.distribution != "python":
        return DOCSTRINGS | ANNOTATIONS if library.reads_documentation(found.distribution) else NOTHING
    known = (what for name, what in _READING_IN_PYTHON.items() if dotted == name or dotted.startswith(name + "."))
    return next(known, NOTHING)


def keeps_what_it_decorates(decorator: Decorator) -> bool:
    """Whether a decorator may do anything with the function that it is given; those that are built in only bind it."""
    return decorator.path not in {("property",), ("staticmethod",), ("classmethod",)}


def own_documentation(resolver: Resolver, definitions: Definitions, module: str, definition: Definition) -> int:
    """What of a definition's documentation may be read by what it is given to: decorators, bases and metaclasses of libraries that are not known to ignore it."""
    found = NOTHING
    for decorator in definition.decorators:
        if decorator.path:
            found |= _read_by(resolver, definitions, module, Read(decorator.path, 0, decorator.origin))
        if decorator.path[-1:] == ("register",):  # of `functools.singledispatch`, perhaps, which looks for the type there
            found |= ANNOTATIONS
    for read in definition.bases:
        found |= _read_by(resolver, definitions, module, read)
    return found


def _read_by(resolver: Resolver, definitions: Definitions, module: str, read: Read) -> int:
    """What is read by what a name leads to: something of a library, or a variable that is made by something of one, ``app = typer.Typer()``."""
    what = NOTHING
    for found in resolver.resolve(module, read):
        what |= read_of_what_it_is_given(resolver.library, found, dotted_name(found, read))
        maker = definitions.maker(found.symbol) if found.kind == "value" else None
        for part in maker.definitions if maker is not None else ():
            for inner in part.definition.shell.reads:
                for made in resolver.resolve(found.symbol.module, inner):
                    what |= read_of_what_it_is_given(resolver.library, made, dotted_name(made, inner))
    return what


def dotted_name(found: Resolution, read: Read) -> str:
    """The whole name of what a read stands for: what it resolves to, and the attributes after that."""
    return ".".join((found.target, *read.path[found.consumed :]))
