"""What is put into a store is found again: entries, values, contents, what people set."""

from __future__ import annotations

import os

import pytest

from hitsave.digest import Digest
from hitsave.errors import DamagedError, UnknownEntryError
from hitsave.storage.blobs import INLINE_LIMIT
from hitsave.storage.contents import content_digest
from hitsave.storage.listing import Filter
from hitsave.storage.store import Store
from hitsave.storage.writing import NewAttachment


def test_a_store_that_does_not_exist_is_empty_and_stays_unmade(folder, key):
    """Looking at nothing leaves nothing behind."""
    with Store.open(folder) as store:
        assert store.find(key(0)) == []
        assert store.list() == []
        assert store.symbols() == []
        assert store.projects() == ()
        assert store.stats().entries == store.count() == 0
        assert store.text(key(0)) is None
        assert store.sweep().blobs == 0
        with pytest.raises(UnknownEntryError):
            store.get("01")
    assert not folder.exists()


def test_what_is_put_is_found_under_its_key(store, remember, key):
    """With everything that was said of it."""
    entry = remember(
        3, b"three", wall_ns=7, cpu_ns=5, commit="c0ffee", metrics=b"m", extra=b"x", view=b"a view", user="ada", host="engine", local_only=True
    )
    assert store.find(key(3)) == [entry]
    assert (entry.symbol, entry.project, entry.status, entry.kind, entry.codec) == ("app.train:fit", "/home/ada/app", "done", "memo", "pickle5")
    assert (entry.wall_ns, entry.cpu_ns, entry.commit, entry.metrics, entry.extra) == (7, 5, "c0ffee", b"m", b"x")
    assert (entry.user, entry.host, entry.local_only, entry.size) == ("ada", "engine", True, 5)
    assert store.find(key(4)) == []


def test_contents_are_found_under_the_digests_in_the_entry(store, remember):
    """The Record, the Snapshot, its texts, the arguments and the View."""
    entry = remember(0, view=b"a view")
    assert store.record(entry.record) == b"the Record"
    assert store.snapshot(entry.snapshot) == b"the Snapshot"
    assert store.text(content_digest("text", b"def fit(): ...")) == "def fit(): ..."
    assert store.content("arguments", entry.arguments) == b"\x91\x01"
    assert store.content("view", entry.view) == b"a view"
    assert store.contents("view", [entry.view, Digest(bytes(32))]) == {entry.view: b"a view"}


def test_a_content_is_not_found_as_another_kind(store, remember):
    """Bytes stored as one kind can't be passed off as another."""
    entry = remember(0, view=b"a view")
    assert store.content("error", entry.view) is None


def test_a_text_under_a_wrong_digest_is_refused(store, new, key):
    """A text that could never be found again is a fault of the caller."""
    with pytest.raises(ValueError, match="not the digest of the text"):
        store.put(new(0), record=b"", snapshot=b"", texts={key(0): "text"}, value=[b""])
    assert store.find(key(0)) == []


@pytest.mark.parametrize("size", [0, 1, INLINE_LIMIT, INLINE_LIMIT + 1, 100_000, 3_000_000, 20_000_000])
def test_a_value_of_any_size_comes_back(store, remember, size):
    """Small ones are in the row, large ones in a file, and the caller sees no difference."""
    value = os.urandom(size)
    entry = remember(0, value)
    assert (entry.inline is None) == (size > INLINE_LIMIT)
    assert entry.value == content_of(value)
    with Store.open(store.folder) as other:
        assert other.open_value(*other.find(entry.key)) == value


def content_of(value: bytes) -> Digest:
    """The digest of a value's bytes, made as docs/formats.md says."""
    from blake3 import blake3

    return Digest(blake3(value, derive_key_context="hitsave 2026 v1 blob").digest())


@pytest.mark.parametrize("sizes", [[0, 5, 0], [10_000] * 5, [70_000, 5, 2_000_000, 0, 9], [16 << 10, 1], [9_000_000, 9_000_001], [60_000] * 40])
def test_a_value_in_pieces_is_their_sum(store, new, sizes):
    """Whatever their sizes and types, pieces are joined in order."""
    pieces = [os.urandom(size) for size in sizes]
    kinds = (bytes, bytearray, memoryview)
    entry = store.put(new(0), record=b"", snapshot=b"", texts={}, value=(kinds[i % 3](piece) for i, piece in enumerate(pieces)))
    assert store.open_value(entry) == b"".join(pieces)
    assert entry.value == content_of(b"".join(pieces))


