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

from typing import Any, Final, Literal, cast

from hitsave.codegraph.pieces import Piece
from hitsave.digest import Digest
from hitsave.structs import NamedTuple

CODEGRAPH_VERSION: Final = 4

Kind = Literal["function", "class", "value", "lambda", "effect"]


class ImportOrigin(NamedTuple):
    """What an import statement names: ``from ..util import f`` is ``ImportOrigin("util", 2, "f")``.

    `name` is None for ``import module``, and "*" for a star import.
    For ``import a.b`` (no alias), which binds ``a``, `module` is "a" and the chain of the read goes on with "b".
    For ``import a.b as s`` `module` is "a.b".
    """

    module: str
    level: int
    name: str | None


class Read(NamedTuple):
    """A chain of names read from outside the definition.

    `path`    the chain; ``path[0]`` is a global or built-in name, or, when `origin` is given, a local name bound by an import in
              a function's body. The chain is the longest possible, literal ``getattr`` included: ``getattr(np, "random").rand(3)`` is
              ``("np", "random", "rand")``.
    `origin`  the import, where a function-local import (or a literal ``import_module("x")``) binds ``path[0]``.
    `line`    line of the read, 1 being the first line of the statement.
    `whole`   the value at the end of the chain is used in a way that may reach any of its attributes: bare (passed,
              assigned, returned, compared), or under a ``getattr`` whose name is not a literal. False where it is called, subscripted,
              iterated over, tested, or an operand of arithmetic.

    An attribute that is stored to is read too, as a chain (``cfg.debug = 1`` is ``("cfg", "debug")``), because the chain is what the store depends on.
    A literal ``import_module("a.b")`` has `origin` ``("a.b", 0, None)`` and ``path[0]`` "a.b".
    """

    path: tuple[str, ...]
    line: int
    origin: ImportOrigin | None = None
    whole: bool = False


class Unresolved(NamedTuple):
    """Something that text can't tell: a computed import, ``exec``, ``eval``, ``globals()[x]``."""

    why: str
    line: int


