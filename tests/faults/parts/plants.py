"""Plants by another user: 200 times a file, a link, a pipe or a mode in the store's folder that lets, or would let, somebody else say what the results are; most of them hold a pickle that leaves a mark when it is loaded.

The program gives its values, with one warning at most, and does not hang; no mark is left. `fsck` does not follow them either.
Whoever plants can write where they should not: the folder was open to all for a while, or still is. The program is root's, so that no permission of the system's helps it.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hitsave.storage.entry import NewEntry
from hitsave.storage.store import Store
from hitsave.values import stored
from tests.faults.children import Child, run, wait_until
from tests.faults.figures import Figures, Plan
from tests.faults.program import Said, calls, check, faults_of, look

STRANGER: Final = 4002
NUMBERS: Final = (0, 1, 2, 3)
_TOO_LONG: Final = 40.0


class Payload:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = str(mark)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (self.mark,)


def measure(plan: Plan) -> Figures:
    """Play the rounds."""
    figures = Figures()
    if os.geteuid() != 0:
        figures.notes.append("Only root can be two users, so nothing was planted.")
        return figures
    marks = plan.folder / "marks"
    marks.mkdir()
    for folder, mode in ((plan.folder, 0o755), (marks, 0o777)):
        folder.chmod(mode)
    mine, theirs = plan.folder / "mine", plan.folder / "theirs"
    for store, task in ((mine, _fill), (theirs, _fill_with_payloads)):
        ended = run(task, store, marks / "mark")
        if problems := faults_of(ended, NUMBERS):
            raise RuntimeError("\n".join(problems))
        for log in store.glob("facts.sqlite*"):
            log.unlink()
        connection = sqlite3.connect(store / "hitsave.sqlite")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    if list(marks.iterdir()):
        raise RuntimeError("a payload ran while it was made")
    proof = run(calls, _copy(theirs, plan.folder / "trusted", 0), NUMBERS)
    if not list(marks.iterdir()):
        raise RuntimeError(f"no payload ran in a store that was trusted: {proof}")
    for mark in marks.iterdir():
        mark.rmdir()

    for name in _PLANTS:
        figures.count(name)

    def play(number: int) -> tuple[str, str, list[str]]:
        chance = random.Random(plan.seed * 1000 + number)
        folder = plan.folder / f"round-{number}"
        folder.mkdir(mode=0o755)
        store = _copy(mine, folder / "store", 0)
        evil = _copy(theirs, folder / "evil", STRANGER)
        name = list(_PLANTS)[number % len(_PLANTS)]
        _PLANTS[name](store, evil, chance)
        ended = run(calls, store, NUMBERS, timeout=_TOO_LONG)
        problems = faults_of(ended, NUMBERS, most_warnings=1)
        looked = run(_mend_and_sweep, store, timeout=_TOO_LONG)
        if looked.status != 0 or (looked.raised and "hitsave.errors." not in looked.raised):
            problems.append(f"fsck ended with {looked.status}: {looked.raised}")
        left = [mark for mark in marks.iterdir() if mark.name == "mark"]
        if left:
            problems.append("A PAYLOAD RAN")
            left[0].rmdir()
        os.chmod(folder, 0o700)
        shutil.rmtree(folder, ignore_errors=True)
        return name, f"round {number}", problems

    figures.notes.append("In a store that holds the same payloads, and is the program's own, they ran.")
    # One after the other, so that a mark is known by its round.
    for name, where, problems in plan.play(figures, range(plan.of(200, len(_PLANTS))), play, jobs=1):
        figures.count(name, plants=1)
        figures.wrong(name, where, problems)
    return figures


def _fill(child: Child, store: Path, _mark: Path) -> Said:
    return calls(child, store, NUMBERS)


def _fill_with_payloads(child: Child, store: Path, mark: Path) -> Said:
    """What the other user's program would store: under the same keys, with the same Records, a payload each."""
    said = _fill(child, store, mark)
    payload = b"".join(stored.encode(Payload(mark)).chunks())
    with Store.open(store) as opened:
        for number, entry in enumerate(opened.list(limit=None)):
            texts: dict[Any, str] = {}
            opened.put(
                NewEntry(entry.key, entry.symbol, entry.project, entry.captures, arguments=opened.content("arguments", entry.arguments) or b"", codec=entry.codec, kind=entry.kind),
                record=opened.record(entry.record) or b"", snapshot=opened.snapshot(entry.snapshot) or b"", texts=texts,
                value=[payload] if number % 2 else [payload, bytes(20_000)],
            )  # fmt: skip
            opened.delete([entry.id])
    return said


