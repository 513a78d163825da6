"""What a function's parameters and its result say about memoising it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from hitsave.advice.effects import CHECKING, TELLING
from hitsave.advice.judging import Verdict
from hitsave.advice.known_types import STREAM_METHODS, UNMISTAKABLE, has_no_digest, is_not_storable, is_stream_name
from hitsave.advice.meaning import Class, Function, Meaning, Meanings, Outside, Placed, Unknown
from hitsave.advice.sights import Deed, Spot, Trail, Use
from hitsave.codegraph.symbols import Symbol

_DEEPEST: Final = 3
_MAKES_CONTEXTS: Final = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
_MADE: Final = {
    "function": "returns a function that it makes, which can't be stored",
    "generator": "returns a generator expression, which can't be stored",
}


def of_signature(root: Placed, meanings: Meanings, uses: Sequence[tuple[Use, tuple[Meaning, ...]]]) -> Iterator[tuple[Spot | None, Verdict]]:
    """Parameters that have no digest, by their annotation or by what is done with them; and that nothing is returned."""
    deed, module = root.deed, root.symbol.module
    told: set[str] = set()
    for parameter in deed.parameters:
        for name in _outside(meanings, module, parameter.annotation):
            if has_no_digest(name) and parameter.name not in told:
                told.add(parameter.name)
                yield None, Verdict("HS009", "warning", f"takes {parameter.name}, of type {name.rpartition('.')[2]}, which has no digest")
        if parameter.annotation is None and is_stream_name(parameter.name):
            told.add(parameter.name)
            yield None, Verdict("HS009", "warning", f"takes {parameter.name}, which has no digest if it is what it is called")
    for use, found in uses:
        names = use.trail.names
        streams = (
            (names[-1] in UNMISTAKABLE or (len(names) == 2 and names[1] in STREAM_METHODS))
            and use.trail.root == "parameter"
            and any(isinstance(m, Unknown) for m in found)
        )
        if streams and use.arguments is not None and names[0] not in told:
            told.add(names[0])
            yield use.spot, Verdict("HS009", "warning", f"reads from its argument {names[0]}, which has no digest if it is a stream: {use.text}")
        taken = (
            use.arguments[0].owner
            if use.arguments and use.arguments[0].direct and any(isinstance(m, Outside) and m.name == "builtins.next" for m in found)
            else None
        )
        if taken is not None and taken not in told:
            told.add(taken)
            yield (
                use.spot,
                Verdict("HS009", "warning", f"takes items out of its argument {taken}, an iterator, which has no digest", "Pass in a list"),
            )
    if deed.owner and deed.parameters and not deed.static and not any(d.names[-1] == "classmethod" for d in deed.decorators):
        held = _held(meanings, Symbol(root.symbol.module, deed.owner))
        if held is not None:
            yield None, Verdict("HS009", "warning", f"takes self, whose {held} has no digest")
    if not deed.gives and not deed.empty and (not deed.judges or _ends_in_an_act(deed, meanings, uses)):
        yield (
            None,
            Verdict(
                "HS007",
                "warning",
                "returns nothing: what it does instead, a hit leaves out",
                "Memoise what computes something, and leave this to be called each time",
            ),
        )


def _ends_in_an_act(deed: Deed, meanings: Meanings, uses: Sequence[tuple[Use, tuple[Meaning, ...]]]) -> bool:
    """Whether the last that a function does, after what it may raise, is to call something that does more than look."""
    for use, found in uses:
        name = use.trail.names[-1]
        if use.spot == deed.ends_in and name not in TELLING and not name.lstrip("_").startswith(CHECKING):
            called = [meanings.function(meaning.symbol) for meaning in found if isinstance(meaning, Function)]
            return all(placed is not None and not placed.deed.judges and not placed.deed.empty for placed in called)
    return False


def _held(meanings: Meanings, owner: Symbol, depth: int = 0) -> str | None:
    """The path to something without a digest that instances of a class hold; None if text shows none."""
    for cls in meanings.bases(owner):
        for field in meanings.given_fields(cls):
            if is_stream_name(field):
                return field
        for field, trail in meanings.fields(cls):
            for meaning in meanings.of(cls.module, trail, cls, "self"):
                match meaning:
                    case Outside(name) if _is_live(name.removesuffix("()")):
                        return field
                    case Class(inner, made=True) if depth < _DEEPEST and inner != owner and (held := _held(meanings, inner, depth + 1)) is not None:
                        return f"{field}.{held}"
                    case _:
                        pass
    return None


def _is_live(name: str) -> bool:
    """Whether what a call of `name` gives, or an instance of it, has no digest. What only guards threads counts by its code."""
    return has_no_digest(name) or (
        is_not_storable(name) and not name.startswith(("threading.", "asyncio.", "concurrent.", "multiprocessing.", "weakref.", "contextvars."))
    )


def of_result(root: Placed, meanings: Meanings) -> Iterator[tuple[Spot | None, Verdict]]:
    """A result that can't be stored."""
    deed = root.deed
    for trail in deed.decorators:
        if any(name in _MAKES_CONTEXTS for name in _outside(meanings, root.symbol.module, trail)):
            yield None, Verdict("HS010", "warning", "gives a context manager, which can't be stored")
            return
    if deed.is_generator:
        return
    for spot, words in _unstorable(root, meanings, 0):
        yield spot, Verdict("HS010", "warning", words)
        return
    for name in _outside(meanings, root.symbol.module, deed.result):
        if has_no_digest(name):
            yield None, Verdict("HS010", "warning", f"returns a {name.rpartition('.')[2]}, which can't be stored")


def _unstorable(placed: Placed, meanings: Meanings, depth: int) -> Iterator[tuple[Spot, str]]:
    deed = placed.deed
    holding = {use.spot for use in deed.uses if any(argument.kind == "function" for argument in use.arguments or ())}
    for made, spot in deed.returns_made:
        yield spot, _MADE[made]
    owner = Symbol(placed.symbol.module, deed.owner) if deed.owner else None
    first = deed.parameters[0].name if owner is not None and deed.parameters else None
    for trail, spot in deed.returned:
        for meaning in meanings.of(placed.symbol.module, trail, owner, first):
            match meaning:
                case Outside("functools.partial()") | Class(made=True) if spot in holding:
                    yield spot, "returns an object that holds a function that it makes, which can't be stored"
                case Outside(name) if name.endswith("()") and is_not_storable(name.removesuffix("()")):
                    yield spot, f"returns what {name.removeprefix('builtins.')} gives, which can't be stored"
                case Function(symbol) if trail.names[-1] == "()" and depth < _DEEPEST and symbol not in {placed.symbol, _attribute_of(symbol.module)}:
                    inner = meanings.function(symbol)
                    if inner is not None and not inner.deed.is_generator:
                        for _, words in _unstorable(inner, meanings, depth + 1):
                            yield spot, words
                            break
                case _:
                    pass


def _attribute_of(module: str) -> Symbol:
    """A module's ``__getattr__``: what is called by a name that it gives is what it returns, not it."""
    return Symbol(module, "__getattr__")


def _outside(meanings: Meanings, module: str, trail: Trail | None) -> Iterator[str]:
    if trail is not None:
        for meaning in meanings.of(module, trail, None, None):
            if isinstance(meaning, Outside):
                yield meaning.name.removesuffix("[]")
