"""Results as bytes, and back. docs/formats.md, "Stored value", says the same in a table.

16 bytes            MAGIC, with the version of this layout
16 bytes            codec: "pickle" or "cloudpickle", filled up with zero bytes
8 bytes             length of the pickle (all numbers are little endian)
8 bytes             n, how many buffers there are
n × 8 bytes         length of each buffer
pickle              protocol 5
buffers             each from the next multiple of 64 bytes on, as the pickle asks for them
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import _pickle as pickle  # that of C, without the Python one, which takes 3 ms to load
import gc
import struct
from collections.abc import Callable, Iterator
from mmap import mmap
from types import FunctionType
from typing import Any, Final

from hitsave.errors import DamagedError, UnstorableError
from hitsave.structs import frozen
from hitsave.values.gradients import reducers_with_gradients
from hitsave.values.main_script import ModuleNamed, is_of_main_script, unpickle
from hitsave.values.unstorable import find_culprit

MAGIC: Final = b"hitsave value 1\n"
ALIGNMENT: Final = 64
_MAGIC_STEM: Final = MAGIC[:-2]
_FIXED: Final = struct.Struct("<16s16sQQ")
_IN_BAND: Final = 1024
"""Bytes below which a buffer stays in the pickle."""

_ATOMS: Final = frozenset({type(None), bool, int, float, complex, str, bytes, type(...), type(NotImplemented)})


@frozen
class Encoded:
    """A result, ready to be written.

    `codec`    "pickle" or "cloudpickle".
    `header`   magic, codec and the table of lengths.
    `pickled`  the pickle, in pieces.
    `buffers`  the memory of arrays and the like, not copied: it must not change before it is written.
    `size`     bytes in all, padding included.
    `code`     the classes and functions that were met, built-in ones apart.
    """

    codec: str
    header: bytes
    pickled: tuple[bytes | memoryview, ...]
    buffers: tuple[memoryview, ...]
    size: int
    code: frozenset[type | FunctionType]

    def chunks(self) -> Iterator[bytes | memoryview]:
        """What to write, one after the other; together `size` bytes."""
        yield self.header
        yield from self.pickled
        place = len(self.header) + sum(map(len, self.pickled))
        for buffer in self.buffers:
            padding = -place % ALIGNMENT
            if padding:
                yield bytes(padding)
            if buffer.nbytes:
                yield buffer
            place += padding + buffer.nbytes


class _Pieces:
    """A file that keeps what is written to it, without copying."""

    def __init__(self) -> None:
        self.all: list[bytes] = []
        self.write = self.all.append


class _NotingPickler(pickle.Pickler):
    """The C pickler, noting which code it meets. What the main script defines it names by `main`, the name that the script's module has when imported."""

    def __init__(self, file: Any, code: set[Any], take: Callable[[pickle.PickleBuffer], bool], main: str | None) -> None:
        super().__init__(file, 5, buffer_callback=take)
        self.code = code
        self.main = main
        reducers = reducers_with_gradients()
        if reducers is not None:
            self.dispatch_table = reducers

    def reducer_override(self, obj: Any, /) -> Any:
        # Called for every object that isn't of a built-in type; a class is met once for all its objects.
        if type(obj) is FunctionType or isinstance(obj, type):
            self.code.add(obj)
            if self.main is not None and is_of_main_script(obj):
                from pkgutil import resolve_name

                return resolve_name, (f"{self.main}:{obj.__qualname__}",)
        return _by_name(obj, self.main) if type(obj) is object else NotImplemented


def _by_name(bare: object, main: str | None) -> Any:
    """A bare ``object()`` is nothing but itself, so it is stored as the variable that it is; one that no variable is, like any other object."""
    from pkgutil import resolve_name

    from hitsave.values.rules.sentinels import name_of  # few results have any

    name = name_of(bare)
    if name is None or "(" in name or (main is None and name.startswith("__main__:")):
        return NotImplemented
    return resolve_name, (name.replace("__main__:", f"{main}:"),)


def encode(value: object, main: str | None = None) -> Encoded:
    """`value` as bytes. UnstorableError if it can't be pickled, not by cloudpickle either where that is installed.

    Objects that are shared, or contain themselves, are so again when decoded.
    `main` is the name that the main script has when it is imported; classes and functions of the script are stored under that.

    >>> decode(memoryview(b"".join(encode({"a": [1, 2]}).chunks())))
    {'a': [1, 2]}
    """
    try:
        return _encode(value, "pickle", _NotingPickler, main)
    except RecursionError as problem:
        raise UnstorableError("the result is nested too deeply to be pickled", "Return it in a flatter form, say a list of its parts") from problem
    except Exception as problem:  # noqa: BLE001 - pickling runs code of any library
        first = problem
    try:
        by_value = _cloudpickler()
        if by_value is not None:
            return _encode(value, "cloudpickle", by_value, main)
    except Exception as problem:  # noqa: BLE001 - as above
        first = problem
    raise _unstorable(value, first) from first


