"""Which look a value gets. One `Look` makes the View of one value."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Final

from hitsave.values.classes import display_name, full_name, linearised, namespace
from hitsave.values.views import containers, objects, plain, standard
from hitsave.values.views.bounds import (
    ITEMS,
    LEAST_ROOM,
    LEAST_SAMPLE,
    LONG_TEXT,
    MOST_BYTES,
    MOST_LEVELS,
    MOST_NODES,
    SAMPLE,
    SHORT_TEXT,
    Allowance,
    SpentError,
)
from hitsave.values.views.pictures import Album, custom, picture
from hitsave.values.views.shapes import Shape, bytes_shape, failed, integer, number, size_of, text_shape

_LIBRARIES: Final = {
    "numpy": "arrays",
    "torch": "tensors",
    "pandas": "frames",
    "polars": "frames",
    "xarray": "labelled",
}
_LAZY: Final = frozenset({"dask", "duckdb", "ibis", "pyspark", "vaex", "modin", "datatable", "cudf", "tensorflow", "daft", "datafusion"})
"""Libraries whose values may compute, or move data, when they are looked at."""
_SECRET: Final = frozenset({"SecretStr", "SecretBytes", "Secret"})


class Look:
    """Makes the View of one value. `rich`: pictures and markup are made too, and put into `album`."""

    def __init__(self, allowance: Allowance, album: Album | None = None) -> None:
        self.allowance = allowance
        self.album = album
        self.level = 0
        self.nodes = 0
        self._above: list[int] = []
        self._elements = 2 * SAMPLE

    def view(self, value: Any) -> Shape:
        """The View of a value by itself, within its bounds. Raises no Exception."""
        room = MOST_BYTES
        while True:
            self.nodes = self.level = 0
            self._elements = 2 * SAMPLE
            self._above.clear()
            shape, _ = self.part(value, room - 1024)
            try:
                if size_of(shape) <= MOST_BYTES:
                    return shape
            except (TypeError, ValueError, RecursionError) as problem:
                return failed(display_name(type(value)), problem)
            room //= 2  # what a look said it used was too little; there are few bytes at which this can't end
            if room < 4096:
                return failed(display_name(type(value)), "its View is too large")

    def part(self, value: Any, room: int) -> tuple[Shape, int]:
        """The View of a part, and the bytes that it takes: at most about `room`."""
        self.nodes += 1
        kind = type(value)
        shape: Shape
        try:
            self.allowance.spend(1)
            shape = self._look(value, kind, room)
        except SpentError:
            shape = {"kind": "cut", "type": display_name(kind)[:200]}
        except KeyboardInterrupt:
            raise
        except BaseException as problem:  # noqa: BLE001 - whatever a library or a user's method raises, `SystemExit` among it
            shape = failed(display_name(kind), problem)
        used: int | None = shape.pop("_used", None)
        return shape, size_of(shape) if used is None else used

    def child(self, value: Any, room: int) -> tuple[Shape, int]:
        """As `part`, one level down; without its own parts where that is too deep, or where the value is one that it is a part of."""
        if id(value) in self._above:
            shape: Shape = {"kind": "cycle", "type": display_name(type(value))[:200]}
            return shape, size_of(shape)
        self.level += 1
        try:
            return self.part(value, room)
        finally:
            self.level -= 1

    def inside(self, value: Any) -> _Inside:
        """A context in which `value` is known to be looked into."""
        return _Inside(self._above, value)

    @property
    def most_items(self) -> int:
        """How many items of a container of this level are shown."""
        return 0 if self.level >= MOST_LEVELS else ITEMS[min(self.level, len(ITEMS) - 1)]

    @property
    def most_text(self) -> int:
        """How many characters of a text of this level are shown."""
        return LONG_TEXT if self.level == 0 else SHORT_TEXT

    def sample(self, most: int = SAMPLE) -> int:
        """How many elements of the next array or frame may be looked at: of many in one value each gets fewer."""
        allowed = min(most, max(self._elements // 2, LEAST_SAMPLE))
        self._elements -= allowed
        return allowed

    def goes_on(self, room: int) -> bool:
        """Whether there is anything left for another part."""
        return room >= LEAST_ROOM and self.nodes < MOST_NODES and self.allowance.left

    def _look(self, value: Any, kind: type, room: int) -> Shape:
        if value is None:
            return {"kind": "none"}
        if kind is bool:
            return {"kind": "bool", "value": value}
        if kind is int:
            return integer(value)
        if kind is float:
            return {"kind": "float", "value": number(value)}
        if kind is str:
            self.allowance.spend(min(len(value), self.most_text) // 10)
            return text_shape(value, self.most_text, room)
        if kind is bytes:
            return bytes_shape(value, len(value), room)
        mro = linearised(kind)
        if any(base.__name__ in _SECRET for base in mro):
            return {"kind": "secret"}
        if any(full_name(base) == "enum:Enum" for base in mro):
            return standard.enumeration(self, value, kind, room)
        if any("__hitsave_view__" in namespace(base) for base in mro):
            return custom(self, value, kind, room)
        if kind in containers.LOOKS:
            return containers.LOOKS[kind](self, value, kind, room)
        shape = self._of_library(value, kind, mro, room)
        if shape is not None:
            return shape
        for look in (picture, plain.look, standard.look, containers.look, objects.look):
            shape = look(self, value, kind, mro, room)
            if shape is not None:
                return shape
        return {"kind": "opaque", "type": display_name(kind)[:200]}

    def _of_library(self, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape | None:
        for base in mro:
            package = full_name(base).partition(":")[0].partition(".")[0]
            if package in _LAZY and package in sys.modules:
                return {"kind": "lazy", "type": display_name(kind)[:200]}
            if package in _LIBRARIES and package in sys.modules:
                shape = import_module(f"hitsave.values.views.{_LIBRARIES[package]}").look(self, value, kind, mro, room)
                if shape is not None:
                    return shape
        return None


class _Inside:
    """The values above the one that is looked at."""

    __slots__ = ("_above", "_value")

    def __init__(self, above: list[int], value: Any) -> None:
        self._above = above
        self._value = value

    def __enter__(self) -> None:
        self._above.append(id(self._value))

    def __exit__(self, *_: object) -> None:
        self._above.pop()
