"""From a disk into a store: what is read, what is known, and what is noticed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from blake3 import blake3

from hitsave.errors import ChangedError, PathError, StoreError
from hitsave.files import keeping
from hitsave.files.keeping import decoded_kept, keep
from hitsave.files.tree import FileNode, FolderNode, LinkNode
from hitsave.workspace import file_digests
from hitsave.workspace.facts_table import FactsTable
from hitsave.workspace.file_digests import FileDigests


def test_everything_is_kept_as_it_is(kept, folder):
    """Names, permissions, empty folders and files, links as links; contents by their digest as blobs."""
    by_name = {node.path: node for node in kept.tree.nodes}
    large = (folder / "inner/deep/large.bin").read_bytes()
    assert by_name[b"inner/deep/large.bin"][2:] == (len(large), blake3(large, derive_key_context="hitsave 2026 v1 blob").digest())
    assert by_name[b"run"] == FileNode(b"run", 0o750, 9, by_name[b"run"].content)
    assert by_name[b"empty"] == FolderNode(b"empty", 0o710)
    assert by_name[b"link"] == LinkNode(b"link", b"inner/same.txt")
    assert by_name[b"small.txt"].content == by_name[b"inner/same.txt"].content
    assert len(by_name) == 12


def test_small_files_share_a_blob(kept):
    """A large file is one of its own; equal contents lie there once."""
    assert len(kept.blobs()) == 2
    assert sorted(blob.size for blob in kept.blobs()) == [len("small") + len("#!/bin/sh"), 200_000]


def test_what_is_known_is_not_read_again(folder, store, digests, reads, later):
    """Nor by another process; a file that changed is, and only that."""
    first = keep(str(folder), store, digests)
    assert len(reads()) == 5
    assert keep(str(folder), store, FileDigests(FactsTable(store.folder))) == first
    assert reads() == []
    (folder / "small.txt").write_text("other", encoding="utf-8")
    second = keep(str(folder), store, digests)
    assert reads() == ["small.txt"]
    assert second.tree.digest() != first.tree.digest()
    (folder / "small.txt").write_text("small", encoding="utf-8")
    assert keep(str(folder), store, digests).tree == first.tree


def test_a_file_that_changed_a_moment_ago_is_read_again(folder, store, digests, reads):
    """It may change once more within a tick of the clock."""
    keep(str(folder), store, digests)
    assert len(reads()) == 5
    keep(str(folder), store, digests)
    assert len(reads()) == 5


def test_a_content_that_left_the_store_is_read_again(folder, store, digests, reads, later):
    """Whoever collected it."""
    kept = keep(str(folder), store, digests)
    reads()
    for blob in kept.blobs():
        os.unlink(store.path_of(blob))
    assert keep(str(folder), store, digests) == kept
    assert len(reads()) == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "run").chmod(0o755),
        lambda folder: (folder / "empty").rmdir(),
        lambda folder: (folder / "run").rename(folder / "ran"),
        lambda folder: ((folder / "link").unlink(), (folder / "link").symlink_to("small.txt")),
        lambda folder: (folder / "empty" / "new").touch(),
        lambda folder: (folder / "inner" / "nothing").write_text("something"),
    ],
)
def test_every_change_is_another_digest(folder, store, digests, later, change):
    """Of a mode, a name, a link; of what there is."""
    before = keep(str(folder), store, digests).tree.digest()
    change(folder)
    assert keep(str(folder), store, digests).tree.digest() != before


def test_where_it_is_does_not_count(folder, store, digests, tmp_path):
    """Nor the name of the folder itself."""
    before = keep(str(folder), store, digests).tree
    moved = folder.rename(tmp_path / "elsewhere")
    assert keep(str(moved), store, digests).tree == before


def test_files_in_many_scraps_are_packed_anew(tmp_path, store, digests, later, monkeypatch):
    """Or a folder that changes a little every day would be spread over a blob a day."""
    monkeypatch.setattr(keeping, "_MOST_SCRAPS", 4)
    root = tmp_path / "many"
    root.mkdir()
    most = 0
    for number in range(12):
        (root / f"{number}.txt").write_text(str(number), encoding="utf-8")
        kept = keep(str(root), store, digests)
        most = max(most, len(kept.blobs()))
    assert most <= 5
    assert len(kept.tree.nodes) == 13


def test_a_file_that_changes_while_it_is_read_is_noticed(folder, store, digests, monkeypatch):
    """A large one and a small one; nothing of it is kept as if it were known."""
    read = file_digests.signature_of
    for name in ("inner/deep/large.bin", "small.txt"):
        path, seen = folder / name, []

        def signature(status: os.stat_result, path: Path = path, seen: list[int] = seen):
            if status.st_ino == path.stat().st_ino:
                seen.append(1)
                if len(seen) == 1:  # it was opened just now, and is about to be read
                    path.write_bytes(path.read_bytes() + b".")
            return read(status)

        with monkeypatch.context() as patch:
            patch.setattr(file_digests, "signature_of", signature)
            with pytest.raises(ChangedError, match=f"{path} changed while it was read"):
                keep(str(folder), store, digests)


def test_a_folder_that_changes_while_it_is_read_is_noticed(folder, store, digests, monkeypatch):
    """A name more, in a place that was listed already."""
    read = FileDigests.read

    def adding(*arguments):
        (folder / "late").touch()
        return read(*arguments)

    monkeypatch.setattr(FileDigests, "read", staticmethod(adding))
    with pytest.raises(ChangedError, match="changed while it was read"):
        keep(str(folder), store, digests)


def test_what_can_t_be_read_is_named(tmp_path, store, digests):
    """A path that vanished, a link that leads to itself, a pipe, a name with a NUL: each with what to do."""
    with pytest.raises(PathError, match=r"gone is not there. Look at its name"):
        keep(str(tmp_path / "gone"), store, digests)
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    with pytest.raises(PathError, match="loop is a link that leads to itself"):
        keep(str(loop), store, digests)
    pipes = tmp_path / "pipes"
    pipes.mkdir()
    os.mkfifo(pipes / "pipe")
    with pytest.raises(PathError, match="pipe is neither a file, a folder nor a link"):
        keep(str(pipes), store, digests)
    with pytest.raises(PathError, match="is no path"):
        keep("a\0b", store, digests)


def test_no_permission_is_named(folder, store, run_python):
    """A file in it, and a folder in it; asked as somebody else where we are the superuser, whom nothing stops, and from within: what is around it may be nobody else's."""
    code = """
import os, sys
from hitsave.files.inputs import folder_digest
from hitsave.workspace import file_digests
from hitsave.workspace.facts_table import MemoryFactsTable
from hitsave.workspace.file_digests import FileDigests
from hitsave.errors import PathError
folder = sys.argv[1]
if os.geteuid() == 0:
    os.chroot(os.path.dirname(folder))
    folder = "/" + os.path.basename(folder)
    os.setegid(65534); os.seteuid(65534)
try:
    folder_digest(folder, FileDigests(MemoryFactsTable()))
except PathError as problem:
    print(problem)
"""
    inside = Path("/") if os.geteuid() == 0 else folder.parent
    folder.parent.chmod(0o755)
    (folder / "empty").chmod(0o755)
    (folder / "run").chmod(0o755)
    for path in (folder / "small.txt", folder / "inner"):
        mode = path.stat().st_mode
        path.chmod(0)
        named = inside / path.relative_to(folder.parent)
        assert run_python(code, str(folder)).stdout == f"{named} can't be read: there is no permission. Give yourself permission.\n"
        path.chmod(mode)


