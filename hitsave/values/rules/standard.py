"""Types of the standard library, each by what makes it the value that it is."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import gc
import os
import sys
from functools import lru_cache
from typing import Any, Final

from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, Known, NoFormError, Rule, buffer, form, item_step

# The modules are taken from sys.modules, where a value of theirs shows that they are: importing them here would slow down every start.


def _fields(module: str, cls: str, *names: str) -> Any:
    """A getter of fields that are kept in C, past anything that a subclass defines."""
    found = vars(sys.modules[module])[cls]
    getters = [vars(found)[name].__get__ for name in names]
    return lambda value: tuple(get(value) for get in getters)


_getters: dict[str, Any] = {}


def _read(value: Any, module: str, cls: str, *names: str) -> tuple[Any, ...]:
    key = f"{module}:{cls}"
    if key not in _getters:
        _getters[key] = _fields(module, cls, *names)
    return _getters[key](value)


def _date(value: Any, _: CodeNames) -> Form:
    return form("date", *_read(value, "datetime", "date", "year", "month", "day"))


def _time(value: Any, _: CodeNames) -> Form:
    *parts, zone = _read(value, "datetime", "time", "hour", "minute", "second", "microsecond", "fold", "tzinfo")
    return form("time", *parts, children=(zone,), steps=(".tzinfo",))


def _datetime(value: Any, _: CodeNames) -> Form:
    day = _read(value, "datetime", "date", "year", "month", "day")
    *parts, zone = _read(value, "datetime", "datetime", "hour", "minute", "second", "microsecond", "fold", "tzinfo")
    return form("datetime", *day, *parts, children=(zone,), steps=(".tzinfo",))


def _timedelta(value: Any, _: CodeNames) -> Form:
    return form("timedelta", *_read(value, "datetime", "timedelta", "days", "seconds", "microseconds"))


def _timezone(value: Any, _: CodeNames) -> Form:
    # It gives its offset, and its name if it has one.
    offset, *name = sys.modules["datetime"].timezone.__getinitargs__(value)
    return form("timezone", *_read(offset, "datetime", "timedelta", "days", "seconds", "microseconds"), *name)


def _zone_info(value: Any, _: CodeNames) -> Form:
    if value.key is None:
        raise NoFormError("A ZoneInfo made from a file has no name; use one made by its key")
    return form("ZoneInfo", value.key)


def _decimal(value: Any, _: CodeNames) -> Form:
    # Not str(value), which asks the context for the case of its letters.
    sign, digits, exponent = sys.modules["decimal"].Decimal.as_tuple(value)
    return form("Decimal", sign, tuple(digits), exponent)


def _decimal_context(value: Any, _: CodeNames) -> Form:
    # Not its flags: each calculation leaves them, so that none with a context of its own could be stored.
    kind = sys.modules["decimal"].Context
    parts = (kind.__getattribute__(value, name) for name in ("prec", "rounding", "Emin", "Emax", "capitals", "clamp"))
    traps = sorted(signal.__name__ for signal, is_trapped in kind.__getattribute__(value, "traps").items() if is_trapped)
    return form("Context", *parts, *traps)


def _fraction(value: Any, _: CodeNames) -> Form:
    return form("Fraction", *_read(value, "fractions", "Fraction", "_numerator", "_denominator"))


def _uuid(value: Any, _: CodeNames) -> Form:
    number, safe = _read(value, "uuid", "UUID", "int", "is_safe")
    return form("UUID", number, safe.value)


def _path(name: str) -> Rule:
    def path_form(value: Any, _: CodeNames) -> Form:
        return form(name, sys.modules["pathlib"].PurePath.__str__(value))

    return Rule(path_form)


def _pattern(value: Any, _: CodeNames) -> Form:
    return form("Pattern", value.pattern, value.flags)


def _struct(value: Any, _: CodeNames) -> Form:
    return form("Struct", *_read(value, "_struct", "Struct", "format"))


def _json_scanner(value: Any, _: CodeNames) -> Form:
    # What a JSONDecoder keeps, made of its own attributes.
    names = ("strict", "object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant")
    return form("json scanner", children=tuple(getattr(value, name) for name in names), steps=tuple(f".{name}" for name in names))


def _array(value: Any, _: CodeNames) -> Form:
    exact = sys.modules["array"].array.__getitem__(value, slice(None)) if type(value) is not sys.modules["array"].array else value
    return form("array", exact.typecode, exact.itemsize, len(exact), children=(buffer(memoryview(exact).cast("B") if len(exact) else b""),))


def _namespace(value: Any, _: CodeNames) -> Form:
    return form("SimpleNamespace", children=(vars(value),), steps=("",))


def _partial(value: Any, _: CodeNames) -> Form:
    function, arguments, keywords = _read(value, "functools", "partial", "func", "args", "keywords")
    return form("partial", children=(function, arguments, keywords), steps=(".func", ".args", ".keywords"))


def _comparison_key(value: Any, _: CodeNames) -> Form:
    # C code keeps the function, and the object that is compared once it is called; neither can be asked for.
    return form("comparison key", children=gc.get_referents(value), steps=item_step)


def _operator(name: str) -> Rule:
    def operator_form(value: Any, _: CodeNames) -> Form:
        function, arguments = getattr(sys.modules["operator"], name).__reduce__(value)
        if type(function) is not type:  # a methodcaller with keywords gives a partial of its class
            return form(name, children=(function, arguments), steps=("", ""))
        return form(name, children=(arguments,), steps=("",))

    return Rule(operator_form)


def _random(value: Any, _: CodeNames) -> Form:
    module = sys.modules["random"]
    if isinstance(value, module.SystemRandom):
        raise NoFormError("Its numbers come from the operating system, so no result can be repeated")
    return form("Random", children=(module.Random.getstate(value),), steps=(".getstate()",))


def _bytes_io(value: Any, _: CodeNames) -> Form:
    kind = sys.modules["io"].BytesIO
    return form("BytesIO", kind.tell(value), children=(buffer(kind.getvalue(value)),))


def _string_io(value: Any, _: CodeNames) -> Form:
    kind = sys.modules["io"].StringIO
    return form("StringIO", kind.tell(value), children=(kind.getvalue(value),), steps=(".getvalue()",))


def _match(value: Any, _: CodeNames) -> Form:
    return form("Match", value.pos, value.endpos, value.regs, children=(value.re, value.string), steps=(".re", ".string"))


def _enum(value: Any, names: CodeNames) -> Form:
    attributes = vars(value)
    # A flag may be made of several members, and is named differently from Python to Python.
    name = None if isinstance(value, sys.modules["enum"].Flag) else attributes["_name_"]
    more = {key: item for key, item in attributes.items() if not key.startswith("__") and not (key.startswith("_") and key.endswith("_"))}
    held = attributes["_value_"]
    if type(held) is object and name is not None:
        held = None  # a bare object differs from others in nothing but identity, for which the member's name stands
    return form("enum", names.class_(type(value)), name, children=(held, more), steps=(".value", ""))


def _file(value: Any, _: CodeNames) -> Form:
    for name in ("stdin", "stdout", "stderr"):
        if value is getattr(sys, name) or value is getattr(sys, f"__{name}__"):
            return form("standard stream", name)
    raise NoFormError("A file may change under its name; pass its path, or what was read from it")


def _loaded_library(value: Any, _: CodeNames) -> Form:
    """By its file, where it has one, and what was said of its functions; a library that the system finds by its name is the system's."""
    attributes = vars(value)
    kind, default = sys.modules["_ctypes"].CFuncPtr, sys.modules["ctypes"].c_int
    functions = sorted((name, function) for name, function in attributes.items() if isinstance(function, kind))
    said = [(name, f.restype, f.argtypes) for name, f in functions if f.restype is not default or f.argtypes is not None]
    path = os.fsdecode(os.fspath(attributes.get("_name") or ""))
    try:
        content = _library_content(path, _signature(os.stat(path))) if os.sep in path else buffer(b"")  # noqa: PTH116 - pathlib is not loaded for this
    except OSError as problem:
        raise NoFormError("The file that it was loaded from is gone") from problem
    return form("loaded library", path.rpartition(os.sep)[2], children=(content, said), steps=("", ""))


