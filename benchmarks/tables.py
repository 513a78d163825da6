"""The rows of the tables: what was measured, the floor beside it, the target, and the other libraries, where they can do the same."""

from __future__ import annotations

from typing import Any, NamedTuple

OTHERS = ("joblib", "checkpointer", "diskcache")
COLUMNS = ("", "target", "reached", "", "takes", "floor", "takes", *OTHERS, "noise")
_LEFT = {0, 1, 5}


class Row(NamedTuple):
    """One piece of work.

    `seconds`  that it takes, and `floor_seconds` that the `floor` takes in the same process and at the same moments; medians.
    `ratio`    of the two, the median of what each round gave.
    `noise`    half of the range that the middle half of these ratios is in, as a share of their median.
    `targets`  each a kind and a number, of which one is to be met: "ratio" to the floor, "seconds", "more" seconds than the floor, "rate" a second, "lost" of something.
    `count`    of what is to be counted, for a rate.
    `others`   seconds that other libraries take for the same.
    `profile`  where the time goes.
    """

    what: str
    seconds: float
    floor: str
    floor_seconds: float
    ratio: float
    noise: float
    targets: tuple[tuple[str, float], ...] = ()
    count: int = 1
    others: dict[str, float] = {}  # noqa: RUF012 - never changed
    profile: str = ""

    @property
    def met(self) -> bool | None:
        """Whether one of the targets is met; None if there is none."""
        return any(self._reaches(kind, number) for kind, number in self.targets) if self.targets else None

    def _reached(self, kind: str) -> float:
        return {"ratio": self.ratio, "seconds": self.seconds, "more": self.seconds - self.floor_seconds, "rate": self.count / self.seconds}[kind]

    def _reaches(self, kind: str, number: float) -> bool:
        return self._reached(kind) >= number if kind == "rate" else self._reached(kind) <= number

    def cells(self) -> list[str]:
        """The row's cells."""
        targets = " or ".join(f"{'≥' if kind == 'rate' else '≤'} {_amount(kind, number)}" for kind, number in self.targets)
        reached = ", ".join(_amount(kind, self._reached(kind)) for kind, _ in self.targets or [("ratio", 0.0)])
        verdict = {True: "met", False: "**missed**", None: ""}[self.met]
        others = [spoken(self.others[name]) if name in self.others else "" for name in OTHERS]
        return [self.what, targets, reached, verdict, spoken(self.seconds), self.floor, spoken(self.floor_seconds), *others, f"± {self.noise:.0%}"]


def rows_of(found: list[list[Any]]) -> list[Row]:
    """Rows that went through JSON."""
    return [Row(*fields) for fields in found]


def spoken(seconds: float) -> str:
    """A duration in three digits: ``1.23 ms``."""
    if seconds < 0:
        return f"-{spoken(-seconds)}"
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{_digits(seconds / size)} {unit}"
    return f"{_digits(seconds / 1e-9)} ns"


def _digits(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def _amount(kind: str, number: float) -> str:
    match kind:
        case "ratio":
            return f"{_digits(number)} ×"
        case "more":
            return f"{'' if number < 0 else '+'}{spoken(number)}"
        case "rate":
            return f"{number:,.0f} a second"
        case _:
            return spoken(number)


def table(rows: list[Row]) -> str:
    """Rows as a Markdown table, of the columns in which there is something; below it, where the time goes in what missed its target."""
    cells = [row.cells() for row in rows]
    kept = [place for place in range(len(COLUMNS)) if any(row[place] for row in cells)]
    lines = [_line([COLUMNS[place] for place in kept]), "|" + "".join("---|" if place in _LEFT else "---:|" for place in kept)]
    lines += [_line([row[place] for place in kept]) for row in cells]
    profiles = [f"Where the time goes: {row.what}: {row.profile}\n" for row in rows if row.profile and row.met is False]
    return "\n".join([*lines, "", *profiles])


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
