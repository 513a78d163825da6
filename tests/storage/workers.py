"""What tests run in processes of their own: ``python workers.py NAME ARGUMENT…``. Each prints its answer as JSON."""

from __future__ import annotations

import json
import multiprocessing
import os
import runpy
import signal
import sys
import time

from hitsave.digest import Digest
from hitsave.errors import StoreError
from hitsave.storage.contents import content_digest
from hitsave.storage.entry import NewEntry
from hitsave.storage.store import Store


def key(number: int) -> Digest:
    return content_digest("view", number.to_bytes(8, "big"))


def put(store: Store, number: int, value: bytes) -> None:
    text = "def fit(): ..."
    new = NewEntry(key(number), "app.train:fit", "/home/ada/app", Digest(bytes(32)), arguments=b"\x91\x01", codec="pickle5")
    store.put(new, record=b"the Record", snapshot=b"the Snapshot", texts={content_digest("text", text.encode()): text}, value=[value])


def value_of(number: int, size: int) -> bytes:
    """A value that tells whose it is."""
    return number.to_bytes(8, "big") * (size // 8)


def say(answer: object) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201 - how a worker answers


def put_many(folder: str, first: str, count: str, size: str) -> None:
    """Put `count` values from number `first` on."""
    with Store.open(folder) as store:
        for number in range(int(first), int(first) + int(count)):
            put(store, number, value_of(number, int(size)))


def put_until_killed(folder: str, first: str) -> None:
    """Put values, small and large in turn, without end; say each when it is stored."""
    with Store.open(folder) as store:
        for number in range(int(first), int(first) + 1_000_000):
            put(store, number, value_of(number, 80 if number % 2 else 400_000))
            say(number)


def spawned(folder: str, count: str) -> None:
    """Put values from processes that multiprocessing spawns."""
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=runpy.run_path, args=(__file__, {"TASK": ("put_many", folder, str(n * 1000), count, "80")})) for n in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    say([process.exitcode for process in processes])


def forked(folder: str, count: str) -> None:
    """Put values from a process and from children that it forks while the store is open and in use."""
    store = Store.open(folder)
    put(store, 0, b"parent before")
    children = []
    for child in range(1, 4):
        pid = os.fork()
        if pid == 0:
            for number in range(int(count)):
                put(store, child * 1000 + number, b"child")
            seen = len(store.find(key(0)))
            store.close()
            os._exit(0 if seen == 1 else 1)
        children.append(pid)
        put(store, child, b"parent between")
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    put(store, 999, b"parent after")
    store.close()
    say(codes)


def forked_while_writing(folder: str, count: str) -> None:
    """Fork again and again while another thread writes; each child writes too, and ends as Python ends."""
    import threading
    import warnings

    warnings.simplefilter("ignore")  # forking with threads is what is tried here
    store = Store.open(folder)
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        number = 100_000
        while not stop.is_set():
            put(store, number, b"thread")
            written.append(number)
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    codes = []
    for child in range(int(count)):
        pid = os.fork()
        if pid == 0:
            put(store, child, b"child")
            sys.exit(0)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    stop.set()
    thread.join()
    lost = [number for number in [*range(int(count)), *written] if not store.find(key(number))]
    store.close()
    say([codes, lost, len(written) > 0])


def hold(folder: str, number: str) -> None:
    """Take a lock, say so, and keep it until told to end."""
    with Store.open(folder) as store:
        lock = store.lock(key(int(number)))
        say(lock.acquire(timeout=0))
        sys.stdin.readline()
        lock.release()


def hold_and_fork(folder: str, number: str) -> None:
    """Take a lock, fork a child that lives on, say the child's ID, and wait to be killed."""
    store = Store.open(folder)
    assert store.lock(key(int(number))).acquire(timeout=0)
    pid = os.fork()
    if pid == 0:
        os.close(1)
        os.close(2)
        time.sleep(600)
        os._exit(0)
    say(pid)
    time.sleep(600)


def compute_once(folder: str, number: str) -> None:
    """Under a key's lock, find its value or put it; say whether this process computed it."""
    with Store.open(folder) as store, store.lock(key(int(number))) as lock:
        lock.acquire(timeout=60)
        missing = not store.find(key(int(number)))
        if missing:
            time.sleep(0.05)
            put(store, int(number), str(os.getpid()).encode())
        say(missing)


def begin_and_wait(folder: str) -> None:
    """Begin an experiment, say its ID, and wait to be killed."""
    store = Store.open(folder)
    say(store.begin(NewEntry(key(1), "app:sweep", "/home/ada/app", Digest(bytes(32)), kind="experiment")))
    time.sleep(600)


def as_user(user: str, action: str, folder: str) -> None:
    """As another user, open the store and read or write it; say what came of it."""
    import mmap  # noqa: F401 - that user may not be able to read this Python's library
    import pwd  # noqa: F401
    import sqlite3  # noqa: F401

    os.setgid(int(user))
    os.setuid(int(user))
    _try(action, folder)


def with_file_limit(limit: str, folder: str) -> None:
    """With files limited to some bytes, as on a full disk, put values until one does not fit; say what came of it, and what is left."""
    import resource

    with Store.open(folder) as store:
        put(store, 1, b"small")
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
        _fill(store)


def until_full(folder: str) -> None:
    """Put values until one does not fit; say what came of it, and what is left."""
    with Store.open(folder) as store:
        put(store, 1, b"small")
        _fill(store)


def _fill(store: Store) -> None:
    stored, problems = [1], []
    for number in range(2, 200):
        try:
            put(store, number, os.urandom(50_000) if number % 2 else os.urandom(10_000))
            stored.append(number)
        except StoreError as error:
            problems.append(str(error))
    lost = [number for number in stored if len(store.find(key(number))) != 1]
    say(
        {
            "stored": len(stored),
            "lost": lost,
            "problems": sorted(set(problems)),
            "unfinished": len(os.listdir(os.path.join(store.folder, "blobs", "new"))),
        }
    )


def _try(action: str, folder: str) -> None:
    try:
        with Store.open(folder) as store:
            if action == "write":
                put(store, 7, b"written")
            say({"found": [bytes(store.open_value(entry)).decode() for entry in store.list()], "notices": store.notices})
    except StoreError as error:
        say({"error": type(error).__name__, "text": str(error)})


def imports() -> None:
    """Say which modules importing the store loads."""
    say(sorted(sys.modules))


if __name__ == "__main__" or "TASK" in globals():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    task = globals().get("TASK") or sys.argv[1:]
    globals()[task[0]](*task[1:])
