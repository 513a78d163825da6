"""Which part of a result can't be pickled: looked for only when that has happened."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from hitsave.values.classes import display_name, layout_of, slot_values
from hitsave.values.rules.builtin import written_key
from hitsave.values.rules.finding import find_rule

_MOST_TRIES: Final = 500
_MOST_STEPS: Final = 30


def find_culprit(value: object, try_to_pickle: Callable[[object], object]) -> tuple[str, str]:
    """The path to the innermost part found that can't be pickled, from the result on (``["model"].session``; "" for the result itself), and its type."""
    path, tries = "", _MOST_TRIES
    for _ in range(_MOST_STEPS):
        for step, part in _parts(value):
            tries -= 1
            if tries < 0:
                break
            if not _works(try_to_pickle, part):
                path, value = path + step, part
                break
        else:
            break
        if tries < 0:
            break
    return path, display_name(type(value))


def _works(try_to_pickle: Callable[[object], object], part: object) -> bool:
    try:
        try_to_pickle(part)
    except Exception:  # noqa: BLE001 - whatever it is, this is the part
        return False
    return True


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if type(value) in {list, tuple}:
        yield from ((f"[{number}]", part) for number, part in enumerate(value))
    elif type(value) is dict:
        yield from ((f"[{written_key(key)}]", part) for key, part in value.items())
    else:
        layout = layout_of(type(value), find_rule(type(value))[1])
        attributes = layout.attributes(value) if layout.attributes is not None else {}
        if layout.made_in_python:
            yield from ((f".{name}", part) for name, part in attributes.items())
            slots = slot_values(value, layout.slots)
            yield from ((f".{name}", part) for name, part in zip(slots[::2], slots[1::2], strict=True))