def _encode(value: object, codec: str, pickler: Callable[..., Any], main: str | None = None) -> Encoded:
    pieces = _Pieces()
    buffers: list[memoryview] = []
    code: set[Any] = set()

    def take(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if raw.nbytes < _IN_BAND:
            return True
        buffers.append(raw)
        return False

    pickler(pieces, code, take, main).dump(value)
    length = sum(map(len, pieces.all))
    table = struct.pack(f"<{len(buffers)}Q", *(buffer.nbytes for buffer in buffers))
    header = _FIXED.pack(MAGIC, codec.encode(), length, len(buffers)) + table
    size = len(header) + length
    for buffer in buffers:
        size += -size % ALIGNMENT + buffer.nbytes
    kept = frozenset(found for found in code if getattr(found, "__module__", "") != "builtins")
    return Encoded(codec, header, tuple(pieces.all), tuple(buffers), size, kept)


def _cloudpickler() -> Callable[..., Any] | None:
    """Cloudpickle's pickler, noting which code it meets; None if it isn't installed."""
    if not _has_cloudpickle():
        return None
    import cloudpickle

    base: Any = cloudpickle.Pickler

    class NotingCloudPickler(base):
        def __init__(self, file: Any, code: set[Any], take: Callable[[pickle.PickleBuffer], bool], main: str | None) -> None:  # noqa: ARG002 - it pickles that by value
            super().__init__(file, 5, buffer_callback=take)
            self.code = code

        def reducer_override(self, obj: Any, /) -> Any:
            if type(obj) is FunctionType or isinstance(obj, type):
                self.code.add(obj)
            return _by_name(obj, None) if type(obj) is object else super().reducer_override(obj)

    return NotingCloudPickler


def _has_cloudpickle() -> bool:
    from importlib.util import find_spec

    return find_spec("cloudpickle") is not None


def _unstorable(value: object, problem: Exception) -> UnstorableError:
    path, type_name = find_culprit(value, lambda part: _encode(part, "pickle", _cloudpickler() or _NotingPickler))
    what = f"the result can't be pickled: {path} is a {type_name}" if path else f"the result, a {type_name}, can't be pickled"
    return UnstorableError(f"{what} ({type(problem).__name__}: {problem})", "Return what it is made from, or give its class a __reduce__")


def decode(buffer: memoryview | mmap | bytes, module_named: ModuleNamed | None = None) -> object:
    """The value that `encode` made these bytes of. Unpickles: only for bytes that are trusted.

    The memory of large arrays is that of `buffer` where it can be written, so give each call memory of its own (a mapping with ACCESS_COPY); it is copied from memory that can't.
    `module_named` gives the loaded module that a name stands for, the main script under the name that it has when imported, or None for what is to be imported.
    Garbage is not collected meanwhile. DamagedError if these are no such bytes, or not all of them; UnstorableError if they need code that is not there, or a newer HitSave.
    """
    view = memoryview(buffer).cast("B")
    codec, pickled, buffers = _parts(view)
    if codec == "cloudpickle" and not _has_cloudpickle():
        raise UnstorableError("the result was stored by cloudpickle, which isn't installed here", "Install cloudpickle")
    if view.readonly:
        buffers = [bytearray(part) for part in buffers]
    collects = gc.isenabled()
    gc.disable()
    try:
        return unpickle(pickled, buffers, module_named)
    except (pickle.UnpicklingError, EOFError) as problem:
        raise DamagedError(f"a stored result is damaged ({problem})", "`hitsave fsck` finds what else is") from problem
    except (AttributeError, ImportError) as problem:
        raise UnstorableError(
            f"a stored result needs code that is not there ({problem})", "Undo its removal, or compute the result again"
        ) from problem
    finally:
        if collects:
            gc.enable()


def _parts(view: memoryview) -> tuple[str, memoryview, list[Any]]:
    """Codec, pickle and buffers; DamagedError if the lengths don't add up."""
    if bytes(view[: len(_MAGIC_STEM)]) != _MAGIC_STEM or len(view) < _FIXED.size:
        raise DamagedError("these bytes are no stored result", "`hitsave fsck` finds what else is damaged")
    magic, codec, length, count = _FIXED.unpack_from(view)
    if magic != MAGIC:
        raise UnstorableError("the result was stored by a newer HitSave", "Upgrade HitSave here")
    place = _FIXED.size + 8 * count
    if place + length <= len(view):
        lengths = struct.unpack_from(f"<{count}Q", view, _FIXED.size)
        pickled = view[place : place + length]
        place += length
        buffers: list[Any] = []
        for size in lengths:
            place += -place % ALIGNMENT
            buffers.append(view[place : place + size])
            place += size
        if place == len(view):
            return codec.rstrip(b"\0").decode("ascii", "replace"), pickled, buffers
    raise DamagedError("a stored result has another length than it says", "`hitsave fsck` finds what else is damaged")


def is_atomic(value: object) -> bool:
    """Whether nobody can change the value: an exact scalar, str or bytes, or an exact tuple or frozenset of such. Only these may be shared between hits."""
    waiting = [value]
    while waiting:
        part: Any = waiting.pop()
        kind = type(part)
        if kind is tuple or kind is frozenset:
            waiting.extend(part)
        elif kind not in _ATOMS:
            return False
    return True
