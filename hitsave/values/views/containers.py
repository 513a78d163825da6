"""Lists, tuples, sets, dictionaries, and what is derived from them: the first items, the true length.

Read through the built-in types' own methods, so that a subclass has no say.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from hitsave.values.classes import display_name
from hitsave.values.secrets import is_secret_name
from hitsave.values.views.shapes import Shape, size_of

if TYPE_CHECKING:
    from hitsave.values.views.looking import Look

SECRET: Final[Shape] = {"kind": "secret"}
_SORTED_SETS: Final = 1_000
"""Items up to which a set of texts or numbers is shown in order."""


def parts(look: Look, header: Shape, key: str, items: Iterable[Any], room: int) -> Shape:
    """`header` with the Views of the first `items` under `key`."""
    shown: list[Shape] = []
    used = size_of(header) + len(key) + 6
    most = look.most_items
    taken = list(islice(items, most))
    for place, item in enumerate(taken):
        share = _share(room - used, len(taken) - place)
        if not look.goes_on(share):
            break
        shape, size = look.child(item, share)
        if used + size > room:
            break
        shown.append(shape)
        used += size + 1
    return {**header, key: shown, "_used": used}


def pairs(look: Look, header: Shape, key: str, items: Iterable[tuple[Any, Any]], room: int, *, named: bool) -> Shape:
    """`header` with the first pairs under `key`: of a name (`named`: as it is) or the View of a key, and the View of a value. Values with a secret's name have none."""
    shown: list[list[Any]] = []
    used = size_of(header) + len(key) + 6
    most = look.most_items
    taken = list(islice(items, most))
    for place, (name, value) in enumerate(taken):
        share = _share(room - used, len(taken) - place)
        if not look.goes_on(share):
            break
        head, size = (name[:200], size_of(name[:200])) if named else look.child(name, share // 2)
        shape, more = (SECRET, 17) if _names_a_secret(name) else look.child(value, share - size)
        if used + size + more + 3 > room:
            break
        shown.append([head, shape])
        used += size + more + 4
    return {**header, key: shown, "_used": used}


def _names_a_secret(key: Any) -> bool:
    if isinstance(key, bytes):  # those of os.environ are
        key = bytes.decode(key, errors="replace")
    return isinstance(key, str) and is_secret_name(str.__str__(key)[:200])


def _share(room: int, parts_left: int) -> int:
    """What the next part may take: its share, and of a large rest more, as most parts are small."""
    return max(room // max(parts_left, 1), min(room // 4, 2_000))


def _sequence(base: type) -> Callable[[Look, Any, type, int], Shape]:
    length, iterate = vars(base)["__len__"], vars(base)["__iter__"]

    def look_at(look: Look, value: Any, kind: type, room: int) -> Shape:
        header = {"kind": "sequence", "type": display_name(kind)[:200], "length": length(value)}
        with look.inside(value):
            return parts(look, header, "items", iterate(value), room)

    return look_at


def _set(base: type) -> Callable[[Look, Any, type, int], Shape]:
    length, iterate = vars(base)["__len__"], vars(base)["__iter__"]

    def look_at(look: Look, value: Any, kind: type, room: int) -> Shape:
        number = length(value)
        header = {"kind": "set", "type": display_name(kind)[:200], "length": number}
        items: Iterable[Any] = iterate(value)
        if number <= _SORTED_SETS:
            look.allowance.spend(number)
            taken = list(items)
            kinds = {type(item) for item in taken}
            items = sorted(taken) if len(kinds) == 1 and kinds <= {int, float, str, bytes} else taken
        with look.inside(value):
            return parts(look, header, "items", items, room)

    return look_at


def _mapping(base: type) -> Callable[[Look, Any, type, int], Shape]:
    length, pairs_of = dict.__len__, vars(base)["items"]  # an OrderedDict inherits its length

    def look_at(look: Look, value: Any, kind: type, room: int) -> Shape:
        header = {"kind": "mapping", "type": display_name(kind)[:200], "length": length(value)}
        with look.inside(value):
            return pairs(look, header, "items", pairs_of(value), room, named=False)

    return look_at


def _proxy(look: Look, value: Any, kind: type, room: int) -> Shape:
    # What a proxy stands for may be of any class, whose methods it would call.
    of = next(iter(gc.get_referents(value)), None)
    return LOOKS[dict](look, of, kind, room) if type(of) is dict else {"kind": "opaque", "type": display_name(kind)}


def _elements(look: Look, value: Any, kind: type, room: int) -> Shape:
    """array.array and range: anything with a length whose items are made when they are asked for."""
    header = {"kind": "sequence", "type": display_name(kind)[:200], "length": len(value)}
    return parts(look, header, "items", (value[i] for i in range(min(len(value), 100))), room)


LOOKS: Final[dict[type, Callable[[Look, Any, type, int], Shape]]] = {
    list: _sequence(list),
    tuple: _sequence(tuple),
    dict: _mapping(dict),
    set: _set(set),
    frozenset: _set(frozenset),
    MappingProxyType: _proxy,
}
"""The looks of the built-in containers, which classes derived from them share."""


def look(look: Look, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape | None:
    """The View of something derived from a container, or of a container of the standard library; None of anything else."""
    if tuple in mro and any("_fields" in vars(base) for base in mro):
        return None  # a named tuple has fields
    for base in mro:
        found = LOOKS.get(base) or _of_collections(base)
        if found is not None:
            return found(look, value, kind, room)
    return None


def _of_collections(base: type) -> Callable[[Look, Any, type, int], Shape] | None:
    module = vars(base).get("__module__") if base.__flags__ & (1 << 9) else base.__module__
    match module, base.__name__:
        case "collections", "OrderedDict":
            return _mapping(base)
        case "collections", "deque":
            return _sequence(base)
        case "array", "array":
            return _elements
        case _:
            return None
