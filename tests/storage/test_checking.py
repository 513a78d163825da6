"""`fsck` finds every damage, and mends it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hitsave.storage.contents import content_digest
from hitsave.storage.store import Store
from hitsave.storage.writing import NewAttachment


@pytest.fixture
def full(store, new, remember, folder):
    """A store with one of everything: an inline value, a blob, a pinned entry, an experiment with a log and an attachment, a failed one, a document."""
    made = {"inline": remember(0, b"small"), "blob": remember(1, b"x" * 50_000), "pinned": remember(2, b"y" * 50_000, view=b'{"format":1}')}
    store.pin([made["pinned"].id], on=True)
    store.set_note(made["pinned"].id, "keep")
    identity = store.begin(new(3, kind="experiment"))
    store.log(identity, [b"\x01", b"\x02"])
    text = "def run(): ..."
    made["run"] = store.finish(
        identity, new(3, kind="experiment"), record=b"its Record", snapshot=b"its Snapshot", texts={content_digest("text", text.encode()): text},
        value=[b"z" * 50_000], attachments=[NewAttachment("plot.png", "image/png", [b"png"])],
    )  # fmt: skip
    made["failed"] = store.fail(store.begin(new(4, kind="experiment")), b"Traceback")
    store.set_document("/home/ada/app", "import-roots", b"\x90")
    store.close()
    return made


def change(folder, statement, *parameters):
    """Change the database behind the store's back."""
    with closing(sqlite3.connect(folder / "hitsave.sqlite")) as connection, connection:
        assert connection.execute(statement, parameters).rowcount > 0


def blob(folder, entry) -> Path:
    return folder / "blobs" / entry.value.hex()[:2] / entry.value.hex()[2:]


def flip(path: Path, offset: int = 40_000) -> None:
    """Change one bit of a file."""
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)
    path.chmod(0o400)


def litter(folder, name) -> None:
    path = folder / "blobs" / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(b"?")
    os.utime(path, (0, 0))


ROW = "(SELECT row FROM entries WHERE id = ?)"

# By name: what is done to the store, the kind of the finding, the part of its text that matters, and the entries that are left when it is mended.
DAMAGES = {
    "a bit of a row": (lambda f, m: change(f, "UPDATE entries SET seal = x'00' WHERE id = ?", m["inline"].id), "entry", "its row is not what was stored", {"inline"}),
    "a wrong key": (lambda f, m: change(f, "UPDATE entries SET key = zeroblob(32) WHERE id = ?", m["inline"].id), "entry", "can't be found", set()),
    "a wrong status": (lambda f, m: change(f, "UPDATE entries SET status = 'running' WHERE id = ?", m["blob"].id), "entry", "can't be found", set()),
    "a bit of a small value": (lambda f, m: change(f, "UPDATE entries SET inline = x'00' WHERE id = ?", m["inline"].id), "value", "not what was stored", {"inline"}),
    "a bit of a large value": (lambda f, m: flip(blob(f, m["blob"])), "value", "not what was stored", {"blob"}),
    "a lost value": (lambda f, m: blob(f, m["blob"]).unlink(), "value", "its file is missing", {"blob"}),
    "a cut value": (lambda f, m: (blob(f, m["blob"]).chmod(0o600), os.truncate(blob(f, m["blob"]), 5)), "value", "5 bytes, not 50,000", {"blob"}),
    "a lost value of a pinned entry": (lambda f, m: blob(f, m["pinned"]).unlink(), "value", "its file is missing", set()),
    "a bit of an experiment": (lambda f, m: flip(blob(f, m["run"])), "value", "not what was stored", set()),
    "a lost picture": (lambda f, m: (f / "blobs" / m["run"].attachments[0].blob.hex()[:2] / m["run"].attachments[0].blob.hex()[2:]).unlink(), "value", "its file is missing", set()),
    "a bit of a Record": (lambda f, m: change(f, "UPDATE contents SET content = x'00' WHERE digest = ?", m["inline"].record), "content", "record", {"inline", "blob"}),
    "a lost Record of an experiment": (lambda f, m: change(f, "DELETE FROM contents WHERE digest = ?", m["run"].record), "content", "its record is missing", set()),
    "a lost picture of a value": (lambda f, m: change(f, "DELETE FROM contents WHERE digest = ?", m["pinned"].view), "content", "its view is missing", set()),
    "a lost traceback": (lambda f, m: change(f, "DELETE FROM contents WHERE digest = ?", m["failed"].error), "content", "its error is missing", set()),
    "lost arguments": (lambda f, m: change(f, "DELETE FROM contents WHERE digest = ?", m["inline"].arguments), "content", "its arguments is missing", set()),
    "a lost text": (lambda f, m: change(f, "DELETE FROM contents WHERE kind = 'text'"), "content", "texts of a snapshot are missing", set()),
    "a kind of content that is no text": (lambda f, m: change(f, "UPDATE contents SET kind = CAST(x'ff' AS TEXT) WHERE kind = 'text'"), "content", "is not what was stored", set()),
    "a project that is no text": (lambda f, m: change(f, "UPDATE entries SET project = CAST(x'ff' AS TEXT) WHERE id = ?", m["inline"].id), "entry", "can't be found", set()),
    "a note that is no text": (lambda f, m: change(f, "UPDATE marks SET note = CAST(x'ff' AS TEXT)"), "mark", "not what was stored", set()),
    "a note that nobody wrote": (lambda f, m: change(f, "UPDATE marks SET note = 'other'"), "mark", "not what was stored", set()),
    "a pin that nobody set": (lambda f, m: change(f, f"INSERT INTO marks (row, note) VALUES ({ROW}, 'x')", m["inline"].id), "mark", "no seal", set()),
    "counts that are none": (lambda f, m: change(f, "UPDATE marks SET hits = -5"), "mark", "not what was stored", set()),
    "a line of a log": (lambda f, m: change(f, "UPDATE logged SET content = x'00' WHERE number = 1"), "log", "line 1", set()),
    "a document": (lambda f, m: change(f, "UPDATE documents SET content = x'00'"), "document", "import-roots", set()),
    "uses of a file": (lambda f, m: change(f, "DELETE FROM blob_uses WHERE row = " + ROW, m["blob"].id), "entry", "the list of its files is wrong", set()),
    "marks of nobody": (lambda f, m: change(f, "INSERT INTO marks (row) VALUES (999)"), "litter", "row 999", set()),
    "a log of nobody": (lambda f, m: change(f, "INSERT INTO logged SELECT 'nobody', number, at_ns, content, seal FROM logged"), "litter", "log of nobody", set()),
    "a use by nobody": (lambda f, m: change(f, "INSERT INTO blob_uses VALUES (zeroblob(32), 999)"), "litter", "uses of row 999", set()),
    "a file that nobody needs": (lambda f, m: litter(f, "ab/" + "c" * 62), "litter", "no entry needs this file", set()),
    "an unfinished file": (lambda f, m: litter(f, "new/0000000000000001-1-x"), "litter", "left it unfinished", set()),
    "a damaged database that was replaced": (lambda f, m: (f / "hitsave.sqlite.damaged").write_bytes(b"?"), "litter", "damaged database", set()),
    "a file that others can write": (lambda f, m: blob(f, m["blob"]).chmod(0o422), "permission", "other users can write it", set()),
}  # fmt: skip


