"""Values that one short text says all about, and bytes-like ones: complex, range, Decimal, UUID, dates, paths, patterns, subclasses of str and int."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from hitsave.values.classes import display_name, full_name
from hitsave.values.views.shapes import Shape, bytes_shape, integer, number, text_shape

if TYPE_CHECKING:
    from hitsave.values.views.looking import Look

_MOST_DIGITS: Final = 1_000


def look(look: Look, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape | None:
    """The View of such a value; None of any other."""
    for base in mro:
        found = _LOOKS.get(full_name(base))
        if found is not None:
            shape = found(value, base, room) if base not in {str, int, float} else _derived(look, value, base, room)
            return {**shape, "type": display_name(kind).replace("pathlib._local.", "pathlib.")[:200]}
    return None


def _derived(look: Look, value: Any, base: type, room: int) -> Shape:
    if base is str:
        return text_shape(str.__str__(value), look.most_text, room - 200)
    return integer(int.__int__(value)) if base is int else {"kind": "float", "value": number(float.__float__(value))}


def _as_text(kind: str, method: str = "__str__") -> Callable[[Any, type, int], Shape]:
    def shape(value: Any, base: type, room: int) -> Shape:
        return {"kind": kind, "text": str(getattr(base, method)(value))[: max(min(300, room - 80), 0)]}

    return shape


def _moment(value: Any, base: type, _: int) -> Shape:
    """A datetime or time; one whose zone is of a class of the user's, whose methods would be called, without it."""
    zone: Any = vars(base)["tzinfo"].__get__(value)
    if zone is not None and full_name(type(zone)) not in {"datetime:timezone", "zoneinfo:ZoneInfo"}:
        return {"kind": "time", "text": vars(base)["isoformat"](vars(base)["replace"](value, tzinfo=None)), "zone": display_name(type(zone))[:200]}
    return {"kind": "time", "text": vars(base)["isoformat"](value)}


def _bounded(value: Any, base: type, _: int) -> Shape:
    """Numbers of any length."""
    own = vars(base)
    size = len(own["as_tuple"](value).digits) if base.__name__ == "Decimal" else int.bit_length(value.numerator) + int.bit_length(value.denominator)
    return {"kind": "value", "text": own["__str__"](value) if size <= _MOST_DIGITS else f"{size:,} digits or bits"}


def _range(value: Any, _: type, __: int) -> Shape:
    return {
        "kind": "value",
        "text": repr(value),
        "length": number(max(0, (value.stop - value.start + value.step - (1 if value.step > 0 else -1)) // value.step)),
    }


def _bytes(value: Any, base: type, room: int) -> Shape:
    return bytes_shape(bytes(base.__getitem__(value, slice(0, 256))), base.__len__(value), room)


def _memory(value: Any, _: type, room: int) -> Shape:
    if value.ndim != 1 or not value.c_contiguous:
        return {"kind": "bytes", "length": value.nbytes, "hex": ""}
    return bytes_shape(bytes(value[: 256 // max(value.itemsize, 1)]), value.nbytes, room)


def _pattern(value: Any, _: type, room: int) -> Shape:
    return {"kind": "value", "text": (value.pattern if isinstance(value.pattern, str) else repr(value.pattern[:200]))[: max(min(300, room - 80), 0)]}


_PATHS: Final = ("PurePath", "PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath", "Path")

_LOOKS: Final[dict[str, Callable[[Any, type, int], Shape]]] = {
    "builtins:str": _as_text("text"),
    "builtins:int": _as_text("int"),
    "builtins:float": _as_text("float"),
    "builtins:bytes": _bytes,
    "builtins:bytearray": _bytes,
    "builtins:memoryview": _memory,
    "builtins:complex": _as_text("value", "__repr__"),
    "builtins:range": _range,
    "builtins:ellipsis": _as_text("value", "__repr__"),
    "builtins:NotImplementedType": _as_text("value", "__repr__"),
    "decimal:Decimal": _bounded,
    "fractions:Fraction": _bounded,
    "uuid:UUID": _as_text("value"),
    "datetime:datetime": _moment,
    "datetime:date": _as_text("time", "isoformat"),
    "datetime:time": _moment,
    "datetime:timedelta": _as_text("time"),
    "datetime:timezone": _as_text("value"),
    "zoneinfo:ZoneInfo": _as_text("value"),
    "re:Pattern": _pattern,
    "ipaddress:IPv4Address": _as_text("value"),
    "ipaddress:IPv6Address": _as_text("value"),
    **{f"{module}:{name}": _as_text("path") for module in ("pathlib", "pathlib._local") for name in _PATHS},
}
"""By the name of a base; the first in a class's linearisation counts. Enumerations are in `standard`, which comes before where they are numbers."""
