"""Taking files into the store, against reading them once: `python benchmarks/snapshots.py [MEGABYTES] [FOLDER]`.

Half of the bytes are in one large file, half in files of 1 MiB, and there are a thousand small ones. Each is read from the disk, not from the system's memory.
There are two floors: to read all of it once, and, since what the file system can't share has to be written (all but XFS, btrfs and their like), to copy it with `cp` and have the disk write that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hitsave.files.inputs import folder_digest
from hitsave.files.keeping import keep
from hitsave.files.restoring import restore
from hitsave.storage import platform
from hitsave.storage.store import Store
from hitsave.workspace.facts_table import FactsTable
from hitsave.workspace.file_digests import FileDigests

MIB = 1 << 20


def make(root: Path, megabytes: int) -> None:
    """Files of `megabytes` in all."""
    root.mkdir()
    block = os.urandom(MIB)
    with (root / "large").open("wb") as file:
        for number in range(megabytes // 2):
            file.write(number.to_bytes(8, "big") + block[8:])
    for number in range(megabytes // 2):
        folder = root / str(number % 50)
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.bin").write_bytes(number.to_bytes(8, "big") + block[8:])
    (root / "small").mkdir()
    for number in range(1_000):
        (root / "small" / f"{number}.txt").write_text(str(number), encoding="utf-8")


def took(work: Callable[[], object]) -> float:
    """Seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def forget(root: Path) -> None:
    """Have the system read these files from the disk again."""
    for path in root.rglob("*"):
        if path.is_file():
            file = os.open(path, os.O_RDONLY)
            os.fsync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


def read(root: Path) -> None:
    """Read all files, and make nothing of it."""
    buffer = bytearray(MIB)
    for path in root.rglob("*"):
        if path.is_file():
            with path.open("rb", buffering=0) as file:
                while file.readinto(buffer):
                    pass


def copy(root: Path, target: Path) -> None:
    """Copy all files, and wait until they are on the disk."""
    subprocess.run(["cp", "-r", "--reflink=auto", str(root), str(target)], check=True)
    for path in target.rglob("*"):
        if path.is_file():
            file = os.open(path, os.O_RDONLY)
            os.fsync(file)
            os.close(file)


def main(megabytes: int, where: str | None) -> None:
    """Measure, and print a table."""
    folder = Path(tempfile.mkdtemp(dir=where))
    rows: list[tuple[str, float]] = []

    def measure(name: str, work: Callable[[], object], *, cold: bool = False) -> None:
        if cold:
            forget(root)
        rows.append((name, took(work)))

    try:
        root = folder / "data"
        make(root, megabytes)
        time.sleep(3)  # what changed in the last two seconds is read again
        measure("read once", lambda: read(root), cold=True)
        measure("copied by cp", lambda: copy(root, folder / "copy"), cold=True)
        shutil.rmtree(folder / "copy")
        measure("digest of an input", lambda: folder_digest(str(root), FileDigests(FactsTable(folder / "floor"))), cold=True)
        with Store.open(folder / "store") as store:
            measure("snapshot", lambda: keep(str(root), store, FileDigests(FactsTable(store.folder))), cold=True)
            measure("snapshot again", lambda: keep(str(root), store, FileDigests(FactsTable(store.folder))))
            measure("digest of an input again", lambda: folder_digest(str(root), FileDigests(FactsTable(folder / "floor"))))
            kept = keep(str(root), store, FileDigests(FactsTable(store.folder)))
            measure("put back", lambda: restore(kept, store, str(folder / "back")))
        print(f"{megabytes:,} MB on {platform.file_system(str(folder))}, load {os.getloadavg()[0]:.0f}")
        floor, copied = rows[0][1], rows[1][1]
        for name, seconds in rows:
            print(f"{name:28} {seconds:8.2f} s  {seconds / floor:7.3f} × reading  {seconds / copied:7.3f} × copying")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, sys.argv[2] if len(sys.argv) > 2 else None)
