"""The panel's questions about a project on the hub, answered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from sqlalchemy import select

from hitsave.errors import HitSaveError
from hitsave.freshness.judging import Judged
from hitsave.freshness.record import Record, Snapshot, decoded
from hitsave.panel import contract, detail
from hitsave.panel.runs import Table, empty_runs
from hitsave.storage.entry import Entry
from hitsave.storage.store import Store
from hitsave_server.hub import listing
from hitsave_server.hub.page.team_store import TeamStore
from hitsave_server.hub.service import Service
from hitsave_server.hub.tables import PROJECTS

_MOST_TABLES: Final = 16


class TeamRuns:
    """Answers as `hitsave.panel.answering` does for one machine. Called on threads."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._tables: OrderedDict[int, Table] = OrderedDict()

    def answer(self, project: int, name: str, method: str, given: Mapping[str, Any]) -> Any:
        """The answer to one request; HitSaveError with a sentence for a person where there is none."""
        team = TeamStore(self._service, project)
        store = cast("Store", team)  # the panel asks of it what a TeamStore answers
        match method:
            case contract.RUNS:
                return self._runs(project, name, store, since=str(given.get("since") or ""), memo=given.get("memo") is True)
            case contract.RUN:
                return detail.run(store, _judge(team, [team.get(str(given.get("id")))])[0])
            case contract.ATTACHMENT:
                return detail.attachment(store, team.get(str(given.get("id"))), str(given.get("name")))
            case contract.MARK:
                return self._mark(project, team.get(str(given.get("id"))), given)
            case _:
                raise HitSaveError("The page asks for something that this team server does not know", "Load the page again")

    def _runs(self, project: int, name: str, store: Store, *, since: str, memo: bool) -> contract.Runs:
        stamp = str(self._service.database.read(lambda c: c.execute(select(PROJECTS.c.stamp).where(PROJECTS.c.project == project)).scalar_one()))
        if since and since == stamp:
            unchanged = empty_runs(name, stamp)
            unchanged["unchanged"] = True
            return unchanged
        table = self._tables.pop(project, None) or Table(store, name)
        self._tables[project] = table
        while len(self._tables) > _MOST_TABLES:
            self._tables.popitem(last=False)
        return table.runs(lambda entries: [Judged(entry, _state(entry)) for entry in entries], stamp, memo=memo)

    def _mark(self, project: int, entry: Entry, given: Mapping[str, Any]) -> contract.Marked:
        pinned, note, tags = given.get("pinned"), given.get("note"), given.get("tags")
        self._service.database.write(
            lambda c: listing.set_marks(
                c,
                project,
                entry.id,
                pinned=pinned if isinstance(pinned, bool) else None,
                note=note[:10_000] if isinstance(note, str) else None,
                tags=[str(tag)[:200] for tag in cast("list[object]", tags)[:50]] if isinstance(tags, list) else None,
            )
        )
        return {"ok": True, "message": ""}


def _state(entry: Entry) -> contract.State:
    # The hub has no sources, so whether the code of today would give a result is not for it to say.
    return "cannot_tell" if entry.status == "done" else entry.status


def _judge(store: TeamStore, entries: Sequence[Entry]) -> list[Judged]:
    judged: list[Judged] = []
    for entry in entries:
        record, snapshot = store.record(entry.record), store.snapshot(entry.snapshot)
        judged.append(Judged(entry, _state(entry), None, decoded(Record, record), decoded(Snapshot, snapshot)))
    return judged
