"""A changed bit is a miss, never a wrong value, and the next result puts it right."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3

import pytest

from hitsave.errors import DamagedError, StoreError
from hitsave.storage.store import Store


@pytest.fixture
def blob_of(folder):
    """A function that gives the path of an entry's blob."""

    def path(entry):
        return folder / "blobs" / entry.value.hex()[:2] / entry.value.hex()[2:]

    return path


def flip(path, offset: int) -> None:
    """Change one bit of a file."""
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ (1 << offset % 8)]))
    path.chmod(0o400 if "blobs" in path.parts else 0o600)


@pytest.mark.parametrize("offset", [0, 50_001, 99_999])
def test_a_changed_bit_in_a_value_is_noticed(store, remember, blob_of, offset):
    """By one who has read it before as well as by one who has not."""
    entry = remember(0, b"x" * 100_000)
    store.open_value(entry)
    flip(blob_of(entry), offset)
    with pytest.raises(DamagedError, match="is not what was stored"):
        store.open_value(entry)
    with Store.open(store.folder) as other, pytest.raises(DamagedError, match="is not what was stored"):
        other.open_value(*other.find(entry.key))


def _cut(path):
    path.chmod(0o600)
    os.truncate(path, 10)


def _link(path):
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _folder(path):
    path.unlink()
    path.mkdir()


def _pipe(path):
    path.unlink()
    os.mkfifo(path)


def _foreign(path):
    os.chown(path, 65534, 65534)


@pytest.mark.parametrize(
    ("spoil", "how"),
    [
        (os.unlink, "is missing"),
        (_cut, "has 10 bytes, not 100000"),
        (_link, "was replaced by a link"),
        (_folder, "is not a file"),
        (_pipe, "is not a file"),
        (_foreign, "is not a file of this user"),
    ],
)
def test_a_value_that_is_gone_or_something_else_is_damaged(store, remember, blob_of, spoil, how):
    """A missing, cut, linked or planted file is not read."""
    if spoil is _foreign and os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    entry = remember(0, b"x" * 100_000)
    spoil(blob_of(entry))
    with pytest.raises(DamagedError, match=how):
        store.open_value(entry)


def test_a_new_result_replaces_a_damaged_value(store, remember, blob_of, key):
    """The same value is written again over what is there; another takes the place of the entry that lost its own."""
    entry = remember(0, b"x" * 100_000)
    flip(blob_of(entry), 5)
    with pytest.raises(DamagedError):
        store.open_value(entry)
    again = remember(0, b"x" * 100_000)
    assert store.find(key(0)) == [again]
    assert store.open_value(again) == b"x" * 100_000
    blob_of(again).unlink()
    with pytest.raises(DamagedError):
        store.open_value(again)
    other = remember(0, b"y" * 100_000)
    assert store.find(key(0)) == [other]


def test_a_damaged_value_is_replaced_by_one_who_never_read_it(store, remember, blob_of):
    """Equal values are stored once, but not in a file that is damaged."""
    flip(blob_of(remember(0, b"x" * 100_000)), 5)
    with Store.open(store.folder) as other:
        assert other.open_value(remember(1, b"x" * 100_000, into=other)) == b"x" * 100_000


def test_an_experiment_that_lost_its_value_stays_listed(store, remember, blob_of, key):
    """Its arguments, views and notes are worth keeping without it."""
    entry = remember(0, b"x" * 100_000, kind="experiment")
    blob_of(entry).unlink()
    with pytest.raises(DamagedError):
        store.open_value(entry)
    again = remember(0, b"y" * 100_000, kind="experiment")
    assert {e.id for e in store.find(key(0))} == {entry.id, again.id}


def test_a_damaged_row_is_not_found_and_is_replaced(store, remember, folder, key):
    """Whichever of its columns changed; what a person set on it passes to the new one."""
    for column, value in [("body", b"\x90"), ("body", "text"), ("body", None), ("seal", bytes(16)), ("signature", b"s"), ("key", bytes(key(5)))]:
        entry = remember(0)
        store.set_note(entry.id, "keep me")
        number = 5 if column == "key" else 0
        with sqlite3.connect(folder / "hitsave.sqlite") as connection:
            if value is None:
                connection.execute("UPDATE entries SET body = zeroblob(length(body)) WHERE id = ?", (entry.id,))
            else:
                connection.execute(f"UPDATE entries SET {column} = ? WHERE id = ?", (value, entry.id))
        connection.close()
        assert store.find(key(number)) == []
        if column != "key":
            with pytest.raises(DamagedError, match="is damaged"):
                store.get(entry.id)
            assert store.list() == []
        again = remember(number)
        assert store.find(key(number)) == [again._replace(note="keep me")]
        assert store.count() == 1
        store.delete([again.id])


