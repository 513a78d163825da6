"""What goes when there is more than a budget allows."""

from __future__ import annotations

import subprocess
import time

import pytest

from hitsave.errors import StoreError
from hitsave.storage.eviction import Candidate, effective_age, plan
from hitsave.storage.store import Store

SECOND = 10**9
SIZE = 50_000


@pytest.fixture
def fill(store, remember):
    """A function that stores results of 50 kB with these costs in seconds."""

    def put(*costs: float, **changes):
        return [remember(100 + number, bytes([number]) * SIZE, wall_ns=int(cost * SECOND), **changes) for number, cost in enumerate(costs)]

    return put


def use(store, entry, at_s: float):
    """Have an entry last used this many seconds from now."""
    store.note_hits({entry.id: (1, 1)})
    with store._database.transaction() as connection:
        connection.execute(
            "UPDATE marks SET last_used_ns = ? WHERE row = (SELECT row FROM entries WHERE id = ?)", (time.time_ns() + int(at_s * SECOND), entry.id)
        )


def left(store):
    return {entry.id for entry in store.list(limit=None)}


def test_within_the_budget_nothing_goes(store, fill):
    """A budget is a bound, not an aim."""
    fill(1, 1)
    planned = store.plan_eviction(2 * SIZE)
    assert (planned.held, planned.chosen, planned.enough) == (2 * SIZE, (), True)
    assert store.evict(planned) == (0, 0, 0)


def test_the_least_recently_used_goes_first(store, fill, folder):
    """And with it the file that nobody else needs."""
    first, second, third = fill(1, 1, 1)
    for entry, at in ((first, 5000), (second, 1000), (third, 3000)):
        use(store, entry, at)
    planned = plan(store._database, 2 * SIZE, now_ns=time.time_ns() + 10_000 * SECOND)
    assert [candidate.id for candidate in planned.chosen] == [second.id]
    assert (planned.size, planned.wall_ns, planned.enough) == (SIZE, SECOND, True)
    assert store.evict(planned) == (1, SIZE, SECOND)
    assert left(store) == {first.id, third.id}
    assert len([path for path in (folder / "blobs").rglob("*") if path.is_file()]) == 2


def test_what_is_dear_stays_longer():
    """An hour of work in a megabyte ages thirteen times as slowly as a copy of a file."""
    now = 10**6 * SECOND
    cheap = Candidate(1, "", "", 10**6, 0, now - 100 * SECOND, 0)
    dear = cheap._replace(wall_ns=3600 * SECOND)
    assert effective_age(cheap, now) > effective_age(dear._replace(used_ns=now - 1200 * SECOND), now)
    assert effective_age(cheap, now) < effective_age(dear._replace(used_ns=now - 1400 * SECOND), now)


def test_experiments_and_what_is_pinned_never_go(store, fill, remember):
    """Whatever the budget; what stays over is told."""
    (pinned,) = fill(0)
    run = remember(1, b"x" * SIZE, kind="experiment")
    store.pin([pinned.id], on=True)
    planned = store.plan_eviction(0)
    assert (planned.chosen, planned.enough) == ((), False)
    store.evict(planned)
    assert left(store) == {pinned.id, run.id}


def test_what_is_used_pinned_or_deleted_since_it_was_chosen_stays(store, fill):
    """Between the look and the deletion another process may have come to need it."""
    entries = fill(1, 1, 1, 1)
    planned = store.plan_eviction(0)
    assert len(planned.chosen) == 4
    store.note_hits({entries[0].id: (1, 1)})
    store.pin([entries[1].id], on=True)
    store.delete([entries[2].id])
    assert store.evict(planned).entries == 1
    assert left(store) == {entries[0].id, entries[1].id}


def test_a_value_that_another_entry_has_stays(store, remember):
    """Blobs are shared by what has the same content."""
    first, second = remember(0, b"x" * SIZE), remember(1, b"x" * SIZE)
    use(store, second, 1000)
    store.evict(plan(store._database, SIZE, now_ns=time.time_ns() + 10_000 * SECOND))
    assert left(store) == {second.id}
    assert bytes(store.open_value(second)) == b"x" * SIZE
    assert store.plan_eviction(SIZE).chosen == ()
    assert first.id not in left(store)


def test_now_and_then_a_few_go(store, fill):
    """Between one result and the next, a bounded number of entries, down to 95 % of the budget; then what only they named."""
    fill(*[1] * 20)
    assert store.keep_within(20 * SIZE).entries == 0
    assert store.keep_within(10 * SIZE, most=4).entries == 4
    assert len(left(store)) == 16
    assert store.keep_within(10 * SIZE).entries == 7
    assert len(left(store)) == 9


def test_who_may_not_write_may_look(store, fill, folder):
    """A store that is open for reading says what would go."""
    fill(1, 1)
    with Store.open(folder, readonly=True) as readonly:
        planned = readonly.plan_eviction(SIZE)
        assert len(planned.chosen) == 1
        with pytest.raises(StoreError, match="opened for reading only"):
            readonly.evict(planned)


def test_processes_evict_and_store_at_once(store, fill, start, folder):
    """Nobody fails, and every entry that is left has its value."""
    fill(*[1] * 50)
    worker: subprocess.Popen[str] = start("put_until_killed", folder, 1000)
    for _ in range(3):
        assert worker.stdout is not None
        for _ in range(20):
            worker.stdout.readline()
        store.evict(store.plan_eviction(10 * SIZE))
    worker.kill()
    worker.wait()
    for entry in store.list(limit=None):
        assert len(store.open_value(entry)) == entry.size
    store.sweep()  # it may have been killed in the middle of a value
    assert store.check().left == []
