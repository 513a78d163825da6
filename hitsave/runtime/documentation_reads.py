"""Of which functions and classes project code has read docstrings and annotations, so that those of all others need not count.

Kept for the whole process, since what was read once may be kept in a variable. `executed` tells what project code calls (`inspect.signature(f)`) and which line it
comes to (`f.__doc__`), wherever code can be told beforehand to read such things; what can't be told of whom it reads is noted as such. Nothing is seen on Python 3.11.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, Final, cast

from hitsave.codegraph.reflection import ATTRIBUTES, NAMES, TOLD
from hitsave.runtime.read_log import whose
from hitsave.structs import NamedTuple

DOCSTRING: Final = "doc"
ANNOTATIONS: Final = "annotations"
_WORDS: Final = {name: word for name, word in ATTRIBUTES.items() if word in {DOCSTRING, ANNOTATIONS}}
_READERS: Final = {name: NAMES[name] for name in TOLD}
_OWNERS: Final = frozenset({"inspect", "typing", "annotationlib"})
_HAS_DOCSTRING: Final = 0x4000000
_HEAP_TYPE: Final = 1 << 9
_FUNCTION: Final = 0x1
_MOST_LAYERS: Final = 50


class Place(NamedTuple):
    """A function by the file and first line of its code; a class by its qualified name, with 0 for the line."""

    where: str
    line: int


_read: Final[dict[str, set[Place]]] = {DOCSTRING: set(), ANNOTATIONS: set()}
_untold: Final[set[str]] = set()
"""What was read of something of which it is not known where it came from."""
_lines: Final[dict[int, dict[int, list[tuple[str | None, str]]]]] = {}
"""By the identity of code: on which lines it reads what of which local variables, None for anything else."""
_getting: Final[set[int]] = set()
"""Code that may ask `getattr` for documentation."""
_scanned = 0
by_text: Final[set[str]] = set()
"""What was read by code that was executed as text, which belongs to no definition."""


def read_of(word: str) -> frozenset[Place] | None:
    """Of what was docstrings ("doc") or "annotations" were read in this process; None where that is not known of all."""
    return None if word in _untold else frozenset(_read[word])


# --- seeing it -------------------------------------------------------------------------------------------------------


def stamp() -> tuple[int, ...]:
    """What equals an earlier one if nothing was read since, by nobody who had not read it."""
    return len(_read[DOCSTRING]), len(_read[ANNOTATIONS]), len(_untold), len(by_text)


def may_read(code: CodeType) -> bool:
    """Whether code of a function, which starts for the first time, may read documentation: if so its calls and lines are of interest."""
    names = {*code.co_names, *code.co_varnames, *code.co_freevars}
    gets = "getattr" in names and not _WORDS.keys().isdisjoint(_texts(code.co_consts))
    if not gets and names.isdisjoint(_WORDS) and names.isdisjoint(_READERS):
        return False
    with suppress(Exception):
        if gets:
            _getting.add(id(code))
        found = _attributes_read(code)
        if found:
            _lines[id(code)] = found
        return True
    _untold.update(_read)
    return True


def reads_on(code: CodeType, line: int) -> bool:
    """Whether code reads documentation of a variable on this line."""
    return id(code) in _lines and line in _lines[id(code)]


def note_line(code: CodeType, line: int, frame: FrameType) -> None:
    """Such a line is about to run in a frame: note of what it reads documentation."""
    for name, word in _lines[id(code)][line]:
        if name is None:
            _untold.add(word)
        elif name in (given := frame.f_locals):  # else it is not bound, and the read will fail
            _note(word, given[name])


def note_call(code: CodeType, function: object, argument: object) -> bool:
    """Project code calls a function with this first argument: note it if the function reads its documentation; whether it does."""
    if function is getattr:
        if id(code) not in _getting:
            return False
        for word in _read:
            _note(word, argument)
        return True
    if type(function) is not FunctionType or function.__name__ not in _READERS or function.__module__ not in _OWNERS:
        return False
    word = _READERS[function.__name__]
    _note(word, argument)
    if word == DOCSTRING:
        with suppress(Exception):
            if getattr(argument, "__doc__", None) is None:  # `getdoc` goes on to what it inherits from
                _untold.add(word)
    return True


def take_in_loading(codes: Mapping[int, CodeType]) -> None:
    """Look through code whose lines nobody watches, of modules and classes, and through what was executed as text. `codes` is all that ever ran, to which more is only added."""
    global _scanned
    if len(codes) == _scanned:
        return
    every = list(codes.values())
    first, _scanned = _scanned, len(every)
    for code in every[first:]:
        if code.co_flags & _FUNCTION and not code.co_filename.startswith("<"):
            continue
        read = {_READERS[name] for name in _READERS.keys() & {*code.co_names}}
        if not _WORDS.keys().isdisjoint(code.co_names):
            read.update(word for _, _, word in _loads(code))
        _untold.update(read)
        if code.co_filename.startswith("<"):
            by_text.update(read)


def take_in_before(files: Iterable[tuple[str, int]]) -> None:
    """Look through the files whose lines above this one ran before anyone watched."""
    for file, line in files:
        with suppress(OSError), open(file, encoding="utf-8", errors="replace") as source:
            above = "".join(text for number, text in enumerate(source, 1) if number < line)
            if any(name in above for name in (*_WORDS, *_READERS)):
                _untold.update(_read)


# --- of what it is ---------------------------------------------------------------------------------------------------


def _note(word: str, given: object) -> None:
    try:
        found = set(_places(word, given))
    except Exception:  # noqa: BLE001 - nothing of ours may break the user's question
        _untold.add(word)
        return
    if None in found:
        _untold.add(word)
    _read[word].update(cast("set[Place]", found - {None}))


def _places(word: str, given: object) -> Iterator[Place | None]:
    """Whose documentation is seen of a value: that of what it wraps as well. None for what can't be told. Asks nothing of the value that could run code of the user's."""
    waiting: list[Any] = [given]
    for _ in range(_MOST_LAYERS):
        if not waiting:
            return
        each = waiting.pop()
        kind = cast("type[object]", type(each))  # nobody is asked for a ``__class__`` of their own
        if kind is FunctionType:
            yield from _function(each, waiting)
        elif kind is MethodType or kind in {staticmethod, classmethod}:
            waiting.append(each.__func__)
        elif kind is property:
            waiting += [f for f in (each.fget, each.fset, each.fdel) if f is not None]
        elif kind is functools.partial and not vars(each):
            waiting.append(each.func)
        elif issubclass(kind, type):
            yield from _class(word, each, waiting)
        elif kind is ModuleType or issubclass(kind, ModuleType):
            yield None
        elif kind.__flags__ & _HEAP_TYPE:
            yield from _instance(word, each, waiting)
    yield None


def _function(function: FunctionType, waiting: list[Any]) -> Iterator[Place | None]:
    code = function.__code__
    wrapped = function.__dict__.get("__wrapped__")
    if "__signature__" in function.__dict__:
        yield None
    if wrapped is not None:
        waiting.append(wrapped)
    if whose(code.co_filename) != "project":
        if wrapped is None and function.__closure__:  # made by a library of something that may be the project's
            yield None
        return
    is_own = function.__name__ == code.co_name and function.__qualname__ == code.co_qualname and function.__doc__ == _docstring(code)
    if wrapped is None and not is_own:
        yield None
    yield Place(os.path.abspath(code.co_filename), code.co_firstlineno)


def _docstring(code: CodeType) -> str | None:
    first = code.co_consts[0] if code.co_consts else None
    has = bool(code.co_flags & _HAS_DOCSTRING) if sys.version_info >= (3, 14) else isinstance(first, str)
    return first if has and isinstance(first, str) else None


def _class(word: str, cls: type, waiting: list[Any]) -> Iterator[Place | None]:
    """A class; what its constructor is annotated with may be in its docstring, as in those that `dataclass` writes."""
    for base in cast("tuple[type, ...]", type.__getattribute__(cls, "__mro__")):
        if not base.__flags__ & _HEAP_TYPE:
            continue
        members = type.__getattribute__(base, "__dict__")
        if word == DOCSTRING:
            yield Place(base.__qualname__, 0)
            if not isinstance(members.get("__doc__"), (str, type(None))):
                yield None
        if "__signature__" in members:
            yield None
        makers = [members[name] for name in ("__init__", "__new__") if name in members]
        # What a library has written as text says in a docstring no more than the class does.
        waiting += [m for m in makers if word != DOCSTRING or type(m) is not FunctionType or not m.__code__.co_filename.startswith("<")]
    for base in cast("tuple[type, ...]", type.__getattribute__(type(cls), "__mro__")):
        if base.__flags__ & _HEAP_TYPE and "__call__" in (members := type.__getattribute__(base, "__dict__")):
            waiting.append(members["__call__"])


def _instance(word: str, value: object, waiting: list[Any]) -> Iterator[Place | None]:
    kind = type(value)
    if kind.__getattribute__ is not object.__getattribute__:
        yield None
        return
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        own = {}
    if "__wrapped__" in own:
        waiting.append(own["__wrapped__"])
    elif not own.keys().isdisjoint(_WORDS):
        yield None
    for base in kind.__mro__[:-1]:
        members = type.__getattribute__(base, "__dict__")
        if not isinstance(members.get("__doc__"), (str, type(None))) or not members.keys().isdisjoint(
            {"__wrapped__", "__signature__", "__getattr__"}
        ):
            yield None
        if word == ANNOTATIONS and "__call__" in members:
            waiting.append(members["__call__"])
    if word == DOCSTRING:
        waiting.append(kind)


# --- reading bytecode ------------------------------------------------------------------------------------------------


def _attributes_read(code: CodeType) -> dict[int, list[tuple[str | None, str]]]:
    """The lines of code on which documentation is read, and of which local variable; None where it is of something else, or of one that may be bound anew before it is read."""
    found: dict[int, list[tuple[str | None, str]]] = {}
    for line, name, word in _loads(code):
        if line is None:
            _untold.add(word)
            continue
        is_known = (line, name) not in _bound(code) and not any(bound == name for inner in _inside(code) for _, bound in _bound(inner))
        found.setdefault(line, []).append((name if is_known else None, word))
    return found


def _loads(code: CodeType) -> Iterator[tuple[int | None, str | None, str]]:
    """Where code looks at ``__doc__`` and its like: the line, the local variable of which, and what that is."""
    before: tuple[int | None, str, int] = (None, "", 0)
    for line, operation, argument in _instructions(code):
        if operation == "LOAD_ATTR" and (word := _WORDS.get(code.co_names[argument >> 1])) is not None:
            yield line, _loaded(code, before[1], before[2]) if before[0] == line else None, word
        before = line, operation, argument


def _loaded(code: CodeType, operation: str, argument: int) -> str | None:
    if operation.count("LOAD_FAST") == 2:
        return _name(code, argument & 15)
    if operation in {"LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW"}:
        return _name(code, argument)
    if operation == "LOAD_DEREF" and (name := _name(code, argument)) in code.co_cellvars:
        return name
    return None


def _bound(code: CodeType) -> set[tuple[int | None, str]]:
    """Which variables code binds on which lines."""
    found: set[tuple[int | None, str]] = set()
    for line, operation, argument in _instructions(code):
        if operation.startswith(("STORE_FAST_", "LOAD_FAST_AND_CLEAR")):
            found |= {(line, _name(code, part)) for part in {argument, argument & 15, argument >> 4} if part < len(code.co_varnames)}
        elif operation in {"STORE_FAST", "DELETE_FAST", "STORE_DEREF", "DELETE_DEREF"}:
            found.add((line, _name(code, argument)))
    return found


def _inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inside(constant)


def _instructions(code: CodeType) -> Iterator[tuple[int | None, str, int]]:
    from opcode import EXTENDED_ARG, opname  # not loaded where nothing reads documentation

    words = code.co_code
    lines = [line for start, end, line in code.co_lines() for _ in range(start, end, 2)]
    extended = 0
    for position in range(0, len(words), 2):
        operation, argument = words[position], words[position + 1] | extended
        extended = argument << 8 if operation == EXTENDED_ARG else 0
        if operation and operation != EXTENDED_ARG:  # 0 is a cache
            yield lines[position // 2], opname[operation], argument


def _name(code: CodeType, position: int) -> str:
    return cast("Any", code)._varname_from_oparg(position)  # noqa: SLF001 - what `dis` uses


def _texts(constants: Iterable[object]) -> Iterator[str]:
    for constant in constants:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, (tuple, frozenset)):
            yield from _texts(cast("Iterable[object]", constant))
