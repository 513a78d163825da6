"""Objects: dataclasses, attrs, pydantic and any others, by the attributes that they have. No property and no ``__getattr__`` is asked."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hitsave.values.classes import Layout, display_name, linearised, slot_values
from hitsave.values.views.containers import pairs
from hitsave.values.views.shapes import Shape

if TYPE_CHECKING:
    from hitsave.values.views.looking import Look


def look(look: Look, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape | None:  # noqa: ARG001 - as all looks
    """The View of an object by its attributes, None if it has none that can be seen."""
    layout = _layout(kind)
    if layout.attributes is None and not layout.slots:
        return None
    slots = slot_values(value, layout.slots)
    fields = [(name, content) for name, content in zip(slots[::2], slots[1::2], strict=True) if not name.startswith("__")]
    if layout.attributes is not None:
        fields += [(name, content) for name, content in dict.items(layout.attributes(value)) if type(name) is str and name not in layout.skipped]
    header = {"kind": "object", "type": display_name(kind)[:200], "length": len(fields)}
    with look.inside(value):
        return pairs(look, header, "fields", fields, room, named=True)


@lru_cache(maxsize=256)
def _layout(kind: type) -> Layout:
    return Layout(kind, len(linearised(kind)) - 1)
