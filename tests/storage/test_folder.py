"""The folder: where it is, who may use it, and what is said when it can't be used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from hitsave.errors import StoreError, StoreUnsafeError
from hitsave.storage import platform
from hitsave.storage.folder import default_folder
from hitsave.storage.store import Store

NOBODY = 65534
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def open_to_all():
    """A folder that every user can come to (pytest's own is for its user alone)."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep data elsewhere")
@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HITSAVE_DIR": "/x/y", "HOME": "/h"}, "/x/y"),
        ({"HITSAVE_DIR": "/x/../y"}, "/y"),
        ({"HITSAVE_DIR": "", "HOME": "/h"}, "/h/.local/share/hitsave"),
        ({"XDG_DATA_HOME": "/d", "HOME": "/h"}, "/d/hitsave"),
        ({"XDG_DATA_HOME": "relative", "HOME": "/h"}, "/h/.local/share/hitsave"),
    ],
)
def test_the_default_folder_is_among_the_users_data(environ, folder):
    """Not among caches: experiments must survive a cleaned cache."""
    assert default_folder(environ) == folder


def test_other_systems_keep_data_elsewhere(monkeypatch):
    """Application Support on macOS, local application data on Windows."""
    monkeypatch.setattr(platform.sys, "platform", "darwin")
    assert default_folder({"HOME": "/Users/me"}) == "/Users/me/Library/Application Support/hitsave"
    monkeypatch.setattr(platform, "WINDOWS", True)
    assert default_folder({"LOCALAPPDATA": "/Local"}) == "/Local/hitsave"


def test_a_home_in_the_setting_is_expanded(monkeypatch):
    """Settings that no shell has seen may have a tilde in them."""
    monkeypatch.setenv("HOME", "/home/ada")
    assert default_folder({"HITSAVE_DIR": "~/results"}) == "/home/ada/results"


def test_without_a_home_the_setting_is_asked_for(monkeypatch):
    """There is no guessing."""
    monkeypatch.setattr(platform, "data_folder", lambda environ: None)
    with pytest.raises(StoreError, match="Set HITSAVE_DIR to a folder"):
        default_folder({})


def test_a_file_is_not_a_folder(folder):
    """Nor is a link that leads nowhere, nor anything below a file."""
    folder.write_text("not a store")
    with pytest.raises(StoreError, match=r"is not a folder\. Set HITSAVE_DIR to a folder"):
        Store.open(folder)
    with pytest.raises(StoreError, match="is in the way"):
        Store.open(folder / "below")
    link = folder.with_name("link")
    link.symlink_to("nowhere")
    with pytest.raises(StoreError, match="leads nowhere"):
        Store.open(link)


def test_a_link_to_a_folder_will_do(folder, remember, key):
    """People put large things on other disks."""
    target = folder.with_name("target")
    target.mkdir(mode=0o700)
    folder.symlink_to(target)
    remember(0)
    with Store.open(target) as other:
        assert len(other.find(key(0))) == 1


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
def test_a_folder_that_others_can_write_is_refused(folder, mode):
    """What it holds could be theirs; the message says how to mend it."""
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(StoreUnsafeError, match=f"chmod go-w {folder}"):
        Store.open(folder)


def test_a_folder_that_others_can_read_will_do_and_its_files_are_private(folder, remember):
    """The user made it so; what is in it is still theirs alone."""
    folder.mkdir()
    folder.chmod(0o755)
    remember(0, b"x" * 50_000)
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*"))


@as_root
def test_a_folder_of_another_user_is_refused(folder):
    """Even to root, who could read it."""
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    with pytest.raises(StoreUnsafeError, match="belongs to another user"):
        Store.open(folder)


@as_root
def test_a_database_of_another_user_is_refused(folder, remember):
    """Someone could have put it there while the folder was open to them."""
    remember(0)
    os.chown(folder / "hitsave.sqlite", NOBODY, NOBODY)
    with pytest.raises(StoreUnsafeError, match="only you can write"):
        Store.open(folder)


@as_root
@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_a_log_of_another_user_beside_the_database_is_refused(folder, remember, store, end):
    """SQLite would take pages from it, and with them whole results."""
    remember(0)
    store.close()
    log = folder / f"hitsave.sqlite{end}"
    log.write_bytes(b"pages")
    os.chown(log, NOBODY, NOBODY)
    with pytest.raises(StoreUnsafeError, match=f"hitsave.sqlite{end} is not a file that only you can write"):
        Store.open(folder)


def test_a_database_that_is_a_link_or_a_folder_is_refused(folder):
    """Neither is followed."""
    folder.mkdir(mode=0o700)
    (folder / "hitsave.sqlite").symlink_to("elsewhere")
    with pytest.raises(StoreUnsafeError, match="only you can write"):
        Store.open(folder)
    (folder / "hitsave.sqlite").unlink()
    (folder / "hitsave.sqlite").mkdir()
    with pytest.raises(StoreError, match="is a folder, not a database"):
        Store.open(folder)


@as_root
@pytest.mark.parametrize("action", ["read", "write"])
def test_another_users_store_is_refused(open_to_all, run, action):
    """To one who could enter the folder but does not own it."""
    with Store.open(open_to_all / "store"):
        pass
    (open_to_all / "store").mkdir(mode=0o755)
    assert run("as_user", NOBODY, action, open_to_all / "store")["error"] == "StoreUnsafeError"


@as_root
def test_a_folder_without_permission_is_said(open_to_all, run):
    """One's own folder, locked."""
    folder = open_to_all / "store"
    folder.mkdir(mode=0o000)
    os.chown(folder, NOBODY, NOBODY)
    answer = run("as_user", NOBODY, "read", folder)
    assert (answer["error"], "no permission to read" in answer["text"]) == ("StoreError", True)


