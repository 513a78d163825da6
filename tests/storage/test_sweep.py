"""What no entry needs goes; what one needs, or may be about to, stays."""

from __future__ import annotations

import os
import time

import pytest

from hitsave.errors import StoreError
from hitsave.storage.contents import content_digest


def files(folder):
    """The blobs and unfinished files of a store."""
    return sorted(path for path in (folder / "blobs").rglob("*") if path.is_file())


def put(store, new, number, value, text):
    """An entry with contents of its own."""
    texts = {content_digest("text", text.encode()): text}
    return store.put(
        new(number, view=f"view {text}".encode()), record=f"record {text}".encode(), snapshot=f"snapshot {text}".encode(), texts=texts, value=[value]
    )


def test_what_a_deleted_entry_needed_is_swept(store, new, folder):
    """Its blob and its contents, as far as no other entry has them."""
    first, second = put(store, new, 0, b"x" * 50_000, "one"), put(store, new, 1, b"y" * 50_000, "two")
    put(store, new, 2, b"z" * 50_000, "two")
    store.delete([first.id, second.id])
    swept = store.sweep(grace_seconds=0)
    assert (swept.blobs, swept.blob_bytes, swept.contents, swept.unfinished) == (2, 100_000, 4, 0)
    assert len(files(folder)) == 1
    assert store.text(content_digest("text", b"one")) is None
    assert store.record(first.record) is None
    assert store.text(content_digest("text", b"two")) == "two"
    assert store.record(second.record) == b"record two"
    assert store.content("arguments", first.arguments) == b"\x91\x01"
    assert store.sweep(grace_seconds=0) == (0, 0, 0, 0)


def test_a_young_blob_is_not_swept(store, remember, folder):
    """Its row may be about to come."""
    entry = remember(0, b"x" * 50_000)
    store.delete([entry.id])
    assert store.sweep().blobs == 0
    os.utime(files(folder)[0], (0, time.time() - 7200))
    assert store.sweep().blobs == 1


def test_an_attachment_and_an_error_are_needed(store, new):
    """As much as the value is."""
    from hitsave.storage.writing import NewAttachment

    entry = store.put(new(0), record=b"", snapshot=b"", texts={}, value=[b"v"], attachments=[NewAttachment("plot", "image/png", [b"png"])])
    failed = store.fail(store.begin(new(1)), b"Traceback")
    assert store.sweep(grace_seconds=0).blobs == 0
    assert bytes(store.open_attachment(entry.attachments[0])) == b"png"
    assert store.content("error", failed.error) == b"Traceback"


def test_files_that_are_no_blobs_are_left_alone(store, remember, folder):
    """Whatever they are, they are not ours."""
    remember(0, b"x" * 50_000)
    (folder / "blobs" / "00").mkdir(exist_ok=True)
    (folder / "blobs" / "00" / "readme").write_text("mine")
    store.sweep(grace_seconds=0)
    assert (folder / "blobs" / "00" / "readme").exists()


def test_what_a_dead_process_left_is_swept_by_the_next_that_writes(store, remember, folder):
    """What a living one writes is left alone."""
    remember(0, b"x" * 50_000)
    (folder / "blobs" / "new" / f"{1:016x}-1-x").write_bytes(b"dead")
    mine = folder / "blobs" / "new" / f"{store._locks.token()}-9-x"
    mine.write_bytes(b"alive")
    from hitsave.storage.store import Store

    with Store.open(folder) as other:
        remember(1, into=other)
    assert list((folder / "blobs" / "new").iterdir()) == [mine]


def test_a_value_that_is_swept_while_it_is_stored_is_not_stored(store, new, key, monkeypatch):
    """Rather an evaluation that is not remembered than an entry without its value."""
    keep = store._blobs.keep

    def keep_and_lose(staged):
        keep(staged)
        store._blobs.remove(staged.digest)

    monkeypatch.setattr(store._blobs, "keep", keep_and_lose)
    with pytest.raises(StoreError, match="collected while it was being stored"):
        store.put(new(0), record=b"", snapshot=b"", texts={}, value=[b"x" * 50_000])
    assert store.find(key(0)) == []


def test_contents_that_come_to_be_needed_during_a_sweep_stay(store, new, monkeypatch):
    """Between the look at what is needed and the deletion, another entry may name them again."""
    entry = put(store, new, 0, b"v", "one")
    store.delete([entry.id])
    transaction = store._database.transaction
    once = [put]

    def put_first():
        if once:
            once.pop()(store, new, 1, b"v", "one")
        return transaction()

    monkeypatch.setattr(store._database, "transaction", put_first)
    assert store.sweep(grace_seconds=0).contents == 0
    assert store.text(content_digest("text", b"one")) == "one"


def test_the_database_gives_its_room_back(store, new, folder):
    """After much was deleted and swept, the file is smaller."""
    entries = [put(store, new, number, os.urandom(15_000), str(number)) for number in range(100)]
    store.close()
    before = (folder / "hitsave.sqlite").stat().st_size
    store.delete([entry.id for entry in entries])
    store.sweep(grace_seconds=0)
    store.close()
    assert (folder / "hitsave.sqlite").stat().st_size < before / 4
