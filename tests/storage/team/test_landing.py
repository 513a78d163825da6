"""Entries of other machines in the local store: how they get in, and that trust is asked at every use."""

from __future__ import annotations

import pytest

from hitsave.errors import ForgedError, StoreError
from hitsave.storage.mending import mend
from hitsave.storage.opening import place_of
from hitsave.storage.store import Store
from hitsave.storage.team.trust import Trust


def test_what_landed_is_found_and_opened(ada, trusting, key):
    """With the ID, the times and the author that it was signed with, and listed under the local project."""
    entry = ada.compute(key(1), b"x" * 40_000, wall_ns=5)
    landed = trusting.store.land(ada.landing(entry))
    (found,) = trusting.store.find(key(1))
    assert (found, bytes(trusting.store.open_value(found))) == (landed, b"x" * 40_000)
    assert (found.id, found.user, found.wall_ns, found.project, found.signer) == (entry.id, "ada", 5, "/home/you/app", ada.key.public)
    assert trusting.store.record(found.record) == b"record of " + key(1)
    assert not trusting.store.check().findings


def test_whom_nobody_trusts_is_not_found(ada, bob, key):
    """Nor is the value opened for who has the entry from a list."""
    bob.store.trust = Trust({ada.key.public: "ada"})
    landed = bob.store.land(ada.landing(ada.compute(key(1))))
    bob.store.trust = Trust({bob.key.public: "you"})
    assert bob.store.find(key(1)) == []
    assert bob.store.list() == [landed]
    with pytest.raises(
        StoreError, match=r"signed with ed25519:.*, which is not trusted here\. If you know whose key that is: hitsave trust KEY NAME"
    ):
        bob.store.open_value(landed)


def test_trust_that_comes_back_brings_results_back(ada, bob, key):
    """A key that is removed and added again was removed from nothing else."""
    bob.store.trust = Trust({ada.key.public: "ada"})
    landed = bob.store.land(ada.landing(ada.compute(key(1))))
    for names, found in (({}, []), ({ada.key.public: "ada"}, [landed])):
        bob.store.trust = Trust(names)
        assert bob.store.find(key(1)) == found


@pytest.mark.parametrize(
    ("field", "value"), [("symbol", "app:g"), ("wall_ns", 1), ("codec", "cloudpickle"), ("tier", "ci"), ("user", "eve"), ("extra", b"\x80")]
)
def test_a_row_that_is_not_what_was_signed_is_not_found(ada, trusting, key, field, value):
    """Also where somebody who could write the store made its seal anew."""
    from hitsave.storage.rows import row_of

    landed = trusting.store.land(ada.landing(ada.compute(key(1))))
    changed = row_of(landed._replace(**{field: value}))
    with trusting.store._database.transaction() as connection:
        connection.execute("UPDATE entries SET body = ?, seal = ? WHERE id = ?", (changed[10], changed[11], landed.id))
    assert trusting.store.find(key(1)) == []


def test_a_row_moved_to_another_project_is_not_found(ada, trusting, key):
    """The project's name on the hub was signed, too."""
    trusting.store.land(ada.landing(ada.compute(key(1))))
    with trusting.store._database.transaction() as connection:
        connection.execute("UPDATE shared SET project = 'another'")
    assert trusting.store.find(key(1)) == []


def test_a_value_that_is_another_does_not_land(ada, trusting, key):
    """Nothing is kept of it."""
    entry = ada.compute(key(1))
    landing = ada.landing(entry)
    with pytest.raises(ForgedError, match="value"):
        trusting.store.land(landing._replace(blobs={entry.value: [b"another"]}))
    with pytest.raises(ForgedError, match="content"):
        trusting.store.land(landing._replace(contents=[(entry.record, "record", b"no checks at all")]))
    assert trusting.store.list() == []


def test_an_entry_does_not_take_the_place_of_another(ada, trusting, key):
    """An ID that is taken here is not given away."""
    mine = trusting.compute(key(2))
    with pytest.raises(ForgedError, match="which another one has here"):
        trusting.store.land(ada.landing(ada.compute(key(1)), id=mine.id))
    assert trusting.store.list() == [mine]


def test_an_entry_lands_once(ada, trusting, key):
    """Two processes may have fetched it."""
    landing = ada.landing(ada.compute(key(1)))
    assert trusting.store.land(landing) == trusting.store.land(landing)
    assert len(trusting.store.list()) == 1


def test_texts_may_come_later(ada, trusting, key):
    """And an entry of one's own with the same Snapshot brings them, too."""
    entry = ada.compute(key(1))
    (text,) = ada.store.texts_of(entry.snapshot)
    landed = trusting.store.land(ada.landing(entry))
    assert trusting.store.texts_of(landed.snapshot) == ()
    trusting.store.add_texts(landed.snapshot, {text: b"def f(): ..."})
    assert trusting.store.texts_of(landed.snapshot) == (text,)
    assert trusting.store.text(text) == "def f(): ..."
    with pytest.raises(ForgedError):
        trusting.store.add_texts(landed.snapshot, {text: b"another text"})


def test_own_texts_fill_a_snapshot_that_came_without(ada, trusting, key):
    """What is computed here with the same code stores its text."""
    trusting.store.land(ada.landing(ada.compute(key(1))))
    mine = trusting.compute(key(2))
    (text,) = trusting.store.texts_of(mine.snapshot)
    assert trusting.store.text(text) == "def f(): ..."


def test_what_landed_survives_mending(ada, trusting, key):
    """With what its signature needs."""
    landed = trusting.store.land(ada.landing(ada.compute(key(1))))
    trusting.store.outbox.add(["x"], ("https://hub.example", "p"))
    folder = trusting.store.folder
    trusting.store.close()
    place = place_of(folder)
    assert place is not None
    mend(folder, place)
    with Store.open(folder) as store:
        store.trust = trusting.store.trust
        assert store.find(key(1)) == [landed]
        assert [waiting.id for waiting in store.outbox.all()] == ["x"]


def test_deleting_takes_all_of_it(ada, trusting, key):
    """Also where it was shared."""
    landed = trusting.store.land(ada.landing(ada.compute(key(1))))
    trusting.store.delete([landed.id])
    assert trusting.store._database.query("SELECT * FROM shared") == []
