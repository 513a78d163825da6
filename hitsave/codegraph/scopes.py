"""Which names are local, and where the others lead.

Some terminology:

scope   what one function, class, comprehension or the module binds.
use     one chain of names that is read in a scope. Whether its first name is local is known only when the scopes around it
        are closed, because Python lets a binding follow the read in the text.

A use is settled by the innermost scope that binds its first name, as Python does it: class scopes are invisible from the functions in them,
`global` leads to the module, a name that nothing binds is global or built in.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal

from hitsave.codegraph.facts import ImportOrigin

ScopeKind = Literal["module", "class", "function", "comprehension", "type parameters"]


class Leads(Enum):
    """Where the first name of a use leads."""

    NOWHERE_YET = "not known before the scopes around are closed"
    GLOBAL = "a global or built-in name"
    LOCAL = "a local name"
    IMPORT = "a local name that an import binds"


class Use:
    """One chain of names that is read. `why` makes it Unresolved where it leads to a global name (``eval``).

    `looked_at`: attributes in it that tell something of a definition, each time that it is written.
    """

    __slots__ = ("leads", "line", "looked_at", "origins", "owner", "path", "whole", "why")

    def __init__(self, path: tuple[str, ...], line: int, *, whole: bool) -> None:
        self.path = path
        self.line = line
        self.whole = whole
        self.leads = Leads.NOWHERE_YET
        self.origins: tuple[ImportOrigin, ...] = ()
        self.owner: Scope | None = None
        self.why: str | None = None
        self.looked_at: tuple[str, ...] = ()

    @classmethod
    def of_import(cls, path: tuple[str, ...], line: int, origin: ImportOrigin, *, whole: bool) -> Use:
        """A use that is known to lead to `origin`, whatever is bound around it."""
        use = cls(path, line, whole=whole)
        use.leads, use.origins = Leads.IMPORT, (origin,)
        return use


class Scope:
    """What one function, class, comprehension or the module binds.

    `bound`     names that it binds.
    `declared`  names that a bare annotation makes local, and perhaps nothing else.
    `settled`   names that a read can be taken to be local without waiting: bound by something other than an import and,
                in a class, bound for certain above the read.
    `imports`   what the imports in it bind names to.
    """

    __slots__ = ("bound", "declared", "depth", "globals", "imports", "is_generator", "kind", "nonlocals", "parent", "settled", "uses")

    def __init__(self, kind: ScopeKind, parent: Scope | None) -> None:
        self.kind: Final[ScopeKind] = kind
        self.parent = parent
        self.depth: Final[int] = 0 if parent is None else parent.depth + 1
        self.bound: set[str] = set()
        self.declared: set[str] = set()
        self.settled: set[str] = set()
        self.imports: dict[str, list[ImportOrigin]] = {}
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.uses: list[Use] = []
        self.is_generator = False

    def bind(self, name: str) -> bool:
        """Note that `name` is bound here; False if it is a global or an outer function's name, by declaration or because this is the module."""
        if name in self.nonlocals or name in self.globals or self.kind == "module":
            return False
        self.bound.add(name)
        return True

    def import_as(self, name: str, origin: ImportOrigin) -> None:
        """Note that an import binds `name` here."""
        if self.bind(name):
            self.imports.setdefault(name, []).append(origin)
            self.settled.discard(name)

    def only_declared(self) -> list[str]:
        """Names that are local here for their bare annotation alone, sorted."""
        return sorted(self.declared - self.bound)

    def close(self) -> None:
        """Settle the uses whose first name is bound here, and hand the others on."""
        self.bound |= self.declared
        outer, passed_a_class = self._outer()
        for use in self.uses:
            name = use.path[0]
            if self.kind == "module" or name in self.globals:
                use.leads = Leads.GLOBAL
            elif name in self.bound:
                use.owner = self
                if name in self.imports:
                    use.leads, use.origins = Leads.IMPORT, tuple(self.imports[name])
                elif self.kind == "class":
                    # Not bound for certain above the read, so Python looks among the globals next.
                    use.leads = Leads.GLOBAL
                else:
                    use.leads = Leads.LOCAL
            elif passed_a_class and name == "__class__":
                use.leads = Leads.LOCAL
            else:
                outer.uses.append(use)

    def function(self) -> Scope:
        """The innermost scope that is not a comprehension's: where ``:=`` binds and ``yield`` belongs."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope

    def _outer(self) -> tuple[Scope, bool]:
        """The next scope in which names are looked up, and whether a class was passed over."""
        scope = self.parent
        if scope is None:
            return self, False
        if self.kind == "type parameters" or scope.kind != "class":
            return scope, False
        while scope.kind == "class" and scope.parent is not None:
            scope = scope.parent
        return scope, True
