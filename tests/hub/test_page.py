"""What people see in a browser, and what keeps others out of it."""

from __future__ import annotations

import base64
import html
import re

import pytest

from hitsave.storage.packing import pack
from hitsave_server.hub.page.routes import PAGES
from tests.hub.browser import Browser, token_in
from tests.hub.running import Client, Hub, signed
from tests.panel.answers import rows_of


@pytest.fixture
def browser(hub: Hub):
    """A browser in which ana is logged in."""
    made = Browser(hub)
    secret = hub.link()
    assert made.enter(secret).status_code == 303
    yield made
    made.http.close()


def test_nobody_sees_anything_without_logging_in(hub: Hub):
    """Every page and form is tried: all lead to the login page, or are refused; and a made-up invitation or cookie opens nothing."""
    stranger = Browser(hub)
    for cookie in ("", "x" * 43):
        stranger.http.cookies.set("hitsave-session", cookie)
        for route in PAGES:
            path = route.path.replace("{project}", "app").replace("{name}", "hub.css")
            for method in sorted((route.methods or set()) - {"HEAD"}):
                answer = stranger.http.request(method, path, data={"a": "b"} if method == "POST" else None)
                if path in {"/login", "/static/hub.css"}:
                    assert answer.status_code in {200, 403}
                else:
                    assert (answer.status_code, answer.headers.get("location", "/login")[:6]) in {(303, "/login"), (401, "/login")}, (method, path)
    assert stranger.enter("x" * 43).status_code == 403
    stranger.http.close()


def test_a_link_lets_in_once(hub: Hub):
    """The second who has it stays outside, and the cookie is out of reach of scripts and of other sites."""
    secret = hub.link()
    first, second = Browser(hub), Browser(hub)
    cookie = first.enter(secret).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert second.enter(secret).status_code == 403
    assert "Projects" in first.http.get("/").text
    assert first.submit("/", "/logout").status_code == 303
    assert first.http.get("/").headers["location"] == "/login"
    for each in (first, second):
        each.http.close()


