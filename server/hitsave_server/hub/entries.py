"""Entries: taken in when everything that they name is there, first come, first served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from hitsave.digest import Digest
from hitsave.storage.entry import Entry
from hitsave.storage.shared import needs_of, read_shared, signed_bytes
from hitsave.storage.team.signing import signature_holds
from hitsave.storage.wire import Received
from hitsave_server.hub import accounts
from hitsave_server.hub.caller import Caller
from hitsave_server.hub.chunks import touch
from hitsave_server.hub.clock import now
from hitsave_server.hub.database import Database
from hitsave_server.hub.objects import sizes_of
from hitsave_server.hub.tables import ENTRIES, ENTRY_OBJECTS, LOGGED, OBJECTS, REPORTS
from hitsave_server.hub.threads import Threads

FOUND: Final = "found"
RUN: Final = "run"
CONFLICT: Final = "conflict"


class Line(NamedTuple):
    """A line of a run's log."""

    line: int
    at_ns: int
    content: bytes


class Upload(NamedTuple):
    """An entry as it arrived: bytes of which nothing has been looked at."""

    body: bytes
    signer: bytes
    signature: bytes
    texts: Sequence[Digest]
    logged: Sequence[Line]


class Entries:
    """The entries of all projects."""

    def __init__(self, database: Database, threads: Threads) -> None:
        self._database = database
        self._threads = threads

    async def receive(self, caller: Caller, project: int, name: str, uploads: Sequence[Upload]) -> list[Received]:
        """What becomes of each of these done entries."""
        return await self._threads.run(lambda: [self._receive(caller, project, name, upload) for upload in uploads])

    async def show_run(self, caller: Caller, project: int, name: str, identity: str, upload: Upload) -> tuple[int, str]:
        """Show an evaluation that is running or has failed: how many lines of its log are there, and why it was refused."""
        return await self._threads.run(lambda: self._show_run(caller, project, name, identity, upload))

    def _receive(self, caller: Caller, project: int, name: str, upload: Upload) -> Received:
        entry, why = judged(caller, name, upload)
        if entry is None:
            return {"outcome": "refused", "why": why}
        if entry.status != "done":
            return {"outcome": "refused", "why": "an entry that is not done belongs to runs"}
        return self._database.write(lambda connection: _store(self._database, connection, caller, project, entry, upload))

    def _show_run(self, caller: Caller, project: int, name: str, identity: str, upload: Upload) -> tuple[int, str]:
        entry, why = judged(caller, name, upload)
        if entry is None:
            return 0, why
        if entry.status == "done" or entry.id != identity:
            return 0, "a run is running or failed, and has the ID in the address"

        def show(connection: Connection) -> tuple[int, str]:
            there = connection.execute(
                select(ENTRIES.c.number, ENTRIES.c.status, ENTRIES.c.member).where(ENTRIES.c.project == project, ENTRIES.c.id == identity)
            ).first()
            if there is not None and there.member != caller.member:
                return 0, "this run is somebody else's"
            if there is None or there.status == "running":
                if there is not None:
                    _drop(connection, there.number)
                there_now = touch(connection, OBJECTS, project, [need.digest for need in needs_of(entry)])
                _insert(self._database, connection, caller, project, entry, upload, RUN, sorted(there_now))
            lines = _log(self._database, connection, project, identity, upload.logged)
            accounts.stamp(connection, project)
            return lines, ""

        return self._database.write(show)


def judged(caller: Caller, name: str, upload: Upload) -> tuple[Entry | None, str]:
    """The entry, if it is one that this caller may store in the project of that name; else why not."""
    try:
        entry = read_shared(upload.body, project=name, signer=upload.signer, signature=upload.signature)
    except ValueError as problem:
        return None, str(problem)
    if entry.tier != caller.tier:
        return None, f"this key writes the tier {caller.tier}, not {entry.tier}"
    if not signature_holds(upload.signer, upload.signature, signed_bytes(upload.body)):
        return None, "the signature does not hold"
    return entry, ""


def _store(database: Database, connection: Connection, caller: Caller, project: int, entry: Entry, upload: Upload) -> Received:
    mine = (ENTRIES.c.project == project) & (ENTRIES.c.id == entry.id)
    there = connection.execute(select(ENTRIES.c.number, ENTRIES.c.standing, ENTRIES.c.member, ENTRIES.c.body).where(mine)).first()
    if there is not None and there.standing != RUN:
        if there.body == upload.body:
            if there.member == caller.member and upload.logged:
                _log(database, connection, project, entry.id, upload.logged)
                accounts.stamp(connection, project)
            return {"outcome": "already" if there.standing == FOUND else "conflict", "id": entry.id}
        return {"outcome": "refused", "why": "another entry has this ID"}
    if there is not None and there.member != caller.member:
        return {"outcome": "refused", "why": "this ID is that of somebody else's run"}
    needs = {need.digest: need for need in needs_of(entry)}
    needed = [*needs, *(text for text in upload.texts if text not in needs)]
    present = touch(connection, OBJECTS, project, needed)
    if len(present) < len(set(needed)):
        return {"outcome": "missing", "missing": [bytes(digest) for digest in needed if digest not in present]}
    kinds = sizes_of(connection, project, needed)
    for digest in needed:
        kind, size = kinds[digest]
        need = needs.get(digest)
        if kind != (need.kind if need else "text") or (need and need.size not in {None, size}):
            return {"outcome": "refused", "why": "an object that it names is of another kind or size"}
    first = connection.execute(_first(project, entry)).first()
    standing = FOUND
    if first is not None:
        if first.value == entry.value:
            if there is not None:
                drop_entries(connection, project, [there.number])
            return {"outcome": "already", "id": first.id}
        standing = CONFLICT
    if there is not None:
        _drop(connection, there.number)
    number = _insert(database, connection, caller, project, entry, upload, standing, needed)
    if number is None:  # somebody was first between the look and the insert
        return _store(database, connection, caller, project, entry, upload)
    _log(database, connection, project, entry.id, upload.logged)
    accounts.stamp(connection, project)
    if standing == CONFLICT:
        assert first is not None
        connection.execute(
            insert(REPORTS).values(
                project=project, at=now(), what="conflict", about=f"{entry.symbol}: {entry.id} differs from {first.id}", member=caller.member
            )
        )
        return {"outcome": "conflict", "id": first.id}
    return {"outcome": "stored", "id": entry.id}


