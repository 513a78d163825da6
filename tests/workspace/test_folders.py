from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from hitsave.workspace.folders import Folders

Write = Callable[..., Path]


def test_a_new_file_is_seen_at_once(write: Write) -> None:
    """A listing is never older than the folder, however quickly files are added one after the other."""
    root = write("f", "a.py")
    folders = Folders()
    for number in range(50):
        listing = folders.listing(str(root))
        assert listing is not None
        assert f"n{number}.py" not in listing.names
        (root / f"n{number}.py").touch()
        listing = folders.listing(str(root))
        assert listing is not None
        assert f"n{number}.py" in listing.names


def test_a_moment_sees_one_picture(write: Write) -> None:
    """Within a moment a folder is looked at once; the next moment sees what has changed."""
    root = write("f", "a.py")
    folders = Folders()
    moment = folders.moment()
    assert "a" in (moment.listing(str(root)) or _none()).stems
    (root / "b.py").touch()
    assert "b" not in (moment.listing(str(root)) or _none()).stems
    assert "b" in (folders.moment().listing(str(root)) or _none()).stems
    assert (moment.held, folders.held) == (True, False)


def test_what_is_no_folder_has_no_listing(write: Write) -> None:
    """A file, nothing, a folder that went away, and a name that no file can have."""
    root = write("f", "a.py", "gone/x.py")
    folders = Folders()
    assert folders.listing(str(root / "gone")) is not None
    (root / "gone/x.py").unlink()
    (root / "gone").rmdir()
    for path in (root / "a.py", root / "nothing", root / "gone"):
        assert folders.listing(str(path)) is None
    assert folders.listing("a\0b") is None


def test_a_settled_listing_is_not_read_again(write: Write) -> None:
    """What has not changed for a while costs one stat: the same object is given."""
    root = write("f", "a.py")
    known = Folders()
    first = known.listing(str(root))
    assert known.listing(str(root)) is not first, "it was only just made: it may change within the same tick"
    etc = known.listing(os.path.dirname(os.__file__))
    assert known.listing(os.path.dirname(os.__file__)) is etc


def test_threads_share_listings(write: Write) -> None:
    """Several threads may ask at once."""
    root = write("f", "a.py")
    folders = Folders()
    wrong: list[int] = []

    def ask() -> None:
        for _ in range(300):
            listing = folders.listing(str(root))
            if listing is None or "a.py" not in listing.names:
                wrong.append(1)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def _none() -> object:
    raise AssertionError("no listing")