def test_no_other_site_can_use_a_session(browser: Browser):
    """Without the session's token, from another origin, or from nowhere: refused, and nothing is made."""
    good = {"csrf": token_in(browser.http.get("/keys").text), "read": "on", "name": "forged"}
    for headers, fields in (
        ({}, {**good, "csrf": ""}),
        ({}, {**good, "csrf": "0" * 64}),
        ({"Origin": "https://evil.example"}, good),
        ({"Sec-Fetch-Site": "cross-site"}, good),
        ({"Sec-Fetch-Site": "same-site"}, good),
        ({"Origin": "null"}, good),
    ):
        assert browser.http.post("/keys", data=fields, headers=headers).status_code == 403
    assert browser.http.post("/projects/app/ask", json={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.http.post("/projects/app/ask", data={"a": "b"}).status_code == 415
    assert "forged" not in browser.http.get("/keys").text


def test_pages_run_no_script_but_their_own(browser: Browser):
    """A strict policy on every page, and nothing of another page may be shown in one."""
    for path in ("/", "/login", "/keys", "/people", "/static/panel.js"):
        headers = browser.http.get(path).headers
        assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")


def test_a_key_is_made_shown_once_used_and_revoked(hub: Hub, browser: Browser):
    """On the page, as on the command line."""
    page = browser.submit("/keys", "/keys", name="for <b>CI</b>", read="on", write="on", tier="ci", days="30").text
    token = re.search(r"hsk_\w{8}_[\w-]{43}", page)
    assert token
    assert "<b>CI" not in page
    client = Client(hub.url, token[0])
    identity = client.ask("GET", "/v1/whoami")
    assert (identity["tier"], identity["scopes"], identity["expires"] is not None) == ("ci", ["read", "write"], True)
    assert token[0] not in browser.http.get("/keys").text
    assert html.escape("for <b>CI</b>") in browser.http.get("/keys").text
    assert browser.submit("/keys", "/keys/revoke", key=token[0][4:12]).status_code == 303
    assert browser.submit("/keys", "/keys", name="nothing").status_code == 400


def test_a_machine_is_let_in_by_a_person(hub: Hub, browser: Browser, project: Client):
    """It shows a code, the person approves, and it is given a key, once."""
    nobody = Client(hub.url)
    began = nobody.ask("POST", "/v1/login", {"machine": "<i>desk</i>", "user": "ana", "public_key": bytes(32)})
    path = began["url"].removeprefix(hub.url)
    assert nobody.ask("POST", "/v1/login/poll", {"device": began["device"]}, status=202) == {}

    page = browser.http.get(path).text
    assert began["code"] in page
    assert "<i>desk" not in page
    assert "Approved" in browser.submit(path, "/approve", code=began["code"], decision="yes").text

    token = nobody.ask("POST", "/v1/login/poll", {"device": began["device"]})["token"]
    assert Client(hub.url, token).ask("GET", "/v1/whoami")["member"] == "ana"
    nobody.ask("POST", "/v1/login/poll", {"device": began["device"]}, status=410)
    second = nobody.ask("POST", "/v1/login", {"machine": "m", "user": "u"})
    browser.submit(second["url"].removeprefix(hub.url), "/approve", code=second["code"], decision="no")
    nobody.ask("POST", "/v1/login/poll", {"device": second["device"]}, status=410)


def test_the_panel_shows_the_runs_of_all(hub: Hub, browser: Browser, project: Client):
    """Members' experiments, running, done and failed, in one table, with what was logged; and a pin set here is the hub's."""
    hub.member("carol", admin=False)
    carol = Client(hub.url, hub.key("carol").token, project.project)
    done = project.put(kind="experiment", host="desk")
    going = carol.prepared(kind="experiment", host="laptop")._replace(status="running", value=None, checksum=None, size=0)
    line = {"number": 1, "at_ns": 1, "content": pack([1_700_000_001.0, 1.0, {"loss": 0.5}])}
    carol.ask("PUT", f"…/runs/{going.id}", signed(going, logged=[line]))

    assert project.project in browser.http.get("/").text
    assert 'id="panel"' in browser.http.get(f"/projects/{project.project}/").text
    runs = browser.ask(project.project, "hitsave/panel/runs")["result"]
    (group,) = runs["groups"]
    rows = {row["id"]: row for row in rows_of(group)}
    assert {(row["id"], row["state"], row["host"]) for row in rows.values()} == {(done.id, "cannot_tell", "desk"), (going.id, "running", "laptop")}
    assert [column["title"] for column in group["columns"]] == ["loss"]
    assert browser.ask(project.project, "hitsave/panel/runs", since=runs["stamp"])["result"]["unchanged"]
    assert browser.ask(project.project, "hitsave/panel/run", id=going.id)["result"]["curves"][0]["values"] == [0.5]
    assert browser.ask(project.project, "hitsave/panel/mark", ids=[done.id], pinned=True)["result"]["ok"]
    assert project.ask("GET", f"…/entries/{done.id}")["pinned"]
    again = browser.ask(project.project, "hitsave/panel/runs", since=runs["stamp"])["result"]
    assert [(row["id"], row["pinned"]) for row in rows_of(again["groups"][0])] == [(done.id, True)]
    assert "can't be deleted" in browser.ask(project.project, "hitsave/panel/remove", ids=[done.id])["result"]["message"]
    for params in ({"id": "x"}, {}):
        assert "error" in browser.ask(project.project, "hitsave/panel/run", **params)
    assert "laptop" in browser.http.get("/people").text


def test_attachments_are_shown(browser: Browser, project: Client):
    """A figure of any size comes out of the object store."""
    figure = b"\x89PNG" * 40_000
    entry = project.put(kind="experiment", attachment=figure)
    answer = browser.ask(project.project, "hitsave/panel/attachment", id=entry.id, name="a.png")
    assert base64.b64decode(answer["result"]["base64"]) == figure
