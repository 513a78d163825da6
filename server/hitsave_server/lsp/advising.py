"""Advice on a project's memoised functions, kept while its text and its store change.

What advice on a function depends on are the modules that were looked at for it; an edit in another one costs nothing.
Architecture invariant: used on the analysis thread, after the answers that an editor waits for were given.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitsave.advice.finding import Finding
from hitsave.codegraph.symbols import Symbol
from hitsave.freshness.project_text import ProjectText

if TYPE_CHECKING:
    from hitsave.advice.adviser import Adviser

log = logging.getLogger(__name__)


class SupersededError(Exception):
    """Newer text came while the first answers were made, or what can wait was looked for; that goes on after it was taken in."""


@dataclass(frozen=True, slots=True)
class _Advice:
    findings: tuple[Finding, ...]
    asked: frozenset[str]


class Advising:
    """The findings of each function. `stop` is asked again and again; what it raises ends the work, and the next call goes on with it."""

    def __init__(self, text: ProjectText, stop: Callable[[], None]) -> None:
        self._text = text
        self._stop = stop
        self._of_text: dict[str, _Advice] = {}
        self._of_times: dict[str, tuple[Finding, ...]] = {}
        self._made: Adviser | None = None

    def code_changed(self, modules: set[str]) -> None:
        """These modules are others."""
        self._of_text = {symbol: advice for symbol, advice in self._of_text.items() if advice.asked.isdisjoint(modules)}
        self._of_times.clear()  # where functions stand may be another now
        if self._made is not None:
            self._made.forget(modules)

    def store_changed(self) -> None:
        """There may be other times."""
        self._of_times.clear()

    def look(self, symbols: Iterable[str]) -> dict[str, tuple[Finding, ...]]:
        """The findings of these functions, of those that have any."""
        found: dict[str, tuple[Finding, ...]] = {}
        ignored = frozenset(self._text.library.settings.ignore_rules)
        for symbol in symbols:
            if symbol not in self._of_text or symbol not in self._of_times:
                self._stop()
                self._advise(symbol)
            findings = tuple(f for f in (*self._of_text[symbol].findings, *self._of_times[symbol]) if f.code not in ignored)
            if findings:
                found[symbol] = findings
        return found

    def _advise(self, name: str) -> None:
        """Nothing else depends on advice, so a fault of ours in it is logged, and the function has none."""
        from hitsave.advice.recorded import of_recorded_times  # loaded when the first answers are given: they do not wait for it

        library, symbol, adviser = self._text.library, Symbol.parse(name), self._adviser()
        if name not in self._of_text:
            with library.asked() as asked:
                findings = self._guarded(name, lambda: adviser.advise(symbol))
            self._of_text[name] = _Advice(findings, frozenset(asked))
        self._of_times[name] = self._guarded(name, lambda: tuple(of_recorded_times(self._text.store, adviser, symbol)))

    def _adviser(self) -> Adviser:
        from hitsave.advice.adviser import Adviser

        if self._made is None:
            self._made = Adviser(self._text.library, self._text.world.walker.resolver, stop=self._stop)
        return self._made

    def _guarded(self, name: str, ask: Callable[[], tuple[Finding, ...]]) -> tuple[Finding, ...]:
        try:
            return ask()
        except SupersededError:
            raise
        except Exception:
            log.exception("no advice on %s", name)
            return ()
