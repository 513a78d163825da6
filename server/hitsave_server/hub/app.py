"""The hub as one ASGI application."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from starlette.routing import Route, Router

from hitsave_server.hub import logs
from hitsave_server.hub.page.routes import PAGES
from hitsave_server.hub.routes import about, entering, leasing, looking, storing
from hitsave_server.hub.service import Service
from hitsave_server.hub.settings import HubSettings
from hitsave_server.hub.watching import Watching

_PROJECT: Final = "/v1/projects/{project}"

# They are tried in this order, so the one that is asked for most stands first.
ROUTES: Final = (
    Route(f"{_PROJECT}/lookup", looking.lookup, methods=["POST"]),
    Route("/healthz", about.healthy, methods=["GET"]),
    Route("/readyz", about.ready, methods=["GET"]),
    Route("/metrics", about.measured, methods=["GET"]),
    Route("/v1", about.capabilities, methods=["GET"]),
    Route("/v1/whoami", about.whoami, methods=["GET"]),
    Route("/v1/login", entering.begin, methods=["POST"]),
    Route("/v1/login/poll", entering.poll, methods=["POST"]),
    Route("/v1/signers", entering.list_signers, methods=["GET"]),
    Route("/v1/signers", entering.add_signer, methods=["POST"]),
    Route("/v1/entries/{id}", looking.entry_anywhere, methods=["GET"]),
    Route(f"{_PROJECT}/entries", looking.entries, methods=["GET"]),
    Route(f"{_PROJECT}/entries", storing.put_entries, methods=["POST"]),
    Route(f"{_PROJECT}/entries/{{id}}", looking.entry, methods=["GET"]),
    Route(f"{_PROJECT}/entries/{{id}}/marks", looking.marks, methods=["POST"]),
    Route(f"{_PROJECT}/used", looking.used, methods=["POST"]),
    Route(f"{_PROJECT}/missing", storing.missing, methods=["POST"]),
    Route(f"{_PROJECT}/objects", storing.put_objects, methods=["POST"]),
    Route(f"{_PROJECT}/objects/{{digest}}", storing.put_object, methods=["PUT"]),
    Route(f"{_PROJECT}/objects/{{digest}}", storing.get_object, methods=["GET"]),
    Route(f"{_PROJECT}/objects/{{digest}}/bytes", storing.get_bytes, methods=["GET"]),
    Route(f"{_PROJECT}/fetch", storing.fetch, methods=["POST"]),
    Route(f"{_PROJECT}/chunks/{{digest}}", storing.put_chunk, methods=["PUT"]),
    Route(f"{_PROJECT}/chunks/{{digest}}", storing.get_chunk, methods=["GET"]),
    Route(f"{_PROJECT}/runs/{{id}}", storing.put_run, methods=["PUT"]),
    Route(f"{_PROJECT}/corrupt", storing.corrupt, methods=["POST"]),
    Route(f"{_PROJECT}/leases/{{name}}", leasing.lease, methods=["POST"]),
    Route(f"{_PROJECT}/leases/{{name}}/release", leasing.release, methods=["POST"]),
)


def make_app(settings: HubSettings) -> Watching:
    """The application of a hub with these settings."""
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncGenerator[None]:
        async with service.running():
            yield

    return Watching(Router([*ROUTES, *PAGES], lifespan=lifespan, redirect_slashes=False), service)


def app() -> Watching:
    """The same, for a worker that was started with its settings in the environment."""
    logs.set_up()
    return make_app(HubSettings.read(os.environ))