@lru_cache(64)
def _library_content(path: str, _: tuple[int, ...]) -> Known:
    """Read once for each state of the file: every look-up that meets the library asks."""
    with open(path, "rb") as file:  # noqa: PTH123 - as above
        return buffer(file.read())


def _signature(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _undigestible(advice: str) -> Rule:
    def no_form(_value: Any, _names: CodeNames) -> Form:
        raise NoFormError(advice)

    return Rule(no_form, covers=True)


_FILE: Final = Rule(_file, covers=True, whole=True)
_CODE: Final = _undigestible("Pass the function itself")
_USED_UP: Final = _undigestible("It is used up by running it; pass the function that makes it, or a list of what it gives")
_RUNNING: Final = _undigestible("It is something that runs; pass what it needs or gives instead")

RULES: Final = {
    "datetime:date": Rule(_date),
    "datetime:time": Rule(_time),
    "datetime:datetime": Rule(_datetime),
    "datetime:timedelta": Rule(_timedelta),
    "datetime:timezone": Rule(_timezone),
    "zoneinfo:ZoneInfo": Rule(_zone_info),
    "decimal:Decimal": Rule(_decimal),
    "decimal:Context": Rule(_decimal_context),
    "fractions:Fraction": Rule(_fraction),
    "uuid:UUID": Rule(_uuid),
    **{
        f"{module}:{name}": _path(name)
        for module in ("pathlib", "pathlib._local")
        for name in ("PurePath", "Path", "PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath")
    },
    "re:Pattern": Rule(_pattern),
    "re:Match": Rule(_match),
    "_struct:Struct": Rule(_struct),
    "_json:Scanner": Rule(_json_scanner),
    "array:array": Rule(_array),
    "types:SimpleNamespace": Rule(_namespace, whole=True),
    "functools:partial": Rule(_partial),
    "functools:KeyWrapper": Rule(_comparison_key),
    **{f"operator:{name}": _operator(name) for name in ("itemgetter", "attrgetter", "methodcaller")},
    "random:Random": Rule(_random, whole=True),
    "_io:BytesIO": Rule(_bytes_io),
    "_io:StringIO": Rule(_string_io),
    "enum:Enum": Rule(_enum, whole=True, identified=True),
    "_io:_IOBase": _FILE,
    "ctypes:CDLL": Rule(_loaded_library, covers=True, whole=True),
    "builtins:frame": _CODE,
    "builtins:traceback": _CODE,
    **{f"builtins:{name}": _USED_UP for name in ("generator", "coroutine", "async_generator", "coroutine_wrapper")},
    "subprocess:Popen": _RUNNING,
    "threading:Thread": _RUNNING,
    "multiprocessing.process:BaseProcess": _RUNNING,
}
