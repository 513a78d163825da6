"""Functions, classes, modules, and what is made of them. Whose code it is, the callback says."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import os
import sys
from types import CodeType, FunctionType, MappingProxyType, ModuleType
from typing import Any, Final, cast

from hitsave.values.classes import linearised, namespace
from hitsave.values.code_names import MADE, CodeNames
from hitsave.values.forms import Form, NoFormError, Rule, form, header, item_step

_NOT_ATTRIBUTES: Final = frozenset({"__wrapped__", "__dict__", "__weakref__", "__doc__", "__firstlineno__", "__static_attributes__", "_abc_impl"})
"""What `functools.wraps` copies from a function or class, and what neither says what the wrapper does nor stays when lines move."""
_DISPATCHING: Final = "singledispatch.<locals>.wrapper"
"""What `functools.singledispatch` makes: of all that it keeps, only which function is for which type is not bookkeeping."""
_STANDARD: Final = os.__file__.rpartition(os.sep)[0] + os.sep
_NOT_SAID: Final = frozenset({"__module__", "__qualname__", "__annotate__", "__annotate_func__", "__annotations_cache__", "__class__"})
"""Attributes of every class, which its identity says or which compute others."""
_DATA: Final = frozenset({int, float, str, bytes, bool, complex, list, tuple, dict, set, frozenset})
_EMPTY_CELL: Final = Form(header("empty cell"))


def _function(value: FunctionType, names: CodeNames) -> Form:
    name = names.function(value)
    cells = value.__closure__ or ()
    if name.external and not cells:
        return form("external function", name.identity)
    registry = value.__dict__.get("registry") if value.__code__.co_qualname == _DISPATCHING else None
    if type(registry) is MappingProxyType:
        return Form(header("single dispatch"), tuple(registry.items()), item_step, unordered=True, fresh=True)
    # By name, since the order of cells is up to the compiler.
    closure = sorted(zip(value.__code__.co_freevars, cells, strict=True), key=lambda cell: cell[0])
    if name.external:
        return Form(
            header("external function", name.identity, tuple(cell for cell, _ in closure)),
            tuple(cell for _, cell in closure),
            tuple(f".<closure>.{cell}" for cell, _ in closure),
            outside="function of a library",
        )
    attributes = {key: item for key, item in value.__dict__.items() if key not in _NOT_ATTRIBUTES}
    return form(
        "function",
        name.identity,
        tuple(cell for cell, _ in closure),
        children=(*(cell for _, cell in closure), value.__defaults__, value.__kwdefaults__, attributes),
        steps=(*(f".<closure>.{cell}" for cell, _ in closure), ".__defaults__", ".__kwdefaults__", ""),
    )


def _code(value: CodeType, names: CodeNames) -> Form:
    return form("code", names.code(value).identity)


def _cell(value: Any, _: CodeNames) -> Form:
    try:
        return form("cell", children=(value.cell_contents,), steps=("",))
    except ValueError:
        return _EMPTY_CELL


def _method(value: Any, _: CodeNames) -> Form:
    return form("method", children=(value.__self__, value.__func__), steps=(".__self__", ".__func__"))


def _builtin_function(value: Any, names: CodeNames) -> Form:
    owner = value.__self__
    if owner is None or isinstance(owner, ModuleType):
        module = owner if isinstance(owner, ModuleType) else sys.modules.get(value.__module__ or "")
        return form("builtin function", _module_name(module, names) if module is not None else str(value.__module__), value.__qualname__)
    return form("builtin method", value.__name__, children=(owner,), steps=(".__self__",))


def _module_name(module: ModuleType, names: CodeNames) -> str:
    name = module.__name__
    # The version of Python counts anyway, so nobody needs to be told of its own modules; `open` is of `_io` in one, of `io` in another.
    return name.lstrip("_") if name.partition(".")[0] in sys.stdlib_module_names else names.module(module)


def _method_wrapper(value: Any, _: CodeNames) -> Form:
    return form("builtin method", value.__name__, children=(value.__self__,), steps=(".__self__",))


def _descriptor(value: Any, names: CodeNames) -> Form:
    return form("descriptor", names.class_(value.__objclass__), value.__name__)


def _class(value: type, names: CodeNames) -> Form:
    identity = names.class_(value)
    held = held_by_class(value, identity)
    if not held:
        return form("class", identity)
    outside = "" if identity.endswith(MADE) else "local class"
    return Form(header("local class", identity, tuple(held)), tuple(held.values()), tuple(f".{name}" for name in held), outside=outside)


def held_by_class(cls: type, identity: str) -> dict[str, Any]:
    """What of a class its name does not lead to: of one that a function of the project made, what it has from that function; of one that no statement made, all that it is made of."""
    if identity.endswith(MADE):
        return _made_of(cls)
    if "<locals>" not in identity or identity.startswith("external "):
        return {}
    found: dict[str, Any] = {}
    for name, value in sorted(namespace(cls).items()):
        function = value.__func__ if type(value) in {staticmethod, classmethod} else value
        if type(function) is FunctionType:
            if set(function.__code__.co_freevars) - {"__class__"} and not function.__code__.co_filename.startswith("<"):
                found[name] = function
        elif not (name.startswith("__") and name.endswith("__")) and type(value) in _DATA:
            found[name] = value
    return found


def _made_of(cls: type) -> dict[str, Any]:
    """The bases, data and functions of a class that ``type()``, `collections.namedtuple`, `dataclasses.make_dataclass` or the like made; of an enumeration, its members' values."""
    found: dict[str, Any] = {"__bases__": cls.__bases__}
    members = vars(cls).get("_member_map_")
    if type(members) is dict:
        found["__members__"] = [(name, member._value_) for name, member in members.items()]
    for name, value in sorted(namespace(cls).items()):
        if name in _NOT_ATTRIBUTES or name in _NOT_SAID or (members is not None and name.startswith("_")):
            continue
        parts = (value.fget, value.fset, value.fdel) if type(value) is property else (getattr(value, "__func__", value),)
        functions = [part for part in parts if type(part) is FunctionType]
        if functions:
            # What libraries make, from text above all, they make of the data.
            written = [
                f for f in functions if not f.__code__.co_filename.startswith(("<", _STANDARD)) and "site-packages" not in f.__code__.co_filename
            ]
            if written:
                found[name] = tuple(written)
        elif name == "__dataclass_fields__":
            missing = sys.modules["dataclasses"].MISSING  # is loaded where there are any, and slow to load where there are none
            found[name] = [(f.name, *(part for part in (f.default, f.default_factory) if part is not missing)) for f in cast("Any", value).values()]
        elif type(value) in _DATA or isinstance(value, type):
            found[name] = value
    return found


