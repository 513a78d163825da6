"""Trees: their encoding, and that none which leads out of its folder is ever read."""

from __future__ import annotations

import itertools

import msgpack
import pytest
from blake3 import blake3

from hitsave.digest import Digest
from hitsave.errors import PathError
from hitsave.files.tree import FileNode, FolderNode, LinkNode, Tree, decoded, leads_out, tree_of

CONTENT = Digest(bytes(range(32)))
ROOT = FolderNode(b"", 0o755)


def test_a_tree_comes_back_from_its_bytes(kept):
    """Whatever is in it, names that are no text among it."""
    assert decoded(kept.tree.encode()) == kept.tree
    assert any(b"\xff" in node.path for node in kept.tree.nodes)


def test_the_digest_is_that_of_the_format_page():
    """A msgpack array under a context of its own: docs/formats.md, "Snapshots of files"."""
    tree = tree_of([FileNode(b"b", 0o644, 3, CONTENT), LinkNode(b"a", b"b"), ROOT])
    rows = [["folder", b"", 0o755], ["link", b"a", b"b"], ["file", b"b", 0o644, 3, bytes(CONTENT)]]
    packed = msgpack.packb([1, rows], use_bin_type=True)
    assert tree.digest() == blake3(packed, derive_key_context="hitsave 2026 v1 tree of files").digest()


NAMES = [b"..", b".", b"", b"a\0b", b"a/../..", b"../a", b"/etc", b"//", b"a//b", b"./a", b"a/.", b"a/..", b"\0", b"a/", b"/"]
PARENTS = [b"", b"inner/", b"inner/deep/"]
KINDS = ["file", "folder", "link"]


def _row(kind: str, path: bytes) -> list[object]:
    return {"file": ["file", path, 0o644, 0, bytes(CONTENT)], "folder": ["folder", path, 0o755], "link": ["link", path, b"x"]}[kind]


@pytest.mark.parametrize(("parent", "name", "kind"), [*itertools.product(PARENTS, NAMES, KINDS)])
def test_names_that_lead_elsewhere_are_refused(parent, name, kind):
    """135 of them: paths as names, steps up, empty ones, and those that C ends early."""
    if parent == b"" and name == b"":
        rows = [["folder", b"", 0o755], _row(kind, b"")]  # a second root
    else:
        rows = [["folder", b"", 0o755], ["folder", b"inner", 0o755], ["folder", b"inner/deep", 0o755], _row(kind, parent + name)]
    with pytest.raises(PathError):
        decoded(msgpack.packb([1, rows], use_bin_type=True))


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["link", b"", b"/etc"]],
        [["file", b"a", 0o644, 0, bytes(CONTENT)]],
        [["folder", b"", 0o755], ["file", b"a/b", 0o644, 0, bytes(CONTENT)]],
        [["folder", b"", 0o755], ["link", b"a", b"/etc"], ["file", b"a/passwd", 0o644, 0, bytes(CONTENT)]],
        [["folder", b"", 0o755], ["file", b"a", 0o644, 0, bytes(CONTENT)], ["folder", b"a/b", 0o755]],
        [["folder", b"", 0o755], ["link", b"a", b"/etc"], ["folder", b"a", 0o755]],
        [["folder", b"", 0o755], ["folder", b"b", 0o755], ["folder", b"a", 0o755]],
        [["file", b"", 0o644, 0, bytes(CONTENT)], ["file", b"a", 0o644, 0, bytes(CONTENT)]],
        [["folder", b"", 0o4755]],
        [["folder", b"", -1]],
        [["folder", b"", 0o755], ["file", b"a", 0o6644, 0, bytes(CONTENT)]],
        [["folder", b"", 0o755], ["file", b"a", 0o644, -1, bytes(CONTENT)]],
        [["folder", b"", 0o755], ["file", b"a", 0o644, 0, b"short"]],
        [["folder", b"", 0o755], ["link", b"a", b""]],
        [["folder", b"", 0o755], ["link", b"a", b"x\0y"]],
        [["folder", "", 0o755]],
        [["folder", b"", 0o755], ["device", b"a", 0o644]],
        [["folder", b"", 0o755], ["folder"]],
        [["folder", b"", 0o755], 7],
    ],
)
def test_trees_that_no_disk_ever_had_are_refused(rows):
    """A file in a link, a thing twice, a root that leads away, modes that run as somebody else."""
    with pytest.raises(PathError):
        decoded(msgpack.packb([1, rows], use_bin_type=True))


@pytest.mark.parametrize("content", [b"", b"\xc1", msgpack.packb([2, []]), msgpack.packb(7), msgpack.packb([1]), b"\x92\x01"])
def test_bytes_that_are_no_tree_are_refused(content):
    """Of another format, too."""
    with pytest.raises(PathError, match="no snapshot of files"):
        decoded(content)


def _with_links(*links: tuple[bytes, bytes]) -> Tree:
    return tree_of([ROOT, FolderNode(b"in", 0o755), FolderNode(b"in/deep", 0o755), *(LinkNode(path, target) for path, target in links)])


UPS = [b"..", b"../..", b"in/../..", b"./../", b"in/deep/../../..", b"in/../../x", b"nowhere/../..", b"../data", b"..//..", b"in//../../in"]
ABSOLUTE = [b"/", b"/etc/passwd", b"//etc", b"/proc/self/root", b"/tmp/../etc"]


@pytest.mark.parametrize("target", [*UPS, *ABSOLUTE, *(b"../" + up for up in UPS), *(b"deep/../../" + up for up in UPS)])
def test_links_that_lead_out_are_found(target):
    """From the root, and, with as many steps up more, from a folder in it."""
    at_root = target in {*UPS, *ABSOLUTE}
    path = b"link" if at_root else b"in/link"
    assert [link.path for link in leads_out(_with_links((path, target)))] == [path]


@pytest.mark.parametrize(
    "links",
    [
        ((b"here", b"."), (b"out", b"here/here/..")),
        ((b"a", b"in/deep"), (b"b", b"a/../../..")),
        ((b"a", b"in"), (b"in/b", b".."), (b"c", b"a/b/..")),
        ((b"a", b"b/.."), (b"b", b".")),
        ((b"in/deep/x", b"../.."), (b"y", b"in/deep/x/..")),
        ((b"a", b"c"), (b"c", b"/etc")),
    ],
)
def test_links_that_lead_out_through_others_are_found(links):
    """By their text alone they stay inside."""
    assert leads_out(_with_links(*links))


@pytest.mark.parametrize(
    "links",
    [
        ((b"a", b"in"),),
        ((b"in/a", b".."),),
        ((b"in/deep/a", b"../../in"),),
        ((b"a", b"a"),),
        ((b"a", b"b"), (b"b", b"a")),
        ((b"a", b"nowhere"),),
        ((b"a", b"in/../in/./deep"),),
    ],
)
def test_links_that_stay_inside_are_left_alone(links):
    """Also those that lead to nothing, and round and round."""
    assert leads_out(_with_links(*links)) == []
