"""Leases."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hitsave.storage import wire
from hitsave_server.hub import leases
from hitsave_server.hub.bodies import digest_of, read_fields
from hitsave_server.hub.caller import Caller
from hitsave_server.hub.routes.answering import asked_by, path_text, project_of, says
from hitsave_server.hub.service import Service

_LEAST_MS = 100


@asked_by("write")
async def lease(request: Request, service: Service, caller: Caller) -> Response:
    """`POST …/leases/NAME`."""
    name = digest_of(path_text(request, "name"))
    fields = await read_fields(request, most=1 << 14)
    owner = fields.text("owner", most=wire.MOST_NAME)
    ttl_ms = fields.number("ttl_ms", least=_LEAST_MS, most=wire.MOST_LEASE_MS)
    token = fields.maybe("token", lambda key: fields.text(key, most=100))
    project, _ = await project_of(request, service, caller, make=True)
    database = service.database
    if token is not None and await service.threads.run(
        lambda: database.write_alone(lambda c: leases.renew(database, c, project, name, owner=owner, ttl_ms=ttl_ms, token=token))
    ):
        return says({"granted": True, "owner": owner, "ttl_ms": ttl_ms, "token": token})
    given = await service.threads.run(lambda: database.write(lambda c: leases.lease(database, c, project, name, owner=owner, ttl_ms=ttl_ms)))
    if given["granted"]:
        return says(given)
    return says({**given, "error": "held", "message": f"{given['owner']} computes this now"}, 409)


@asked_by("write")
async def release(request: Request, service: Service, caller: Caller) -> Response:
    """`POST …/leases/NAME/release`."""
    name = digest_of(path_text(request, "name"))
    fields = await read_fields(request, most=1 << 14)
    token = fields.text("token", most=100)
    project, _ = await project_of(request, service, caller)
    await service.threads.run(lambda: service.database.write(lambda c: leases.release(c, project, name, token)))
    return says({})
