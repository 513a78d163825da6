"""Finds the rule of a type by its name, loading the rules of a library when a type of it is met."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

from hitsave.values.classes import full_name, is_made_in_python, linearised
from hitsave.values.forms import Rule
from hitsave.values.rules import builtin, by_code, callables, sentinels, standard

_ALWAYS: Final[dict[str, Rule]] = {**builtin.RULES, **callables.RULES, **standard.RULES, **by_code.RULES, **sentinels.RULES}
_LIBRARIES: Final = {
    "numpy": "arrays",
    "omegaconf": "configurations",
    "pandas": "frames",
    "plotly": "figures",
    "polars": "arrow",
    "pyarrow": "arrow",
    "scipy": "tensors",
    "torch": "tensors",
}
ENUM: Final = "enum:Enum"


def rule_of(cls: type) -> Rule | None:
    """The rule for exactly this class."""
    name = full_name(cls)
    package = name.partition(":")[0].partition(".")[0]
    # A library's classes by the name of the library: they move between its modules from version to version.
    rule = _rules_of(package).get(f"{package}:{name.rpartition(':')[2]}") if package in _LIBRARIES else _ALWAYS.get(name)
    return rule if rule is not None and _is_what_it_says(cls, name) else None


def find_rule(cls: type) -> tuple[Rule | None, int]:
    """The rule for values of a class, and how many classes of its linearisation, from the first on, are made in Python and not covered by it.

    Without a rule, the number says where the part that only C code knows begins, or `object` stands.
    """
    mro = linearised(cls)
    in_c: int | None = None
    if cls is object:
        return rule_of(cls), 0
    if any(full_name(base) == ENUM for base in mro):
        return rule_of(next(base for base in mro if full_name(base) == ENUM)), 0
    for place, base in enumerate(mro):
        if base is object:
            break
        rule = rule_of(base)
        if rule is not None and (in_c is None or rule.covers):
            return rule, place if in_c is None else in_c
        if in_c is None and not is_made_in_python(base):
            in_c = place
    return None, in_c if in_c is not None else len(mro) - 1


def _rules_of(package: str) -> dict[str, Rule]:
    rules: dict[str, Rule] = import_module(f"hitsave.values.rules.{_LIBRARIES[package]}").RULES
    return rules


def _is_what_it_says(cls: type, name: str) -> bool:
    """Whether a class of this name is the one that the rule is for, and not one of the user's in a module that hides the library's."""
    if not is_made_in_python(cls):
        return True
    module, _, qualname = name.partition(":")
    return module in sys.modules and vars(sys.modules[module]).get(qualname) is cls
