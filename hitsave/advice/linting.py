"""Advice on all memoised functions of files, or on functions by name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hitsave.advice.adviser import Adviser
from hitsave.advice.finding import Finding
from hitsave.advice.recorded import of_recorded_times
from hitsave.advice.rules import RULES
from hitsave.codegraph.symbols import Symbol
from hitsave.errors import UnknownRuleError
from hitsave.freshness.project_text import BrokenFile, ProjectText


@dataclass(frozen=True, slots=True)
class Linted:
    """The functions that were looked at, and what was found; `broken` are files that could not be looked into."""

    functions: tuple[Symbol, ...]
    findings: tuple[Finding, ...]
    broken: tuple[BrokenFile, ...] = ()

    def joined(self, other: Linted) -> Linted:
        """Both."""
        functions = tuple(dict.fromkeys([*self.functions, *other.functions]))
        return Linted(functions, tuple(dict.fromkeys([*self.findings, *other.findings])), tuple(dict.fromkeys([*self.broken, *other.broken])))


def lint_files(text: ProjectText, paths: Sequence[str] = (), ignored: frozenset[str] = frozenset()) -> Linted:
    """Advice on the memoised functions of these files and of those in these folders; of the whole project where none is named."""
    memoised = text.memoised
    wanted = [os.path.realpath(path) for path in paths]
    functions = [f.symbol for f in memoised.functions if _is_in(f.path, wanted)]
    broken = tuple(b for b in memoised.broken if _is_in(f"{text.root}{os.sep}{b.path}", wanted))
    return Linted(tuple(functions), _advice(text, functions, ignored), broken)


def lint_symbols(text: ProjectText, symbols: Iterable[str], ignored: frozenset[str] = frozenset()) -> Linted:
    """Advice on these functions, memoised or not."""
    functions = [Symbol.parse(symbol) for symbol in symbols]
    for symbol in functions:
        text.readable(symbol)
    return Linted(tuple(functions), _advice(text, functions, ignored))


def read_codes(text: str) -> frozenset[str]:
    """The rules that a person named: ``HS007,HS011``. UnknownRuleError for what is none.

    >>> sorted(read_codes("hs007, HS011"))
    ['HS007', 'HS011']
    """
    codes = frozenset(code.strip().upper() for code in text.replace(" ", ",").split(",") if code.strip())
    for code in sorted(codes):
        if code not in RULES:
            raise UnknownRuleError(f"There is no rule {code}", f"Rules are {next(iter(RULES))} to {next(reversed(RULES))}")
    return codes


def _advice(text: ProjectText, functions: Iterable[Symbol], ignored: frozenset[str]) -> tuple[Finding, ...]:
    ignored |= frozenset(text.library.settings.ignore_rules)
    adviser = Adviser(text.library, text.world.walker.resolver)
    found: list[Finding] = []
    for symbol in functions:
        found.extend(f for f in [*adviser.advise(symbol), *of_recorded_times(text.store, adviser, symbol)] if f.code not in ignored)
    return tuple(found)


def _is_in(path: str, wanted: Sequence[str]) -> bool:
    real = os.path.realpath(path)
    return not wanted or any(real == one or real.startswith(one.rstrip(os.sep) + os.sep) for one in wanted)
