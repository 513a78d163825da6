"""Out of a store, to a disk."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgpack
import pytest

from hitsave.errors import DamagedError, PathError
from hitsave.files.keeping import Kept, keep
from hitsave.files.restoring import build, restore
from hitsave.files.tree import FolderNode, LinkNode, tree_of


def test_what_is_put_back_is_the_same(kept, folder, store, digests, tmp_path):
    """Kept again, it is the same tree."""
    target = tmp_path / "again"
    restore(kept, store, str(target))
    assert keep(str(target), store, digests).tree == kept.tree
    assert os.readlink(target / "link") == "inner/same.txt"
    assert stat.S_IMODE((target / "empty").stat().st_mode) == 0o710
    assert sorted(os.listdir(tmp_path)) == ["again", "data", "store"]


def test_a_file_is_put_back_alone(folder, store, digests, tmp_path):
    """Large or small."""
    for name in ("run", "inner/deep/large.bin", "inner/nothing"):
        target = tmp_path / "file"
        restore(keep(str(folder / name), store, digests), store, str(target), replace=True)
        assert target.read_bytes() == (folder / name).read_bytes()
        assert target.stat().st_mode == (folder / name).stat().st_mode


def test_what_is_there_stays_unless_it_is_to_be_replaced(kept, store, tmp_path):
    """An empty folder is nothing to lose."""
    target = tmp_path / "there"
    target.mkdir()
    restore(kept, store, str(target))
    (target / "mine").touch()
    with pytest.raises(PathError, match=r"there is there already. Choose another place"):
        restore(kept, store, str(target))
    assert (target / "mine").exists()
    restore(kept, store, str(target), replace=True)
    assert not (target / "mine").exists()
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    restore(kept, store, str(tmp_path / "file"), replace=True)
    assert (tmp_path / "file").is_dir()
    assert sorted(os.listdir(tmp_path)) == ["data", "file", "store", "there"]


def test_a_link_in_the_place_is_replaced_not_followed(kept, store, tmp_path):
    """What it leads to is left alone."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "link").symlink_to("elsewhere")
    with pytest.raises(PathError):
        restore(kept, store, str(tmp_path / "link"))
    restore(kept, store, str(tmp_path / "link"), replace=True)
    assert not (tmp_path / "link").is_symlink()
    assert os.listdir(elsewhere) == []


def test_links_that_lead_out_are_made_only_if_that_is_said(store, tmp_path):
    """Where they came from, they were right; here, who knows."""
    kept = Kept(tree_of([FolderNode(b"", 0o755), LinkNode(b"out", b"/etc/passwd")]), {})
    with pytest.raises(PathError, match=r"The link out of this snapshot leads out of it, to /etc/passwd. If that is as it should be, say so"):
        restore(kept, store, str(tmp_path / "target"))
    assert not (tmp_path / "target").exists()
    restore(kept, store, str(tmp_path / "target"), links_out=True)
    assert os.readlink(tmp_path / "target" / "out") == "/etc/passwd"


def test_a_damaged_content_is_noticed_and_nothing_is_left_behind(kept, store, tmp_path):
    """Small ones and large ones."""
    for blob in kept.blobs():
        path = store.path_of(blob)
        content = bytearray(Path(path).read_bytes())
        content[0] ^= 1
        os.chmod(path, 0o600)
        Path(path).write_bytes(content)
        with pytest.raises(DamagedError):
            restore(kept, store, str(tmp_path / "target"))
        content[0] ^= 1
        Path(path).write_bytes(content)
    os.unlink(path)
    with pytest.raises(DamagedError):
        restore(kept, store, str(tmp_path / "target"))
    assert not [name for name in os.listdir(tmp_path) if "target" in name]


def test_a_content_that_lies_elsewhere_than_it_says_is_noticed(kept, store, tmp_path):
    """A place in a pack is no proof."""
    content, where = next((content, where) for content, where in kept.slices.items() if where.start)
    wrong = kept._replace(slices=kept.slices | {content: where._replace(start=where.start - 1)})
    with pytest.raises(DamagedError):
        restore(wrong, store, str(tmp_path / "target"))


def test_a_place_that_can_t_be_written_is_named(kept, store, tmp_path):
    """No such folder, or a file in the way."""
    with pytest.raises(PathError, match="is not there"):
        restore(kept, store, str(tmp_path / "gone" / "target"))


def test_what_is_built_to_be_read_can_t_be_changed(kept, store, tmp_path):
    """Files and folders have no permission to write, whoever had it."""
    build(kept, store, str(tmp_path / "shown"), shared=True)
    for place in (tmp_path / "shown").rglob("*"):
        assert place.is_symlink() or not place.stat().st_mode & 0o222
    assert (tmp_path / "shown" / "run").stat().st_mode & 0o111
    for place in (tmp_path / "shown").rglob("*"):
        if place.is_dir() and not place.is_symlink():
            place.chmod(0o700)
    (tmp_path / "shown").chmod(0o700)


def test_nothing_is_written_through_a_link_of_the_tree(store, tmp_path):
    """Not even by one that says it is a folder, too: such a tree is refused, and links are made last."""
    rows = [["folder", b"", 0o755], ["link", b"a", str(tmp_path).encode()], ["folder", b"a", 0o755], ["folder", b"a/new", 0o755]]
    from hitsave.files.tree import decoded

    with pytest.raises(PathError):
        decoded(msgpack.packb([1, rows], use_bin_type=True))
    assert not (tmp_path / "new").exists()
