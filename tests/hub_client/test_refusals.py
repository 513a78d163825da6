"""What a client does not let itself be talked into: another server, an older protocol, a server that it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from hitsave.errors import HubError
from hitsave.storage import wire
from hitsave.storage.team.client import Hub
from hitsave.storage.team.joining import join
from hitsave.storage.team.transport import Transport
from tests.hub_client.machines import FILES, Machine

TOKEN = "hsk_aaaaaaaa_" + "x" * 43


class Server:
    """A server that gives one answer to all, and notes what it was asked: path and token."""

    def __init__(self, status: int = 200, content: bytes = b"", **headers: str) -> None:
        asked: list[tuple[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                asked.append((self.path, self.headers.get("Authorization", "")))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer  # noqa: N815 - the names that the library asks for

            def log_message(self, *_: object) -> None:
                pass

        self.asked = asked
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}"
        Thread(target=self.http.serve_forever, daemon=True).start()


@contextmanager
def serving(*given: object, **headers: str) -> Iterator[Server]:
    """A server that runs meanwhile."""
    server = Server(*given, **headers)  # type: ignore[arg-type]
    try:
        yield server
    finally:
        server.http.shutdown()
        server.http.server_close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int):
    """So the token goes nowhere else, whatever the method."""
    with serving() as other, serving(status, Location=f"{other.address}/v1/whoami") as hub, Transport(hub.address, TOKEN) as transport:
        for ask in (Hub(transport, "p").whoami, lambda: Hub(transport, "p").put_objects([])):
            with pytest.raises(HubError, match="sends its clients elsewhere, which is not followed"):
                ask()
        assert other.asked == []
        assert {token for _, token in hub.asked} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("protocols", [[0], [2], [], None, "1", ["1"]])
def test_another_protocol_is_not_spoken(tmp_path: Path, protocols: object):
    """A server that offers none but that is not logged in to, and no key is made for it."""
    with serving(200, wire.encode({"protocols": protocols}), **{"Content-Type": wire.MEDIA}) as hub:
        with pytest.raises(HubError):
            join(str(tmp_path / "config"), hub.address, TOKEN)
        assert [path for path, _ in hub.asked] == ["/v1"]
    assert not (tmp_path / "config").exists()


def test_a_server_that_a_foreign_repository_names_is_sent_nothing(tmp_path: Path):
    """Not a token, not a question, not a byte; which is said, with what to do about it. A token in the environment is for the server that the environment names."""
    with serving() as hub:
        machine = Machine(tmp_path, FILES | {"pyproject.toml": f'[tool.hitsave]\nhub = "{hub.address}"\ntrusted-keys = []\n'})
        said = machine.run(HITSAVE_HUB_TOKEN=TOKEN)
        assert said.printed == ["ran 3", "trained 0.5", "6 {'rate': 0.5}"]
        assert said.errors.count("where you are not logged in, so nothing was sent there") == 1
        assert hub.asked == []
