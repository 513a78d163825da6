"""What values hold, object by object and slot by slot, and what was filled in them since.

A *slot* is an item of a dict, an attribute of an object, or a member of a set.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type hold has no type that is known here.
from __future__ import annotations

import functools
from collections import deque
from collections.abc import Collection, Mapping
from contextlib import suppress
from types import CellType, FunctionType, MethodType, SimpleNamespace
from typing import Any, Final
from weakref import ReferenceType

from hitsave.patterns import pattern
from hitsave.structs import field, mutable
from hitsave.values.classes import full_name, layout_of, linearised, slot_values
from hitsave.values.encoding import LEAVES
from hitsave.values.reducers import find_reducer
from hitsave.values.rules.callables import is_class
from hitsave.values.rules.finding import ENUM, find_rule
from hitsave.values.shown import ABSENT, Hidden

MOST_OBJECTS: Final = 200_000
"""Objects of a value that are looked at for what was filled; of a larger one nothing is known."""
_MARK: Final = " at 0x"
_ADDRESS: Final = pattern(_MARK + "([0-9a-fA-F]+)")
_BUILT_IN_FUNCTION: Final = type(len)
_PARTIAL: Final = functools.partial
_CACHED: Final = type(functools.lru_cache(int))
_WRAPPING: Final = frozenset({_CACHED, staticmethod, classmethod})


@mutable
class Contents:
    """What one object holds, slot by slot: `items` of a dict by the identity of the key, `members` of a set, `entries` of a list or deque, `attributes` by name."""

    owner: Any
    items: dict[int, tuple[Any, Any]] | None = None
    members: frozenset[Any] | None = None
    entries: tuple[Any, ...] | None = None
    attributes: dict[Any, Any] | None = None


def contents_of(value: Any) -> tuple[Contents | None, list[Any]]:
    """What an object holds that could be filled (None where nothing could), and all objects that it leads to. Runs no code of the user's but the reducers.

    What digests don't see is not looked into: behind a name, as a module or a logger has one, may be all that there is in the process.
    """
    cls = type(value)
    if cls in LEAVES:
        return None, []
    if cls is FunctionType:
        cells = [cell.cell_contents for cell in value.__closure__ or () if not _is_empty(cell)]
        return None, [*cells, *(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values(), *value.__dict__.values()]
    if cls is MethodType:
        return None, [value.__self__, value.__func__]
    if cls is _BUILT_IN_FUNCTION:
        return None, [value.__self__] if not isinstance(value.__self__, type(functools)) else []
    if cls is tuple or cls is frozenset:
        return None, list(value)
    if is_class(cls):
        return None, []
    reducer = find_reducer(cls)
    if reducer is not None:
        with suppress(Exception):  # the digest says what is wrong with it
            return None, [reducer(value)]
        return None, []
    bases = linearised(cls)
    rule, covered = find_rule(cls)
    layout = layout_of(cls, covered)
    found = Contents(value)
    inner = _held_by_type(found, bases)
    if layout.attributes is not None and (rule is None or not rule.whole or _holds_attributes(bases)):
        try:
            attributes: Any = layout.attributes(value)
            found.attributes = {name: item for name, item in attributes.items() if name not in layout.skipped}
        except (AttributeError, TypeError):
            found.attributes = {}
    if layout.slots:
        slots = slot_values(value, layout.slots)
        found.attributes = {**(found.attributes or {}), **dict(zip(slots[::2], slots[1::2], strict=True))}
    if found.attributes is not None:
        inner += found.attributes.values()
    return found, inner


def _held_by_type(found: Contents, bases: tuple[type, ...]) -> list[Any]:
    """What an object has from a built-in type, noted in `found`; gives what that leads to."""
    value = found.owner
    inner: list[Any] = []
    if dict in bases:
        pairs = list(dict.items(value))
        found.items = {id(key): (key, item) for key, item in pairs}
        inner += [part for pair in pairs for part in pair]
    elif set in bases:
        found.members = frozenset(set.__iter__(value))
        inner += found.members
    elif list in bases or deque in bases:
        found.entries = tuple(list.__iter__(value) if list in bases else deque.__iter__(value))
        inner += found.entries
    elif tuple in bases:
        inner += tuple.__iter__(value)
    elif _PARTIAL in bases:
        inner += [value.func, value.args, value.keywords]
    elif _WRAPPING.intersection(bases):
        inner.append(vars(value).get("__wrapped__") if _CACHED in bases else value.__func__)
    elif ReferenceType in bases:
        inner.append(ReferenceType.__call__(value))
    return inner


def _holds_attributes(bases: tuple[type, ...]) -> bool:
    """Whether the rule of a type whose values have attributes counts these."""
    return SimpleNamespace in bases or any(full_name(base) == ENUM for base in bases)


def _is_empty(cell: CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - is there any?
    except ValueError:
        return True
    return False


@mutable
class Survey:
    """What values lead to: `contents` of each object that could be filled, by identity; `texts` that name one of the objects by its address, and how they are shown."""

    contents: dict[int, Contents] = field(factory=dict)
    texts: dict[str, str] = field(factory=dict)


def survey(values: Collection[Any]) -> Survey:
    """Look at every object that `values` lead to; at nothing where they are too many."""
    found = Survey()
    seen: dict[int, Any] = {}
    named: set[str] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        cls = type(value)
        if cls in LEAVES:
            if cls is str and _MARK in value:
                named.add(value)
            continue
        if id(value) in seen:
            continue
        seen[id(value)] = value
        if len(seen) > MOST_OBJECTS:
            return Survey()
        contents, inner = contents_of(value)
        if contents is not None:
            found.contents[id(value)] = contents
        waiting += inner
    for text in named:
        shown = _ADDRESS.sub(lambda match: _MARK if int(match[1], 16) in seen else match[0], text)
        if shown != text:
            found.texts[text] = shown
    return found


def filled_since(before: Contents, now: Contents) -> Hidden | None:
    """What was filled in one object: slots that were absent or None and hold something now. None where nothing was, or something else changed as well."""
    hidden = Hidden(now.owner)
    if before.items is not None and now.items is not None:
        # An OrderedDict's own order may be another; a dict's is that of its items.
        if list(before.items) != [key for key in now.items if key in before.items]:
            return None
        if list(now.items)[: len(before.items)] != list(before.items):
            return None
        for key, (_, item) in now.items.items():
            was = before.items[key][1] if key in before.items else ABSENT
            if not _note(hidden.items, key, was, item):
                return None
    if before.attributes is not None and now.attributes is not None:
        for name, was in before.attributes.items():
            if name not in now.attributes:
                return None
            if not _note(hidden.attributes, name, was, now.attributes[name]):
                return None
        hidden.attributes.update(dict.fromkeys(now.attributes.keys() - before.attributes.keys(), ABSENT))
    if before.members is not None and now.members is not None:
        if not before.members <= now.members:
            return None
        hidden.members = {id(m) for m in now.members - before.members}
    if before.entries is not None and now.entries is not None and not _same(before.entries, now.entries):
        return None
    return hidden if hidden.items or hidden.attributes or hidden.members else None


def _same(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))


def _note(noted: dict[Any, Any], slot: Any, was: Any, now: Any) -> bool:
    """Note a slot that was filled; False for one that was changed. One that holds an equal leaf, or another object, is left to the digest to judge."""
    if now is was:
        return True
    if was is ABSENT or was is None:
        noted[slot] = was
    return True


def are_keys(entries: Collection[Any], items: Mapping[int, tuple[Any, Any]]) -> bool:
    """Whether `entries` are the keys of a dict, each once, in any order: plain ones by their value, others by identity. Runs no code of the user's."""
    return len(entries) == len(items) and {_identity(e) for e in entries} == {_identity(key) for key, _ in items.values()}