def test_a_damaged_inline_value_is_noticed_and_replaced(store, remember, folder, key):
    """Small values have a checksum of their own."""
    entry = remember(0, b"small")
    with sqlite3.connect(folder / "hitsave.sqlite") as connection:
        connection.execute("UPDATE entries SET inline = ?", (b"smalk",))
    connection.close()
    (found,) = store.find(key(0))
    with pytest.raises(DamagedError, match=entry.id):
        store.open_value(found)
    again = remember(0, b"small")
    assert store.find(key(0)) == [again]


def test_a_damaged_content_is_missing_and_is_replaced(store, remember, folder):
    """Records, Snapshots and texts are checked against their digest."""
    entry = remember(0)
    with sqlite3.connect(folder / "hitsave.sqlite") as connection:
        connection.execute("UPDATE contents SET content = x'00'")
    connection.close()
    assert store.record(entry.record) is None
    assert store.snapshot(entry.snapshot) is None
    remember(1)
    assert store.record(entry.record) == b"the Record"
    assert store.snapshot(entry.snapshot) == b"the Snapshot"


def test_a_damaged_mark_keeps_its_entry(store, remember, folder):
    """What may have been pinned counts as pinned."""
    entry = remember(0)
    store.set_tags(entry.id, ["a"])
    with sqlite3.connect(folder / "hitsave.sqlite") as connection:
        connection.execute("UPDATE marks SET tags = 'x', hits = 'many'")
    connection.close()
    found = store.get(entry.id)
    assert (found.pinned, found.hits) == (True, 0)


def test_undecodable_text_in_the_database_hides_its_row_only(store, remember, folder, key):
    """A changed bit can make text that is no text."""
    remember(0)
    entry = remember(1)
    store.set_note(entry.id, "note")
    with sqlite3.connect(folder / "hitsave.sqlite") as connection:
        connection.execute("UPDATE marks SET note = CAST(x'ff' AS TEXT)")
    connection.close()
    assert [e.id for e in store.find(key(1))] == [entry.id]
    assert len(store.list()) == 2


def test_damaged_lines_and_documents_are_left_out(store, new, folder):
    """They have seals too."""
    identity = store.begin(new(0, kind="experiment"))
    store.log(identity, [b"1", b"2"])
    store.set_document("s", "n", b"1")
    with sqlite3.connect(folder / "hitsave.sqlite") as connection:
        connection.execute("UPDATE logged SET content = x'00' WHERE number = 1")
        connection.execute("UPDATE documents SET content = x'00'")
    connection.close()
    assert [line.content for line in store.logged(identity)] == [b"2"]
    assert store.documents("s") == {}


@pytest.mark.parametrize("seed", range(40))
def test_no_flipped_bit_gives_a_wrong_value(store, remember, folder, tmp_path, key, seed):
    """Anywhere in the database or the blobs: each value is right, missing or said to be damaged, and a run afterwards can store again or says why not."""
    values = {n: (str(n) * (30_000 if n % 3 == 0 else 30)).encode() for n in range(20)}
    for number, value in values.items():
        remember(number, value)
    store.close()
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    chance = random.Random(seed)
    files = [path for path in sorted(damaged.rglob("*")) if path.is_file() and path.stat().st_size and "locks" not in path.parts]
    for _ in range(1 + seed % 8):
        path = chance.choice([damaged / "hitsave.sqlite", chance.choice(files)])
        flip(path, chance.randrange(path.stat().st_size))
    problems = 0
    for number, value in values.items():
        try:
            with Store.open(damaged) as opened:
                for entry in opened.find(key(number)):
                    assert entry.key == key(number)
                    assert opened.open_value(entry) == value
        except StoreError:
            problems += 1
    assert problems <= len(values)


def test_a_database_cut_short_is_damaged_not_empty(store, remember, folder, key):
    """It is said, with what to do."""
    for number in range(300):
        remember(number, b"v" * 500)
    store.close()
    os.truncate(folder / "hitsave.sqlite", 20_000)

    def find_all():
        with Store.open(folder) as opened:
            for number in range(300):
                opened.find(key(number))

    with pytest.raises(StoreError, match=r"damaged.*It is mended when the next result is stored"):
        find_all()
