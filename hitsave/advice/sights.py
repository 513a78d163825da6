"""What one definition does, as far as its text alone tells.

Some terminology:

trail   where an expression's value comes from, as names and calls: ``np.random.default_rng(0).normal`` is ``("np", "random", "default_rng", "()", "normal")``.
        Local variables are followed to what they were assigned: after ``rng = random.Random()``, ``rng.random`` is ``("random", "Random", "()", "random")``.
use     a place where a trail ends: it is called, or its value goes on from there.
owner   whose object a change changes: a parameter's, a global variable's, or that of a name of an enclosing function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hitsave.codegraph.facts import ImportOrigin

Root = Literal["global", "import", "parameter", "local"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A piece of a statement's text: lines count from 1 at its first, columns from 0 in code points."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a value comes from. `root` says what the first name is; `origin` is the import of it where that stands in the function."""

    root: Root
    names: tuple[str, ...]
    origin: ImportOrigin | None = None

    def then(self, *names: str) -> Trail:
        """The trail of what is got from this."""
        return Trail(self.root, (*self.names, *names), self.origin)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call.

    `kind`     "literal" with its `value`, "none", "unset" (a parameter whose default is None, as it was passed), "fileish" (mentions ``__file__``),
               "memory" (a stream that is made there: ``io.BytesIO(…)``), "function" (one that is made there), or "other".
    `owner`    the parameter that it is, or is a part of.
    `keyword`  its name; None where it goes by position.
    `direct`   it is a name or an attribute as it stands.
    """

    kind: Literal["literal", "none", "unset", "fileish", "memory", "function", "other"]
    value: object = None
    owner: str | None = None
    keyword: str | None = None
    starred: bool = False
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A trail's end. `arguments` is None where nothing is called.

    `shown`      the value goes nowhere but to print, logging and the like.
    `discarded`  nobody takes it.
    `managed`    it stands in a ``with``.
    `receiver`   of a method call: the parameter that it is called on, or on a part of.
    `item`       the index, where the trail's value is subscripted on the spot: ``os.environ["HOME"]``.
    """

    trail: Trail
    spot: Spot
    text: str
    arguments: tuple[Argument, ...] | None = None
    shown: bool = False
    discarded: bool = False
    managed: bool = False
    receiver: str | None = None
    item: Argument | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something is changed that is a parameter's (`kind` "parameter"), a global's, or an enclosing function's.

    `fills`  an empty slot is filled, or a mapping or set grows, or a variable is rebound: state that HitSave sees through.
    `trail`  of the object, for globals, which may be of another module.
    """

    kind: Literal["parameter", "global"]
    owner: str
    spot: Spot
    text: str
    fills: bool = False
    trail: Trail | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: `annotation` as a trail to what it names, `default_none` that its default is None; `own` that the call makes it: ``*args``, ``**kwargs``."""

    name: str
    annotation: Trail | None = None
    default_none: bool = False
    own: bool = False
    keyword_only: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What a function does.

    `first_line`  of its first decorator, or of itself; `name_spot` is its name in the ``def``.
    `gives`       whether it returns or yields a value; `judges` whether it may raise; `empty` whether it does nothing at all; `ends_in` the call that is its last statement.
    `returned`    trails of what it returns, with their places; `returns_made` what it returns that is made on the spot: "function", "generator".
    `result`      the annotation of what it returns.
    `options`     of its decorators, those keywords that say something about what it does: "seed", "replay_output".
    `odd`         what is untrackable by its very text: ``exec(…)``, a computed import.
    `fields`      what it assigns to attributes of its first parameter; `given` are those that it assigns a parameter without a type to.
    """

    name: str
    first_line: int
    name_spot: Spot
    owner: str
    decorators: tuple[Trail, ...]
    parameters: tuple[Parameter, ...]
    uses: tuple[Use, ...]
    changes: tuple[Change, ...]
    gives: bool
    judges: bool
    empty: bool
    is_generator: bool
    returned: tuple[tuple[Trail, Spot], ...]
    returns_made: tuple[tuple[str, Spot], ...]
    result: Trail | None
    odd: tuple[tuple[str, Spot], ...]
    fields: tuple[tuple[str, Trail], ...]
    static: bool = False
    given: tuple[str, ...] = ()
    ends_in: Spot | None = None
    options: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ClassDeed:
    """A class: its bases, and the values of its attributes where text tells."""

    name: str
    line: int
    bases: tuple[Trail, ...]
    fields: tuple[tuple[str, Trail], ...]


@dataclass(frozen=True, slots=True)
class StatementDeeds:
    """The functions and classes of one top-level statement, in source order; `values` are what it assigns to global names, `imports` what it imports where it is an ``if``."""

    functions: tuple[Deed, ...] = ()
    classes: tuple[ClassDeed, ...] = ()
    values: tuple[tuple[str, Trail], ...] = ()
    imports: tuple[tuple[str, ImportOrigin], ...] = ()