def _identity(key: Any) -> Any:
    plain = type(key) in LEAVES or (type(key) is tuple and all(type(part) in LEAVES for part in key))
    return (type(key), key) if plain else id(key)


def kept_keys_since(before: Mapping[int, Contents], owner: Contents, now: Mapping[int, Contents]) -> list[Hidden]:
    """The bookkeeping of a cache: in an object that is a mapping itself, a list or deque of nothing but the keys of a dict beside it, in the order of their use.

    Such an order decides which key is dropped next, and nothing else; where one was dropped, the dict did not only grow.
    """
    cls = type(owner.owner)
    if owner.attributes is None or not all(any(name in vars(base) for base in linearised(cls)) for name in ("__getitem__", "__setitem__")):
        return []
    held = [now[id(v)] for v in owner.attributes.values() if id(v) in now]
    found: list[Hidden] = []
    for sequence in held:
        was = before.get(id(sequence.owner))
        if sequence.entries is None or was is None or was.entries is None or _same(was.entries, sequence.entries):
            continue
        for mapping in held:
            then = before.get(id(mapping.owner))
            if (
                mapping.items is not None
                and then is not None
                and then.items is not None
                and are_keys(sequence.entries, mapping.items)
                and are_keys(was.entries, then.items)
                and then.items.keys() <= mapping.items.keys()
            ):
                found.append(Hidden(sequence.owner, entries=was.entries, keys_of=mapping.owner))
                break
    return found
