"""Trees: a file, or a folder with all that is in it, as names, modes, links and the digests of contents. docs/formats.md, "Snapshots of files", has the encoding.

A tree may come from anywhere, so what `decoded` gives has been checked: no name of it leads out of the folder that it is put into.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from hitsave.digest import DIGEST_SIZE, Digest, digest_bytes
from hitsave.errors import PathError
from hitsave.storage import platform
from hitsave.storage.packing import pack, unpack
from hitsave.structs import NamedTuple

TREE_FORMAT: Final = 1
TREE_CONTEXT: Final = "hitsave 2026 v1 tree of files"
MODE_BITS: Final = 0o777
"""What is kept of a mode: permissions, and nothing that lets a program run as somebody else."""
_MOST_HOPS: Final = 40


class FileNode(NamedTuple):
    """A file: its path from the root (b"" is the root itself, names joined by "/"), permissions, size in bytes, and the digest of its content as a blob."""

    path: bytes
    mode: int
    size: int
    content: Digest


class FolderNode(NamedTuple):
    """A folder."""

    path: bytes
    mode: int


class LinkNode(NamedTuple):
    """A symbolic link, and the text of where it leads."""

    path: bytes
    target: bytes


Node: TypeAlias = FileNode | FolderNode | LinkNode


class Tree(NamedTuple):
    """All nodes, the root first, each folder before what is in it, in the order of their names' bytes."""

    nodes: tuple[Node, ...]

    @property
    def is_folder(self) -> bool:
        """Whether the root is a folder."""
        return isinstance(self.nodes[0], FolderNode)

    def files(self) -> Iterator[FileNode]:
        """The files of it."""
        return (node for node in self.nodes if isinstance(node, FileNode))

    def size(self) -> int:
        """The bytes in all files."""
        return sum(node.size for node in self.files())

    def encode(self) -> bytes:
        """The canonical bytes."""
        return pack([TREE_FORMAT, [_row(node) for node in self.nodes]])

    def digest(self) -> Digest:
        """The digest of a snapshot."""
        return digest_bytes(TREE_CONTEXT, self.encode())


def tree_of(nodes: Iterable[Node]) -> Tree:
    """The tree of these nodes, put in order."""
    return Tree(tuple(sorted(nodes, key=lambda node: _names(node.path))))


def decoded(content: bytes) -> Tree:
    """The tree that `content` encodes. PathError if it encodes none, or one with a name that leads elsewhere."""
    try:
        form, rows = unpack(content)
        if form != TREE_FORMAT:
            raise ValueError(f"format {form!r} is not known")
        tree = Tree(tuple(_node(row) for row in rows))
        _check(tree)
    except (ValueError, TypeError) as problem:
        raise PathError(f"This is no snapshot of files: {problem}", "Nothing was put back") from problem
    return tree


def leads_out(tree: Tree) -> list[LinkNode]:
    """The links by which one would leave the folder: to absolute paths, and up beyond the root, be it by way of other links."""
    by_path = {node.path: node for node in tree.nodes}
    return [node for node in tree.nodes if isinstance(node, LinkNode) and _leaves(node, by_path)]


def _leaves(link: LinkNode, by_path: dict[bytes, Node]) -> bool:
    place = _names(link.path)[:-1]
    rest = link.target.split(b"/")
    if link.target.startswith(b"/"):
        return True
    for _ in range(_MOST_HOPS * (len(rest) + _MOST_HOPS)):
        if not rest:
            return False
        step, *rest = rest
        if step in {b"", b"."}:
            continue
        if step == b"..":
            if not place:
                return True
            place = place[:-1]
            continue
        place = (*place, step)
        met = by_path.get(b"/".join(place))
        if isinstance(met, LinkNode):
            if met.target.startswith(b"/"):
                return True
            place, rest = place[:-1], [*met.target.split(b"/"), *rest]
    return False  # it leads round and round, and so nowhere


def _row(node: Node) -> list[Any]:
    match node:
        case FileNode():
            return ["file", *node]
        case FolderNode():
            return ["folder", *node]
        case LinkNode():
            return ["link", *node]


def _node(row: Any) -> Node:
    match row:
        case ["file", bytes(path), int(mode), int(size), bytes(content)] if size >= 0 and len(content) == DIGEST_SIZE:
            return FileNode(path, _mode(mode), size, Digest(content))
        case ["folder", bytes(path), int(mode)]:
            return FolderNode(path, _mode(mode))
        case ["link", bytes(path), bytes(target)] if target and b"\0" not in target:
            return LinkNode(path, target)
        case _:
            raise ValueError("an entry is neither a file, a folder nor a link")


def _mode(mode: int) -> int:
    if mode & ~MODE_BITS:
        raise ValueError("a mode is more than permissions")
    return mode


def _check(tree: Tree) -> None:
    """ValueError for a tree that no disk ever had: a name that is a path, a folder that is missing, a thing twice."""
    if not tree.nodes or tree.nodes[0].path != b"" or isinstance(tree.nodes[0], LinkNode):
        raise ValueError("it has no root")
    folders: set[bytes] = set()
    last: tuple[bytes, ...] | None = None
    for node in tree.nodes:
        names = _names(node.path)
        if last is not None and names <= last:
            raise ValueError("its names are not in order, or one is there twice")
        last = names
        for name in names:
            if not _is_name(name):
                raise ValueError(f"{name!r} is no name of a file")
        if names and b"/".join(names[:-1]) not in folders:
            raise ValueError(f"{node.path!r} is in no folder of it")
        if isinstance(node, FolderNode):
            folders.add(node.path)


def _is_name(name: bytes) -> bool:
    # On Windows a backslash parts names, too, and a colon leads to another drive or a stream of the file.
    return name not in {b"", b".", b".."} and b"\0" not in name and not (platform.WINDOWS and (b"\\" in name or b":" in name))


def _names(path: bytes) -> tuple[bytes, ...]:
    return tuple(path.split(b"/")) if path else ()