def _mend_and_sweep(child: Child, store: Path) -> list[str]:
    return look(child, store, repair=True) + check(child, store)


def _copy(source: Path, target: Path, user: int) -> Path:
    shutil.copytree(source, target, symlinks=True)
    for path in [target, *target.rglob("*")]:
        os.chown(path, user, user, follow_symlinks=False)
        path.chmod(0o700 if path.is_dir() else 0o600)
    return target


# -- the plants: each is given the owner's store, the stranger's, and chance ------------------------------------------


def _blobs(store: Path) -> list[Path]:
    return sorted(path for path in (store / "blobs").glob("??/*") if path.is_file())


def _payload_of(evil: Path) -> bytes:
    return max((path.read_bytes() for path in _blobs(evil)), key=len)


def _put(path: Path, content: bytes, chance: random.Random) -> None:
    """As the stranger, write a file where one was."""
    if path.exists() or path.is_symlink():
        path.unlink()
    path.write_bytes(content)
    path.chmod(chance.choice([0o400, 0o600, 0o644, 0o666]))
    os.chown(path, STRANGER, STRANGER)


def _value(store: Path, evil: Path, chance: random.Random) -> None:
    blob = chance.choice(_blobs(store))
    size = blob.stat().st_size
    _put(blob, _payload_of(evil)[:size].ljust(size, b"\0"), chance)


def _value_link(store: Path, evil: Path, chance: random.Random) -> None:
    blob = chance.choice(_blobs(store))
    blob.unlink()
    target = chance.choice([*_blobs(evil), Path("/etc/passwd"), Path("/dev/zero"), blob])
    chance.choice([blob.symlink_to, blob.hardlink_to if target.is_relative_to(evil) else blob.symlink_to])(target)


def _value_pipe(store: Path, _evil: Path, chance: random.Random) -> None:
    blob = chance.choice(_blobs(store))
    blob.unlink()
    os.mkfifo(blob, 0o666)
    os.chown(blob, *chance.choice([(0, 0), (STRANGER, STRANGER)]))


def _value_folder(store: Path, evil: Path, chance: random.Random) -> None:
    folder = chance.choice(_blobs(store)).parent
    theirs = evil / "blobs" / folder.name
    shutil.copytree(folder, theirs, dirs_exist_ok=True)
    for path in [theirs, *theirs.iterdir()]:
        os.chown(path, STRANGER, STRANGER)
        path.chmod(0o755)
    shutil.rmtree(folder)
    if chance.random() < 0.5:
        folder.symlink_to(theirs)
    else:
        theirs.rename(folder)


def _all_values(store: Path, evil: Path, _chance: random.Random) -> None:
    shutil.rmtree(store / "blobs")
    (store / "blobs").symlink_to(evil / "blobs")
    evil.chmod(0o755)
    for path in evil.rglob("*"):
        path.chmod(0o755)


def _database(store: Path, evil: Path, chance: random.Random) -> None:
    for log in store.glob("hitsave.sqlite*"):
        log.unlink()
    _put(store / "hitsave.sqlite", (evil / "hitsave.sqlite").read_bytes(), chance)


def _database_link(store: Path, evil: Path, chance: random.Random) -> None:
    for log in store.glob("hitsave.sqlite*"):
        log.unlink()
    evil.chmod(0o777)
    (evil / "hitsave.sqlite").chmod(0o666)
    chance.choice([(store / "hitsave.sqlite").symlink_to, (store / "hitsave.sqlite").hardlink_to])(evil / "hitsave.sqlite")


def _database_mended(store: Path, evil: Path, chance: random.Random) -> None:
    content = (evil / "hitsave.sqlite").read_bytes()
    for log in store.glob("hitsave.sqlite*"):
        log.unlink()
    _put(store / "hitsave.sqlite.mended", content, chance)


def _log(store: Path, evil: Path, chance: random.Random) -> None:
    """A write-ahead log that holds all pages of the stranger's database."""
    log = _log_of(evil)
    for old in store.glob("hitsave.sqlite-*"):
        old.unlink()
    _put(store / "hitsave.sqlite-wal", log, chance)


