"""Taking files into the store, against reading them once: `python benchmarks/snapshots.py [MEGABYTES] [FOLDER]`.

Half of the bytes are in one large file, half in files of 1 MiB, and there are a thousand small ones. The floor reads and digests the same files and writes nothing.
What the file system can share is not copied (XFS, btrfs); elsewhere, a copy has to be written, and that is what it costs.
"""

from __future__ import annotations

import os
import shutil
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


def main(megabytes: int, where: str | None) -> None:
    """Measure, and print a table."""
    folder = Path(tempfile.mkdtemp(dir=where))
    try:
        root = folder / "data"
        make(root, megabytes)
        time.sleep(3)  # what changed in the last two seconds is read again
        forget(root)
        floor = took(lambda: folder_digest(str(root), FileDigests(FactsTable(folder / "floor"))))
        forget(root)
        with Store.open(folder / "store") as store:
            first = took(lambda: keep(str(root), store, FileDigests(FactsTable(store.folder))))
            second = took(lambda: keep(str(root), store, FileDigests(FactsTable(store.folder))))
            kept = keep(str(root), store, FileDigests(FactsTable(store.folder)))
            back = took(lambda: restore(kept, store, str(folder / "back")))
            known = took(lambda: folder_digest(str(root), FileDigests(FactsTable(folder / "floor"))))
        print(f"{megabytes:,} MB on {platform.file_system(str(folder))}, load {os.getloadavg()[0]:.0f}")
        print(f"{'read and digested once (floor)':34} {floor:8.2f} s   1.00 ×")
        for name, seconds in (("snapshot", first), ("snapshot again", second), ("digest of an input again", known), ("put back", back)):
            print(f"{name:34} {seconds:8.2f} s   {seconds / floor:.3f} ×")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, sys.argv[2] if len(sys.argv) > 2 else None)