class Part(NamedTuple):
    """A shell or a body: the digest of its canonical form, and what it uses.

    `stores`    global names that it rebinds (``global X; X = …``), as written.
    `mutates`   chains that it stores to an attribute or item of, or calls a known mutating method of; where `reads` has a chain of the
                same first name with an origin, that is where it leads.
    `attributes` every attribute name that it mentions, on anything, sorted.
    `reflects`  which of "doc", "name", "annotations", "source", "text", "lines", "place" it may read of other definitions, sorted.
    `imports`   the modules and names that its own import statements ask for, used or not.

    What a nested function, lambda or local class uses is part of what the enclosing body uses.
    Tuples are sorted, but for `reads`, `unresolved` and `imports`, which stand in source order, each once.
    """

    digest: Digest
    reads: tuple[Read, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    stores: tuple[str, ...] = ()
    mutates: tuple[tuple[str, ...], ...] = ()
    attributes: tuple[str, ...] = ()
    reflects: tuple[str, ...] = ()
    imports: tuple[ImportOrigin, ...] = ()


class Decorator(NamedTuple):
    """One decorator, outermost first. `path` is the chain it names (``("hitsave", "memo")``; the call's arguments are not part of it), empty if it is another expression."""

    path: tuple[str, ...]
    digest: Digest
    reads: tuple[Read, ...]
    origin: ImportOrigin | None = None


class Span(NamedTuple):
    """Where a definition stands in the text that was analysed. Lines count from 1 at the text's first line, columns from 0 in code points;
    the end is exclusive in columns.

    A decorated definition's span begins at its first decorator; `name_line` is the line of its ``def``, ``class`` or ``lambda``.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    name_line: int


class Definition(NamedTuple):
    """A definition, with its two parts.

    `name`        qualified, as ``__qualname__`` of Python 3.12 and later; an effect is named ``<effect>``.
    `shell`       without decorators, docstring and (for functions) annotations, without the bodies and decorators of methods.
                  Of a value: its right-hand side, how the name is unpacked from it, and the conditions that it stands under.
                  Of an effect: the simple statement (of a decorated definition: the decorators), and the conditions.
    `body`        empty digest of nothing for values, classes and effects.
    `decorators`  kept apart from the shell, because only resolution can tell HitSave's own, which don't count.
    `docstring`, `annotations` digests of those that the shell and body leave out; None if there are none.
    `doc_reads`   what annotations read, those in quotes included.
    `members`     of a class: the qualified names of the functions and classes defined directly in it, in order, repeated names included.
    `bases`       of a class: the reads that are its base classes as they stand, and its metaclass; other expressions are only in the shell's reads.
    `free`        of a nested function: names of enclosing functions' locals that it reads, sorted.
    `alias`       of a value ``g = mod.f``: the read that is its whole right-hand side.
    `literal`     of a value: its right-hand side is built of constants and displays alone.
    `conditional` it stands under an ``if``, ``try``, ``for``, ``while``, ``with`` or ``match`` at module or class level.
    `guards`      at module level: reads of the conditions that it stands under.
    `guard`       at module level: digest of those conditions and of the branch; None if there are none. Values and effects have it in their shell.
    `rest`, `pieces` of a function: its body taken apart (hitsave.codegraph.pieces).
    `targets`     of an effect: the chains that it may change: ``TABLE["x"] = 1`` has ``(("TABLE",),)``.
    """

    name: str
    kind: Kind
    span: Span
    shell: Part
    body: Part
    decorators: tuple[Decorator, ...] = ()
    docstring: Digest | None = None
    annotations: Digest | None = None
    doc_reads: tuple[Read, ...] = ()
    members: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    alias: Read | None = None
    literal: bool = False
    bases: tuple[Read, ...] = ()
    conditional: bool = False
    guards: tuple[Read, ...] = ()
    guard: Digest | None = None
    targets: tuple[tuple[str, ...], ...] = ()
    is_async: bool = False
    is_generator: bool = False
    rest: Digest | None = None
    pieces: tuple[Piece, ...] = ()


class StatementFacts(NamedTuple):
    """Everything known of one top-level statement from its text alone.

    `definitions` are in source order, outer before inner. `error` says why the text could not be analysed; then there are no definitions.
    `directives` are the comments that speak to HitSave, with their line: ``# hitsave: ignore[HS003]`` is ``(1, "ignore[HS003]")``.
    """

    definitions: tuple[Definition, ...]
    error: str | None = None
    directives: tuple[tuple[int, str], ...] = ()


# To and from builtins: every type is the list of its fields in order, less what stands at its end and has its usual value.
# Read is flat, because there are many: [line, whole, path] or [line, whole, path, [module, level, name]].


def to_plain(facts: StatementFacts) -> Any:
    """`facts` as lists, strings, bytes, numbers and None, for storing."""
    return [[_definition_to(d) for d in facts.definitions], facts.error, [list(d) for d in facts.directives]]


def from_plain(plain: Any) -> StatementFacts:
    """The facts that `to_plain` gave `plain` for; ValueError, TypeError or KeyError for anything else."""
    try:
        definitions, error, directives = plain
        return StatementFacts(
            tuple([_definition_from(d) for d in definitions]),
            None if error is None else _text(error),
            tuple([(_number(line), _text(text)) for line, text in directives]),
        )
    except (AttributeError, IndexError, RecursionError) as wrong:
        raise ValueError(f"these are no facts: {wrong}") from wrong


_KINDS: Final[dict[str, Kind]] = {"function": "function", "class": "class", "value": "value", "lambda": "lambda", "effect": "effect"}
_PART_DEFAULTS: Final[list[object]] = [None, [], [], [], [], [], [], []]


def _text(value: object) -> str:
    if type(value) is not str:
        raise TypeError(f"text was expected, not {value!r}")
    return value


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"a number was expected, not {value!r}")
    return value


def _names(value: Any) -> tuple[str, ...]:
    if type(value) is not list:
        raise TypeError(f"a list of names was expected, not {value!r}")
    names = cast("list[str]", value)
    "".join(names)  # TypeError if one of them is not text, at C's speed
    return tuple(names)


def _origin_from(plain: Any) -> ImportOrigin:
    module, level, name = plain
    return ImportOrigin(_text(module), _number(level), None if name is None else _text(name))


def _read_to(read: Read) -> list[object]:
    plain: list[object] = [read.line, read.whole, list(read.path)]
    if read.origin is not None:
        plain.append([read.origin.module, read.origin.level, read.origin.name])
    return plain


def _read_from(plain: Any) -> Read:
    origin = _origin_from(plain[3]) if len(plain) == 4 else None
    line, whole, path = plain[:3] if origin is not None else plain
    if type(path) is not list or type(line) is not int or not path:
        raise TypeError(f"a line and a chain were expected, not {plain!r}")
    names = cast("list[str]", path)
    "".join(names)  # as in `_names`, which is too slow a call here
    return Read(tuple(names), line, origin, bool(whole))


def _reads_from(plain: Any) -> tuple[Read, ...]:
    return tuple([_read_from(read) for read in plain])


def _part_to(part: Part) -> list[object]:
    plain: list[object] = [
        bytes(part.digest),
        [_read_to(r) for r in part.reads],
        [[u.why, u.line] for u in part.unresolved],
        list(part.stores),
        [list(chain) for chain in part.mutates],
        list(part.attributes),
        list(part.reflects),
        [[origin.module, origin.level, origin.name] for origin in part.imports],
    ]
    while plain[-1] == []:
        plain.pop()
    return plain


def _part_from(plain: Any) -> Part:
    if len(plain) == 1:
        return Part(Digest(plain[0]))
    filled: list[Any] = [*plain, *_PART_DEFAULTS[len(plain) :]]
    digest, reads, unresolved, stores, mutates, attributes, reflects, imports = filled
    return Part(
        Digest(digest),
        _reads_from(reads),
        tuple([Unresolved(_text(why), _number(line)) for why, line in unresolved]),
        _names(stores),
        tuple([_names(chain) for chain in mutates]),
        _names(attributes),
        _names(reflects),
        tuple([_origin_from(origin) for origin in imports]),
    )


def _decorator_to(decorator: Decorator) -> list[object]:
    origin = None if decorator.origin is None else [decorator.origin.module, decorator.origin.level, decorator.origin.name]
    return [list(decorator.path), bytes(decorator.digest), [_read_to(r) for r in decorator.reads], origin]


def _decorator_from(plain: Any) -> Decorator:
    path, digest, reads, origin = plain
    return Decorator(_names(path), Digest(digest), _reads_from(reads), None if origin is None else _origin_from(origin))


def _definition_to(d: Definition) -> list[object]:
    flags = d.conditional + 2 * d.literal + 4 * d.is_async + 8 * d.is_generator
    plain: list[object] = [
        d.name,
        d.kind,
        [d.span.line, d.span.column, d.span.end_line, d.span.end_column, d.span.name_line],
        _part_to(d.shell),
        _part_to(d.body),
        flags,
    ]
    rare: list[object] = [
        [_decorator_to(x) for x in d.decorators],
        None if d.docstring is None else bytes(d.docstring),
        None if d.annotations is None else bytes(d.annotations),
        [_read_to(r) for r in d.doc_reads],
        list(d.members),
        list(d.free),
        None if d.alias is None else _read_to(d.alias),
        [_read_to(r) for r in d.bases],
        [_read_to(r) for r in d.guards],
        None if d.guard is None else bytes(d.guard),
        [list(chain) for chain in d.targets],
        None if d.rest is None else bytes(d.rest),
        [[p.outer, p.line, p.end_line, p.digest] for p in d.pieces],
    ]
    if any(rare):
        plain.append(rare)
    return plain


_NO_RARE: Final[list[Any]] = [[], None, None, [], [], [], None, [], [], None, [], None, []]


def _definition_from(plain: Any) -> Definition:
    name, kind, span, shell, body, flags, *more = plain
    decorators, docstring, annotations, doc_reads, members, free, alias, bases, guards, guard, targets, rest, pieces = more[0] if more else _NO_RARE
    flags = _number(flags)
    line, column, end_line, end_column, name_line = span
    return Definition(
        name=_text(name),
        kind=_KINDS[kind],
        span=Span(_number(line), _number(column), _number(end_line), _number(end_column), _number(name_line)),
        shell=_part_from(shell),
        body=_part_from(body),
        decorators=tuple([_decorator_from(d) for d in decorators]),
        docstring=None if docstring is None else Digest(docstring),
        annotations=None if annotations is None else Digest(annotations),
        doc_reads=_reads_from(doc_reads),
        members=_names(members),
        free=_names(free),
        alias=None if alias is None else _read_from(alias),
        literal=bool(flags & 2),
        bases=_reads_from(bases),
        conditional=bool(flags & 1),
        guards=_reads_from(guards),
        guard=None if guard is None else Digest(guard),
        targets=tuple([_names(chain) for chain in targets]),
        is_async=bool(flags & 4),
        is_generator=bool(flags & 8),
        rest=None if rest is None else Digest(rest),
        pieces=tuple([Piece(_number(outer), _number(first), _number(last), bytes(digest)) for outer, first, last, digest in pieces]),
    )
