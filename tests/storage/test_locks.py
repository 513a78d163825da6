"""One at a time, between threads and between processes."""

from __future__ import annotations

import json
import os
import signal
import threading
import time

import pytest

from hitsave.storage import platform
from hitsave.storage.locks import lock_folder
from hitsave.storage.store import Store


def test_a_lock_is_taken_once(store, key):
    """Another thread waits, and gets it when it is released."""
    first, second, other = store.lock(key(0)), store.lock(key(0)), store.lock(key(1))
    assert first.acquire(timeout=0)
    got = []

    def wait() -> None:
        got.append(second.acquire(timeout=0.02))
        got.append(second.acquire(timeout=60))

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert other.acquire(timeout=0)
    while not got:
        time.sleep(0.001)
    first.release()
    waiting.join()
    assert got == [False, True]
    second.release()
    other.release()


def test_a_thread_does_not_wait_for_itself(store, key):
    """It is told no at once, rather than waiting for ever."""
    lock = store.lock(key(0))
    assert lock.acquire(timeout=60)
    started = time.monotonic()
    assert not store.lock(key(0)).acquire(timeout=60)
    assert time.monotonic() - started < 30
    lock.release()
    assert store.lock(key(0)).acquire(timeout=0)


def test_who_waited_in_vain_for_a_lock_can_have_a_second_one(store, folder, start, key):
    """One of them at a time: whoever has it computes in the stead of an owner that is stopped."""
    owner = start("hold", folder, 1)
    assert json.loads(owner.stdout.readline()) is True
    assert not store.lock(key(1)).acquire(timeout=0)
    with store.lock(key(1), stand_in=True) as lock, store.lock(key(1), stand_in=True) as other:
        assert lock.acquire(timeout=0)
        assert not other.acquire(timeout=0)
    with store.lock(key(1), stand_in=True) as other:
        assert other.acquire(timeout=0)


def test_a_lock_that_is_not_held_can_be_released(store, key):
    """So that releasing can stand in a finally clause."""
    store.lock(key(0)).release()
    with store.lock(key(0)) as lock:
        assert lock.acquire(timeout=0)
    assert store.lock(key(0)).acquire(timeout=0)


def test_a_lock_may_be_released_by_another_thread(store, key):
    """As when a pool's thread took it for a task."""
    lock = store.lock(key(0))
    taker = threading.Thread(target=lock.acquire, args=(0,))
    taker.start()
    taker.join()
    assert not store.lock(key(0)).acquire(timeout=0)
    lock.release()
    assert store.lock(key(0)).acquire(timeout=0)


def test_two_stores_in_one_folder_share_their_locks(store, folder, key):
    """Closing one does not release what the other holds."""
    lock = store.lock(key(0))
    with Store.open(folder) as other:
        assert lock.acquire(timeout=0)
        another = threading.Thread(target=lambda: results.append(other.lock(key(0)).acquire(timeout=0)))
        results = []
        another.start()
        another.join()
        assert results == [False]
    with Store.open(folder) as third:
        another = threading.Thread(target=lambda: results.append(third.lock(key(0)).acquire(timeout=0)))
        another.start()
        another.join()
    assert results == [False, False]


def test_a_lock_outlives_its_store(folder, key, start):
    """Closing the store that it came from does not release it."""
    with Store.open(folder) as first:
        lock = first.lock(key(0))
        assert lock.acquire(timeout=0)
    with Store.open(folder) as second:
        results = []
        another = threading.Thread(target=lambda: results.append(second.lock(key(0)).acquire(timeout=0)))
        another.start()
        another.join()
        assert results == [False]
    holder = start("hold", folder, 0)
    assert json.loads(holder.stdout.readline()) is False
    lock.release()


def test_closed_stores_leave_no_files_open(tmp_path, remember):
    """However many were opened."""
    before = len(os.listdir("/proc/self/fd"))
    for number in range(20):
        with Store.open(tmp_path / str(number)) as opened:
            remember(0, b"x" * 50_000, into=opened)
            with opened.lock(opened.list()[0].key) as lock:
                assert lock.acquire(timeout=0)
    assert len(os.listdir("/proc/self/fd")) <= before + 1


