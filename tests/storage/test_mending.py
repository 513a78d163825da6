"""A damaged database is mended by the next result that is stored."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import suppress

import pytest

from hitsave.errors import DamagedError, StoreError
from hitsave.storage import mending
from hitsave.storage.store import Store


@pytest.fixture
def filled(store, remember, folder, key):
    """A store with three hundred entries, closed: its database is one file."""
    for number in range(300):
        remember(number, b"%d" % number * 200)
    store.set_tags(store.find(key(0))[0].id, ["first"])
    store.set_document("scope", "name", b"document")
    store.close()
    return folder / "hitsave.sqlite"


def spoil(path, start: int, length: int = 2000) -> None:
    """Overwrite some bytes of a file with nonsense; in another process, as closing the file here would drop the locks that SQLite has on it."""
    code = f"file = open({str(path)!r}, 'r+b'); file.seek({start}); file.write(b'\\xa5' * {length}); file.close()"
    subprocess.run([sys.executable, "-c", code], check=True)


def root_of(path, table: str) -> int:
    """Where the first page of a table or index lies."""
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    connection.close()
    return (page - 1) * 4096


def test_a_damaged_index_costs_nothing(filled, store, remember, key):
    """Reading says that the store is damaged; after the next result every entry is found again."""
    spoil(filled, root_of(filled, "entries_by_key"))
    with pytest.raises(DamagedError, match="It is mended when the next result is stored"):
        store.find(key(1))
    remember(300)
    assert [len(store.find(key(number))) for number in range(301)] == [1] * 301
    assert store.find(key(0))[0].tags == ("first",)
    assert store.documents("scope") == {"name": b"document"}
    assert bytes(store.open_value(*store.find(key(7)))) == b"7" * 200
    assert filled.with_name("hitsave.sqlite.damaged").exists()
    assert sorted(path.name for path in filled.parent.glob("*.mended*")) == []


def test_damaged_rows_are_lost_and_the_rest_is_kept(filled, store, remember, key):
    """What lay in the damaged pages is computed again, what did not is found."""
    size = os.stat(filled).st_size
    spoil(filled, size // 2 // 4096 * 4096, 8000)
    for number in range(300):
        try:
            store.find(key(number))
        except DamagedError:
            remember(1000)
            break
    found = [number for number in range(300) if store.find(key(number))]
    assert len(found) > 200
    assert all(bytes(store.open_value(*store.find(key(number)))) == b"%d" % number * 200 for number in found)
    remember(299)
    assert store.find(key(299))


@pytest.mark.parametrize(("start", "length"), [(100, 900), (0, 100), (0, 4096), (4096 * 2, 4096)], ids=["schema", "header", "first page", "versions"])
def test_a_damaged_beginning_costs_nothing(filled, remember, key, start, length):
    """Without its first page no table can be found, nor can it be told that this is a database; where tables begin is known."""
    spoil(filled, start, length)
    with Store.open(filled.parent) as store:
        with suppress(DamagedError):  # nobody has looked at the versions yet
            store.find(key(0))
        assert store.check(repair=True).left == []
        assert [len(store.find(key(number))) for number in range(300)] == [1] * 300
        assert store.find(key(0))[0].tags == ("first",)
        assert store.documents("scope") == {"name": b"document"}
        remember(300, into=store)
    with Store.open(filled.parent) as store:
        assert len(store.find(key(300))) == 1


def test_a_damaged_beginning_is_mended_with_what_is_in_the_log(filled, remember, key):
    """A program was killed, and then the database's first page was lost."""
    with Store.open(filled.parent) as store:
        store.pin([store.find(key(1))[0].id], on=True)
        logged = filled.with_name("hitsave.sqlite-wal").read_bytes()
    (filled.parent / "hitsave.sqlite-wal").write_bytes(logged)
    spoil(filled, 0, 4096)
    with Store.open(filled.parent) as store:
        remember(300, into=store)
        assert [len(store.find(key(number))) for number in range(301)] == [1] * 301
        assert store.find(key(1))[0].pinned