def test_a_value_of_numbers_counts_in_bytes(store, new):
    """A buffer of floats in two dimensions is its bytes."""
    import numpy as np

    array = np.arange(60_000.0).reshape(300, 200)
    entry = store.put(new(0), record=b"", snapshot=b"", texts={}, value=[memoryview(array), memoryview(array[:1])])
    assert entry.size == array.nbytes + array[:1].nbytes
    assert store.open_value(entry) == array.tobytes() + array[:1].tobytes()


@pytest.mark.parametrize("size", [100, 100_000])
def test_a_value_belongs_to_who_opened_it(store, remember, size):
    """Changing it changes neither what is stored nor what another one opened."""
    entry = remember(0, b"x" * size)
    first, second = store.open_value(entry), store.open_value(entry)
    first[0:1] = b"y"
    assert second[0:1] == store.open_value(entry)[0:1] == b"x"
    assert first[0:1] == b"y"


def test_a_value_stays_good_when_its_entry_is_deleted(store, remember):
    """What a caller has opened is theirs, whatever happens to the store."""
    entry = remember(0, b"x" * 100_000)
    value = store.open_value(entry)
    store.delete([entry.id])
    store.sweep(grace_seconds=0)
    store.close()
    assert value == b"x" * 100_000


def test_equal_values_are_stored_once(store, remember, folder):
    """Blobs are named by their content."""
    remember(0, b"x" * 100_000)
    remember(1, b"x" * 100_000)
    assert len([path for path in (folder / "blobs").rglob("*") if path.is_file()]) == 1


def test_blobs_are_read_only_and_for_the_owner_alone(store, remember, folder):
    """So are the folders that they are in."""
    remember(0, b"x" * 100_000)
    assert {oct(path.stat().st_mode & 0o777) for path in (folder / "blobs").rglob("*") if path.is_file()} == {"0o400"}
    assert {oct(path.stat().st_mode & 0o777) for path in [folder, *folder.rglob("*")] if path.is_dir()} == {"0o700"}
    assert {oct(path.stat().st_mode & 0o777) for path in folder.glob("hitsave.sqlite*")} == {"0o600"}


def test_the_last_stored_entry_comes_first(store, remember, key):
    """Under one key there may be many entries, told apart by their captures."""
    entries = [remember(0, captures=key(n)) for n in range(4)]
    assert store.find(key(0)) == entries[::-1]
    assert store.find(key(0), captures=key(2)) == [entries[2]]


def test_failing_bytes_leave_nothing(store, new, key, folder):
    """If the value can't be made, its error passes through and no part of it stays."""

    def pieces():
        yield b"x" * 100_000
        raise KeyError("no")

    with pytest.raises(KeyError, match="no"):
        store.put(new(0), record=b"", snapshot=b"", texts={}, value=pieces())
    assert store.find(key(0)) == []
    assert [path for path in folder.rglob("*") if path.is_file() and "blobs" in path.parts] == []


def test_what_an_evaluation_logged_comes_with_its_entry_or_not_at_all(store, new):
    """Lines of an entry that could not be stored would be nobody's."""
    wrong = {content_digest("text", b"a text"): "another"}
    with pytest.raises(ValueError, match="not the digest"):
        store.put(new(0), record=b"", snapshot=b"", texts=wrong, value=[b"v"], logged=[b"1"])
    assert store.check().findings == []
    entry = store.put(new(0), record=b"", snapshot=b"", texts={}, value=[b"v"], logged=[b"1", b"2"])
    assert [(line.number, line.content) for line in store.logged(entry.id)] == [(1, b"1"), (2, b"2")]


def test_attachments_come_back(store, new):
    """Figures and files are kept beside the value, whatever their size."""
    files = {"plot": b"\x89PNG", "empty": b"", "log": b"l" * 100_000}
    entry = store.put(
        new(0, kind="experiment"),
        record=b"",
        snapshot=b"",
        texts={},
        value=[b"v"],
        attachments=[NewAttachment(name, "image/png", [content]) for name, content in files.items()],
    )
    (found,) = store.find(entry.key)
    assert {a.name: bytes(store.open_attachment(a)) for a in found.attachments} == files
    assert {a.media for a in found.attachments} == {"image/png"}


def test_an_experiment_is_seen_while_it_runs(store, new, key):
    """It has an ID from the start, is no answer until it is done, and keeps its ID, its marks and when it began."""
    identity = store.begin(new(0, kind="experiment", created_ns=5))
    assert store.find(key(0)) == []
    running = store.get(identity)
    assert (running.status, running.created_ns, running.value) == ("running", 5, None)
    with pytest.raises(DamagedError, match="it is running"):
        store.open_value(running)
    store.set_note(identity, "watch this")
    entry = store.finish(identity, new(0, kind="experiment", wall_ns=9), record=b"r", snapshot=b"s", texts={}, value=[b"v" * 50_000])
    (found,) = store.find(key(0))
    assert found == entry._replace(note="watch this")
    assert (found.id, found.created_ns, found.wall_ns, found.process) == (identity, 5, 9, None)
    assert store.count() == 1