def _first(project: int, entry: Entry) -> Any:
    return select(ENTRIES.c.id, ENTRIES.c.value).where(
        ENTRIES.c.project == project,
        ENTRIES.c.tier == entry.tier,
        ENTRIES.c.key == entry.key,
        ENTRIES.c.record == entry.record,
        ENTRIES.c.standing == FOUND,
    )


def _insert(
    database: Database,
    connection: Connection,
    caller: Caller,
    project: int,
    entry: Entry,
    upload: Upload,
    standing: str,
    needed: Sequence[Digest],
) -> int | None:
    """Insert a row; its number, None if the database says that another was first."""
    number = connection.execute(
        database.insert_new(ENTRIES)
        .values(
            project=project,
            id=entry.id,
            standing=standing,
            blocked=False,
            tier=entry.tier,
            key=entry.key,
            record=entry.record,
            captures=entry.captures,
            symbol=entry.symbol,
            status=entry.status,
            kind=entry.kind,
            created_ns=entry.created_ns,
            wall_ns=entry.wall_ns,
            size=entry.size,
            value=entry.value,
            body=upload.body,
            signer=upload.signer,
            signature=upload.signature,
            member=caller.member,
            stored=now(),
            hits=0,
            saved_ns=0,
            last_used=now(),
            pinned=False,
            note="",
            tags="",
        )
        .returning(ENTRIES.c.number)
    ).scalar()
    if number is not None and needed:
        connection.execute(insert(ENTRY_OBJECTS), [{"number": number, "object": digest, "project": project} for digest in dict.fromkeys(needed)])
    return number


def _drop(connection: Connection, number: int) -> None:
    connection.execute(delete(ENTRY_OBJECTS).where(ENTRY_OBJECTS.c.number == number))
    connection.execute(delete(ENTRIES).where(ENTRIES.c.number == number))


def drop_entries(connection: Connection, project: int, numbers: Sequence[int]) -> None:
    """Delete entries and what was logged in them. Their objects stay until a collection finds that nothing needs them."""
    for start in range(0, len(numbers), 500):
        some = numbers[start : start + 500]
        ids = select(ENTRIES.c.id).where(ENTRIES.c.number.in_(some))
        connection.execute(delete(LOGGED).where(LOGGED.c.project == project, LOGGED.c.id.in_(ids)))
        connection.execute(delete(ENTRY_OBJECTS).where(ENTRY_OBJECTS.c.number.in_(some)))
        connection.execute(delete(ENTRIES).where(ENTRIES.c.number.in_(some)))
    accounts.stamp(connection, project)


def note_found(connection: Connection, numbers: Sequence[int]) -> None:
    """Lookups found these entries just now."""
    for start in range(0, len(numbers), 500):
        connection.execute(update(ENTRIES).where(ENTRIES.c.number.in_(sorted(numbers[start : start + 500]))).values(last_used=now()))


def note_used(connection: Connection, project: int, uses: Sequence[tuple[str, int, int]]) -> None:
    """What clients were spared: ID, hits, nanoseconds."""
    for identity, hits, saved_ns in sorted(uses):
        connection.execute(
            update(ENTRIES)
            .where(ENTRIES.c.project == project, ENTRIES.c.id == identity)
            .values(hits=ENTRIES.c.hits + hits, saved_ns=ENTRIES.c.saved_ns + saved_ns, last_used=now())
        )
    accounts.stamp(connection, project)


def texts_of(connection: Connection, number: int, project: int) -> list[Digest]:
    """The texts that came with an entry's Snapshot."""
    rows = (
        select(ENTRY_OBJECTS.c.object)
        .join(OBJECTS, (OBJECTS.c.project == ENTRY_OBJECTS.c.project) & (OBJECTS.c.digest == ENTRY_OBJECTS.c.object))
        .where(ENTRY_OBJECTS.c.number == number, ENTRY_OBJECTS.c.project == project, OBJECTS.c.kind == "text")
    )
    return [Digest(digest) for (digest,) in connection.execute(rows)]


def _log(database: Database, connection: Connection, project: int, identity: str, lines: Sequence[Line]) -> int:
    for start in range(0, len(lines), 500):
        rows = [{"project": project, "id": identity, **line._asdict()} for line in lines[start : start + 500]]
        connection.execute(database.insert_new(LOGGED), rows)
    last = select(LOGGED.c.line).where(LOGGED.c.project == project, LOGGED.c.id == identity).order_by(LOGGED.c.line.desc()).limit(1)
    return connection.execute(last).scalar() or 0
