"""Make tests/compat/store_v1, the store that tests/storage/test_compat.py reads: ``python tests/compat/make_store_v1.py``.

Until the first release it is to be made anew whenever the schema or the entry body changes. From then on it is never changed: stores of that release must stay readable, and what changes gets a
schema version, a migration and a folder of its own.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from hitsave.digest import Digest
from hitsave.storage.contents import content_digest
from hitsave.storage.entry import NewEntry
from hitsave.storage.store import Store
from hitsave.storage.writing import NewAttachment

FOLDER = Path(__file__).with_name("store_v1")
BEGAN = 1_760_000_000_000_000_000
TEXT = "def fit(rate: float) -> float:\n    return rate * 2\n"
CAPTURES = Digest(bytes(range(32)))


def key(number: int) -> Digest:
    """The EntryKey of example `number`."""
    return content_digest("view", number.to_bytes(8, "big"))


def new(number: int, **changes: object) -> NewEntry:
    """What is said of example `number`."""
    plain = NewEntry(
        key(number),
        "app.train:fit",
        "/home/ada/app",
        CAPTURES,
        arguments=b"\x91\x01",
        codec="pickle5",
        created_ns=BEGAN + number,
        wall_ns=2_000_000_000,
        cpu_ns=1_500_000_000,
    )
    return plain._replace(host="engine", user="ada", commit="c0ffee" * 6 + "c0ff", **changes)  # pyright: ignore[reportArgumentType]


def make(folder: Path) -> None:
    """A store with one of everything. IDs and times of the moment differ each time; all else is the same."""
    parts = {"record": b"the Record", "snapshot": b"the Snapshot", "texts": {content_digest("text", TEXT.encode()): TEXT}}
    with Store.open(folder) as store:
        small = store.put(new(1, view=b'{"kind":"int"}', extra=b"\x80"), **parts, value=[b"small value"])
        store.put(new(2), **parts, value=[bytes(range(256)) * 400])
        plot = NewAttachment("plot", "image/png", [b"\x89PNG not really"])
        store.put(new(3, kind="experiment", metrics=b"\x91\x03", parent=small.id, local_only=True), **parts, value=[b"three"], attachments=[plot])
        failed = store.begin(new(4, kind="experiment"))
        store.log(failed, [b"\x01", b"\x02"])
        store.fail(failed, b"Traceback (most recent call last): ...", wall_ns=5)
        store.begin(new(5, kind="experiment"))
        store.pin([small.id], on=True)
        store.set_note(small.id, "the first one")
        store.set_tags(small.id, ["paper", "baseline"])
        store.note_hits({small.id: (3, 6_000_000_000)})
        store.set_document("/home/ada/app", "import roots", b"\x91\xa3src")


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    make(FOLDER)
    shutil.rmtree(FOLDER / "locks")  # nothing is ever in them
    (FOLDER / "blobs" / "new").rmdir()
