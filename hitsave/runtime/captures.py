"""The values that code reads besides its arguments: where they are in the process, and what an evaluation does to them.

A capture that an evaluation only *fills* (slots that were absent or None became values; a dictionary or set that only grew) is a cache.
What was filled is known object by object and slot by slot. From then on it is not seen by digests, whatever function asks and whatever way leads to it, as long as it is
what it was filled with; once anything else has changed it, all is seen that there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import CellType, FunctionType
from typing import Any, Final

from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.errors import HitSaveError
from hitsave.runtime.made import BASES
from hitsave.runtime.names import LiveNames
from hitsave.runtime.objects import MISSING, LiveObjects
from hitsave.runtime.standing_for import CLOSURE_MARK, SUBCLASSES_SUFFIX, VALUE_SUFFIX, subclasses_of
from hitsave.values.digester import Digester
from hitsave.values.held import Survey, are_keys, filled_since, kept_keys_since, survey
from hitsave.values.shown import Hidden, Shown

_MOST_SEEN: Final = 4096
"""Digests of captures that are remembered with what they are seen as."""


def capture_value(objects: LiveObjects, symbol: Symbol, function: FunctionType | None) -> Any:
    """The value of a capture now, MISSING if there is none; runs no user code."""
    if symbol.name.endswith(SUBCLASSES_SUFFIX):
        cls = objects.object_at(Symbol(symbol.module, symbol.name.removesuffix(SUBCLASSES_SUFFIX)))
        return subclasses_of(cls) if isinstance(cls, type) else MISSING
    if symbol.name.endswith(BASES):
        cls = objects.object_at(Symbol(symbol.module, symbol.name.removesuffix(f".{BASES}")))
        return cls.__bases__ if isinstance(cls, type) else MISSING
    if CLOSURE_MARK not in symbol.name:
        return objects.object_at(Symbol(symbol.module, symbol.name.removesuffix(VALUE_SUFFIX)))
    cell = captured_cell(symbol, function)
    try:
        return MISSING if cell is None else cell.cell_contents
    except ValueError:
        return MISSING


def captured_cell(symbol: Symbol, function: FunctionType | None) -> CellType | None:
    """The closure cell of a memoised function that a capture stands for; None if it stands for something else, or the function has no such cell."""
    _, mark, name = symbol.name.rpartition(CLOSURE_MARK)
    if not mark or function is None or function.__closure__ is None or name not in function.__code__.co_freevars:
        return None
    return function.__closure__[function.__code__.co_freevars.index(name)]


class SeenCaptures:
    """Captures as another process would see them: without what evaluations of this one filled, and without its addresses."""

    def __init__(self, objects: LiveObjects) -> None:
        self._objects = objects
        self._hidden: dict[int, Hidden] = {}
        self._filled_with: dict[tuple[int, str, object], Digest] = {}
        self._variables: dict[Symbol, Digest] = {}
        self._seen: dict[tuple[Symbol, Digest], Digest] = {}
        self._doubtful: set[int] = set()
        self._addresses = False

    def survey(self, values: Iterable[Any]) -> Survey:
        """What captures with these values hold, before an evaluation."""
        found = survey([v for v in values if v is not MISSING])
        self._addresses = self._addresses or bool(found.texts)
        return found

    def digest(self, symbol: Symbol, value: Any, digest: Digest) -> Digest:
        """The digest that stands for a capture that has this value, with this digest of its own, in what is recorded."""
        return self.look_closer(symbol, value, digest) if self._hidden or self._variables or self._addresses else digest

    def look_closer(self, symbol: Symbol, value: Any, digest: Digest) -> Digest:
        """The same, even if nothing that this process did so far gives reason to look."""
        known = self._seen.get((symbol, digest))
        if known is None:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            known = self._seen[symbol, digest] = self._see_through(symbol, value) or digest
        return known

    def let_go(self) -> None:
        """Forget the fills of objects that were found with something else in them: from here on, all is seen that they hold. To be called before an evaluation."""
        for identity in self._doubtful:
            self._hidden.pop(identity, None)
        self._doubtful.clear()

    def take_in(self, before: Survey, changed: dict[Symbol, tuple[Any, Digest]]) -> Symbol | None:
        """An evaluation left the captures in `changed` with other values than they had: each has its value now and the digest that stood for it before.

        If all that happened is that slots were filled, this is remembered; else nothing is, and the first capture to which something else happened is given.
        """
        now = survey([value for value, _ in changed.values()])
        hidden = self._hidden_in(now)
        new = {id(h.owner): h for h in _filled(before, now)}
        digester = self._digester({**hidden, **{identity: _joined(self._hidden.get(identity), h) for identity, h in new.items()}}, now)
        nothing = digester.digest(None, "")
        variables: dict[Symbol, Digest] = {}
        filled = {slot: digester.digest(content, "") for slot, content in _slots(new, now)}
        if not self._as_filled(hidden, now, digester):
            self._doubtful.update(hidden)
            return next(iter(changed))
        for symbol, (value, was) in changed.items():
            digest = digester.digest(value, symbol.name)
            if digest == was or (symbol in self._variables and self._variables[symbol] == digest and was == nothing):
                continue
            if was != nothing or value is None or symbol in self._variables:
                return symbol
            variables[symbol] = digest
        for identity, h in new.items():
            self._hidden[identity] = _joined(self._hidden.get(identity), h)
        self._filled_with.update(filled)
        self._variables.update(variables)
        self._seen.clear()
        self._doubtful.clear()
        return None

    def filled(self, values: dict[Symbol, Any]) -> list[Symbol]:
        """Of captures with these values, those of which something is not seen, because evaluations filled it."""
        if not self._hidden and not self._variables:
            return []
        return [s for s, value in values.items() if value is not MISSING and (s in self._variables or self._hidden_in(survey([value])))]

    def _see_through(self, symbol: Symbol, value: Any) -> Digest | None:
        """The digest of a value without what was filled; None if all of it counts."""
        now = survey([value])
        hidden = self._hidden_in(now)
        if not hidden and not now.texts and symbol not in self._variables:
            return None
        digester = self._digester(hidden, now)
        try:
            if not self._as_filled(hidden, now, digester):
                self._doubtful.update(hidden)
                return None
            digest = digester.digest(value, symbol.name)
            return digester.digest(None, "") if self._variables.get(symbol) == digest else digest
        except HitSaveError:
            return None

    def _hidden_in(self, now: Survey) -> dict[int, Hidden]:
        return {i: h for i, h in self._hidden.items() if i in now.contents and now.contents[i].owner is h.owner}

    def _digester(self, hidden: dict[int, Hidden], now: Survey) -> Digester:
        return Digester(LiveNames(self._objects), shown=Shown(hidden, now.texts))

    def _as_filled(self, hidden: dict[int, Hidden], now: Survey, digester: Digester) -> bool:
        """Whether everything that was filled is still what it was filled with."""
        for slot, content in _slots(hidden, now):
            known = self._filled_with.get(slot)
            if known is not None and digester.digest(content, "") != known:
                return False
        for identity, h in hidden.items():
            entries = now.contents[identity].entries
            if h.entries is not None and entries is not None:
                mapping = now.contents.get(id(h.keys_of))
                if mapping is None or mapping.items is None or not are_keys(entries, mapping.items):
                    return False
        return True


def _filled(before: Survey, now: Survey) -> Iterator[Hidden]:
    for identity, contents in now.contents.items():
        then = before.contents.get(identity)
        if then is not None and then.owner is contents.owner:
            hidden = filled_since(then, contents)
            if hidden is not None:
                yield hidden
            yield from kept_keys_since(before.contents, contents, now.contents)


def _joined(first: Hidden | None, later: Hidden) -> Hidden:
    joined = Hidden(later.owner)
    if first is not None:
        joined.take_in(first)
    joined.take_in(later)
    return joined


def _slots(hidden: dict[int, Hidden], now: Survey) -> Iterator[tuple[tuple[int, str, object], Any]]:
    """The slots that are hidden and hold something now, with what that is."""
    for identity, h in hidden.items():
        contents = now.contents[identity]
        for key in h.items:
            if contents.items is not None and key in contents.items:
                yield (identity, "item", key), contents.items[key][1]
        for name in h.attributes:
            if contents.attributes is not None and name in contents.attributes:
                yield (identity, "attribute", name), contents.attributes[name]
        for member in contents.members or ():
            if id(member) in h.members:
                yield (identity, "member", id(member)), member
