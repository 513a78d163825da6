"""The rules: what each is about, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

Level = Literal["warning", "note"]
"""A warning: a stored result may be wrong, is never stored, or stands for an effect that a hit leaves out. A note: results are right, and there is something to know."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `name` is for machines and people who search, `title` says what is wrong, `advice` what to do."""

    code: str
    name: str
    title: str
    advice: str

    @property
    def page(self) -> Path | None:
        """The page that explains the rule, a Markdown file; None where this installation has none."""
        return _page(self.code)


@cache
def _page(code: str) -> Path | None:
    here = Path(__file__)
    # Installed, the pages are beside this file; in a checkout they are where people look for them.
    return next((p for p in (here.with_name("pages") / f"{code}.md", here.parents[2] / "docs/rules" / f"{code}.md") if p.is_file()), None)


_TABLE: Final = (
    ("HS001", "clock", "reads the clock", "Pass the time in as an argument"),
    ("HS002", "unseeded-randomness", "uses chance without a seed", "Pass in a seed, or a generator that was made from one"),
    (
        "HS003",
        "unrecorded-read",
        "reads something that HitSave does not record",
        "Open the file with open(), which is recorded, or pass in what was read",
    ),
    ("HS004", "network", "uses the network", "Fetch outside and pass in what was fetched, or pass in a version of it, too"),
    ("HS005", "computed-environment", "reads an environment variable whose name is computed", "Read it outside, or by a constant name"),
    ("HS006", "mutation", "changes something that it did not make", "Work on a copy and return it"),
    ("HS007", "effect", "has an effect that a hit leaves out", "Return the value, and do this where the result is used"),
    ("HS008", "untrackable-code", "runs code that can't be tracked", "Name what is imported or called in the text"),
    ("HS009", "undigestible-parameter", "takes a parameter that has no digest", "Pass in what it is made from: a path, an address, a list"),
    ("HS010", "unstorable-result", "returns something that can't be stored", "Return what it holds: a list, a dictionary, an array"),
    ("HS011", "cheap-function", "is cheaper to run than to look up", "Take the decorator off, or memoise the function that calls it"),
    ("HS012", "ambient-state", "depends on state around it that is not recorded", "Pass in the value that it depends on"),
    ("HS013", "other-process", "works in another process, where nothing is recorded", "Do this work here, or pass in what it gave"),
    (
        "HS014",
        "costly-input",
        "takes an input that costs more to digest than the function takes",
        "Pass in what the input is made from, or memoise the function that makes it",
    ),
)

RULES: Final[dict[str, Rule]] = {code: Rule(code, name, title, advice) for code, name, title, advice in _TABLE}
"""By code, in order."""
