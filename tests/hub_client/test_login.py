"""`hitsave login`, as a person uses it: approved in a browser, refused there, or with a token from a pipe."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.hub.browser import Browser
from tests.hub.running import Hub
from tests.hub_client.machines import FILES, Machine, ended, token_of

COMMAND = "import runpy; runpy.run_module('hitsave', run_name='__main__', alter_sys=True)"


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Machine:
    """A machine that nobody has logged in on, and a member who may let it in."""
    token_of(hub, "eve")
    return Machine(tmp_path / "desk", FILES)


def begun(desk: Machine, hub: Hub) -> tuple[subprocess.Popen[str], str, str]:
    """A login that waits for a person: its process, the page that it names, and its code."""
    process = desk.start("-c", COMMAND, "login", hub.url, "--no-open")
    assert process.stderr is not None
    url = re.fullmatch(r"Approve this login on (\S+)\n", process.stderr.readline())
    code = re.fullmatch(r"The page has to show the code (\S+)\n", process.stderr.readline())
    assert url
    assert code
    assert url[1].startswith(f"{hub.url}/")
    parts = urlsplit(url[1])
    return process, f"{parts.path}?{parts.query}" if parts.query else parts.path, code[1]


def decide(hub: Hub, page: str, code: str, decision: str) -> None:
    """What the member says in a browser, to a page that shows the code."""
    browser = Browser(hub)
    browser.enter(hub.link("eve"))
    assert code in browser.http.get(page).text
    browser.submit(page, "/approve", code=code, decision=decision).raise_for_status()
    browser.http.close()


def test_a_login_is_approved_in_the_browser(hub: Hub, desk: Machine):
    """Then this machine has a token and a key to sign with, which nobody else can read; and gives the token back at logout."""
    process, page, code = begun(desk, hub)
    assert process.poll() is None
    decide(hub, page, code, "yes")

    said = ended(process).printed
    assert said[0].startswith(f"Logged in to {hub.url} as eve of team.")
    assert "ed25519:" in " ".join(said)
    assert "eve" in " ".join(desk.command("whoami", HITSAVE_HUB=hub.url).printed)
    for name in ("logins.json", "signing-key"):
        assert stat.S_IMODE((desk.config / name).stat().st_mode) == 0o600
    assert desk.run(HITSAVE_HUB=hub.url, HITSAVE_HUB_REQUIRED="1").printed[-1] == "6 {'rate': 0.5}"
    assert desk.command("logout", hub.url).printed[0].startswith("Logged out of")
    assert hub.url not in (desk.config / "logins.json").read_text()


def test_a_login_that_is_refused_keeps_nothing(hub: Hub, desk: Machine):
    """And says so."""
    process, page, code = begun(desk, hub)
    decide(hub, page, code, "no")
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in errors
    assert not (desk.config / "logins.json").exists()


def test_a_token_is_taken_from_a_pipe(hub: Hub, desk: Machine):
    """One that the server knows, that is; another is refused, and not kept."""
    token = token_of(hub, "eve")
    for given, status in ((token[:-1] + ("a" if token[-1] != "a" else "b"), False), (token, True)):
        process = desk.start(
            "-c",
            f"import os, sys; r, w = os.pipe(); os.write(w, {given + chr(10)!r}.encode()); os.close(w); os.dup2(r, 0); {COMMAND}",
            "login",
            hub.url,
            "--token",
        )
        output, errors = process.communicate(timeout=60)
        assert (process.returncode == 0) is status, output + errors
        assert given not in output + errors
        assert (desk.config / "logins.json").exists() is status
