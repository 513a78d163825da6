"""The digest of a file or folder that is passed by its path: of what it holds, whoever holds it where."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from hitsave.digest import Digest, digest_bytes
from hitsave.errors import PathError
from hitsave.files.reading import Seen, check_unchanged, look, read_ahead, unreadable
from hitsave.files.tree import FolderNode, LinkNode, leads_out, tree_of
from hitsave.storage.packing import pack
from hitsave.workspace.file_digests import read_content

if TYPE_CHECKING:
    from hitsave.workspace.file_digests import FileDigests

FOLDER_CONTEXT: Final = "hitsave 2026 v1 folder"
_MAY_RUN: Final = 0o100


def file_digest(path: str, digests: FileDigests) -> Digest:
    """The digest of a file's content, as a Record has it. PathError if it can't be read, ChangedError if it changed meanwhile."""
    (seen, *_) = _root(path, "file")
    return Digest(_contents([seen], digests)[b""])


def folder_digest(path: str, digests: FileDigests) -> Digest:
    """The digest of a folder: names, contents, links, and who may be run. A file that is known is not read.

    PathError for what can't be read and for a link that leads out of it, ChangedError if anything changed meanwhile.
    """
    seen = _root(path, "folder")
    _refuse_ways_out(seen)
    contents = _contents(seen, digests)
    check_unchanged(seen)
    rows = [[each.name, each.kind, bool(each.mode & _MAY_RUN) and each.kind == "file", contents.get(each.name, each.target)] for each in seen]
    return digest_bytes(FOLDER_CONTEXT, pack(sorted(rows)))


def _root(path: str, kind: str) -> list[Seen]:
    seen = look(path) if kind == "folder" or not os.path.isdir(path) else []
    if not seen or seen[0].kind != kind:
        raise PathError(
            f"{path} is a {'file' if kind == 'folder' else 'folder'}, where a {kind} is wanted",
            f"Annotate the parameter as {'InputFile' if kind == 'folder' else 'InputDir'}",
            path=path,
        )
    return seen


def _contents(seen: list[Seen], digests: FileDigests) -> dict[bytes, bytes]:
    place = digests.place(seen[0].path, "content")
    found: dict[bytes, bytes] = {}
    unknown: list[Seen] = []
    for each in seen:
        if each.kind == "file":
            content = place.known(each.name, each.signature)
            if content is None:
                unknown.append(each)
            else:
                found[each.name] = content
    for each in read_ahead(unknown):
        try:
            found[each.name], read_ns = digests.read(each.path, each.signature, read_content)
        except OSError as problem:
            raise unreadable(problem, each.path) from problem
        place.note(each.name, each.signature, found[each.name], read_ns)
    place.only(found.keys())
    digests.keep(place)
    return found


def _refuse_ways_out(seen: list[Seen]) -> None:
    """What a link leads to would not count: PathError."""
    nodes = [LinkNode(each.name, each.target) if each.kind == "link" else FolderNode(each.name, 0) for each in seen]
    for link in leads_out(tree_of(nodes)):
        path = os.path.join(seen[0].path, os.fsdecode(link.path))
        raise PathError(
            f"{path} is a link that leads out of the folder, to {os.fsdecode(link.target)}, where changes would go unseen",
            "Put what it leads to into the folder, or pass that as an argument of its own",
            path=path,
        )
