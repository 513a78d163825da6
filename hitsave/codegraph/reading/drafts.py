"""Facts in the making: what the walk over a statement notes down, and how that becomes facts once every scope is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from hitsave.codegraph.canonical import DOCUMENTED, NOTHING, digest_of
from hitsave.codegraph.facts import Decorator, Definition, ImportOrigin, Kind, Part, Read, Span, Unresolved
from hitsave.codegraph.pieces import Piece
from hitsave.codegraph.reflection import ALONG_CHAINS, NAMES, read_by_attributes, read_by_library
from hitsave.codegraph.scopes import Leads, Scope, Use
from hitsave.digest import Digest
from hitsave.structs import NamedTuple

MUTATING_METHODS: Final = frozenset({
    "add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "extendleft", "insert", "intersection_update", "move_to_end",
    "pop", "popitem", "popleft", "register", "remove", "reverse", "rotate", "setdefault", "sort", "subtract", "symmetric_difference_update", "update",
    "__setitem__", "__delitem__", "__setattr__", "__delattr__", "__ior__", "__iadd__",
})  # fmt: skip
"""Methods that change what they are called on: those of the built-in containers and of `collections`, and `register`."""


class Statement(NamedTuple):
    """A statement of a body that may be a piece of it: where it stands in the body's atoms, and its lines."""

    begin: int
    end: int
    line: int
    end_line: int


class Inner(NamedTuple):
    """A local function: where it stands in the atoms around it, its form without its body, and its body."""

    at: int
    form: str
    line: int
    end_line: int
    rest: Digest
    pieces: tuple[Piece, ...]


class PartDraft:
    """A shell, body or decorator in the making.

    `atoms`   its canonical form.
    `attributes` names of attributes that it mentions; `looked_at` those that tell something of a definition (`LOOKED_AT`), each time that it does not merely store to it, or copy it to the same attribute of another object.
    `docstring` of what is documented: the atoms of its docstring; those of its annotations are `atoms`.
    `statements`, `inner` what may be a piece of it.
    `uses`    the chains that it reads; those that turn out to lead to local names are left out of the Part.
    `mutates` uses of what it changes, and how much of the chain that is; `use.path[:length]`.
    """

    __slots__ = ("atoms", "attributes", "docstring", "imports", "inner", "looked_at", "mutates", "statements", "stores", "uses")

    def __init__(self) -> None:
        self.atoms: list[str] = []
        self.uses: list[Use] = []
        self.attributes: set[str] = set()
        self.looked_at: list[str] = []
        self.docstring: list[str] = []
        self.stores: set[str] = set()
        self.mutates: list[tuple[Use, int]] = []
        self.imports: list[tuple[int, ImportOrigin]] = []
        self.statements: list[Statement] = []
        self.inner: list[Inner] = []

    def absorb(self, other: PartDraft) -> None:
        """Take over what `other` uses, but not its canonical form."""
        self.uses += other.uses
        self.attributes |= other.attributes
        self.looked_at += other.looked_at
        self.stores |= other.stores
        self.mutates += other.mutates
        self.imports += other.imports

    def _seen_on_unknown(self) -> Collection[str]:
        """The attributes of which one was looked at on something that no chain of names leads to."""
        if not self.looked_at:
            return ()
        left = Counter(self.looked_at)
        for use in self.uses:
            if use.looked_at and use.leads is not Leads.LOCAL:
                left.subtract(name for name in use.looked_at if name in ALONG_CHAINS)
        return [name for name, times in left.items() if times > 0]

    def part(self, digest: Digest) -> Part:
        """The Part; all scopes must be closed."""
        reads = reads_of(self.uses)
        unresolved = [Unresolved(use.why, use.line) for use in self.uses if use.why is not None and use.leads is not Leads.LOCAL]
        mutates = {use.path[:length] for use, length in self.mutates if use.leads is not Leads.LOCAL}
        return Part(
            digest=digest,
            reads=reads,
            unresolved=tuple(sorted(dict.fromkeys(unresolved), key=_line)) if unresolved else (),
            stores=tuple(sorted(self.stores)) if self.stores else (),
            mutates=tuple(sorted(mutates)) if mutates else (),
            attributes=tuple(sorted(self.attributes)) if self.attributes else (),
            reflects=_reflected(self._seen_on_unknown(), reads),
            imports=tuple(dict.fromkeys(origin for _, origin in sorted(self.imports, key=_first))) if self.imports else (),
        )


