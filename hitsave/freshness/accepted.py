"""What people declared not to matter: a change of one symbol, from one digest to another.

It stays true through later edits elsewhere, because it says nothing of anything else; and it ends with the next change of the symbol itself, which nobody has declared anything about.
Declarations follow each other: who accepted the step from A to B, and later that from B to C, has results of A still good under C. There is no way back that nobody accepted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from hitsave.freshness.record import CaptureCheck, CodeCheck
from hitsave.storage.packing import pack, unpack
from hitsave.storage.store import Store
from hitsave.structs import NamedTuple

SCOPE: Final = "accepted"
"""The scope of the store's documents that holds acceptances, by symbol; docs/formats.md has the encoding."""

Acceptable = CodeCheck | CaptureCheck


class Acceptance(NamedTuple):
    """One declaration: a check that held before, and the check that holds after the change.

    `what` is "code" (kind, shell, body) or "capture" (value, made by); `documented` of code, as in its check. Then who said so, when (nanoseconds since 1970), and why.
    """

    symbol: str
    what: str
    documented: int
    before: tuple[Any, ...]
    after: tuple[Any, ...]
    user: str
    at_ns: int
    note: str


class Accepted:
    """Acceptances, read when they are first asked for. `documents` gives their encoded lists by symbol."""

    def __init__(self, documents: Callable[[], Mapping[str, bytes]] = dict) -> None:
        self._documents = documents
        self._by_symbol: dict[str, list[Acceptance]] | None = None

    def forget(self) -> None:
        """Read them again when they are next asked for."""
        self._by_symbol = None

    def of(self, symbol: str) -> list[Acceptance]:
        """What was accepted of a symbol."""
        if self._by_symbol is None:
            self._by_symbol = {name: decode(name, content) for name, content in self._documents().items()}
        return self._by_symbol.get(symbol, [])

    def instead_of(self, check: Acceptable) -> Iterator[Acceptable]:
        """The checks any of which may hold instead of `check`, the nearest steps first."""
        known = self.of(check.symbol)
        waiting, met = [check], [check]
        while known and waiting:
            here = waiting.pop(0)
            for acceptance in known:
                there = _step(here, acceptance)
                if there is not None and there not in met:
                    met.append(there)
                    waiting.append(there)
                    yield there


def accepted_in(store: Store) -> Accepted:
    """The acceptances of a store."""
    return Accepted(lambda: store.documents(SCOPE))


def keep(store: Store, acceptances: list[Acceptance]) -> None:
    """Add these to what was accepted in `store`."""
    known = store.documents(SCOPE)
    for symbol in dict.fromkeys(a.symbol for a in acceptances):
        rows = decode(symbol, known[symbol]) if symbol in known else []
        rows += [
            a
            for a in acceptances
            if a.symbol == symbol and not any((a.before, a.after, a.documented) == (r.before, r.after, r.documented) for r in rows)
        ]
        store.set_document(SCOPE, symbol, encode(rows))


def withdraw(store: Store, symbol: str) -> int:
    """Take back all that was accepted of a symbol; how many declarations that were."""
    content = store.documents(SCOPE).get(symbol)
    if content is not None:
        store.set_document(SCOPE, symbol, None)
    return 0 if content is None else len({a.at_ns for a in decode(symbol, content)})


def acceptances(store: Store) -> list[Acceptance]:
    """All that was accepted in `store`, by symbol and time."""
    return [a for symbol, content in sorted(store.documents(SCOPE).items()) for a in decode(symbol, content)]


def encode(rows: list[Acceptance]) -> bytes:
    """The document of one symbol."""
    return pack([[a.what, a.documented, list(a.before), list(a.after), a.user, a.at_ns, a.note] for a in rows])


def decode(symbol: str, content: bytes) -> list[Acceptance]:
    """The acceptances in a document; none of what is no such document."""
    try:
        rows = cast("list[list[Any]]", unpack(content))
        return [Acceptance(symbol, row[0], int(row[1]), tuple(row[2]), tuple(row[3]), str(row[4]), int(row[5]), str(row[6])) for row in rows]
    except (ValueError, TypeError, IndexError):
        return []


def of_code(before: CodeCheck, after: CodeCheck, *, user: str, note: str) -> Acceptance:
    """That a definition changed from one state to another does not matter."""
    return Acceptance(
        before.symbol,
        "code",
        before.documented,
        (before.kind, before.shell, before.body),
        (after.kind, after.shell, after.body),
        user,
        time.time_ns(),
        note,
    )


def of_capture(before: CaptureCheck, after: CaptureCheck, *, user: str, note: str) -> Acceptance:
    """That a variable changed from one value or text to another does not matter."""
    return Acceptance(before.symbol, "capture", False, (before.value, before.made_by), (after.value, after.made_by), user, time.time_ns(), note)


def _step(check: Acceptable, acceptance: Acceptance) -> Acceptable | None:
    """What may hold instead of `check` by one acceptance, if it is about it."""
    if isinstance(check, CodeCheck):
        if acceptance.what != "code" or acceptance.documented != check.documented:
            return None
        kind, shell, body = acceptance.before
        if (kind, shell) != (check.kind, check.shell) or (check.body is not None and body != check.body):
            return None
        kind, shell, body = acceptance.after
        return check._replace(kind=kind, shell=shell, body=None if check.body is None else body)
    if acceptance.what != "capture" or acceptance.before != (check.value, check.made_by):
        return None
    value, made_by = acceptance.after
    return check._replace(value=value, made_by=made_by)
