"""Damage: found by who is told of it and by fsck, put in quarantine, and mended by the next upload."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from hitsave.storage.entry import body
from hitsave.storage.wire import chunk_digest
from tests.hub.conftest import running
from tests.hub.running import Hub

VALUE = b"a value that is no small one " * 50_000


@pytest.fixture
def own(tmp_path: Path):
    """An embedded hub of the test's own."""
    hub = Hub(tmp_path / "hub", {}, "--grace", "0")
    hub.member()
    with running(hub):
        yield hub


def files(hub: Hub) -> list[Path]:
    """The files of chunks."""
    return [path for path in (hub.folder / "objects").rglob("*") if path.is_file()]


def spoil(hub: Hub) -> None:
    """Change a byte of the largest file."""
    largest = max(files(hub), key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[5] ^= 1
    largest.chmod(0o600)
    largest.write_bytes(content)


def test_a_damaged_object_is_reported_quarantined_and_mended(own: Hub):
    """It counts as missing, no lookup finds what needs it, and the same bytes uploaded again bring both back."""
    client = own.key()
    entry = client.put(VALUE)
    other = client.put(b"small")
    assert client.ask("POST", "…/corrupt", {"digest": bytes(entry.value)})["state"] == "good"

    spoil(own)

    assert client.ask("POST", "…/corrupt", {"digest": bytes(entry.value)})["state"] == "quarantined"
    assert client.look(entry, other) == [[], [body(other)]]
    client.ask("GET", f"…/objects/{entry.value}", status=404)
    assert client.ask("POST", "…/missing", {"objects": [bytes(entry.value)], "chunks": [bytes(chunk_digest(VALUE))]}) == {
        "objects": [bytes(entry.value)],
        "chunks": [bytes(chunk_digest(VALUE))],
    }
    client.upload(("blob", VALUE))
    assert client.share(entry) == {"outcome": "already", "id": entry.id}
    assert client.look(entry) == [[body(entry)]]
    assert client.download(entry.value) == VALUE


def test_a_good_object_can_not_be_talked_away(own: Hub):
    """The hub looks for itself: a report of what is well, by whoever, changes nothing."""
    client = own.key()
    entry = client.put(VALUE)
    for digest in (bytes(entry.value), bytes(entry.record), bytes(chunk_digest(VALUE))):
        assert client.ask("POST", "…/corrupt", {"digest": digest})["state"] == "good"
    assert client.look(entry) == [[body(entry)]]


def test_fsck_finds_what_is_damaged_missing_or_left_over(own: Hub):
    """It says so, and with --repair counts it as missing, and what nothing knows is deleted."""
    client = own.key()
    first, second = client.put(VALUE), client.put(VALUE[1:])
    assert "all is well" in own.command("fsck", "--deep")

    spoil(own)
    (own.folder / "objects" / "1" / "stray").write_bytes(b"left by a crash")
    said = own.command("fsck", "--deep", status=1)
    assert "a chunk's file is not what was stored" in said
    assert len(client.look(first)[0]) == len(client.look(second)[0]) == 1

    shutil.rmtree(own.folder / "objects" / "1" / chunk_digest(VALUE[1:]).hex()[:2], ignore_errors=True)
    assert "mended" in own.command("fsck", "--deep", "--repair")
    assert client.look(first, second) == [[], []]
    assert "all is well" in own.command("fsck", "--deep") or not [path for path in files(own) if path.name == "stray"]
    for entry, value in ((first, VALUE), (second, VALUE[1:])):
        client.upload(("blob", value))
        assert client.download(entry.value) == value
    assert "all is well" in own.command("fsck", "--deep")


def test_fsck_finds_rows_that_were_changed(own: Hub):
    """A body that its signature does not cover, and an object whose bytes are others."""
    client = own.key()
    entry, other = client.put(b"one"), client.put(b"two")
    with sqlite3.connect(own.folder / "hub.sqlite") as database:
        changed = body(entry._replace(wall_ns=7))
        database.execute("UPDATE entries SET body = ? WHERE id = ?", (changed, entry.id))
        database.execute("UPDATE objects SET content = x'00' WHERE digest = ?", (bytes(other.value),))
    database.close()

    said = own.command("fsck", "--repair")
    assert "its signature does not hold" in said
    assert "an object is not what was stored" in said
    assert client.look(entry, other) == [[], []]
    assert "all is well" in own.command("fsck")
