"""The memoised functions of a module, found in its text: those that a decorator makes HitSave's.

What counts is what the decorator stands for, not how it is written: ``@memo``, ``@hs.memo(version="2")``, ``@cached`` where ``from shim import memo as cached``
leads to HitSave through any number of re-exports, or where ``cached = memo(ignore="log")``.
Functions memoised by a call (``fast = memo(slow)``) and by decorators that the project wraps around HitSave's are not found here; what they stored is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal

from hitsave.codegraph.definitions import Definitions, Found
from hitsave.codegraph.facts import Read
from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.resolution import Resolution
from hitsave.codegraph.resolve import Resolver
from hitsave.codegraph.symbols import Symbol
from hitsave.structs import frozen

MemoKind = Literal["memo", "experiment"]

OWN: Final = "hitsave"
_KINDS: Final[dict[str, MemoKind]] = {"memo": "memo", "experiment": "experiment"}
_DECORATOR: Final = re.compile(r"^[ \t]*@[ \t(]*([^\W\d]\w*(?:[ \t]*\.[ \t]*[^\W\d]\w*)*)", re.MULTILINE)
_CALLED: Final = re.compile(r"^[ \t]*([^\W\d]\w*)[ \t]*(?::[^=\n]*)?=[ \t]*([^\W\d][\w.]*)[ \t]*\(", re.MULTILINE)
_RELATIVE_IMPORT: Final = re.compile(r"^[ \t]*from[ \t]*\.", re.MULTILINE)
_LIMIT: Final = 20
"""How many assignments are followed from a decorator's name to HitSave's; a longer chain is a cycle."""


@frozen
class MemoisedFunction:
    """A function that is memoised where it is defined; `line` is that of its ``def``."""

    kind: MemoKind
    found: Found

    @property
    def symbol(self) -> Symbol:
        """What its entries are stored under."""
        return self.found.symbol

    @property
    def path(self) -> str:
        """The file that it is in."""
        return self.found.path

    @property
    def line(self) -> int:
        """The line of its ``def``, from 1."""
        return self.found.line


def memoised_functions(module: SourceModule, resolver: Resolver, definitions: Definitions) -> tuple[MemoisedFunction, ...]:
    """The memoised functions of a module, in source order. Only statements with such a decorator are analysed; the rest is a look at their text."""
    found: list[MemoisedFunction] = []
    if "@" not in module.text:
        return ()
    kinds: dict[Read, MemoKind | None] = {}
    for position, lines in enumerate(module.index.statements):
        text = module.statement(position)
        if not _may_decorate(module, text, resolver, kinds):
            continue
        for candidate in definitions.in_statement_at(module, lines.first):
            if candidate.definition.kind != "function":
                continue
            for decorator in candidate.definition.decorators:
                kind = _once(module.name, Read(decorator.path, 0, decorator.origin), resolver, kinds) if decorator.path else None
                if kind is not None:
                    found.append(MemoisedFunction(kind, candidate))
                    break
    return tuple(found)


def may_have_memoised(texts: Mapping[str, str], packages: frozenset[str] = frozenset()) -> frozenset[str]:
    r"""The modules, of those with these texts by name, that could have memoised functions: the rest need not be indexed.

    Those with a decorator that name HitSave, or a module that leads there. `packages` are the modules that are packages.

    >>> may_have_memoised({"shim": "from hitsave import memo", "app": "import shim\n@shim.memo\ndef f(): ...", "other": "@cache\ndef g(): ..."})
    frozenset({'app'})
    """
    leading = {name for name, text in texts.items() if OWN in text}
    new = leading
    while new:
        words = {name.rpartition(".")[2] for name in new}
        mentions = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(words))) + r")\b")
        families = {name.partition(".")[0] for name in new if "." in name or name in packages}
        new = {
            name
            for name, text in texts.items()
            if name not in leading and (mentions.search(text) or (name.partition(".")[0] in families and _RELATIVE_IMPORT.search(text)))
        }
        leading |= new
    return frozenset(name for name in leading if _DECORATOR.search(texts[name]))


def _may_decorate(module: SourceModule, text: str, resolver: Resolver, kinds: dict[Read, MemoKind | None]) -> bool:
    for written in _written_decorators(text):
        if OWN in text:  # imported in a function's body, perhaps, where no index looks
            return True
        read = Read(tuple(part.strip() for part in written.split(".")), 0)
        if _once(module.name, read, resolver, kinds) is not None:
            return True
    return False


def _once(module: str, read: Read, resolver: Resolver, kinds: dict[Read, MemoKind | None]) -> MemoKind | None:
    """`_kind_of`, looked up once for all that is decorated alike."""
    if read not in kinds:
        kinds[read] = _kind_of(module, read, resolver)
    return kinds[read]


@lru_cache(maxsize=10_000)
def _written_decorators(text: str) -> tuple[str, ...]:
    return tuple(_DECORATOR.findall(text))


def _kind_of(module: str, read: Read, resolver: Resolver, depth: int = 0) -> MemoKind | None:
    """What a decorator written so in `module` makes of a function; None if it is none of HitSave's."""
    if depth > _LIMIT:
        return None
    for found in resolver.resolve(module, read):
        if found.kind == "external" and found.distribution == OWN:
            kind = _KINDS.get(".".join([found.target, *read.path[found.consumed :]]).rpartition(".")[2])
            if kind is not None:
                return kind
        if found.kind == "value" and found.consumed == len(read.path):
            for chain in _made_from(found, resolver):
                kind = _kind_of(found.symbol.module, Read(chain, 0), resolver, depth + 1)
                if kind is not None:
                    return kind
    return None


def _made_from(value: Resolution, resolver: Resolver) -> Iterator[tuple[str, ...]]:
    """What a variable is assigned from: ``("hitsave", "memo")`` for ``cached = hitsave.memo`` and for ``cached = hitsave.memo(version="2")``."""
    symbol = value.symbol
    module = resolver.library.locate(symbol.module)
    if not isinstance(module, SourceModule):
        return
    for binding in module.index.candidates(symbol.name):
        if binding.alias:
            yield binding.alias
        elif binding.kind == "value":
            for name, called in _CALLED.findall(module.statement(binding.statement)):
                if name == symbol.name:
                    yield tuple(called.split("."))
