"""The addresses that people type."""

from __future__ import annotations

from typing import Final

from starlette.routing import Route

from hitsave_server.hub.page import entering, keys, overviews, panel

PAGES: Final = (
    Route("/", overviews.home, methods=["GET"]),
    Route("/login", entering.login, methods=["GET", "POST"]),
    Route("/logout", entering.logout, methods=["POST"]),
    Route("/approve", entering.approve, methods=["GET"]),
    Route("/approve", entering.decide, methods=["POST"]),
    Route("/people", overviews.people, methods=["GET"]),
    Route("/keys", keys.keys, methods=["GET"]),
    Route("/keys", keys.add_key, methods=["POST"]),
    Route("/keys/revoke", keys.revoke_key, methods=["POST"]),
    Route("/keys/link", keys.link, methods=["POST"]),
    Route("/projects/{project}/", panel.project, methods=["GET"]),
    Route("/projects/{project}/ask", panel.ask, methods=["POST"]),
    Route("/static/{name}", panel.static, methods=["GET"]),
)
