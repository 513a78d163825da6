"""Lookups, lists, and single entries."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hitsave.storage import wire
from hitsave_server.hub import accounts, listing
from hitsave_server.hub.bodies import number, read_fields
from hitsave_server.hub.caller import Caller
from hitsave_server.hub.entries import note_used
from hitsave_server.hub.lookup import Wanted
from hitsave_server.hub.refusals import malformed, unknown
from hitsave_server.hub.routes.answering import asked_by, path_text, project_of, says, tiers_in, whole_number
from hitsave_server.hub.service import Service


@asked_by("read")
async def lookup(request: Request, service: Service, caller: Caller) -> Response:
    """`POST …/lookup`."""
    fields = await read_fields(request)
    wanted = [Wanted(each.digest("key"), each.maybe("captures", each.digest)) for each in fields.maps("wanted", most=wire.MOST_KEYS)]
    tiers = tiers_in(fields, caller)
    project, _ = await project_of(request, service, caller, make=False)
    return says(await service.lookups.look(project, wanted, tiers, inline=not fields.has("inline") or fields.flag("inline")))


@asked_by("read")
async def entries(request: Request, service: Service, caller: Caller) -> Response:
    """`GET …/entries`."""
    project, _ = await project_of(request, service, caller)
    asked = {name: request.query_params.get(name, "") for name in ("symbol", "status", "kind", "after")}
    if any(accounts.clean(value) != value for value in asked.values()):
        raise malformed("what is asked for is not text")
    limit = whole_number(request.query_params.get("limit", str(listing.MOST_LISTED)), "limit", least=1, most=listing.MOST_LISTED)
    found, more = await service.threads.run(
        lambda: service.database.read(lambda c: listing.list_entries(c, project, caller.readable, limit=limit, **asked))
    )
    return says({"entries": found, "more": more})


@asked_by("read")
async def entry(request: Request, service: Service, caller: Caller) -> Response:
    """`GET …/entries/ID`."""
    project, name = await project_of(request, service, caller)
    return await _one(request, service, caller, {name: project})


@asked_by("read")
async def entry_anywhere(request: Request, service: Service, caller: Caller) -> Response:
    """`GET /v1/entries/ID`."""
    projects = await service.threads.run(lambda: service.database.read(lambda c: accounts.projects_of(c, caller.team)))
    return await _one(request, service, caller, {name: project for name, project in projects.items() if caller.may_see(name)})


async def _one(request: Request, service: Service, caller: Caller, projects: dict[str, int]) -> Response:
    typed = path_text(request, "id")
    found = await service.threads.run(
        lambda: service.database.read(lambda c: listing.find_entry(c, sorted(projects.values()), caller.readable, typed))
    )
    if found is None:
        raise unknown("no entry has this ID, or several have it")
    names = {number: name for name, number in projects.items()}
    return says({**found, "project": names[found["project"]]})


@asked_by("read")
async def used(request: Request, service: Service, caller: Caller) -> Response:
    """`POST …/used`."""
    fields = await read_fields(request, most=1 << 20)
    uses = [_use(row) for row in fields.rows("entries", most=1_000)]
    project, _ = await project_of(request, service, caller)
    await service.threads.run(lambda: service.database.write(lambda c: note_used(c, project, uses)))
    return says({})


@asked_by("write")
async def marks(request: Request, service: Service, caller: Caller) -> Response:
    """`POST …/entries/ID/marks`."""
    fields = await read_fields(request, most=1 << 20)
    pinned = fields.maybe("pinned", fields.flag)
    note = fields.maybe("note", lambda name: fields.text(name, most=10_000))
    tags = fields.maybe("tags", lambda name: fields.texts(name, most=50, longest=200))
    project, _ = await project_of(request, service, caller)
    identity = path_text(request, "id")
    if not await service.threads.run(
        lambda: service.database.write(lambda c: listing.set_marks(c, project, identity, pinned=pinned, note=note, tags=tags))
    ):
        raise unknown("no entry has this ID")
    return says({})


def _use(row: list[Any]) -> tuple[str, int, int]:
    if len(row) != 3 or type(row[0]) is not str or len(row[0]) > 26 or accounts.clean(row[0]) != row[0]:
        raise malformed("each of entries must be an ID, hits and nanoseconds")
    return row[0], number(row[1], "hits", most=1_000_000_000), number(row[2], "saved_ns", most=1 << 60)
