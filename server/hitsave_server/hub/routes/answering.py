"""What all routes of the protocol have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import cast

from starlette import types
from starlette.requests import Request
from starlette.responses import Response

from hitsave.storage import wire
from hitsave.storage.entry import clean
from hitsave.storage.wire import TIERS, Tier
from hitsave_server.hub.bodies import Fields
from hitsave_server.hub.caller import Caller, Scope
from hitsave_server.hub.refusals import forbidden, malformed
from hitsave_server.hub.service import Service

_MEDIA = wire.MEDIA.encode()
Handler = Callable[[Request, Service, Caller], Awaitable[Response]]


class Said(Response):
    """An answer of msgpack, whose headers are known."""

    media_type = wire.MEDIA

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:  # noqa: ARG002 - it has no others
        """What Starlette finds out for any answer."""
        self.raw_headers = [(b"content-length", b"%d" % len(self.body)), (b"content-type", _MEDIA)]


def says(plain: object, status: int = 200) -> Response:
    """An answer with this body."""
    return Said(wire.encode(plain), status)


def service_of(request: Request) -> Service:
    """The worker's parts."""
    return cast("Service", request.scope["hub"])


class AskedBy:
    """A route for whoever has a key with this scope, or any key. An application of its own: what Starlette wraps around a function, to answer what it raises, is there already."""

    def __init__(self, scope: Scope | None, handler: Handler) -> None:
        self._scope: Scope | None = scope
        self._handler = handler
        self.__name__ = handler.__name__

    async def __call__(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        request = Request(scope, receive)
        service = service_of(request)
        caller = await service.authentication.caller(request)
        if self._scope is not None:
            caller.must(self._scope)
        response = await self._handler(request, service, caller)
        await response(scope, receive, send)


def asked_by(scope: Scope | None) -> Callable[[Handler], AskedBy]:
    """The same, as a decorator of what answers."""
    return lambda handler: AskedBy(scope, handler)


async def project_of(request: Request, service: Service, caller: Caller, *, make: bool = False) -> tuple[int, str]:
    """The number and the name of the project in the address."""
    name = path_text(request, "project")
    return await service.project(caller, name, make=make), name


def path_text(request: Request, name: str) -> str:
    """A part of the address."""
    value = str(request.path_params[name])
    if clean(value) != value:
        raise malformed("the address is not text")
    return value


def tiers_in(fields: Fields, caller: Caller) -> frozenset[Tier]:
    """The tiers that a reader accepts, of those that it may be given."""
    asked = fields.some_of("tiers", TIERS)
    if not asked <= caller.readable:
        raise forbidden("only a key of the tier untrusted is given what untrusted runs made")
    return asked


def whole_number(text: str, name: str, *, least: int, most: int) -> int:
    """A number in an address or a header."""
    if not text.isascii() or not text.isdigit() or len(text) > 18 or not least <= int(text) <= most:
        raise malformed(f"{name} must be a number from {least} to {most}")
    return int(text)
