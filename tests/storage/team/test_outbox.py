"""What is to be sent, and how it is remembered."""

from __future__ import annotations

import shutil

from hitsave.storage.entry import NewEntry
from hitsave.storage.exchanging import HubProject
from hitsave.storage.store import Store
from tests.storage.test_compat import COMMITTED

HUB = HubProject("https://hub.example", "p")


def test_an_entry_is_in_the_outbox_as_soon_as_it_is_stored(ada, key):
    """In one transaction, so no crash can come between."""
    new = NewEntry(key(1), "app:f", "/app", key(1))
    entry = ada.store.put(new, record=b"", snapshot=b"", texts={}, value=[b"v"], send_to=HUB)
    (waiting,) = ada.store.outbox.all()
    assert (waiting.hub, waiting.project, waiting.id, waiting.attempts) == (*HUB, entry.id, 0)


def test_what_is_noted_twice_is_there_once(ada):
    """Also when it waits after a fault: then it is due at once."""
    outbox = ada.store.outbox
    outbox.add(["a", "b"], HUB)
    (first, _) = outbox.due(HUB.hub, 10)
    outbox.postpone([first.number], "no answer", 1000)
    assert [w.id for w in outbox.due(HUB.hub, 10)] == ["b"]
    assert [w.id for w in outbox.due(HUB.hub, 10, now=True)] == ["b", "a"]
    outbox.add(["a"], HUB)
    assert sorted(w.id for w in outbox.due(HUB.hub, 10)) == ["a", "b"]
    assert (outbox.count(HUB.hub), outbox.count("https://elsewhere.example")) == (2, 0)


def test_what_was_sent_leaves_it_and_is_known_as_shared(ada, key):
    """The row says where."""
    entry = ada.compute(key(1))
    ada.store.outbox.add([entry.id], HUB)
    ada.store.outbox.sent(ada.store.outbox.all()[0])
    assert ada.store.outbox.all() == []
    assert ada.store._database.query("SELECT hub, project FROM shared") == [tuple(HUB)]


def test_an_old_store_has_an_empty_outbox(tmp_path):
    """A store of version 1 that nobody has written since can still be read."""
    shutil.copytree(COMMITTED, tmp_path / "old")
    for path in [tmp_path / "old", *(tmp_path / "old").rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    with Store.open(tmp_path / "old", readonly=True) as store:
        assert (store.outbox.all(), store.outbox.count(HUB.hub)) == ([], 0)


def test_a_store_that_nobody_made_has_an_empty_outbox(tmp_path):
    """And asking makes none."""
    with Store.open(tmp_path / "none", readonly=True) as store:
        assert store.outbox.all() == []
    assert not (tmp_path / "none").exists()
