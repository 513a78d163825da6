"""The host of a browser: a page on 127.0.0.1 for the person who started it, and for nobody else.

What keeps others out: it listens on the loopback address alone; every answer that holds anything of the store asks for a token that only the first link has
(after ``#``, so it is in no request line and no referrer); the Host must be the address that it listens on, so that a name that was rebound to 127.0.0.1 reaches nothing;
an Origin, where a browser sends one, must be its own; and no header allows another page to read an answer.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, cast

from hitsave.errors import HitSaveError

PAGE: Final = Path(__file__).parent / "page"
_MEDIA: Final = {"/panel.js": "text/javascript; charset=utf-8", "/panel.css": "text/css; charset=utf-8"}
_HTML: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>HitSave experiments</title>
<link rel="icon" href="data:,">
<script nonce="NONCE">EARLY</script>
<link rel="stylesheet" href="/panel.css">
</head>
<body class="browser">
<div id="panel"></div>
<script src="/panel.js" nonce="NONCE"></script>
</body>
</html>
"""
POLICY: Final = (
    "default-src 'none'; script-src 'self' 'nonce-NONCE'; style-src 'self'; img-src blob: data:; connect-src 'self'; frame-src 'none';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a page may do. The nonce, another one each time, is for the few lines in the page that ask before its script is there, and for the frames in which plotly draws: they inherit this policy, and have no origin from which a script could come."""
_NOTHING: Final = "default-src 'none'; frame-ancestors 'none'"
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_MOST_ASKED: Final = 1 << 20
"""Bytes of a request."""
_PATIENCE: Final = 30
"""Seconds that a connection may be silent."""

Answer = Callable[[str, Mapping[str, Any]], Any]


class PanelServer(ThreadingHTTPServer):
    """Serves the page and what `answer` says to its requests, one at a time. `port` 0 takes a free one; OSError if that one is taken."""

    daemon_threads = True

    def __init__(self, answer: Answer, *, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(32)
        self.asked = answer
        self.turn = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser that was given the link says as Host."""
        return frozenset({f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"})

    @property
    def link(self) -> str:
        """The first link, with the token in it."""
        return f"http://127.0.0.1:{self.server_port}/#token={self.token}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away in the middle of an answer is nothing to tell of."""


class _Handler(BaseHTTPRequestHandler):
    server_version = "hitsave"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE
    # What is sent in two parts would wait for a receipt of the first: 40 ms an answer.
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        if not self._is_ours():
            return
        path = self.path.partition("?")[0]
        if path == "/":
            self._send_page()
        elif path in _MEDIA:
            self._send(HTTPStatus.OK, _MEDIA[path], (PAGE / path[1:]).read_bytes())
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        if not self._is_ours():
            return
        if self.path != "/ask":
            self._refuse(HTTPStatus.NOT_FOUND)
        elif not self._has_token():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif self.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        else:
            self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class calls it
        """Nothing: a terminal is no place for every request."""

    @property
    def _panel(self) -> PanelServer:
        return cast("PanelServer", self.server)

    def _is_ours(self) -> bool:
        """Whether the request came through the address that the link names, from no other page."""
        host, origin, site = self.headers.get_all("Host") or [], self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site", "none")
        own = {f"http://{name}" for name in self._panel.hosts}
        if len(host) != 1 or host[0].lower() not in self._panel.hosts:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return False
        if (origin is not None and origin not in own) or (self.command != "GET" and site not in {"same-origin", "none"}):
            self._refuse(HTTPStatus.FORBIDDEN)
            return False
        return True

    def _has_token(self) -> bool:
        given = self.headers.get("Authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, b"Bearer " + self._panel.token.encode())

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > _MOST_ASKED:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE if length.isdigit() else HTTPStatus.LENGTH_REQUIRED)
            return
        try:
            given: Any = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        given = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
        params = given.get("params")
        try:
            with self._panel.turn:
                answer: Any = {
                    "result": self._panel.asked(str(given.get("method")), cast("dict[str, Any]", params) if isinstance(params, dict) else {})
                }
        except HitSaveError as problem:
            answer = {"error": str(problem)}
        except Exception as problem:  # noqa: BLE001 - the page goes on, and whoever looks at it is told
            answer = {"error": f"hitsave ui has a fault: {type(problem).__name__}: {problem}"}
        # In ASCII, so that lone surrogates arrive as they are.
        self._send(HTTPStatus.OK, "application/json", json.dumps(answer, allow_nan=False).encode("ascii"))

    def _send_page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        html = _HTML.replace("NONCE", nonce).replace("EARLY", (PAGE / "early.js").read_text(encoding="ascii"))
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", html.encode(), policy=POLICY.replace("NONCE", nonce))

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._send(status, "text/plain; charset=utf-8", f"{status.phrase}\n".encode())

    def _send(self, status: HTTPStatus, media: str, content: bytes, *, policy: str = _NOTHING) -> None:
        self.send_response(status)
        for name, value in (_HEADERS | {"Content-Security-Policy": policy, "Content-Type": media, "Content-Length": str(len(content))}).items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()
