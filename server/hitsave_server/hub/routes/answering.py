"""What all routes of the protocol have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from hitsave.storage import wire
from hitsave.storage.wire import TIERS, Tier
from hitsave_server.hub.bodies import Fields
from hitsave_server.hub.caller import Caller, Scope
from hitsave_server.hub.refusals import forbidden, malformed
from hitsave_server.hub.service import Service

Handler = Callable[[Request, Service, Caller], Awaitable[Response]]


def says(plain: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer with this body."""
    return Response(wire.encode(plain), status, headers, media_type=wire.MEDIA)


def service_of(request: Request) -> Service:
    """The worker's parts."""
    return cast("Service", request.scope["hub"])


def asked_by(scope: Scope | None) -> Callable[[Handler], Callable[[Request], Awaitable[Response]]]:
    """A route for whoever has a key with this scope, or any key."""

    def wrap(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def route(request: Request) -> Response:
            service = service_of(request)
            caller = await service.authentication.caller(request)
            if scope is not None:
                caller.must(scope)
            return await handler(request, service, caller)

        route.__name__ = handler.__name__
        return route

    return wrap


async def project_of(request: Request, service: Service, caller: Caller, *, make: bool = False) -> tuple[int, str]:
    """The number and the name of the project in the address."""
    name = path_text(request, "project")
    return await service.project(caller, name, make=make), name


def path_text(request: Request, name: str) -> str:
    """A part of the address."""
    value = str(request.path_params[name])
    if "\0" in value or any(0xD800 <= ord(letter) < 0xE000 for letter in value):
        raise malformed("the address is not text")
    return value


def tiers_in(fields: Fields, caller: Caller) -> frozenset[Tier]:
    """The tiers that a reader accepts, of those that it may be given."""
    asked = fields.texts("tiers", most=len(TIERS), longest=20)
    if not set(asked) <= set(TIERS):
        raise malformed(f"tiers are {', '.join(TIERS)}")
    if not set(asked) <= caller.readable:
        raise forbidden("only a key of the tier untrusted is given what untrusted runs made")
    return cast("frozenset[Tier]", frozenset(asked))


def whole_number(text: str, name: str, *, least: int, most: int) -> int:
    """A number in an address or a header."""
    if not text.isascii() or not text.isdigit() or len(text) > 18 or not least <= int(text) <= most:
        raise malformed(f"{name} must be a number from {least} to {most}")
    return int(text)