def test_a_store_without_damage_has_none(store, full):
    """Everything was looked at."""
    checked = store.check()
    assert checked.findings == []
    assert (checked.entries, checked.values, checked.value_bytes) == (5, 5, 5 + 3 * 50_000 + 3)
    assert checked.contents >= 8


@pytest.mark.parametrize("name", DAMAGES)
def test_every_damage_is_found_and_mended(name, store, full, folder):
    """Looking changes nothing; after mending there is no damage, and nothing is gone but what was lost."""
    damage, kind, text, lost = DAMAGES[name]
    damage(folder, full)
    found = store.check().findings
    assert [(f.kind, f.mended) for f in found if f.kind == kind and text in str(f)], found
    again = store.check().findings
    assert [str(f) for f in again] == [str(f) for f in found]
    mended = store.check(repair=True)
    assert mended.left == [], mended.left
    assert store.check().findings == []
    left = {entry.id for entry in store.list(limit=None)}
    assert {key for key, entry in full.items() if entry.id not in left} == lost


def test_what_is_lost_of_an_experiment_leaves_the_rest(store, full, folder):
    """It stays in the lists as failed, with its log, and says why."""
    blob(folder, full["run"]).unlink()
    store.check(repair=True)
    entry = store.get(full["run"].id)
    assert (entry.status, entry.value) == ("failed", None)
    assert b"hitsave fsck" in store.content("error", entry.error)
    assert [line.content for line in store.logged(entry.id)] == [b"\x01", b"\x02"]
    assert bytes(store.open_attachment(entry.attachments[0])) == b"png"
    assert store.get(full["pinned"].id).note == "keep"


def test_a_lost_picture_leaves_the_result(store, full, folder):
    """Only what is damaged goes."""
    digest = full["run"].attachments[0].blob.hex()
    (folder / "blobs" / digest[:2] / digest[2:]).unlink()
    store.check(repair=True)
    entry = store.get(full["run"].id)
    assert (entry.status, entry.attachments) == ("done", ())
    assert bytes(store.open_value(entry)) == b"z" * 50_000


def test_marks_that_can_not_be_trusted_are_pinned(store, full, folder):
    """What might be wanted is not thrown away."""
    change(folder, "UPDATE marks SET pinned = 0")
    store.check(repair=True)
    assert store.get(full["pinned"].id).pinned


def test_a_damaged_database_is_found_and_mended(store, full, folder):
    """What is good in it goes into a new one."""
    path = folder / "hitsave.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entries_by_symbol'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : (page - 1) * size + 200] = b"\xff" * 200
    path.write_bytes(content)
    with Store.open(folder) as other:
        found = other.check().findings
        assert {f.kind for f in found} == {"database"}
        assert other.check(repair=True).left == []
        assert len(other.list(limit=None)) == 5
        assert [str(f) for f in other.check().findings] == []


def test_progress_is_told(store, full):
    """What is looked at, how far, and of how much."""
    told = []
    store.check(progress=lambda what, done, of: told.append((what, done, of)))
    assert {what for what, _, _ in told} == {"entries", "values", "contents", "files"}
    assert all(0 < done <= of for _, done, of in told)


def test_an_empty_store_is_whole(store):
    """There is nothing to look at."""
    assert store.check().findings == []


def test_what_changes_while_it_is_looked_at_is_no_damage(store, full, folder):
    """What is deleted between two looks is not missing; a reader is not held up meanwhile."""
    with Store.open(folder) as other:

        def delete(what, _done, _of):
            if what == "entries":
                other.delete([full["blob"].id])
                other.sweep(grace_seconds=0)
                assert other.find(full["inline"].key)

        assert store.check(progress=delete).findings == []
