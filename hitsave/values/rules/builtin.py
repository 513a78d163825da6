"""Built-in types, and the containers of `collections`."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import gc
from collections import OrderedDict, defaultdict, deque
from typing import Any, Final

from hitsave.values.classes import full_name, is_made_in_python, linearised
from hitsave.values.code_names import CodeNames
from hitsave.values.encoding import LEAVES
from hitsave.values.forms import SLICE, Form, NoFormError, Rule, buffer, form, header, item_step

SLICE_LENGTH: Final = 4096
"""Items of each slice that a longer list or tuple is digested by, where it isn't plain."""

_LIST: Final = header("list")
_TUPLE: Final = header("tuple")
_DICT: Final = header("dict")
_LIST_SLICES: Final = header("list slices")
_TUPLE_SLICES: Final = header("tuple slices")
_LONG_DICT: Final = header("long dict")
_SORTABLE: Final = frozenset({int, str, bytes})
_LONGEST_KEY: Final = 60


def sequence_form(items: Any) -> Form:
    """The form of an exact list or tuple that isn't plain."""
    is_list = type(items) is list
    if len(items) <= SLICE_LENGTH:
        return Form(_LIST if is_list else _TUPLE, items, item_step)
    slices = [items[start : start + SLICE_LENGTH] for start in range(0, len(items), SLICE_LENGTH)]
    return Form(_LIST_SLICES if is_list else _TUPLE_SLICES, slices, lambda _: SLICE, fresh=True)


def mapping_form(keys: tuple[Any, ...], values: list[Any], *, keys_child: Any = None) -> Form:
    """The form of a dict with these keys and values, that isn't plain: a tuple of the keys (or what stands for it), then the values, in order."""
    first = keys if keys_child is None else keys_child
    if len(values) > SLICE_LENGTH:
        return Form(_LONG_DICT, (first, values), (".keys()", ".values()"), fresh=True)
    return Form(_DICT, (first, *values), lambda number: f"[{written_key(keys[number - 1])}]" if number else ".keys()")


def written_key(key: object) -> str:
    """A key as a person would write it."""
    if type(key) is str:
        text = '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    elif type(key) in {int, float, bool, bytes, type(None)}:
        text = repr(key)
    else:
        text = f"<{type(key).__qualname__}>"  # its repr would be the user's code
    return text if len(text) <= _LONGEST_KEY else text[: _LONGEST_KEY - 1] + "…"


def leaf_form(value: Any) -> Form:
    """The form of an int, str or bytes that is too large for the canonical encoding."""
    if type(value) is str:
        return form("str", children=(buffer(value.encode("utf-8", "surrogatepass")),))
    if type(value) is bytes:
        return form("bytes", children=(buffer(value),))
    size = ((value if value >= 0 else ~value).bit_length() >> 3) + 1
    return form("int", children=(buffer(value.to_bytes(size, "little", signed=True)),))


def _set(tag: str, items: list[Any]) -> Form:
    kinds = set(map(type, items))
    if not items or (len(kinds) == 1 and kinds <= _SORTABLE):
        return Form(header(tag, "sorted"), (sorted(items),), ("",))
    return Form(header(tag), items, lambda _: "{…}", unordered=True)


def _exact_set(value: set[Any], _: CodeNames) -> Form:
    return _set("set", list(set.__iter__(value)))


def _exact_frozenset(value: frozenset[Any], _: CodeNames) -> Form:
    return _set("frozenset", list(frozenset.__iter__(value)))


def _complex(value: complex, _: CodeNames) -> Form:
    return form("complex", children=((_real(value), _imag(value)),), steps=("",))


_real: Final = complex.__dict__["real"].__get__
_imag: Final = complex.__dict__["imag"].__get__


def _bytearray(value: bytearray, _: CodeNames) -> Form:
    # A subclass may define what a memoryview of itself is; a slice is an exact bytearray.
    return form("bytearray", children=(buffer(value if type(value) is bytearray else bytearray.__getitem__(value, slice(None))),))


def _range(value: range, _: CodeNames) -> Form:
    return form("range", children=((value.start, value.stop, value.step),), steps=("",))


def _slice(value: slice, _: CodeNames) -> Form:
    return form("slice", children=(value.start, value.stop, value.step), steps=(".start", ".stop", ".step"))