@as_root
def test_a_store_is_not_made_where_one_may_not_write(open_to_all, run):
    """In another user's folder; looking is no fault, storing is one that is said."""
    folder = open_to_all / "store"
    assert run("as_user", NOBODY, "read", folder) == {"found": [], "notices": []}
    answer = run("as_user", NOBODY, "write", folder)
    assert (answer["error"], "no permission" in answer["text"]) == ("StoreError", True)
    assert not folder.exists()


@pytest.fixture
def locked(open_to_all, remember):
    """A store of another user's, in which that user may write nothing."""
    with Store.open(open_to_all / "store") as theirs:
        remember(0, b"kept", into=theirs)
    folder = open_to_all / "store"

    def lock() -> Path:
        for path in [*folder.rglob("*"), folder]:
            os.chown(path, NOBODY, NOBODY)
            path.chmod(0o500 if path.is_dir() else 0o400)
        return folder

    return lock


@as_root
def test_a_store_that_can_only_be_read_is_read(locked, run):
    """Storing in it is a fault that is said."""
    folder = locked()
    assert run("as_user", NOBODY, "read", folder) == {"found": ["kept"], "notices": []}
    answer = run("as_user", NOBODY, "write", folder)
    assert answer["error"] == "StoreError"
    assert "Give yourself permission" in answer["text"] or "Make the folder writable" in answer["text"]


@as_root
def test_what_is_not_in_the_database_file_yet_is_said(locked, run, open_to_all):
    """A log that can't be followed, without its index, holds results that a reader can't see."""
    folder = open_to_all / "store"
    (folder / "hitsave.sqlite-wal").write_bytes(b"left behind")
    answer = run("as_user", NOBODY, "read", locked())
    assert answer["found"] == ["kept"]
    assert "may not be seen" in answer["notices"][0]


@as_root
def test_a_read_only_disk_is_read(folder, remember, run, key):
    """Mounted so that nothing can be written; values are found, storing is a fault that is said."""
    remember(0, b"kept")
    with Store.open(folder) as other:
        other.close()
    mounted = subprocess.run(["mount", "--bind", folder, folder], capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"can't mount here: {mounted.stderr}")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder, folder], check=True)
        assert run("as_user", 0, "read", folder)["found"] == ["kept"]
        answer = run("as_user", 0, "write", folder)
        assert (answer["error"], "HITSAVE_DIR" in answer["text"]) == ("StoreError", True)
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_store_opened_for_reading_is_not_written(folder, remember, key, new):
    """Not even its statistics."""
    entry = remember(0)
    with Store.open(folder, readonly=True) as reader:
        assert reader.find(key(0)) == [entry]
        for write in [
            lambda: remember(1, into=reader),
            lambda: reader.note_hits({entry.id: (1, 1)}),
            lambda: reader.pin([entry.id], on=True),
            lambda: reader.delete([entry.id]),
            lambda: reader.begin(new(2)),
            reader.sweep,
        ]:
            with pytest.raises(StoreError, match="opened for reading only"):
                write()
        lock = reader.lock(key(0))
        assert lock.acquire(timeout=0)
        lock.release()


def test_reading_a_store_that_does_not_exist_is_no_fault(folder):
    """Opened for reading, it is empty."""
    with Store.open(folder, readonly=True) as reader:
        assert reader.list() == []
    assert not folder.exists()


def test_on_a_network_file_system_nothing_is_mapped_and_no_log_is_kept(folder, remember, key, monkeypatch):
    """It works, slower, and says so once."""
    monkeypatch.setattr(platform, "file_system", lambda folder: "nfs4")
    monkeypatch.setattr(platform, "map_private", lambda file, size: pytest.fail("mapped"))
    monkeypatch.setattr(platform, "map_shared", lambda file, size: pytest.fail("mapped"))
    with Store.open(folder) as opened:
        remember(0, b"x" * 100_000, into=opened)
        assert opened.open_value(*opened.find(key(0))) == b"x" * 100_000
        assert [notice.startswith(f"The store in {folder} lies on a network file system") for notice in opened.notices] == [True]
    assert not list(folder.glob("*-wal"))


def test_the_kind_of_a_file_system_is_read_from_the_mount_table(folder, tmp_path):
    """This one is local; what can't be told counts as local."""
    assert not platform.is_network(str(tmp_path))
    if sys.platform == "linux":
        assert platform.file_system("/proc") == "proc"
    assert platform.file_system(str(folder / "nowhere")) == ""


@as_root
def test_a_full_disk_is_said_and_what_was_stored_stays(open_to_all, run):
    """On a disk of two megabytes: each put either stores, or says that there is no room."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=755", "none", open_to_all], capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"can't mount here: {mounted.stderr}")
    try:
        _check_filled(run("until_full", open_to_all / "store"))
    finally:
        subprocess.run(["umount", open_to_all], check=True)


@pytest.mark.parametrize("limit", [30_000, 200_000, 800_000])
def test_a_file_that_may_not_grow_is_said_and_what_was_stored_stays(folder, run, limit):
    """The same, where a limit stands for the disk."""
    _check_filled(run("with_file_limit", limit, folder), stored=1)


def _check_filled(answer: dict, stored: int = 10) -> None:
    assert answer["stored"] >= stored, json.dumps(answer)
    assert answer["lost"] == []
    assert answer["unfinished"] == 0
    assert answer["problems"], answer
    assert all("HITSAVE_DIR" in problem for problem in answer["problems"])
    assert all("no room left" in problem or "disk is full, over quota" in problem for problem in answer["problems"]), answer["problems"]