def test_a_lock_holds_against_another_process(store, folder, start, key):
    """Until that one releases it."""
    holder = start("hold", folder, 0)
    assert json.loads(holder.stdout.readline()) is True
    assert not store.lock(key(0)).acquire(timeout=0.05)
    assert store.lock(key(1)).acquire(timeout=0)
    holder.stdin.write("\n")
    holder.stdin.flush()
    assert store.lock(key(0)).acquire(timeout=60)


@pytest.mark.parametrize("worker", ["hold", "hold_and_fork"])
def test_the_death_of_its_owner_releases_a_lock(store, folder, start, key, worker):
    """Even if a child that it forked lives on."""
    holder = start(worker, folder, 0)
    said = json.loads(holder.stdout.readline())
    assert not store.lock(key(0)).acquire(timeout=0)
    holder.kill()
    try:
        assert store.lock(key(0)).acquire(timeout=60)
    finally:
        if worker == "hold_and_fork":
            os.kill(said, signal.SIGKILL)


def test_of_many_processes_one_computes(store, folder, start, key):
    """The others find its result."""
    processes = [start("compute_once", folder, 5) for _ in range(6)]
    answers = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    assert sorted(answers) == [False] * 5 + [True]
    (entry,) = store.find(key(5))
    assert int(bytes(store.open_value(entry))) in [process.pid for process in processes]


def test_where_no_lock_file_can_be_made_threads_still_take_turns(store, key, monkeypatch):
    """A lock saves work; it must not stop any."""
    locks = lock_folder(store.folder)
    monkeypatch.setattr(locks, "_open", lambda name: (_ for _ in ()).throw(PermissionError(13, "no")))
    lock = store.lock(key(0))
    assert lock.acquire(timeout=0)
    assert not store.lock(key(0)).acquire(timeout=0)
    lock.release()
    assert store.lock(key(0)).acquire(timeout=0)


def test_a_lock_that_can_not_be_given_back_is_let_go(store, key, monkeypatch):
    """It stays locked against other processes until this one ends; this one goes on."""
    lock = store.lock(key(0))
    assert lock.acquire(timeout=0)
    monkeypatch.setattr(platform, "unlock_byte", lambda file, offset: (_ for _ in ()).throw(OSError(5, "no")))
    lock.release()
    assert store.lock(key(0)).acquire(timeout=0)


def test_a_deleted_folder_gets_new_lock_files(store, folder, start, key):
    """The old ones bind nobody any more."""
    import shutil

    lock = store.lock(key(0))
    assert lock.acquire(timeout=0)
    lock.release()
    shutil.rmtree(folder)
    holder = start("hold", folder, 0)
    assert json.loads(holder.stdout.readline()) is True
    assert not store.lock(key(0)).acquire(timeout=0.05)


def test_a_running_experiment_of_a_dead_process_is_marked(store, folder, start, new):
    """Those of living ones, this one included, are left alone."""
    own = store.begin(new(0, kind="experiment"))
    worker = start("begin_and_wait", folder)
    theirs = json.loads(worker.stdout.readline())
    assert store.fail_interrupted(b"interrupted") == ()
    worker.kill()
    worker.wait()
    assert store.fail_interrupted(b"interrupted") == (theirs,)
    failed = store.get(theirs)
    assert (failed.status, store.content("error", failed.error)) == ("failed", b"interrupted")
    assert store.get(own).status == "running"


def test_an_experiment_of_a_dead_process_is_counted_as_failed(store, folder, start, new):
    """Whoever only reads sees no evaluation running that isn't; the next who writes marks it so."""
    worker = start("begin_and_wait", folder)
    theirs = json.loads(worker.stdout.readline())
    with Store.open(folder, readonly=True) as reader:
        assert (reader.stats().running, reader.stats().failed) == (1, 0)
        worker.kill()
        worker.wait()
        assert not reader.is_running(reader.get(theirs))
        assert (reader.stats().running, reader.stats().failed) == (0, 1)
        assert [(s.running, s.failed) for s in reader.symbols()] == [(0, 1)]
    store.begin(new(1))
    failed = store.get(theirs)
    assert (failed.status, store.content("error", failed.error)) == ("failed", b"Its process ended before it did.\n")
