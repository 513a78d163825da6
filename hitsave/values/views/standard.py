"""Of the standard library: enumerations, named tuples, exceptions, code, partials."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from hitsave.values.classes import display_name, full_name, namespace
from hitsave.values.views.containers import pairs, parts
from hitsave.values.views.shapes import Shape

if TYPE_CHECKING:
    from hitsave.values.views.looking import Look

_CODE: Final = (FunctionType, BuiltinFunctionType, MethodType, type)


def look(look: Look, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape | None:
    """The View of such a value; None of any other."""
    name = display_name(kind)[:200]
    if BaseException in mro:
        header = {"kind": "exception", "type": name}
        with look.inside(value):
            return parts(look, header, "arguments", vars(BaseException)["args"].__get__(value), room)
    if isinstance(value, _CODE):
        return {"kind": "code", "type": name, "name": _code_name(value)[:300]}
    if isinstance(value, ModuleType):
        return {"kind": "code", "type": name, "name": str(vars(value).get("__name__", ""))[:300]}
    for base in mro:
        match full_name(base):
            case "functools:partial":
                fields = [("func", base.func.__get__(value)), ("args", base.args.__get__(value)), ("keywords", base.keywords.__get__(value))]
                with look.inside(value):
                    return pairs(look, {"kind": "object", "type": name, "length": 3}, "fields", fields, room, named=True)
            case "builtins:tuple":
                return _named_tuple(look, value, mro, name, room)
            case _:
                continue
    return None


def enumeration(look: Look, value: Any, kind: type, room: int) -> Shape:
    """A member of an enumeration: its name, None for a combination of flags that has none, and the View of its value."""
    kept = vars(value)
    its_name = kept.get("_name_")
    header = {"kind": "enum", "type": display_name(kind)[:200], "name": its_name[:200] if isinstance(its_name, str) else None}
    shape, used = look.child(kept.get("_value_"), room - 200)
    return {**header, "value": shape, "_used": used + 200}


def _named_tuple(look: Look, value: Any, mro: tuple[type, ...], name: str, room: int) -> Shape | None:
    names = next((namespace(base)["_fields"] for base in mro if "_fields" in namespace(base)), None)
    if type(names) is not tuple or len(names) != tuple.__len__(value) or not all(type(n) is str for n in names):
        return None
    header = {"kind": "object", "type": name, "length": len(names)}
    with look.inside(value):
        return pairs(look, header, "fields", zip(names, tuple.__iter__(value), strict=True), room, named=True)


def _code_name(value: Any) -> str:
    if isinstance(value, type):
        return full_name(value)
    if type(value) is MethodType:
        value = value.__func__
    module, qualname = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    return f"{module or '?'}:{qualname}"
