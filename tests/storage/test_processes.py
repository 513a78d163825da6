"""Several processes in one store, some of them killed."""

from __future__ import annotations

import random
import time

import pytest

from hitsave.storage.store import Store


def value_of(number: int, size: int) -> bytes:
    """What workers.py puts."""
    return number.to_bytes(8, "big") * (size // 8)


def test_nothing_is_lost_between_eight_processes(store, folder, start, key):
    """Each puts two hundred small values into a store that none of them made before."""
    workers = [start("put_many", folder, first * 1000, 200, 80) for first in range(8)]
    assert [worker.wait(timeout=300) for worker in workers] == [0] * 8
    for first in range(8):
        for number in range(first * 1000, first * 1000 + 200):
            (entry,) = store.find(key(number))
            assert store.open_value(entry) == value_of(number, 80)
    assert store.count() == 1600


def test_who_writes_waits_for_others_in_small_steps(store, remember):
    """SQLite's own waiting sleeps up to a tenth of a second, where a transaction takes a fifth of a thousandth; only `patiently` waits."""
    remember()
    with store._database.transaction() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (0,)


def test_large_values_of_several_processes_are_whole(store, folder, start, key):
    """Some of them the same ones."""
    workers = [start("put_many", folder, first, 20, 800_000) for first in (0, 0, 10)]
    assert [worker.wait(timeout=300) for worker in workers] == [0] * 3
    for number in range(30):
        for entry in store.find(key(number)):
            assert store.open_value(entry) == value_of(number, 800_000)
    assert store.count() == 60


def test_a_reader_sees_what_another_process_stores(store, folder, run, key):
    """Also if the store was not there when the reader looked first."""
    assert store.find(key(0)) == []
    run("put_many", folder, 0, 1, 80)
    assert len(store.find(key(0))) == 1
    run("put_many", folder, 1, 1, 80)
    assert len(store.find(key(1))) == 1


def test_spawned_processes_store(folder, run, store):
    """As multiprocessing makes them where it does not fork."""
    assert run("spawned", folder, 20) == [0, 0, 0]
    assert store.count() == 60


def test_forked_processes_store(folder, run, store):
    """A child does not use what its parent has open."""
    assert run("forked", folder, 20) == [0, 0, 0]
    assert store.count() == 60 + 5


def test_forking_while_another_thread_writes_loses_nothing(folder, run, store):
    """The children write too, and end as Python ends."""
    codes, lost, wrote = run("forked_while_writing", folder, 15)
    assert (codes, lost, wrote) == ([0] * 15, [], True)


def test_threads_share_a_store(store, remember, key):
    """Reading and writing at once."""
    import threading

    wrong = []

    def work(first: int) -> None:
        for number in range(first, first + 40):
            remember(number, value_of(number, 80 if number % 4 else 80_000))
            (entry,) = store.find(key(number))
            if store.open_value(entry) != value_of(number, entry.size):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(first * 100,)) for first in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert store.count() == 240


@pytest.mark.slow
def test_what_was_stored_outlives_kills(folder, start, key):
    """Twenty processes are killed in the middle of puts: all that they said was stored is there and right, and no unfinished file stays."""
    chance = random.Random(20)
    said: list[int] = []
    for turn in range(20):
        worker = start("put_until_killed", folder, turn * 10_000)
        said.append(int(worker.stdout.readline()))
        time.sleep(chance.random() * 0.15)
        worker.kill()
        said += map(int, worker.communicate()[0].split())
    with Store.open(folder) as store:
        for number in said:
            (entry,) = store.find(key(number))
            assert store.open_value(entry) == value_of(number, 80 if number % 2 else 400_000)
        for entry in store.list(limit=None):
            assert len(store.open_value(entry)) == entry.size
        # Whether the last kills left something or not, the next to write clears it away.
        swept = store.sweep()
        assert swept.unfinished <= 20
        assert list((folder / "blobs" / "new").iterdir()) == []
