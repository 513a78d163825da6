"""Objects and entries: in, found, out again; on both kinds of hub."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

import zstandard

from hitsave.digest import Digest
from hitsave.storage import wire
from hitsave.storage.entry import body
from hitsave.storage.wire import CHUNK_SIZE, chunk_digest, object_digest
from tests.hub.running import Client, make, signed


def test_what_one_stores_another_finds(project: Client):
    """An entry is found by its key, with its signature, and the small objects that it needs come along."""
    entry = project.put(b"42")

    found = project.ask("POST", "…/lookup", {"wanted": [{"key": bytes(entry.key)}, {"key": secrets.token_bytes(32)}], "tiers": ["member"]})

    assert found["found"] == [[signed(entry)], []]
    assert found["objects"][bytes(entry.value)] == b"42"
    assert bytes(entry.record) in found["objects"]


def test_only_entries_with_the_captures_that_were_asked_for(project: Client):
    """Where many entries share a key, captures choose."""
    key = Digest(secrets.token_bytes(32))
    first, second = (project.put(captures=Digest(bytes([n]) * 32), key=key) for n in (1, 2))

    def ask(**more: bytes) -> list[bytes]:
        (under,) = project.ask("POST", "…/lookup", {"wanted": [{"key": bytes(key), **more}], "tiers": ["member"]})["found"]
        return [row["body"] for row in under]

    assert ask() == [body(second), body(first)]
    assert ask(captures=bytes([1]) * 32) == [body(first)]


def test_an_entry_is_not_taken_before_its_objects(project: Client):
    """What is missing is named, and once it is there the entry is taken."""
    entry, objects = make(b"value of an entry that comes too early", attachment=b"figure", project=project.project)

    answer = project.share(entry)
    assert (answer["outcome"], set(answer["missing"])) == ("missing", {bytes(object_digest(kind, content)) for kind, content in objects})
    assert project.look(entry) == [[]]

    assert set(project.ask("POST", "…/missing", {"objects": answer["missing"], "chunks": []})["objects"]) == set(answer["missing"])
    project.upload(*objects)
    assert project.ask("POST", "…/missing", {"objects": answer["missing"], "chunks": []})["objects"] == []
    assert project.share(entry) == {"outcome": "stored", "id": entry.id}
    assert project.look(entry) == [[body(entry)]]


def test_the_first_stays_and_what_differs_is_reported(project: Client):
    """Under one key and Record there is one result. The same again is no news; another is kept as a conflict, which no lookup finds."""
    first = project.put(b"one")
    again = first._replace(id=make()[0].id)
    other = project.prepared(b"two")._replace(key=first.key, record=first.record)

    assert project.share(first) == {"outcome": "already", "id": first.id}
    assert project.share(again) == {"outcome": "already", "id": first.id}
    assert project.share(other) == {"outcome": "conflict", "id": first.id}
    assert project.share(other) == {"outcome": "conflict", "id": other.id}
    assert project.look(first) == [[body(first)]]


def test_of_sixteen_at_once_one_is_first(project: Client):
    """Sixteen clients that upload differing results at the same moment: one is stored, fifteen are conflicts, nobody sees a fault."""
    first = project.prepared(b"0")
    rivals = [first] + [project.prepared(b"%d" % n)._replace(key=first.key, record=first.record) for n in range(1, 16)]

    with ThreadPoolExecutor(16) as pool:
        outcomes = [answer["outcome"] for answer in pool.map(lambda entry: Client(project.url, project.token, project.project).share(entry), rivals)]

    assert sorted(outcomes) == ["conflict"] * 15 + ["stored"]
    assert len(project.look(first)[0]) == 1


def test_a_large_value_travels_in_chunks(project: Client):
    """Chunks may come in any order, twice and compressed; the object is there when they are, and comes back whole, in part, and by chunk."""
    content = secrets.token_bytes(CHUNK_SIZE) + b"x" * CHUNK_SIZE + b"the end"
    digest = object_digest("blob", content)
    chunks = [content[:CHUNK_SIZE], content[CHUNK_SIZE : 2 * CHUNK_SIZE], b"the end"]
    names = [chunk_digest(chunk) for chunk in chunks]
    manifest = {"kind": "blob", "size": len(content), "chunks": [bytes(name) for name in names]}

    assert set(project.ask("PUT", f"…/objects/{digest}", manifest, status=409)["missing"]) == set(map(bytes, names))
    project.ask("PUT", f"…/chunks/{names[2]}", content=chunks[2], status=201)
    packed = zstandard.compress(chunks[1])
    project.ask("PUT", f"…/chunks/{names[1]}", content=packed, headers={wire.ENCODING_HEADER: "zstd"}, status=201)
    project.ask("PUT", f"…/chunks/{names[1]}", content=chunks[1], status=200)
    assert project.ask("POST", "…/missing", {"objects": [], "chunks": [bytes(name) for name in names]})["chunks"] == [bytes(names[0])]
    project.ask("PUT", f"…/chunks/{names[0]}", content=chunks[0], status=201)
    project.ask("PUT", f"…/objects/{digest}", manifest, status=201)
    project.ask("PUT", f"…/objects/{digest}", manifest, status=200)

    assert project.ask("GET", f"…/objects/{digest}") == manifest
    assert project.download(digest) == content
    compressed = project.send("GET", f"…/chunks/{names[1]}", headers={wire.ENCODING_HEADER: "zstd"})
    assert (compressed.headers[wire.ENCODING_HEADER], compressed.content) == ("zstd", packed)
    assert project.send("GET", f"…/objects/{digest}/bytes").content == content
    part = project.send("GET", f"…/objects/{digest}/bytes", headers={"Range": f"bytes={CHUNK_SIZE - 2}-{2 * CHUNK_SIZE + 2}"})
    assert (part.status_code, part.content) == (206, content[CHUNK_SIZE - 2 : 2 * CHUNK_SIZE + 3])


def test_a_large_entry_is_stored_and_found(project: Client):
    """The way of a client with a value that does not fit into a batch."""
    value = secrets.token_bytes(3 << 20)
    entry = project.put(value)

    assert project.look(entry) == [[body(entry)]]
    assert project.download(Digest(entry.value)) == value
    fetched = project.ask("POST", "…/fetch", {"objects": [bytes(entry.value), bytes(entry.record), bytes(32)]})
    assert (list(fetched["objects"]), fetched["large"], fetched["missing"]) == ([bytes(entry.record)], [bytes(entry.value)], [bytes(32)])


def test_objects_of_every_size_come_back(project: Client):
    """Nothing, a byte, and both sides of each limit."""
    for size in (0, 1, wire.INLINE_OBJECT, wire.INLINE_OBJECT + 1, wire.SMALL_OBJECT, wire.SMALL_OBJECT + 1):
        content = secrets.token_bytes(size)
        (digest,) = project.upload(("blob", content))
        assert project.download(digest) == content
        assert project.send("GET", f"…/objects/{digest}/bytes").content == content


def test_bytes_that_are_not_what_they_say_are_refused(project: Client):
    """A wrong digest, a wrong size, wrong chunks, a bomb: 400, and nothing is stored."""
    content, other = b"content" * 1000, Digest(bytes(32))
    name = chunk_digest(content)
    bomb = zstandard.compress(bytes(256 << 20))
    packed = {wire.ENCODING_HEADER: "zstd"}

    project.ask("POST", "…/objects", {"objects": [{"kind": "blob", "digest": bytes(32), "content": content}]}, status=400)
    project.ask(
        "POST", "…/objects", {"objects": [{"kind": "record", "digest": bytes(object_digest("blob", content)), "content": content}]}, status=400
    )
    project.ask("PUT", f"…/chunks/{other}", content=content, status=400)
    project.ask("PUT", f"…/chunks/{name}", content=b"not zstd", headers=packed, status=400)
    project.ask("PUT", f"…/chunks/{chunk_digest(bytes(256 << 20))}", content=bomb, headers=packed, status=400)
    project.ask("PUT", f"…/chunks/{name}", content=content, status=201)
    for told in (True, False):
        if told:
            project.ask("PUT", f"…/chunks/{name}", content=content, headers={"HitSave-Object": str(other), "HitSave-Place": "0"})
        for size in (len(content), len(content) + 1):
            project.ask("PUT", f"…/objects/{other}", {"kind": "blob", "size": size, "chunks": [bytes(name)]}, status=400)
    small = chunk_digest(b"small")
    project.ask("PUT", f"…/chunks/{small}", content=b"small", status=201)
    whole = object_digest("blob", b"small" + content)
    project.ask("PUT", f"…/objects/{whole}", {"kind": "blob", "size": len(content) + 5, "chunks": [bytes(small), bytes(name)]}, status=400)
    assert len(project.ask("POST", "…/missing", {"objects": [bytes(other), bytes(whole)], "chunks": []})["objects"]) == 2


def test_a_thousand_keys_at_once(project: Client):
    """The largest lookup is answered in their order; one more is too many."""
    entry = project.put()
    wanted = [{"key": secrets.token_bytes(32)} for _ in range(998)] + [{"key": bytes(entry.key)}] * 2

    found = project.ask("POST", "…/lookup", {"wanted": wanted, "tiers": ["member"]})["found"]

    assert [len(under) for under in found] == [0] * 998 + [1, 1]
    project.ask("POST", "…/lookup", {"wanted": [*wanted, wanted[0]], "tiers": ["member"]}, status=413)


def test_entries_are_listed_and_had_by_their_id(project: Client):
    """By symbol, page by page, newest first; and one by the whole ID or a part of it, with texts and log."""
    stored = [project.put(symbol=f"app:{name}") for name in "abab"]
    text = project.upload(("text", b"def a(): ..."))
    last = project.prepared(symbol="app:c", kind="experiment")
    logged = [{"number": n, "at_ns": n, "content": b"line %d" % n} for n in (1, 2)]
    project.share(last, texts=[bytes(text[0])], logged=logged)

    def listed(query: str) -> tuple[list[bytes], str | None]:
        answer = project.ask("GET", f"…/entries?{query}")
        return [entry["body"] for entry in answer["entries"]], answer["more"]

    newest = sorted(stored, key=lambda entry: entry.id, reverse=True)
    assert listed("symbol=app:a") == ([body(entry) for entry in newest if entry.symbol == "app:a"], None)
    assert listed("kind=experiment") == ([body(last)], None)
    some, more = listed("limit=3&kind=memo")
    assert some + listed(f"limit=3&kind=memo&after={more}")[0] == [body(entry) for entry in newest]
    for typed in (last.id, last.id[-8:], last.id.upper()):
        one = project.ask("GET", f"…/entries/{typed}")
        assert (one["body"], one["texts"], one["logged"], one["project"]) == (body(last), [bytes(text[0])], logged, project.project)
    assert project.ask("GET", f"/v1/entries/{last.id}")["body"] == body(last)
    project.ask("GET", "…/entries/zzzz", status=404)


def test_people_mark_entries(project: Client):
    """A pin, a note and tags are the hub's own, beside what was signed."""
    entry = project.put()

    project.ask("POST", f"…/entries/{entry.id}/marks", {"pinned": True, "note": "the good one", "tags": ["b", "a"]})
    project.ask("POST", "…/used", {"entries": [[entry.id, 3, 15_000_000_000]]})

    one = project.ask("GET", f"…/entries/{entry.id}")
    assert (one["pinned"], one["note"], one["tags"], one["body"]) == (True, "the good one", ["a", "b"], body(entry))
    project.ask("POST", "…/entries/00000000000000000000000000/marks", {"pinned": True}, status=404)


def test_a_run_is_shown_while_it_goes_on(project: Client):
    """What is logged grows, a lookup finds nothing of it, and the done entry takes its place with the log."""
    done = project.prepared(kind="experiment")
    run = done._replace(status="running", value=None, checksum=None, size=0)

    def line(number: int) -> dict[str, object]:
        return {"number": number, "at_ns": number, "content": b"%d" % number}

    assert project.ask("PUT", f"…/runs/{run.id}", signed(run, logged=[line(1)]))["lines"] == 1
    assert project.ask("PUT", f"…/runs/{run.id}", signed(run, logged=[line(1), line(2)]))["lines"] == 2
    assert project.look(run) == [[]]
    assert project.ask("GET", f"…/entries/{run.id}")["status"] == "running"

    assert project.share(done, logged=[line(3)])["outcome"] == "stored"
    one = project.ask("GET", f"…/entries/{run.id}")
    assert (one["status"], [row["number"] for row in one["logged"]]) == ("done", [1, 2, 3])
