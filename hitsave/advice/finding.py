"""What was found: a rule, a place, and how the place is reached."""

from __future__ import annotations

from dataclasses import dataclass

from hitsave.advice.rules import RULES, Level, Rule
from hitsave.codegraph.symbols import Symbol


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a file. Lines and columns count from 1, columns in code points; the end column is the one after the last."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that speaks against memoising `function`.

    `what`   what it does there, a verb phrase: ``reads the clock: time.time()``.
    `advice` what to do, a sentence without its full stop.
    `chain`  how the place is reached: the function first, then what it calls, last the definition that `span` is in.
    `at`     where the function's ``def`` is.
    """

    code: str
    level: Level
    function: Symbol
    what: str
    advice: str
    span: Span
    chain: tuple[Symbol, ...]
    at: Span

    @property
    def rule(self) -> Rule:
        """The rule that it is of."""
        return RULES[self.code]

    @property
    def message(self) -> str:
        """The finding in a sentence, without its place: ``train() reads the clock: time.time(), reached through step() → now(). Pass the time in as an argument``."""
        return f"{self.function.name}() {self.what}{self.reached}. {self.advice}"

    @property
    def reached(self) -> str:
        """How the place is reached, where that is not in the function itself."""
        return f", reached through {' → '.join(f'{symbol.name}()' for symbol in self.chain[1:])}" if len(self.chain) > 1 else ""
