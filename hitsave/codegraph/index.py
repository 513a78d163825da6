"""One file's bindings: which statements it has, and what each gives a name to.

The index depends on the text of that file alone. It is made by one pass of Python's own parser over the whole file,
which is fast; what a statement's code reads is asked of `frontend.analyse_statement`, only for statements that something reached needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, Literal

from hitsave.codegraph.facts import ImportOrigin
from hitsave.digest import Digest, digest_bytes
from hitsave.structs import NamedTuple, frozen

STATEMENT_CONTEXT: Final = "hitsave 2026 v1 statement text"

BindingKind = Literal["function", "class", "value", "import", "star", "delete"]


class Binding(NamedTuple):
    """One place in a file that gives `name` something to stand for.

    `statement` is the position of its top-level statement in `ModuleIndex.statements`.
    `origin`    what an import names. For a star import `name` is "*".
    `alias`     the dotted chain that is the whole right-hand side of an assignment: ``g = mod.f`` has ``("mod", "f")``.
    `condition` the branches of compound statements that it stands in, "" at the top level: ``/3+`` is the body of the ``if`` on line 3,
                ``-`` its else, ``t`` and ``x`` the body and the handlers of a ``try``.
    """

    name: str
    kind: BindingKind
    statement: int
    line: int
    origin: ImportOrigin | None = None
    alias: tuple[str, ...] = ()
    condition: str = ""


class Lines(NamedTuple):
    """A range of lines: `first` and `last` count from 1, both inclusive."""

    first: int
    last: int


@frozen
class ModuleIndex:
    """What a file binds.

    `statements` are its top-level statements in order, as line ranges; statements that share a line are one.
    `exports`    the literal value of ``__all__``, None where there is none; `exports_computed`: it is not a literal.
    `effects`    positions of statements that may change an object that another statement made.
    `error`      why the text could not be parsed; the index is then empty.
    """

    statements: tuple[Lines, ...] = ()
    bindings: tuple[Binding, ...] = ()
    exports: tuple[str, ...] | None = None
    exports_computed: bool = False
    effects: tuple[int, ...] = ()
    error: str | None = None

    @cached_property
    def by_name(self) -> dict[str, tuple[Binding, ...]]:
        """Bindings of each name, in source order; star imports under "*"."""
        found: dict[str, list[Binding]] = {}
        for binding in self.bindings:
            found.setdefault(binding.name, []).append(binding)
        return {name: tuple(bindings) for name, bindings in found.items()}

    @cached_property
    def made_by_statement(self) -> dict[int, list[str]]:
        """The names that each statement binds other than by importing, by its position."""
        found: dict[int, list[str]] = {}
        for binding in self.bindings:
            if binding.kind not in {"import", "star"}:
                found.setdefault(binding.statement, []).append(binding.name)
        return found

    def candidates(self, name: str) -> tuple[Binding, ...]:
        """The bindings that `name` may have once the module has run, likeliest first; star imports that come later than the last sure one are among them."""
        found: list[Binding] = []
        relevant = [*self.by_name.get(name, ()), *self.by_name.get("*", ())]
        relevant.sort(key=lambda b: (b.statement, b.line))
        for binding in reversed(relevant):
            if binding.kind == "delete":
                break
            found.append(binding)
            if not binding.condition and binding.kind != "star":
                break
        return tuple(found)

    def statement_at(self, line: int) -> int | None:
        """Position of the statement that `line` belongs to, or None between statements."""
        low, high = 0, len(self.statements) - 1
        while low <= high:
            middle = (low + high) // 2
            lines = self.statements[middle]
            if line < lines.first:
                high = middle - 1
            elif line > lines.last:
                low = middle + 1
            else:
                return middle
        return None


def statement_text(lines: Sequence[str], where: Lines) -> str:
    """The text of a statement, given the file's lines."""
    return "".join(lines[where.first - 1 : where.last])


def statement_digest(text: str) -> Digest:
    """The digest that a statement's facts are stored under."""
    return digest_bytes(STATEMENT_CONTEXT, text.encode("utf-8", "surrogatepass"))


def index_to_plain(index: ModuleIndex) -> Any:
    """`index` as lists, strings, numbers and None, for storing."""
    return [
        [[s.first, s.last] for s in index.statements],
        [
            [b.name, b.kind, b.statement, b.line, b.origin and [b.origin.module, b.origin.level, b.origin.name], list(b.alias), b.condition]
            for b in index.bindings
        ],
        None if index.exports is None else list(index.exports),
        index.exports_computed,
        list(index.effects),
        index.error,
    ]


def index_from_plain(plain: Any) -> ModuleIndex:
    """The index that `index_to_plain` gave `plain` for; ValueError or TypeError for anything else."""
    statements, bindings, exports, computed, effects, error = plain
    return ModuleIndex(
        tuple(Lines(first, last) for first, last in statements),
        tuple(Binding(n, k, s, line, None if o is None else ImportOrigin(*o), tuple(a), c) for n, k, s, line, o, a, c in bindings),
        None if exports is None else tuple(exports),
        bool(computed),
        tuple(effects),
        error,
    )
