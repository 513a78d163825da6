"""Value paths: how a person writes the way to a part of a value, ``cfg["db"].hosts[3]``. Written for errors, read from `ignore`."""

from __future__ import annotations

from typing import Final

from hitsave.patterns import pattern
from hitsave.structs import NamedTuple
from hitsave.values.forms import SLICE, Form, item_step
from hitsave.values.rules.builtin import SLICE_LENGTH

_STEP: Final = pattern(r"""\.(?P<name>[^\W\d]\w*)|\[(?P<key>-?\d+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]""")


class Step(NamedTuple):
    """One step of an ignored path: an attribute, or an item."""

    attribute: bool
    key: str | int


def parse_steps(text: str) -> tuple[Step, ...] | None:
    """The steps of the rest of a path, ``.session`` or ``["db"][0]``; None if it isn't of that form.

    >>> parse_steps('.pools["db"]')
    (Step(attribute=True, key='pools'), Step(attribute=False, key='db'))
    """
    steps: list[Step] = []
    place = 0
    while place < len(text):
        match = _STEP.match(text, place)
        if match is None:
            return None
        name = match["name"]
        steps.append(Step(True, name) if name is not None else Step(False, _literal(match["key"])))
        place = match.end()
    return tuple(steps)


def _literal(text: str) -> str | int:
    from ast import literal_eval

    return literal_eval(text)


def write_path(root: str, way: list[tuple[Form, int]]) -> str:
    """The path to the child that each form on `way`, from the root down, is left by."""
    path, offset = root, 0
    for form, number in way:
        steps = form.steps
        if callable(steps):
            step: str = steps(number + offset) if steps is item_step else steps(number)
        else:
            step = steps[number] if number < len(steps) else ""
        if step == SLICE:
            offset = number * SLICE_LENGTH  # the items of the slice are numbered on from there
        else:
            path += step
            offset = 0
    return path