_FROM_SOMEWHERE: Final = ("__file__", "__spec__", "__loader__")
"""What a module has that was imported; one that the program has made itself is what is in it."""
_IMPORTED_BY_NOBODY: Final = frozenset({"__main__", *sys.builtin_module_names})
_EVERY_MODULES: Final = frozenset({*_FROM_SOMEWHERE, "__name__", "__doc__", "__package__", "__builtins__"})


def _module(value: ModuleType, names: CodeNames) -> Form:
    own = vars(value)
    if type(value) is ModuleType and value.__name__ not in _IMPORTED_BY_NOBODY and not any(own.get(name) for name in _FROM_SOMEWHERE):
        held = {name: each for name, each in own.items() if name not in _EVERY_MODULES}
        return form("made module", value.__name__, children=(held,), steps=("",))
    return form("module", names.module(value))


def _property(value: property, _: CodeNames) -> Form:
    return form("property", children=(value.fget, value.fset, value.fdel), steps=(".fget", ".fset", ".fdel"))


def _wrapping(tag: str) -> Rule:
    def wrapping(value: Any, _: CodeNames) -> Form:
        return form(tag, children=(value.__func__,), steps=(".__func__",))

    return Rule(wrapping, whole=True)


def _cached_function(value: Any, _: CodeNames) -> Form:
    """What it remembers is filled in by calls; what it calls is the value."""
    wrapped = vars(value).get("__wrapped__")
    if wrapped is None:
        raise NoFormError("Its function can't be found")
    return form("cached function", children=(wrapped,), steps=(".__wrapped__",))


def _single_dispatch_method(value: Any, _: CodeNames) -> Form:
    """Besides these two it has a cache, which calls fill."""
    return form("single dispatch method", children=(value.dispatcher, value.func), steps=(".dispatcher", ".func"))


