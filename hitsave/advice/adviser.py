"""What speaks against memoising a function: its findings, from text alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Final

from hitsave.advice.answered import Answered
from hitsave.advice.effects import effects_on_parameters
from hitsave.advice.finding import Finding, Span
from hitsave.advice.ignoring import ignored_on
from hitsave.advice.judging import Verdict, judge_method, judge_outside
from hitsave.advice.meaning import Class, Function, Meaning, Meanings, Outside, Placed, Unknown, Variable
from hitsave.advice.reach import Reach, Reacher
from hitsave.advice.remembered import NotingLibrary
from hitsave.advice.rules import RULES
from hitsave.advice.sights import Change, Spot, Use
from hitsave.advice.signature import of_result, of_signature
from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.resolve import Resolver
from hitsave.codegraph.symbols import Symbol

_OWN: Final = "hitsave."
_KEPT_OUTSIDE: Final = "Return it, and let the caller keep it"


class Adviser:
    """Gives advice on functions of a library. What it finds out is kept for the next function; `forget` the modules that are others.

    What functions do is looked up by the text of their statements, so that after an edit one statement is read again.
    `stop` is asked before each function that is followed; what it raises ends the work.
    """

    def __init__(self, library: NotingLibrary, resolver: Resolver | None = None, *, stop: Callable[[], None] = lambda: None) -> None:
        self._library = library
        self._meanings = Meanings(library, resolver or Resolver(library))
        self._reacher = Reacher(self._meanings, stop)

    def forget(self, modules: Collection[str]) -> None:
        """Let go of what depends on one of these modules."""
        self._reacher.forget(modules)

    def advise(self, symbol: Symbol) -> tuple[Finding, ...]:
        """What speaks against memoising the function `symbol`, by file and line; empty for what is no function of the project's text."""
        root = self._meanings.function(symbol)
        if root is None:
            return ()
        reach = self._reacher.reach(symbol)
        found: dict[tuple[object, ...], Finding] = {}
        at = self._span(root, _name_spot(root))
        ignored_here = self._ignored(root.symbol.module, _head_lines(root))
        for placed, spot, verdict, chain in self._verdicts(root, reach):
            span = self._span(placed, spot)
            if _is_ignored(verdict.code, ignored_here) or _is_ignored(
                verdict.code, self._ignored(placed.symbol.module, range(span.line, span.end_line + 1))
            ):
                continue
            key = verdict.code, verdict.level, span.path, span.line
            advice = verdict.advice or RULES[verdict.code].advice
            found.setdefault(key, Finding(verdict.code, verdict.level, symbol, verdict.words, advice, span, chain, at))
        return tuple(
            sorted(found.values(), key=lambda f: (f.level != "warning", f.span.path != at.path, f.span.path, f.span.line, f.span.column, f.code))
        )

    def place(self, symbol: Symbol) -> Span | None:
        """Where the name of a function stands in its ``def``; None if there is no such function."""
        placed = self._meanings.function(symbol)
        return None if placed is None else self._span(placed, _name_spot(placed))

    def ignores(self, symbol: Symbol, code: str) -> bool:
        """Whether a comment at a function says to ignore a rule."""
        placed = self._meanings.function(symbol)
        return placed is not None and _is_ignored(code, self._ignored(symbol.module, _head_lines(placed)))

    def _verdicts(self, root: Placed, reach: Reach) -> Iterator[tuple[Placed, Spot, Verdict, tuple[Symbol, ...]]]:
        answered = Answered(root, self._meanings)
        for spot, verdict in [*of_signature(root, self._meanings, reach.uses[root.symbol]), *of_result(root, self._meanings)]:
            if answered(root, verdict, None, ""):
                continue
            yield root, spot or _name_spot(root), verdict, (root.symbol,)
        for effect in effects_on_parameters(reach):
            yield reach.functions[effect.chain[-1]], effect.spot, Verdict(effect.code, effect.level, effect.words), effect.chain
        valued = reach.valued()
        for symbol, placed in reach.functions.items():
            chain = partial(reach.chain, symbol)
            for use, name, verdict in self._of_uses(placed, reach.uses[symbol], valued=symbol in valued):
                if not answered(placed, verdict, use, name):
                    yield placed, use.spot, verdict, chain()
            for why, spot in placed.deed.odd:
                yield placed, spot, Verdict("HS008", "note" if why.startswith("imports") else "warning", why), chain()
            for change in placed.deed.changes:
                if change.kind == "global":
                    for verdict in self._global(placed, change):
                        yield placed, change.spot, verdict, chain()

    @staticmethod
    def _of_uses(placed: Placed, uses: Iterable[tuple[Use, tuple[Meaning, ...]]], *, valued: bool) -> Iterator[tuple[Use, str, Verdict]]:
        """What the uses of things outside of the project mean, and the name of what is used; "" for a method of who knows what."""
        told: set[tuple[str, str]] = set()
        for use, meanings in uses:
            for meaning in meanings:
                if isinstance(meaning, Outside) and not meaning.name.startswith(_OWN):
                    made, _, more = meaning.name.partition("()")
                    for verdict in judge_outside(meaning.name, use, placed.deed):
                        if (valued or not verdict.valued) and (
                            not more or (verdict.code, made) not in told
                        ):  # of a session and what is done with it, one is enough
                            told.add((verdict.code, made))
                            yield use, meaning.name, verdict
                elif isinstance(meaning, Unknown) and len(meaning.names) > 1:
                    for verdict in judge_method(meaning.names[-1], use):
                        yield use, "", verdict

    def _global(self, placed: Placed, change: Change) -> Iterator[Verdict]:
        """What a change of something that is nobody's argument means."""
        trail = change.trail
        deed = placed.deed
        owner = Symbol(placed.symbol.module, deed.owner) if deed.owner else None
        if trail is None:
            return
        called = change.text.endswith("()")
        for meaning in self._meanings.of(placed.symbol.module, trail, owner, None):
            match meaning:
                case Outside(name):
                    if not called and not _is_instance(name):
                        yield Verdict("HS006", "warning", f"changes {_shown(name)}, which a hit leaves out: {change.text}", _KEPT_OUTSIDE)
                case Variable(symbol):
                    level = "note" if change.fills else "warning"
                    yield Verdict("HS006", level, f"changes the global variable {symbol.name}: {change.text}", _KEPT_OUTSIDE)
                case Function(symbol) | Class(symbol, made=False):
                    yield Verdict("HS006", "note" if change.fills else "warning", f"changes {symbol.name}: {change.text}", _KEPT_OUTSIDE)
                case _:
                    if trail.names[0] == change.owner and not called and len(trail.names) == 1:
                        yield Verdict(
                            "HS006", "note" if change.fills else "warning", f"changes the global {change.owner}: {change.text}", _KEPT_OUTSIDE
                        )

    # --- places ----------------------------------------------------------------------------------------------------

    def _span(self, placed: Placed, spot: Spot) -> Span:
        above = placed.first_line - 1
        return Span(placed.path, above + spot.line, spot.column + 1, above + spot.end_line, spot.end_column + 1)

    def _ignored(self, module: str, lines: Iterable[int]) -> frozenset[str] | None:
        """The rules that comments on these lines say to ignore; None: all."""
        located = self._library.locate(module)
        if not isinstance(located, SourceModule) or "hitsave:" not in located.text:
            return frozenset()
        return ignored_on(located.lines, lines)


def _is_ignored(code: str, ignored: frozenset[str] | None) -> bool:
    return ignored is None or code in ignored


def _head_lines(placed: Placed) -> range:
    """The lines from the first decorator to the ``def``: comments there are about the function."""
    above = placed.first_line - 1
    return range(above + placed.deed.first_line, above + placed.deed.name_spot.line + 1)


def _name_spot(placed: Placed) -> Spot:
    return placed.deed.name_spot


def _is_instance(name: str) -> bool:
    return "()" in name


def _shown(name: str) -> str:
    return name.removeprefix("builtins.")
