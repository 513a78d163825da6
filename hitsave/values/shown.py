"""Values seen as they were before caches in them were filled.

Texts that name an object beside them by its address, ``<function f at 0x7f…>``, are shown without it: it is another one in every process.

A *slot* is an item of a dict, an attribute of an object, or a member of a set. A `Fill` says what a slot held before it was filled: nothing, or None.
A `Shown` stands for a set of fills while something is digested: an object with filled slots counts without them, wherever it is met.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type hold has no type that is known here.
from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from hitsave.structs import field, mutable
from hitsave.values.encoding import CONTAINERS, LEAVES

ABSENT: Final[Any] = object()
"""What an empty slot holds."""
_LEVELS: Final = 100


@mutable
class Hidden:
    """The slots of one object that are shown as they were: `items` by the identity of their key, `attributes` by name, each with what it held (ABSENT or None);
    `members` of a set that are left out, by identity; `entries` that are shown instead of those of a list or deque, as long as it has the keys of the dict `keys_of`.
    """

    owner: Any
    items: dict[int, Any] = field(factory=dict)
    attributes: dict[Any, Any] = field(factory=dict)
    members: set[int] = field(factory=set)
    entries: tuple[Any, ...] | None = None
    keys_of: Any = None

    def take_in(self, later: Hidden) -> None:
        """Hide what was filled later as well; of a slot, what it held at first stays."""
        self.items = {**later.items, **self.items}
        self.attributes = {**later.attributes, **self.attributes}
        self.members |= later.members
        if self.entries is None:
            self.entries, self.keys_of = later.entries, later.keys_of


class Shown:
    """How values look where `hidden` (by identity of the object) has been taken away, and `texts` are replaced. For the values of one moment."""

    def __init__(self, hidden: Mapping[int, Hidden], texts: Mapping[str, str] | None = None) -> None:
        self.hidden = hidden
        self.texts = texts or {}
        self._stand_ins: dict[int, tuple[Any, Any]] = {}

    def of(self, value: Any) -> Any:
        """What stands for `value`: itself, or a copy in which what is hidden is as it was."""
        cls = type(value)
        if cls in LEAVES:
            return self.texts.get(value, value) if cls is str and self.texts else value
        return self._container(value, 0) if cls in CONTAINERS or cls in _COPIES else value

    def content(self, owner: Any, content: Any) -> Any:
        """The same for what an object of a subclass has from a built-in container, as an exact one."""
        hidden = self.hidden.get(id(owner))
        if type(content) is dict:
            return self._mapping(content, hidden, 0)
        return self._sequence(content, hidden, 0) if type(content) in {list, tuple} else content

    def attributes(self, owner: Any, attributes: Mapping[Any, Any]) -> dict[Any, Any]:
        """The attributes of an object."""
        hidden = self.hidden.get(id(owner))
        found = {name: self.of(value) for name, value in attributes.items()}
        if hidden is not None:
            for name, was in hidden.attributes.items():
                if was is ABSENT:
                    found.pop(name, None)
                elif name in found:
                    found[name] = was
        return found

    def slots(self, owner: Any, found: tuple[Any, ...]) -> tuple[Any, ...]:
        """The names and values of an object's slots, in turn."""
        held = self.attributes(owner, dict(zip(found[::2], found[1::2], strict=True)))
        return tuple(part for pair in held.items() for part in pair)

    def is_hidden_in(self, value: Any) -> bool:
        """Whether an object itself has hidden slots."""
        return id(value) in self.hidden

    def _container(self, value: Any, level: int) -> Any:
        known = self._stand_ins.get(id(value))
        if known is not None:
            return known[1]
        if level > _LEVELS:
            return value
        self._stand_ins[id(value)] = (value, value)  # what contains itself is not looked into again
        hidden = self.hidden.get(id(value))
        cls = type(value)
        if cls is dict:
            shown: Any = self._mapping(value, hidden, level)
        elif cls is list or cls is tuple:
            shown = self._sequence(value, hidden, level)
        else:
            shown = _COPIES[cls](self, value, hidden)
        self._stand_ins[id(value)] = (value, shown)
        self._stand_ins[id(shown)] = (shown, shown)
        return shown

    def _inner(self, value: Any, level: int) -> Any:
        cls = type(value)
        if cls is str and self.texts:
            return self.texts.get(value, value)
        return self._container(value, level + 1) if cls in CONTAINERS or cls in _COPIES else value

    def _are_as_they_are(self, values: Collection[Any]) -> bool:
        """Whether there is surely nothing in these values that is shown otherwise."""
        return LEAVES.issuperset(map(type, values)) and not (self.texts and any(type(v) is str and v in self.texts for v in values))

    def _mapping(self, content: dict[Any, Any], hidden: Hidden | None, level: int) -> dict[Any, Any]:
        gone: Mapping[int, Any] = hidden.items if hidden is not None else {}
        if not gone and self._are_as_they_are(content.values()):
            return content
        shown: dict[Any, Any] = {}
        differs = False
        for key, value in content.items():
            if id(key) in gone:
                differs = True
                if gone[id(key)] is ABSENT:
                    continue
                shown[key] = gone[id(key)]
            else:
                inner = shown[key] = self._inner(value, level)
                differs = differs or inner is not value
        return shown if differs else content

    def _sequence(self, content: Any, hidden: Hidden | None, level: int) -> Any:
        if hidden is not None and hidden.entries is not None:
            content = type(content)(hidden.entries)
        if self._are_as_they_are(content):
            return content
        shown = [self._inner(value, level) for value in content]
        return type(content)(shown) if any(a is not b for a, b in zip(shown, content, strict=True)) else content

    def set_(self, value: Any, hidden: Hidden | None) -> Any:
        return type(value)(m for m in value if id(m) not in hidden.members) if hidden is not None and hidden.members else value

    def deque_(self, value: Any, hidden: Hidden | None) -> Any:
        entries = hidden.entries if hidden is not None and hidden.entries is not None else tuple(value)
        shown = [self.of(v) for v in entries]
        return deque(shown, value.maxlen) if len(shown) != len(value) or any(a is not b for a, b in zip(shown, value, strict=True)) else value

    def ordered(self, value: Any, hidden: Hidden | None) -> Any:
        content = {key: dict.__getitem__(value, key) for key in value}
        shown = self._mapping(content, hidden, 0)
        return OrderedDict(shown) if shown is not content else value

    def defaulting(self, value: Any, hidden: Hidden | None) -> Any:
        content = dict(value)
        shown = self._mapping(content, hidden, 0)
        return defaultdict(value.default_factory, shown) if shown is not content else value


_COPIES: Final[dict[type, Callable[[Shown, Any, Hidden | None], Any]]] = {
    set: Shown.set_,
    deque: Shown.deque_,
    OrderedDict: Shown.ordered,
    defaultdict: Shown.defaulting,
}
