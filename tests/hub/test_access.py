"""Who may do what: each route without a key, with the wrong one, and across teams, projects and tiers."""

from __future__ import annotations

from hitsave.storage import wire
from hitsave.storage.entry import body
from hitsave.storage.wire import chunk_digest
from hitsave_server.hub.app import ROUTES
from tests.hub.running import HTTP, Client, Hub, make, signed

OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/v1"), ("POST", "/v1/login"), ("POST", "/v1/login/poll")}
"""What is said to anybody: that there is a hub, and how to log in."""
NOTHING = bytes(32)


def api_routes() -> list[tuple[str, str]]:
    """Every route of the protocol, with something in the place of its parameters."""
    found = []
    for route in ROUTES:
        if route.path.startswith("/v1") or route.path in {"/healthz", "/readyz", "/metrics"}:
            path = (
                route.path.replace("{project}", "app").replace("{digest}", NOTHING.hex()).replace("{name}", NOTHING.hex()).replace("{id}", "0" * 26)
            )
            found += [(method, path) for method in sorted((route.methods or set()) - {"HEAD"})]
    return found


def test_no_route_answers_without_a_key(hub: Hub, ana: Client):
    """Without one, with one that nobody has, with another scheme, and with a real key's name and a wrong secret: 401 each, and not a byte of anybody's."""
    strange = ("", "Bearer hsk_aaaaaaaa_" + "x" * 43, "Basic YW5hOmFuYQ==", f"Bearer {ana.token[:13]}" + "x" * 43, "Bearer x", f"Bearer {ana.token}x")
    answered = {}
    for method, path in api_routes():
        for given in strange:
            headers = {"Authorization": given} if given else {}
            answer = HTTP.request(method, hub.url + path, headers=headers, content=b"" if method == "GET" else wire.encode({}))
            answered[method, path, given] = answer.status_code, b"unauthenticated" in answer.content

    refused = {(method, path) for (method, path, _), said in answered.items() if said == (401, True)}
    assert refused == set(api_routes()) - OPEN
    assert all(said[0] != 401 for (method, path, _), said in answered.items() if (method, path) in OPEN)


def test_there_are_no_routes_but_those_that_were_tried():
    """A new route is tried, or is said to be open."""
    assert len(api_routes()) == 28
    assert set(api_routes()) > OPEN


def test_a_key_does_what_its_scopes_say(hub: Hub, project: Client):
    """Reading is not writing, and neither is administration."""
    entry = project.put()
    reader = Client(hub.url, hub.key(scopes=["read"]).token, project.project)
    writer = Client(hub.url, hub.key(scopes=["write"]).token, project.project)

    assert reader.look(entry) == [[body(entry)]]
    reader.ask("POST", "…/objects", {"objects": []}, status=403)
    reader.ask("POST", "…/entries", {"entries": []}, status=403)
    writer.ask("POST", "…/lookup", {"wanted": [], "tiers": []}, status=403)
    for client in (reader, writer):
        client.ask("GET", "/metrics", status=403)
    assert b"hitsave_hub_requests" in project.send("GET", "/metrics").content


def test_a_key_for_one_project_sees_no_other(hub: Hub, project: Client):
    """Not by name, not by ID, and it makes none."""
    entry = project.put()
    limited = Client(hub.url, hub.key(projects=["elsewhere"]).token, project.project)

    limited.ask("POST", "…/lookup", {"wanted": [], "tiers": []}, status=403)
    limited.ask("GET", f"/v1/entries/{entry.id}", status=404)
    limited.project = "another"
    limited.ask("POST", "…/objects", {"objects": []}, status=403)
    limited.project = "elsewhere"
    assert limited.ask("GET", "/v1/whoami")["projects"] == ["elsewhere"]
    limited.put()


def test_teams_share_nothing(hub: Hub, project: Client):
    """A project of the same name in another team is another project: entries, objects, chunks, IDs."""
    entry = project.put(b"v" * 100_000)
    hub.member("mallory", team="others")
    other = Client(hub.url, hub.key("mallory", team="others", scopes=("read", "write", "admin")).token, project.project)

    other.ask("POST", "…/lookup", {"wanted": [{"key": bytes(entry.key)}], "tiers": ["member"]}, status=404)
    other.put()
    assert other.look(entry) == [[]]
    other.ask("GET", f"/v1/entries/{entry.id}", status=404)
    other.ask("GET", f"…/objects/{entry.value}", status=404)
    other.ask("GET", f"…/chunks/{chunk_digest(b'v' * 100_000)}", status=404)
    assert other.ask("POST", "…/missing", {"objects": [bytes(entry.value)], "chunks": []})["objects"] == [bytes(entry.value)]
    assert other.ask("POST", "…/corrupt", {"digest": bytes(entry.value)})["state"] == "missing"


def test_what_untrusted_runs_made_stays_among_them(hub: Hub, project: Client):
    """A pull request reads what the team has, writes its own tier, and nobody else is given that, not even who asks for it."""
    member_entry = project.put()
    untrusted = Client(hub.url, hub.key(tier="untrusted").token, project.project)
    made = untrusted.put(tier="untrusted")

    assert untrusted.look(member_entry) == [[body(member_entry)]]
    assert untrusted.look(made, tiers=["untrusted"]) == [[body(made)]]
    assert project.look(made) == [[]]
    project.ask("POST", "…/lookup", {"wanted": [{"key": bytes(made.key)}], "tiers": ["untrusted"]}, status=403)
    project.ask("GET", f"…/entries/{made.id}", status=404)
    forged, objects = make(project=project.project, tier="member")
    untrusted.upload(*objects)
    assert untrusted.share(forged)["outcome"] == "refused"
    assert project.put(key=made.key).key == made.key


def test_an_entry_of_another_project_or_with_another_signature_is_refused(project: Client):
    """What was signed for one project can't be stored in another, and what was changed after it was signed nowhere."""
    entry = project.prepared()
    foreign = signed(entry._replace(project="elsewhere"))
    changed = {**signed(entry), "body": body(entry._replace(wall_ns=1))}

    outcomes = project.ask("POST", "…/entries", {"entries": [foreign, changed, {**signed(entry), "signature": bytes(64)}]})["entries"]

    assert [outcome["outcome"] for outcome in outcomes] == ["refused"] * 3
    assert project.look(entry) == [[]]


def test_a_key_ends(hub: Hub, project: Client):
    """Revoked, it is good for seconds only; and a member who is disabled has none. All that is said to the hub by commands, as a person does."""
    assert "#invitation=" in hub.command("user", "add", "bob")
    bob = Client(hub.url, hub.command("key", "add", "bob", "--days", "1").strip())
    assert bob.ask("GET", "/v1/whoami")["member"] == "bob"
    other = hub.key("bob")
    hub.command("key", "revoke", f"hsk_{other.token[4:12]}")
    other.ask("GET", "/v1/whoami", status=401)
    hub.command("user", "disable", "bob")
    until_refused(Client(hub.url, bob.token))
    hub.command("key", "add", "bob", "--scope", "admin", status=2)


def until_refused(client: Client) -> None:
    """A worker remembers a key for five seconds."""
    from tests.hub.servers import until

    until(lambda: client.send("GET", "/v1/whoami").status_code == 401, "the end of a key", seconds=15)


def test_secrets_are_not_kept(hub: Hub, project: Client):
    """Neither the database nor the log has a token."""
    project.put()
    secret = project.token.rpartition("_")[2]
    kept = b"".join(path.read_bytes() for path in hub.folder.rglob("*") if path.is_file())
    assert secret.encode() not in kept