def _generic_alias(value: Any, _: CodeNames) -> Form:
    return form("generic alias", children=(value.__origin__, value.__args__), steps=(".__origin__", ".__args__"))


def _union(value: Any, _: CodeNames) -> Form:
    return form("union", children=(value.__args__,), steps=(".__args__",))


def _typing_alias(value: Any, _: CodeNames) -> Form:
    attributes = vars(value)
    parts = (attributes.get("__origin__"), attributes.get("__args__", ()))
    return form("typing alias", attributes.get("_name"), children=parts, steps=(".__origin__", ".__args__"))


def _annotated(value: Any, _: CodeNames) -> Form:
    return form("annotated", children=(value.__origin__, value.__metadata__), steps=(".__origin__", ".__metadata__"))


def _typing_name(value: Any, _: CodeNames) -> Form:
    return form("typing", getattr(value, "_name", None) or getattr(value, "__name__", None))


def _forward_reference(value: Any, names: CodeNames) -> Form:
    module = value.__forward_module__
    return form("forward reference", value.__forward_arg__, names.module(module) if isinstance(module, ModuleType) else module)


def _type_variable(value: Any, _: CodeNames) -> Form:
    bounds = (getattr(value, "__constraints__", ()), getattr(value, "__bound__", None))
    known = ("type variable", str(value.__module__), value.__name__)
    return form(*known, children=bounds, steps=(".__constraints__", ".__bound__")) if any(bounds) else form(*known)


def _type_alias(value: Any, _: CodeNames) -> Form:
    try:
        meant = value.__value__  # computed when it is first asked for
    except Exception as problem:  # noqa: BLE001 - the expression is the user's
        raise NoFormError(f"What it stands for can't be told: {problem}") from None
    return form("type alias", str(value.__module__), value.__name__, children=(meant,), steps=(".__value__",))


_METHOD: Final = Rule(_method)
_DESCRIPTOR: Final = Rule(_descriptor)

CLASS_RULE: Final = Rule(_class, whole=True)

RULES: Final = {
    "builtins:function": Rule(_function, whole=True),
    "builtins:code": Rule(_code),
    "builtins:cell": Rule(_cell),
    "builtins:method": _METHOD,
    "builtins:builtin_function_or_method": Rule(_builtin_function),
    "builtins:method-wrapper": Rule(_method_wrapper),
    "builtins:method_descriptor": _DESCRIPTOR,
    "builtins:wrapper_descriptor": _DESCRIPTOR,
    "builtins:classmethod_descriptor": _DESCRIPTOR,
    "builtins:getset_descriptor": _DESCRIPTOR,
    "builtins:member_descriptor": _DESCRIPTOR,
    "builtins:module": Rule(_module, whole=True),
    "builtins:property": Rule(_property),
    "builtins:staticmethod": _wrapping("staticmethod"),
    "builtins:classmethod": _wrapping("classmethod"),
    "functools:_lru_cache_wrapper": Rule(_cached_function, whole=True),
    "functools:singledispatchmethod": Rule(_single_dispatch_method, whole=True),
    "types:GenericAlias": Rule(_generic_alias),
    "types:UnionType": Rule(_union),
    "typing:Union": Rule(_union),
    "typing:_UnionGenericAlias": Rule(_union, whole=True),
    "typing:_GenericAlias": Rule(_typing_alias, whole=True),
    "typing:_AnnotatedAlias": Rule(_annotated, whole=True),
    "typing:_SpecialGenericAlias": Rule(_typing_name, whole=True),
    "typing:_SpecialForm": Rule(_typing_name, whole=True),
    "typing:ForwardRef": Rule(_forward_reference, whole=True),
    "annotationlib:ForwardRef": Rule(_forward_reference, whole=True),
    "typing:TypeVar": Rule(_type_variable, whole=True),
    "typing:TypeAliasType": Rule(_type_alias, whole=True),
    "typing:ParamSpec": Rule(_type_variable, whole=True),
    "typing:TypeVarTuple": Rule(_type_variable, whole=True),
}


def is_class(cls: type) -> bool:
    """Whether values of `cls` are classes."""
    return type in linearised(cls)


def is_iterator(cls: type) -> bool:
    """Whether `cls` has ``__next__``."""
    return any("__next__" in namespace(base) for base in linearised(cls))
