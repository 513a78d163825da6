"""What a walk along the code gives: definitions, names and captures that count, and how each was reached."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from hitsave.codegraph.definitions import Maker
from hitsave.codegraph.documentation import NOTHING
from hitsave.codegraph.facts import Part, Read
from hitsave.codegraph.pieces import Piece, body_without
from hitsave.codegraph.reflection import Asked
from hitsave.codegraph.resolution import Resolution, name_key, unused_imports
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.structs import NamedTuple, changed, field, frozen, mutable

_ALWAYS_THERE: Final = frozenset({"hitsave", "python"})
BARE: Final = "root"
"""Kind of a root that nothing reached calls."""
_GROWING: Final = (list, set, deque)


def apart(value: Any) -> Any:
    """A copy of a collection of collections, which can be added to apart from it; other values as they are."""
    if type(value) is dict:
        return {key: apart(held) for key, held in cast("dict[Any, Any]", value).items()}
    return value.copy() if type(value) in _GROWING else value


@frozen
class CodeNode:
    """A reached definition. `documented` says what of its documentation counts too. `line` counts from 1 in the file at `path`."""

    symbol: Symbol
    kind: str
    shell: Digest
    body: Digest
    documented: int
    path: str
    line: int
    text: str
    rest: Digest | None = None
    pieces: tuple[Piece, ...] = ()

    def without(self, left_out: tuple[int, ...]) -> Digest | None:
        """The digest of the body without the pieces at these places; None if there are no such pieces."""
        if not left_out:
            return self.body
        return None if self.rest is None else body_without(self.rest, self.pieces, left_out)


class Unforeseen(NamedTuple):
    """A definition that computes what it reaches: on which line of its file, where that is known; what it asks the modules for that are loaded, and its own; whether at import.

    Of `import_module`, where `is_import`, the process may have seen which modules it gave.
    """

    symbol: Symbol
    line: int | None
    of_modules: Asked
    of_its_own: Asked
    at_import: bool
    is_import: bool = False


@frozen
class Untracked:
    """Something that the analysis could not follow, and where it was met."""

    why: str
    symbol: Symbol
    path: str
    line: int


@mutable
class CodeGraph:
    """Bindings and edges reachable from the roots.

    `names`     (module, name as in `name_key`) → what it stands for.
    `captures`  module-level variables that reached code reads → the text that makes them, None where there is none.
    `externals` distributions named in reached code; "python" is the standard library.
    `edges`     symbol → symbols that it reaches directly, in order.
    `reflecting` symbols that read the documentation of others, and what of it, which makes that of all count; `reading_source` those that read whole bodies,
    `reading_by_alias` those that do it by something that has another name there.
    `read_directly` symbols whose own documentation is read by their name: by which symbols, and what of it.
    `escaping` symbols that are used as values, so that anything may be done with them; `given`: what of their documentation is read by libraries that reached code names.
    `listing`   module → the symbols that may ask which names it has.
    `via`       symbol → the symbol through which it was first reached; roots are absent.
    """

    roots: tuple[Symbol, ...] = ()
    code: dict[Symbol, CodeNode] = field(factory=dict)
    names: dict[tuple[str, str], Resolution] = field(factory=dict)
    captures: dict[Symbol, Maker | None] = field(factory=dict)
    compiled: dict[str, str] = field(factory=dict)
    externals: set[str] = field(factory=set)
    modules: set[str] = field(factory=set)
    edges: dict[Symbol, list[Symbol]] = field(factory=dict)
    via: dict[Symbol, Symbol] = field(factory=dict)
    untracked: list[Untracked] = field(factory=list)
    reflecting: dict[Symbol, int] = field(factory=dict)
    reading_source: set[Symbol] = field(factory=set)
    reading_by_alias: set[Symbol] = field(factory=set)
    read_directly: dict[Symbol, dict[Symbol, int]] = field(factory=dict)
    escaping: set[Symbol] = field(factory=set)
    given: int = NOTHING
    listing: dict[str, set[Symbol]] = field(factory=dict)

    def copied(self) -> CodeGraph:
        """The same, to be added to apart from this one."""
        return changed(self, **{name: apart(getattr(self, name)) for name in cast("Any", CodeGraph).__match_args__})

    def note_unused_imports(self, module: str, part: Part, resolve: Callable[[str, Read], Sequence[Resolution]]) -> None:
        """Enter what the imports of a part find that it makes no use of."""
        for read in unused_imports(part):
            self.note_import(module, read, resolve(module, read))

    def note_import(self, module: str, read: Read, found: Sequence[Resolution]) -> None:
        """Enter what an import in a module finds, without reaching it."""
        if found and not (found[0].kind == "external" and found[0].distribution in _ALWAYS_THERE):
            self.names.setdefault((module, name_key(read, found[0].consumed)), found[0])

    def chain(self, symbol: Symbol) -> list[Symbol]:
        """How `symbol` is reached, from the root to it."""
        path = [symbol]
        while path[-1] in self.via and len(path) < 1000:
            path.append(self.via[path[-1]])
        return path[::-1]
