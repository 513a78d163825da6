"""From what a person typed to a symbol or an entry, and from an entry to what a person would type."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from typing import Final

from hitsave.cli.here import Here
from hitsave.codegraph.symbols import Symbol
from hitsave.errors import DamagedError, HitSaveError, UnknownEntryError, UnknownSymbolError
from hitsave.storage.entry import Entry
from hitsave.storage.ids import ID_LENGTH, normal_id
from hitsave.storage.store import Store

_SHOWN: Final = 5
_ALIKE: Final = 0.6


def find_symbol(here: Here, typed: str) -> Symbol:
    """The function that `typed` names: ``module:name``, ``path/to/file.py:name``, or as much of the name as only one function has.

    UnknownSymbolError, with close matches, if it names none, or more than one.
    """
    text = typed.strip().removesuffix("()")
    if ":" in text or not text:
        return _written_in_full(here, text)
    known: list[str] = []
    for symbols in (_stored(here, here.root), _memoised(here), _stored(here, None), here.defined(text)):
        matches = _matches(text, symbols)
        if len(matches) == 1:
            return Symbol.parse(matches[0])
        if matches:
            raise UnknownSymbolError(f"{typed} may mean {_some(matches, 'or')}", "Write one of them in full")
        known.extend(symbols)
    raise _unknown(typed, known)


def find_any_symbol(here: Here, typed: str) -> Symbol:
    """The function, class or variable that `typed` names: as `find_symbol`, and among all that stored results depended on."""
    from hitsave.freshness.record import Record, decoded

    contents = here.store.contents("record", {entry.record for entry in here.store.list(limit=None)})
    reached: set[str] = set()
    for content in contents.values():
        if record := decoded(Record, content):
            reached |= {check.symbol for check in (*record.code, *record.captures)}
    text = typed.strip().removesuffix("()")
    matches = [text] if text in reached else _matches(text, sorted(reached))
    if len(matches) > 1:
        raise UnknownSymbolError(f"{typed} may mean {_some(matches, 'or')}", "Write one of them in full")
    return Symbol.parse(matches[0]) if matches else find_symbol(here, typed)


def find_entry(here: Here, typed: str) -> Entry:
    """The entry whose ID `typed` is or begins (or ends) with. UnknownEntryError; where it names a function instead, with how to find its results."""
    try:
        return here.store.get(typed)
    except UnknownEntryError as problem:
        name = typed.strip().removesuffix("()")
        known = _stored(here, here.root)
        if name not in known and not _matches(name, known):
            raise
        raise UnknownEntryError(f"{name} is a function, and one result is meant", f"hitsave ls {name} shows their IDs") from problem


def find_entry_or_symbol(here: Here, typed: str) -> Entry | Symbol:
    """The symbol that `typed` names, else the entry whose ID it is or begins (or ends) with. UnknownSymbolError if it is neither; UnknownEntryError if it means several entries."""
    if ":" in typed:
        return find_symbol(here, typed)
    if _is_id_like(typed):
        try:
            return here.store.get(typed)
        except UnknownEntryError as problem:
            if not problem.problem.startswith("There is no"):
                raise
    try:
        return find_symbol(here, typed)
    except UnknownSymbolError as problem:
        if _is_id_like(typed):
            raise UnknownEntryError(f"There is no entry {typed} in the store in {here.store.folder}", "hitsave ls shows the IDs") from problem
        try:
            return here.store.get(typed)
        except HitSaveError:
            raise problem from None


def short_ids(store: Store, ids: Sequence[str]) -> list[str]:
    """Beginnings of IDs, all of one length, by each of which the store finds its entry."""
    length = 8
    for identity in ids:
        while length < ID_LENGTH:
            try:
                found = store.get(identity[:length]).id
            except DamagedError:
                break
            except UnknownEntryError:
                found = ""
            if found == identity:
                break
            length += 1
    return [identity[:length] for identity in ids]


def _is_id_like(typed: str) -> bool:
    """Whether `typed` looks like an ID rather than a name: names don't begin with a digit."""
    return typed[:1].isdigit() and normal_id(typed) is not None


def _written_in_full(here: Here, text: str) -> Symbol:
    place, _, name = text.rpartition(":")
    if not place or not name:
        raise UnknownSymbolError(f"{text!r} names no function", "Write module:name, path/to/file.py:name, or a name")
    if place.endswith((".py", ".ipynb")) or os.sep in place:
        path = os.path.normpath(os.path.join(here.folder, os.path.expanduser(place)))  # noqa: PTH111, PTH118 - pathlib keeps ".."
        module = here.library().module_name(path)
    else:
        path, module = "", place
    symbol = Symbol(module, name)
    if str(symbol) in _stored(here, None):
        return symbol
    if path and not os.path.exists(path):  # noqa: PTH110
        raise UnknownSymbolError(f"There is no file {place}", "Paths are looked for from the current folder")
    here.readable(symbol)
    if here.world().definition(symbol) is not None:
        return symbol
    raise _unknown(text, [*_in_module(here, module), *_stored(here, None), *_memoised(here)])


def _stored(here: Here, project: str | None) -> list[str]:
    return here.store.symbol_names(project)


def _memoised(here: Here) -> list[str]:
    return [str(function.symbol) for function in here.memoised.functions]


def _in_module(here: Here, module: str) -> list[str]:
    from hitsave.codegraph.library import SourceModule

    located = here.library().locate(module)
    if not isinstance(located, SourceModule):
        return []
    return [f"{module}:{name}" for name, bindings in located.index.by_name.items() if any(b.kind in {"function", "class"} for b in bindings)]


def _matches(text: str, symbols: Iterable[str]) -> list[str]:
    """The symbols that `text` may mean; those that it names most exactly, if there are several ways."""
    dotted = {symbol: symbol.replace(":", ".") for symbol in symbols}
    return (
        [symbol for symbol in dotted if symbol.partition(":")[2] == text]
        or [symbol for symbol, path in dotted.items() if path == text]
        or [symbol for symbol, path in dotted.items() if path.endswith("." + text)]
    )


def _unknown(typed: str, known: Iterable[str]) -> UnknownSymbolError:
    known = list(dict.fromkeys(known))
    if not known:
        return UnknownSymbolError(f"There is no function {typed} in the store or in this project", "Decorate one with @memo, and run it")
    meant = _close(typed, known)
    advice = f"Perhaps you mean {_some(meant, 'or')}" if meant else "hitsave status shows those that are memoised"
    return UnknownSymbolError(f"There is no function {typed} in the store or in this project", advice)


def _close(typed: str, known: Iterable[str]) -> list[str]:
    """The symbols that are written almost like `typed`, the closest first."""
    matcher = difflib.SequenceMatcher()
    matcher.set_seq2(typed.rpartition(":")[2].lower())
    likeness: dict[str, float] = {}
    for symbol in known:
        name = symbol.partition(":")[2].lower()
        ratios: list[float] = []
        for part in {name, name.rpartition(".")[2]}:
            matcher.set_seq1(part)
            if matcher.quick_ratio() >= _ALIKE:
                ratios.append(matcher.ratio())
        likeness[symbol] = max(ratios, default=0.0)
    best = max(likeness.values(), default=0.0)
    return [s for s in sorted(likeness, key=lambda s: (-likeness[s], s)) if likeness[s] >= max(_ALIKE, best - 0.1)]


def _some(names: list[str], last: str) -> str:
    from hitsave.freshness.words import listed

    if len(names) > _SHOWN:
        return f"{', '.join(names[:_SHOWN])} {last} {len(names) - _SHOWN} more"
    return listed(names, last=last)