def _log_of(evil: Path) -> bytes:
    database = evil / "copy.sqlite"
    shutil.copy(evil / "hitsave.sqlite", database)
    child = Child(_rewrite, database)
    wait_until(lambda: child.done[0] == 1)
    child.signal(signal.SIGKILL)
    child.end()
    return Path(f"{database}-wal").read_bytes() if Path(f"{database}-wal").exists() else sqlite3.sqlite_version.encode()


def _rewrite(child: Child, database: Path) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("VACUUM")  # every page goes through the log
    child.done[0] = 1
    signal.pause()


def _journal(store: Path, evil: Path, chance: random.Random) -> None:
    """A rollback journal by which every page becomes one of the stranger's."""
    pages = (evil / "hitsave.sqlite").read_bytes()
    size = 4096
    count = len(pages) // size
    nonce = 7
    head = bytes.fromhex("d9d505f920a163d7") + b"".join(n.to_bytes(4, "big") for n in (count, nonce, count, 512, size))
    records = b"".join(
        (n + 1).to_bytes(4, "big") + pages[n * size : n * size + size] + _journal_sum(pages[n * size : n * size + size], nonce).to_bytes(4, "big")
        for n in range(count)
    )
    for old in store.glob("hitsave.sqlite-*"):
        old.unlink()
    _put(store / "hitsave.sqlite-journal", head.ljust(512, b"\0") + records, chance)


def _journal_sum(page: bytes, nonce: int) -> int:
    at, total = len(page) - 200, nonce
    while at > 0:
        total += page[at]
        at -= 200
    return total & 0xFFFFFFFF


def _facts(store: Path, evil: Path, chance: random.Random) -> None:
    facts = store / "facts.sqlite"
    for old in store.glob("facts.sqlite*"):
        old.unlink()
    if chance.random() < 0.5:
        _put(facts, chance.choice([b"SQLite format 3\0" + bytes(4000), (evil / "hitsave.sqlite").read_bytes(), _payload_of(evil)]), chance)
    else:
        chance.choice(
            [lambda: facts.symlink_to(store / "hitsave.sqlite"), lambda: facts.symlink_to("/etc/passwd"), lambda: os.mkfifo(facts), facts.mkdir]
        )()


def _locks(store: Path, evil: Path, chance: random.Random) -> None:
    locks = store / "locks"
    file = locks / chance.choice(["keys", "processes"])
    match chance.randrange(4):
        case 0:
            shutil.rmtree(locks, ignore_errors=True)
            locks.symlink_to(evil)
        case 1:
            file.unlink(missing_ok=True)
            file.symlink_to("/etc/passwd")
        case 2:
            file.unlink(missing_ok=True)
            os.mkfifo(file)
        case _:
            _put(file, b"", chance)


def _unfinished(store: Path, evil: Path, chance: random.Random) -> None:
    new = store / "blobs" / "new"
    if chance.random() < 0.5:
        shutil.rmtree(new, ignore_errors=True)
        new.symlink_to(evil)
        return
    new.mkdir(exist_ok=True)
    for number in range(20):
        _put(new / f"{chance.getrandbits(62):016x}-{number}", _payload_of(evil), chance)


def _modes(store: Path, evil: Path, chance: random.Random) -> None:
    """Doors that are open still, and the stranger's database within."""
    match chance.randrange(4):
        case 0:
            store.chmod(chance.choice([0o777, 0o770, 0o757, 0o1777]))
        case 1:
            (store / "hitsave.sqlite").chmod(chance.choice([0o666, 0o622, 0o660]))
        case 2:
            os.chown(store, STRANGER, STRANGER)
            store.chmod(0o777)
        case _:
            shutil.rmtree(store)
            evil.chmod(0o777)
            for path in evil.rglob("*"):
                path.chmod(0o777)
            store.symlink_to(evil)


_PLANTS: Final[dict[str, Callable[[Path, Path, random.Random], None]]] = {
    "a value's file": _value,
    "a link for a value's file": _value_link,
    "a pipe for a value's file": _value_pipe,
    "a folder of values": _value_folder,
    "a link for the folder of values": _all_values,
    "a database": _database,
    "a link for the database": _database_link,
    "a mended database": _database_mended,
    "a log of the database": _log,
    "a journal of the database": _journal,
    "facts of code": _facts,
    "locks": _locks,
    "unfinished values": _unfinished,
    "open doors": _modes,
}