def test_a_kept_tree_comes_back_from_its_bytes(kept):
    """With the places of its contents; bytes that are not whole are refused."""
    assert decoded_kept(kept.encode()) == kept
    for broken in (kept.encode()[:-1], b"", kept._replace(slices={}).encode()):
        with pytest.raises(PathError, match="no snapshot of files"):
            decoded_kept(broken)


def test_clones_are_taken_in_as_copies_are(folder, store, digests, monkeypatch):
    """A file system that can't share what files hold is no other; one that can is played by a copy that the system makes."""

    def clone(source: int, target: int) -> bool:
        os.copy_file_range(source, target, os.fstat(source).st_size, 0)
        return True

    copied = keep(str(folder), store, digests)
    for blob in copied.blobs():
        os.unlink(store.path_of(blob))
    monkeypatch.setattr("hitsave.storage.platform.clone", clone)
    cloned = keep(str(folder), store, FileDigests(FactsTable(store.folder)))
    assert cloned == copied
    assert all(bytes(store.open_taken(blob)) for blob in cloned.blobs())


def test_what_the_disk_does_not_take_is_in_no_store(folder, store, digests, monkeypatch):
    """Other threads wait for it, and what one of them was told ends the snapshot; nothing is left behind."""

    def fsync(file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(StoreError, match=r"Input/output error\. Look at its disk"):
            keep(str(folder), store, digests)
    assert [path for path in Path(store.folder, "blobs").rglob("*") if path.is_file()] == []
    assert keep(str(folder), store, digests).tree.size() > 200_000


def test_many_large_files_are_taken_in_at_once(tmp_path, store, digests):
    """More than wait for the disk together, some of them with the same content."""
    root = tmp_path / "many"
    root.mkdir()
    for number in range(40):
        (root / str(number)).write_bytes(bytes([number % 35]) * (64 << 10))
    kept = keep(str(root), store, digests)
    assert len(kept.blobs()) == 35
    assert all(bytes(store.open_taken(blob)) for blob in kept.blobs())
