"""`hitsave ui`: who gets an answer, and who gets none."""

from __future__ import annotations

import http.client
import json
import re
import threading

import pytest

from hitsave.errors import HitSaveError
from hitsave.panel.serving import PanelServer


def answer(method, params):
    if method == "fail":
        raise HitSaveError("There is no such run", "Look again")
    return {"method": method, "params": dict(params), "odd": "\ud800"}


@pytest.fixture
def server():
    with PanelServer(answer) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(server, method="POST", path="/ask", body='{"method": "x", "params": {"a": 1}}', **headers):
    """One request; its status, headers and body. A header that is None is left out."""
    given = {"Host": f"127.0.0.1:{server.server_port}", "Content-Type": "application/json", "Authorization": f"Bearer {server.token}"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    connection.putrequest(method, path, skip_host=True)
    content = body.encode() if method == "POST" else b""
    for name, value in ({"Content-Length": str(len(content))} | given).items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(content)
    got = connection.getresponse()
    read = got.status, got.headers, got.read()
    connection.close()
    return read


def test_who_has_the_token_is_answered(server):
    """Lone surrogates arrive as they are."""
    status, _, body = ask(server, Origin=f"http://127.0.0.1:{server.server_port}", Sec_Fetch_Site="same-origin")
    assert (status, json.loads(body)) == (200, {"result": {"method": "x", "params": {"a": 1}, "odd": "\ud800"}})


def test_it_listens_on_the_loopback_address_alone(server):
    """And the link says so, with the token where no server sees it."""
    assert server.server_address[0] == "127.0.0.1"
    assert server.link == f"http://127.0.0.1:{server.server_port}/#token={server.token}"
    assert len(server.token) >= 43


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": None}, 403),
        ({"Authorization": "Bearer wrong"}, 403),
        ({"Authorization": "Bearer \xe4"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Host": None}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Length": "-1"}, 411),
        ({"Content_Length": str(1 << 30)}, 413),
    ],
)
def test_anyone_else_is_refused(server, headers, status):
    """Without the token, by another name, from another page, or in a form that a page elsewhere may send unasked."""
    got, told, body = ask(server, **headers)
    assert (got, b"method" in body) == (status, False)
    assert told["Access-Control-Allow-Origin"] is None


def test_a_page_elsewhere_can_not_ask_whether_it_may(server):
    """A preflight is answered by nothing that allows anything."""
    status, headers, _ = ask(server, "OPTIONS", Origin="http://evil.example")
    assert status == 501
    assert not [name for name in headers if name.lower().startswith("access-control")]


def test_the_page_itself_holds_nothing_and_allows_nothing(server):
    """Needs no token; scripts and styles from here alone, and within the page the few lines that its nonce names."""
    for path in ("/", "/panel.js", "/panel.css"):
        status, headers, body = ask(server, "GET", path, Authorization=None)
        assert status == 200
        assert server.token.encode() not in body
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert (headers["X-Content-Type-Options"], headers["Cache-Control"], headers["Referrer-Policy"]) == ("nosniff", "no-store", "no-referrer")


def test_what_asks_before_the_script_is_there_is_run_by_the_nonce_of_this_load(server):
    """It stands before the styles, which a script would wait for."""
    nonces = set()
    for _ in range(2):
        _, headers, body = ask(server, "GET", "/", Authorization=None)
        (nonce,) = re.findall(r"'nonce-([\w-]+)'", headers["Content-Security-Policy"])
        early, main = re.findall(rb"<script [^>]*>", body)
        assert early == f'<script nonce="{nonce}">'.encode()
        assert main == f'<script src="/panel.js" nonce="{nonce}">'.encode()
        assert body.count(b"</script>") == 2
        assert body.index(early) < body.index(b"stylesheet") < body.index(main)
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("path", ["/../serving.py", "/%2e%2e/serving.py", "/panel.js/../../serving.py", "/page", "/ask"])
def test_no_other_file_is_served(server, path):
    """Two names are known."""
    assert ask(server, "GET", path)[0] == 404


def test_a_problem_is_a_sentence_for_the_page(server):
    """As the command line would print it."""
    _, _, body = ask(server, body='{"method": "fail"}')
    assert json.loads(body) == {"error": "There is no such run. Look again."}


@pytest.mark.parametrize("body", ["", "{", "[1]", '"x"', "[" * 100_000])
def test_nonsense_does_not_stop_it(server, body):
    """The next request is answered."""
    assert ask(server, body=body)[0] in {200, 400}
    assert ask(server)[0] == 200
