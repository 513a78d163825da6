"""What is known of one top-level statement from its text alone.

Some terminology:

statement   a top-level statement of a file: one unit of text, one unit of work.
definition  something in it that has a name and a digest of its own: a function or class (at any depth), the value that an
            assignment gives a name, a lambda or local function, a statement run for its effect.
part        a definition has two: its *shell* is what runs when the definition itself is executed (signature, defaults, bases,
            class attributes, the right-hand side of an assignment); its *body* is what runs when it is called.
read        a dotted chain that starts at a name which is not local: ``np.random.rand`` is one read.

Facts are plain values: frozen, comparable, and turned into builtins (`to_plain`) to be stored.
A change of what is in here, or of how it is found, needs a new CODEGRAPH_VERSION.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from hitsave.digest import Digest

CODEGRAPH_VERSION: Final = 1

Kind = Literal["function", "class", "value", "lambda", "effect"]


@dataclass(frozen=True, slots=True)
class ImportOrigin:
    """What an import statement names: ``from ..util import f`` is ``ImportOrigin("util", 2, "f")``.

    `name` is None for ``import module``, and "*" for a star import.
    For ``import a.b`` (no alias), which binds ``a``, `module` is "a" and the chain of the read goes on with "b".
    For ``import a.b as s`` `module` is "a.b".
    """

    module: str
    level: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """A chain of names read from outside the definition.

    `path`    the chain; ``path[0]`` is a global or built-in name, or, when `origin` is given, a local name bound by an import in
              a function's body. The chain is the longest possible, literal ``getattr`` included: ``getattr(np, "random").rand(3)`` is
              ``("np", "random", "rand")``.
    `origin`  the import, where a function-local import (or a literal ``import_module("x")``) binds ``path[0]``.
    `line`    line of the read, 1 being the first line of the statement.
    `whole`   the value at the end of the chain is used in a way that may reach any of its attributes: bare (passed,
              assigned, returned, compared), or under a ``getattr`` whose name is not a literal. False where it is called or subscripted.
    """

    path: tuple[str, ...]
    line: int
    origin: ImportOrigin | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Something that text can't tell: a computed import, ``exec``, ``eval``, ``globals()[x]``."""

    why: str
    line: int


@dataclass(frozen=True, slots=True)
class Part:
    """A shell or a body: the digest of its canonical form, and what it uses.

    `stores`    global names that it rebinds (``global X; X = …``), as written.
    `mutates`   chains that it stores to an attribute or item of, or calls a known mutating method of.
    `attributes` every attribute name that it mentions, on anything, sorted.
    `reflects`  which of "doc", "name", "annotations" it may read of other definitions, sorted.
    """

    digest: Digest
    reads: tuple[Read, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    stores: tuple[str, ...] = ()
    mutates: tuple[tuple[str, ...], ...] = ()
    attributes: tuple[str, ...] = ()
    reflects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decorator:
    """One decorator, outermost first. `path` is the chain it names (``("hitsave", "memo")``; the call's arguments are not part of it), empty if it is another expression."""

    path: tuple[str, ...]
    digest: Digest
    reads: tuple[Read, ...]
    origin: ImportOrigin | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Where a definition stands in its statement. Lines count from 1 at the statement's first line, columns from 0 in code points; the end is exclusive in columns.

    A decorated definition's span begins at its first decorator; `name_line` is the line of its ``def``, ``class`` or ``lambda``.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    name_line: int


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition, with its two parts.

    `name`        qualified, as ``__qualname__``; an effect is named ``<effect>``.
    `shell`       without decorators, docstring and (for functions) annotations, without the bodies and decorators of methods.
    `body`        empty digest of nothing for values, classes and effects.
    `decorators`  kept apart from the shell, because only resolution can tell HitSave's own, which don't count.
    `documented`  digest of the docstring, annotations and names that the shell and body leave out.
    `doc_reads`   what annotations read.
    `members`     of a class: the qualified names of the functions and classes defined directly in it, in order, repeated names included.
    `free`        of a nested function: names of enclosing functions' locals that it reads, sorted.
    `alias`       of a value ``g = mod.f``: the read that is its whole right-hand side.
    `literal`     of a value: its right-hand side is built of constants and displays alone.
    `conditional` it stands under an ``if``, ``try``, ``for``, ``while``, ``with`` or ``match`` at module or class level.
    `guards`      reads of the conditions that it stands under.
    `targets`     of an effect: the chains that it may change: ``TABLE["x"] = 1`` has ``(("TABLE",),)``.
    """

    name: str
    kind: Kind
    span: Span
    shell: Part
    body: Part
    decorators: tuple[Decorator, ...] = ()
    documented: Digest | None = None
    doc_reads: tuple[Read, ...] = ()
    members: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    alias: Read | None = None
    literal: bool = False
    conditional: bool = False
    guards: tuple[Read, ...] = ()
    targets: tuple[tuple[str, ...], ...] = ()
    is_async: bool = False
    is_generator: bool = False


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """Everything known of one top-level statement from its text alone.

    `definitions` are in source order, outer before inner. `error` says why the text could not be analysed; then there are no definitions.
    """

    definitions: tuple[Definition, ...]
    error: str | None = None


def to_plain(facts: StatementFacts) -> Any:
    """`facts` as lists, strings, bytes, numbers and None, for storing."""
    return _plain(facts)


def from_plain(plain: Any) -> StatementFacts:
    """The facts that `to_plain` gave `plain` for; ValueError, TypeError or KeyError for anything else."""
    definitions, error = plain
    return StatementFacts(tuple(_definition(d) for d in definitions), error)