def test_a_changed_bit_anywhere_in_the_header_costs_nothing(filled, remember, key, tmp_path):
    """Whatever it makes the file look like: another program's database, one of a newer HitSave, or none at all."""
    # What makes it a database, its page's size, who may write and read it, its length in pages, its format, its text, its version, whose it is.
    for offset in (0, 16, 18, 19, 20, 21, 28, 31, 47, 52, 59, 60, 63, 68):
        place = tmp_path / str(offset)
        shutil.copytree(filled.parent, place)
        with (place / "hitsave.sqlite").open("r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 1 << offset % 8]))
        with Store.open(place) as store:
            remember(300, into=store)
            assert [len(store.find(key(number))) for number in (0, 150, 299, 300)] == [1] * 4, offset
            assert store.check(repair=True).left == [], offset
            assert [len(store.find(key(number))) for number in (0, 150, 299, 300)] == [1] * 4, offset


def test_what_is_stored_beside_damage_is_not_lost_with_it(filled, store, new, key):
    """An index says that the Record is there already, and the page that it lies in is damaged: nobody has met that yet."""

    def put(number: int, record: bytes) -> None:
        store.put(new(number, arguments=b"%d" % number * 100), record=record, snapshot=b"the Snapshot", texts={}, value=[b"a result"])

    for number in range(300, 400):
        put(number, b"another Record" if number == 350 else b"the Record")
    store.close()
    spoil(filled, filled.read_bytes().index(b"another Record") // 4096 * 4096, 4096)
    put(400, b"another Record")
    assert store.check(repair=True).left == []
    (entry,) = store.find(key(400))
    assert store.record(entry.record) == b"another Record"


def test_a_damaged_store_that_is_only_read_is_said(filled):
    """There is nobody to mend it."""
    spoil(filled, 100, 900)
    with pytest.raises(DamagedError, match="damaged"):
        Store.open(filled.parent, readonly=True)


def test_others_that_have_the_store_open_go_on_with_the_mended_one(filled, store, remember, start, key):
    """What they store from then on is not lost, whoever mends first."""
    with Store.open(filled.parent) as other:
        assert other.find(key(0))
        spoil(filled, root_of(filled, "entries_by_key"))
        workers = [start("put_many", filled.parent, first * 1000, 30, 80) for first in range(1, 5)]
        assert [worker.wait(timeout=120) for worker in workers] == [0] * 4
        remember(5000, into=other)
        found = [number for first in range(1, 5) for number in range(first * 1000, first * 1000 + 30) if other.find(key(number))]
        # Each may lose what it stored in the moment before another mended; never more.
        assert len(found) >= 4 * 30 - 4
        assert other.find(key(5000))
        assert other.find(key(0))


def test_a_mending_that_was_killed_halfway_is_finished(filled, key, remember):
    """The damaged file was taken away, and the mended one not put in its place yet."""
    (filled.parent / "hitsave.sqlite-wal").write_bytes(b"of the damaged one")
    filled.rename(filled.with_name("hitsave.sqlite.mended"))
    with Store.open(filled.parent) as store:
        assert store.list() == []
        remember(300, into=store)
        assert [len(store.find(key(number))) for number in (0, 299, 300)] == [1, 1, 1]


@pytest.mark.parametrize("call", range(16))
def test_a_mending_that_the_system_stops_anywhere_loses_nothing(filled, store, remember, key, monkeypatch, call):
    """One rename or removal of a file fails: what was good is there when the next result is stored, at the latest."""
    (filled.parent / "hitsave.sqlite.damaged-wal").write_bytes(b"of an earlier one")
    spoil(filled, root_of(filled, "entries_by_key"))
    with suppress(DamagedError):
        store.find(key(1))
    calls = iter(range(100))

    def failing(function):
        def fails_once(*arguments):
            if next(calls) == call:
                raise PermissionError(errno.EACCES, "as the test wants it", *arguments[:1])
            return function(*arguments)

        return fails_once

    with monkeypatch.context() as patch:
        patch.setattr(mending.os, "unlink", failing(os.unlink))
        patch.setattr(mending.os, "replace", failing(os.replace))
        with suppress(StoreError):
            remember(300)
    remember(301)
    assert [len(store.find(key(number))) for number in (*range(300), 301)] == [1] * 301
    assert sorted(path.name for path in filled.parent.glob("*.mended*")) == []
