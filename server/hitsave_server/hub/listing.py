"""Entries by symbol and by ID, and what people set on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, select, update

from hitsave.storage.entry import join_tags, split_tags
from hitsave.storage.ids import ID_LENGTH, normal_id
from hitsave.storage.wire import Tier
from hitsave_server.hub import accounts
from hitsave_server.hub.entries import FOUND, RUN, texts_of
from hitsave_server.hub.tables import ENTRIES, LOGGED

MOST_LISTED: Final = 1_000
_LEAST_OF_AN_ID: Final = 4


def list_entries(
    connection: Connection,
    project: int,
    tiers: frozenset[Tier],
    *,
    symbol: str = "",
    status: str = "",
    kind: str = "",
    after: str = "",
    limit: int = MOST_LISTED,
) -> tuple[list[dict[str, Any]], str | None]:
    """Entries and runs, the newest first; the ID to go on after if there are more."""
    chosen = _visible([project], tiers).order_by(ENTRIES.c.id.desc()).limit(limit + 1)
    for column, value in ((ENTRIES.c.symbol, symbol), (ENTRIES.c.status, status), (ENTRIES.c.kind, kind)):
        if value:
            chosen = chosen.where(column == value)
    if after:
        chosen = chosen.where(ENTRIES.c.id < after)
    rows = connection.execute(chosen).all()
    return [_told(row) for row in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None


def find_entry(connection: Connection, projects: Sequence[int], tiers: frozenset[Tier], typed: str) -> dict[str, Any] | None:
    """The one entry of these projects whose ID is, begins or ends so, with its texts and its log; None if there is none, or several."""
    part = normal_id(typed)
    if part is None or len(part) < _LEAST_OF_AN_ID or not projects:
        return None
    column = ENTRIES.c.id
    ways = [column == part] if len(part) == ID_LENGTH else [column.startswith(part), column.endswith(part)]
    for way in ways:
        rows = connection.execute(_visible(projects, tiers).where(way).limit(2)).all()
        if len(rows) == 1:
            row = rows[0]
            lines = connection.execute(
                select(LOGGED.c.line, LOGGED.c.at_ns, LOGGED.c.content)
                .where(LOGGED.c.project == row.project, LOGGED.c.id == row.id)
                .order_by(LOGGED.c.line)
            )
            logged = [{"number": line, "at_ns": at_ns, "content": content} for line, at_ns, content in lines]
            return {
                **_told(row),
                "project": row.project,
                "texts": [bytes(text) for text in texts_of(connection, row.number, row.project)],
                "logged": logged,
            }
    return None


def set_marks(connection: Connection, project: int, identity: str, *, pinned: bool | None, note: str | None, tags: Sequence[str] | None) -> bool:
    """Pin, note or tag an entry; whether there is one."""
    changes: dict[str, Any] = {}
    if pinned is not None:
        changes["pinned"] = pinned
    if note is not None:
        changes["note"] = note
    if tags is not None:
        changes["tags"] = join_tags(list(tags))
    ours = (ENTRIES.c.project == project) & (ENTRIES.c.id == identity)
    if not changes:
        return connection.execute(select(ENTRIES.c.number).where(ours)).first() is not None
    changed = connection.execute(update(ENTRIES).where(ours).values(**changes)).rowcount > 0
    accounts.stamp(connection, project)
    return changed


def _visible(projects: Sequence[int], tiers: frozenset[Tier]) -> Select[Any]:
    return select(ENTRIES).where(
        ENTRIES.c.project.in_(projects), ENTRIES.c.standing.in_((FOUND, RUN)), ENTRIES.c.tier.in_(sorted(tiers)), ENTRIES.c.blocked.is_(False)
    )


def _told(row: Any) -> dict[str, Any]:
    return {
        "body": row.body,
        "signer": row.signer,
        "signature": row.signature,
        "status": row.status,
        "kind": row.kind,
        "created_ns": row.created_ns,
        "pinned": bool(row.pinned),
        "note": row.note,
        "tags": list(split_tags(row.tags)),
    }
