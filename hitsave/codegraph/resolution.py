"""What a name stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from hitsave.codegraph.facts import ImportOrigin, Part, Read
from hitsave.codegraph.symbols import Symbol
from hitsave.structs import frozen

ResolutionKind = Literal["symbol", "value", "module", "external", "compiled", "builtin", "nothing", "names"]

ALL_NAMES: Final = "*"
"""What a Record has in place of a name where all names of a module count: who takes a module as a value may list them."""


@frozen
class Resolution:
    """What a chain of names stands for, and how much of the chain led there.

    kind       target
    symbol     a function or class of the project, ``app.util:clean``
    value      a module-level variable of the project, ``app.conf:RATE``
    module     a module of the project, ``app.conf``
    external   a dotted name in an installed distribution or the standard library, ``numpy.linalg``; `distribution` says which
    compiled   a compiled extension of the project, by its dotted name
    builtin    ``len``
    nothing    no module or name; the target is what was looked for
    names      which names a project module has, as a digest; what ALL_NAMES stands for

    `consumed` is the number of names of the chain that were needed; the rest are attributes of what was found.
    `configured` is a digest of what statements of the module that uses a library do to it: ``np.seterr(all="raise")``. "" if there are none.
    Two resolutions are equal when kind and target are.
    """

    kind: ResolutionKind
    target: str
    distribution: str = ""
    consumed: int = 1
    configured: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.target}{self.configured and f' configured {self.configured}'}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resolution) and (self.kind, self.target) == (other.kind, other.target)

    def __hash__(self) -> int:
        return hash((self.kind, self.target))

    @property
    def symbol(self) -> Symbol:
        """The symbol that a "symbol" or "value" resolution names."""
        return Symbol.parse(self.target)


IMPORTS: Final = ("import ", "from ")
"""How a name in a Record begins that an import inside a function binds."""


def name_key(read: Read, consumed: int) -> str:
    """How a read's needed names are written in a Record: ``conf.RATE``, or ``from ..conf import RATE`` for an import inside a function."""
    rest = ".".join(read.path[:consumed])
    origin = read.origin
    if origin is None:
        return rest
    module = "." * origin.level + origin.module
    statement = f"import {module}" if origin.name is None else f"from {module} import {origin.name}"
    return f"{statement} as {rest}"


def unused_imports(part: Part) -> Iterator[Read]:
    """What the import statements of a part ask for that it makes no use of: whether there is something to import may be all that it wants to know."""
    used = {read.origin for read in part.reads}
    for origin in part.imports:
        if origin not in used:
            yield import_of(origin)


def import_of(origin: ImportOrigin) -> Read:
    """The read of what an import binds a name to."""
    return Read((origin.name or origin.module.partition(".")[0],), 0, origin)


def parse_name_key(key: str) -> Read:
    """The read that `name_key` wrote as `key`."""
    if " " not in key:
        return Read(tuple(key.split(".")), 0)
    statement, _, rest = key.rpartition(" as ")
    words = statement.split(" ")
    dotted = words[1]
    module = dotted.lstrip(".")
    name = words[3] if words[0] == "from" else None
    origin = ImportOrigin(module, len(dotted) - len(module), name)
    if name is None and (rest == dotted or rest.startswith(dotted + ".")):  # ``import_module("a.b").c``, which begins with a name that has dots
        return Read((dotted, *rest[len(dotted) + 1 :].split(".")) if rest != dotted else (dotted,), 0, origin)
    return Read(tuple(rest.split(".")), 0, origin)