def _memoryview(value: memoryview, _: CodeNames) -> Form:
    try:
        content = value if value.contiguous and value.ndim == 1 else value.tobytes()
        head = header("memoryview", value.format, tuple(value.shape or ()), value.readonly)
        return Form(head, (buffer(content.cast("B") if isinstance(content, memoryview) else content),))
    except (ValueError, NotImplementedError, TypeError):
        raise NoFormError("Pass the bytes of it") from None


def _mapping_proxy(value: Any, _: CodeNames) -> Form:
    # What it is a view of, without asking that object, which may be a mapping of the user's.
    return form("mappingproxy", children=gc.get_referents(value)[:1], steps=("",))


# What an exception keeps beside its arguments and its attributes.
_EXCEPTION_FIELDS: Final = {OSError: ("filename", "filename2"), ImportError: ("name", "path"), NameError: ("name",), AttributeError: ("name",)}


def _exception(value: BaseException, _: CodeNames) -> Form:
    made = next(cls for cls in linearised(type(value)) if full_name(cls) == f"builtins:{cls.__name__}" and not is_made_in_python(cls))
    fields = [(name, cls.__dict__[name].__get__(value)) for cls in linearised(made) for name in _EXCEPTION_FIELDS.get(cls, ())]
    kept = [BaseException.__dict__[name].__get__(value) for name in ("args", "__cause__", "__context__")]
    return Form(
        header("exception", full_name(made)),
        (*kept, *(part for _, part in fields)),
        (".args", ".__cause__", ".__context__", *(f".{n}" for n, _ in fields)),
    )


def _ordered(value: Any, _: CodeNames) -> Form:
    keys = tuple(OrderedDict.__iter__(value))
    # Looked up by identity, so that no key is asked for its hash.
    values = {id(key): item for key, item in dict.items(value)}
    return form("OrderedDict", children=(mapping_form(keys, [values[id(key)] for key in keys]),), steps=("",))


def _defaulting(value: Any, _: CodeNames) -> Form:
    return form("defaultdict", children=(_default_factory(value), exact_dict(value)), steps=(".default_factory", ""))


_default_factory: Final = defaultdict.__dict__["default_factory"].__get__


def exact_dict(value: dict[Any, Any]) -> Any:
    """What a dict of a subclass holds, as an exact dict; as the form of one where making it would ask keys for their hashes."""
    if type(value).__iter__ is dict.__iter__:
        return dict.copy(value)  # asks a subclass that iterates in its own way for its keys
    keys, values = list(dict.keys(value)), list(dict.values(value))
    if all(type(key) in LEAVES or (type(key) is tuple and LEAVES.issuperset(map(type, key))) for key in keys):
        return dict(zip(keys, values, strict=True))
    return mapping_form(tuple(keys), values)


def _deque(value: Any, _: CodeNames) -> Form:
    return form("deque", children=(_maxlen(value), list(deque.__iter__(value))), steps=(".maxlen", ""))


_maxlen: Final = deque.__dict__["maxlen"].__get__


def _constant(name: str) -> Rule:
    head = header(name)
    return Rule(lambda _value, _names: Form(head))


def _all_of(kind: type) -> Rule:
    """What a value of a subclass of a sequence has, as an exact one."""
    return Rule(content=lambda value: kind.__getitem__(value, slice(None)))


RULES: Final = {
    "builtins:int": Rule(content=int.__int__),
    "builtins:float": Rule(content=float.__float__),
    "builtins:str": Rule(content=str.__str__),
    "builtins:bytes": _all_of(bytes),
    "builtins:list": _all_of(list),
    "builtins:tuple": _all_of(tuple),
    "builtins:dict": Rule(content=exact_dict),
    "builtins:set": Rule(_exact_set),
    "builtins:frozenset": Rule(_exact_frozenset),
    "builtins:complex": Rule(_complex),
    "builtins:bytearray": Rule(_bytearray),
    "builtins:range": Rule(_range),
    "builtins:slice": Rule(_slice),
    "builtins:memoryview": Rule(_memoryview),
    "builtins:mappingproxy": Rule(_mapping_proxy),
    "builtins:ellipsis": _constant("Ellipsis"),
    "builtins:NotImplementedType": _constant("NotImplemented"),
    "builtins:BaseException": Rule(_exception, covers=True),
    "collections:OrderedDict": Rule(_ordered),
    "collections:defaultdict": Rule(_defaulting),
    "collections:deque": Rule(_deque),
}
