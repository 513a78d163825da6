"""A browser before the pages of a hub."""

from __future__ import annotations

import re

import httpx

from tests.hub.running import Hub


class Browser:
    """A browser: it keeps cookies, and says where its requests come from."""

    def __init__(self, hub: Hub) -> None:
        self.http = httpx.Client(base_url=hub.url, headers={"Origin": hub.url, "Sec-Fetch-Site": "same-origin"}, timeout=60)

    def enter(self, invitation: str) -> httpx.Response:
        """Log in by a link."""
        return self.http.post("/login", data={"invitation": invitation})

    def submit(self, page: str, action: str, **fields: str) -> httpx.Response:
        """Send the form of a page."""
        return self.http.post(action, data={"csrf": token_in(self.http.get(page).text), **fields})

    def ask(self, project: str, method: str, **params: object) -> dict:
        """What the panel asks."""
        return self.http.post(f"/projects/{project}/ask", json={"method": method, "params": params}).json()


def token_in(text: str) -> str:
    """The session's token in a page."""
    found = re.search(r'name="csrf" value="(\w+)"', text)
    assert found, text[:500]
    return found[1]
