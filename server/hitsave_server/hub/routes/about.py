"""What the hub is, whom it takes the sender for, and how it is."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from hitsave import __version__
from hitsave.storage import wire
from hitsave_server.hub import metrics
from hitsave_server.hub.caller import Caller
from hitsave_server.hub.refusals import unavailable
from hitsave_server.hub.routes.answering import asked_by, says, service_of
from hitsave_server.hub.service import Service

_LIMITS: Final = {
    name.lower(): getattr(wire, name)
    for name in (
        "CHUNK_SIZE",
        "MOST_CHUNKS",
        "SMALL_OBJECT",
        "MOST_BODY",
        "MOST_KEYS",
        "MOST_DIGESTS",
        "MOST_ENTRIES",
        "MOST_ENTRY",
        "MOST_LOGGED",
        "MOST_LINE",
        "MOST_PER_KEY",
        "INLINE_OBJECT",
        "INLINE_BUDGET",
        "MOST_LEASE_MS",
        "MOST_NAME",
    )
}


async def capabilities(_request: Request) -> Response:
    """`GET /v1`."""
    about: wire.Capabilities = {"protocols": [wire.PROTOCOL], "server": f"hitsave {__version__}", "limits": _LIMITS}
    return says(about)


async def healthy(_request: Request) -> Response:
    """`GET /healthz`: the process runs."""
    return Response()


async def ready(request: Request) -> Response:
    """`GET /readyz`: it can answer, and is not about to stop."""
    service = service_of(request)
    if service.stopping:
        raise unavailable("the hub is stopping")
    await service.is_ready()
    return Response()


@asked_by("admin")
async def measured(_request: Request, _service: Service, _caller: Caller) -> Response:
    """`GET /metrics`."""
    content, media = metrics.page()
    return Response(content, media_type=media)


@asked_by(None)
async def whoami(_request: Request, _service: Service, caller: Caller) -> Response:
    """`GET /v1/whoami`."""
    identity: wire.Identity = {
        "team": caller.team_name,
        "member": caller.member_name,
        "key": caller.key,
        "scopes": sorted(caller.scopes),
        "tier": caller.tier,
        "projects": None if caller.projects is None else sorted(caller.projects),
        "expires": caller.expires,
    }
    return says(identity)