def test_an_experiment_that_fails_is_kept_with_its_error(store, new, key):
    """It is listed, and is no answer."""
    identity = store.begin(new(0, kind="experiment"))
    failed = store.fail(identity, b"Traceback", wall_ns=3)
    assert store.get(identity) == failed
    assert (failed.status, failed.wall_ns) == ("failed", 3)
    assert store.content("error", failed.error) == b"Traceback"
    assert store.find(key(0)) == []


def test_an_experiment_that_was_deleted_while_it_ran_is_there_again_when_it_ends(store, new, key):
    """Its result is not lost; a failure without an entry is said."""
    identity = store.begin(new(0, kind="experiment"))
    store.delete([identity])
    with pytest.raises(UnknownEntryError):
        store.fail(identity, b"Traceback")
    store.finish(identity, new(0), record=b"", snapshot=b"", texts={}, value=[b"v"])
    assert [entry.id for entry in store.find(key(0))] == [identity]


def test_what_is_done_does_not_fail_afterwards(store, new, remember):
    """`fail` is for what runs."""
    entry = remember(0)
    assert store.fail(entry.id, b"late") == entry
    assert store.get(entry.id) == entry


def test_logged_lines_are_kept_in_order(store, new):
    """A panel reads on from where it was."""
    identity = store.begin(new(0, kind="experiment"))
    store.log(identity, [b"1", b"2"])
    store.log(identity, [b"3"])
    assert [line.content for line in store.logged(identity)] == [b"1", b"2", b"3"]
    assert [(line.number, line.content) for line in store.logged(identity, after=2)] == [(3, b"3")]
    store.delete([identity])
    assert store.logged(identity) == ()


def test_hits_add_up(store, remember):
    """How often, how much time it saved, and when it was last used."""
    entry = remember(0)
    store.note_hits({entry.id: (2, 50), "gone": (1, 1)})
    store.note_hits({entry.id: (1, 25)})
    found = store.get(entry.id)
    assert (found.hits, found.saved_ns) == (3, 75)
    assert found.last_used_ns > 0
    assert (store.stats().hits, store.stats().saved_ns) == (3, 75)


def test_what_people_set_is_kept(store, remember):
    """Pins, notes and tags, each without touching the others."""
    entry = remember(0)
    assert store.pin([entry.id, "none"], on=True) == 1
    store.set_note(entry.id, "look at \ud800 this")
    store.set_tags(entry.id, ["b", "a", "a", " "])
    store.note_hits({entry.id: (1, 1)})
    found = store.get(entry.id)
    assert (found.pinned, found.note, found.tags, found.hits) == (True, "look at \\ud800 this", ("a", "b"), 1)
    store.pin([entry.id], on=False)
    assert not store.get(entry.id).pinned
    with pytest.raises(UnknownEntryError):
        store.set_note("none", "note")


def test_documents_are_kept_by_scope_and_name(store):
    """Small bytes that belong to no entry."""
    store.set_document("/home/ada/app", "roots", b"1")
    store.set_document("/home/ada/app", "roots", b"2")
    store.set_document("/other", "roots", b"3")
    assert store.documents("/home/ada/app") == {"roots": b"2"}
    store.set_document("/home/ada/app", "roots", None)
    assert store.documents("/home/ada/app") == {}


def test_deleting_takes_the_entry_and_nothing_else(store, remember, key):
    """Equal values of other entries stay."""
    first, second = remember(0, b"x" * 50_000), remember(1, b"x" * 50_000)
    store.pin([first.id], on=True)
    assert store.delete([first.id, "none"]) == 1
    assert store.find(key(0)) == []
    store.sweep(grace_seconds=0)
    assert store.open_value(second) == b"x" * 50_000
    assert store.count() == 1
    assert store.count(Filter(pinned=True)) == 0


def test_a_deleted_store_is_made_anew_by_one_that_has_it_open(store, remember, folder, key):
    """A store may be deleted at any time."""
    import shutil

    remember(0, b"x" * 50_000)
    shutil.rmtree(folder)
    remember(1, b"x" * 50_000)
    with Store.open(folder) as other:
        assert [entry.key for entry in other.list()] == [key(1)]
        assert other.open_value(*other.find(key(1))) == b"x" * 50_000


def test_a_closed_store_can_be_used_again(store, remember, key):
    """Closing gives back what is held open, no more."""
    remember(0)
    store.close()
    assert len(store.find(key(0))) == 1