@dataclass(slots=True)
class DecoratorDraft:
    """A decorator in the making. `chain` is the use that it is, or that it calls."""

    draft: PartDraft
    digest: Digest
    chain: Use | None

    def decorator(self) -> Decorator:
        chain = self.chain
        reads = reads_of(self.draft.uses)
        if chain is None:
            return Decorator((), self.digest, reads)
        return Decorator(chain.path, self.digest, reads, chain.origins[0] if chain.origins else None)


@dataclass(slots=True)
class DefinitionDraft:
    """A Definition in the making. `scope` is the scope of its body, where it has one."""

    name: str
    kind: Kind
    span: Span
    shell: PartDraft = field(default_factory=PartDraft)
    shell_digest: Digest = NOTHING
    body: PartDraft | None = None
    body_digest: Digest = NOTHING
    body_line: int = 0
    rest: Digest | None = None
    pieces: tuple[Piece, ...] = ()
    decorators: list[DecoratorDraft] = field(default_factory=list[DecoratorDraft])
    doc: PartDraft | None = None
    members: list[str] = field(default_factory=list[str])
    bases: list[Use] = field(default_factory=list[Use])
    scope: Scope | None = None
    alias: Use | None = None
    literal: bool = False
    conditional: bool = False
    guards: tuple[PartDraft, ...] = ()
    guard: Digest | None = None
    targets: list[tuple[Use, int]] = field(default_factory=list[tuple[Use, int]])
    is_async: bool = False

    def definition(self) -> Definition:
        """The Definition; all scopes must be closed."""
        doc = self.doc or PartDraft()
        alias = _first_read(self.alias) if self.alias is not None else None
        return Definition(
            name=self.name,
            kind=self.kind,
            span=self.span,
            shell=self.shell.part(self.shell_digest),
            body=NO_BODY if self.body is None else self.body.part(self.body_digest),
            decorators=tuple([d.decorator() for d in self.decorators]),
            docstring=digest_of(DOCUMENTED, doc.docstring) if doc.docstring else None,
            annotations=digest_of(DOCUMENTED, doc.atoms) if doc.atoms else None,
            doc_reads=reads_of(doc.uses),
            members=tuple(self.members),
            free=self._free(),
            alias=alias,
            literal=self.literal,
            bases=reads_of(self.bases),
            conditional=self.conditional,
            guards=reads_of(use for guard in self.guards for use in guard.uses),
            guard=self.guard,
            targets=tuple(dict.fromkeys(use.path[:length] for use, length in self.targets if use.leads is not Leads.LOCAL)),
            is_async=self.is_async,
            is_generator=self.scope is not None and self.scope.is_generator,
            rest=self.rest,
            pieces=self.pieces,
        )

    def _free(self) -> tuple[str, ...]:
        if self.body is None or self.scope is None:
            return ()
        own = self.scope.depth
        return tuple(
            sorted(
                {
                    use.path[0]
                    for use in self.body.uses
                    if use.owner is not None and use.owner.depth < own and use.owner.kind in {"function", "comprehension"}
                }
            )
        )


NO_BODY: Final = Part(NOTHING)


def reads_of(uses: Iterable[Use]) -> tuple[Read, ...]:
    """The reads that `uses` are: local ones left out, each chain once at its first line, in order of lines."""
    found: dict[tuple[tuple[str, ...], ImportOrigin | None], Read] = {}
    for use in uses:
        if use.leads is Leads.LOCAL:
            continue
        for origin in use.origins or (None,):
            key = (use.path, origin)
            known = found.get(key)
            if known is None:
                found[key] = Read(use.path, use.line, origin, use.whole)
            elif use.line < known.line or (use.whole and not known.whole):
                found[key] = Read(use.path, min(use.line, known.line), origin, use.whole or known.whole)
    return tuple(sorted(found.values(), key=_line) if len(found) > 1 else found.values())


def _first_read(use: Use) -> Read | None:
    reads = reads_of([use])
    return reads[0] if reads else None


def _line(item: Read | Unresolved) -> int:
    return item.line


def _first(item: tuple[int, ImportOrigin]) -> int:
    return item[0]


def _reflected(attributes: Collection[str], reads: tuple[Read, ...]) -> tuple[str, ...]:
    found = read_by_attributes(attributes)
    for read in reads:
        path, origin = read.path, read.origin
        if path[0] == "inspect" or (origin is not None and origin.module == "inspect"):
            name = origin.name if origin is not None and origin.name else path[1] if len(path) > 1 else ""
            found.update(read_by_library(f"inspect.{name}"))
        elif path[-1] in NAMES:
            found.add(NAMES[path[-1]])
    return tuple(sorted(found))
