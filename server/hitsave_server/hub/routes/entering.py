"""Logging in from a machine, and the public keys that members sign with."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hitsave.storage import wire
from hitsave_server.hub import logins, signers
from hitsave_server.hub.bodies import read_fields
from hitsave_server.hub.caller import Caller
from hitsave_server.hub.refusals import Refusal
from hitsave_server.hub.routes.answering import asked_by, says, service_of
from hitsave_server.hub.service import Service

_MOST = 1 << 14


async def begin(request: Request) -> Response:
    """`POST /v1/login`, open."""
    service = service_of(request)
    fields = await read_fields(request, most=_MOST)
    machine, user = fields.text("machine", most=wire.MOST_NAME), fields.text("user", most=wire.MOST_NAME)
    public_key = fields.maybe("public_key", lambda name: fields.content(name, most=32, size=32))
    device, code = await service.threads.run(lambda: service.database.write(lambda c: logins.begin(c, machine, user, public_key)))
    address = service.settings.address.rstrip("/") or str(request.base_url).rstrip("/")
    url = f"{address}/approve?code={code}"
    return says({"device": device, "code": code, "url": url, "interval": logins.INTERVAL, "expires": logins.SECONDS})


async def poll(request: Request) -> Response:
    """`POST /v1/login/poll`, open."""
    service = service_of(request)
    device = (await read_fields(request, most=_MOST)).text("device", most=100)
    state, token = await service.threads.run(lambda: service.database.write(lambda c: logins.poll(c, device)))
    if state == "waiting":
        return says({}, 202)
    if token is None:
        raise Refusal(410, "gone", "the login was refused, or took too long")
    return says({"token": str(token)})


@asked_by("write")
async def add_signer(request: Request, service: Service, caller: Caller) -> Response:
    """`POST /v1/signers`."""
    fields = await read_fields(request, most=_MOST)
    public_key, name = fields.content("public_key", most=32, size=32), fields.text("name", most=wire.MOST_NAME)
    await service.threads.run(
        lambda: service.database.write(lambda c: signers.add(service.database, c, caller.team, caller.member, public_key, name))
    )
    return says({})


@asked_by("read")
async def list_signers(_request: Request, service: Service, caller: Caller) -> Response:
    """`GET /v1/signers`."""
    return says({"signers": await service.threads.run(lambda: service.database.read(lambda c: signers.listed(c, caller.team)))})
