"""Putting trees back: all of it is made beside its place first, so that nobody sees half of it, and links come last, so that nothing is ever written through one."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from shutil import rmtree
from typing import TYPE_CHECKING, Final

from hitsave.digest import digest_bytes
from hitsave.errors import DamagedError, PathError
from hitsave.files.reading import unreadable
from hitsave.files.tree import FileNode, FolderNode, LinkNode, leads_out
from hitsave.storage import platform
from hitsave.storage.intake import BLOB_CONTEXT

if TYPE_CHECKING:
    from hitsave.files.keeping import Kept, Slice
    from hitsave.storage.reading import Reading
    from hitsave.storage.taking import Taken

_STEP: Final = 8 << 20
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | platform.NO_FOLLOW | platform.OPEN_FLAGS


def restore(kept: Kept, store: Reading, path: str, *, replace: bool = False, links_out: bool = False) -> None:
    """Put a tree at `path`, where there is nothing yet, or to `replace` what is there.

    PathError if something is there, it can't be written, or a link of the tree leads out of it and that is not said to be right (`links_out`);
    DamagedError if a content is not in the store any more.
    """
    refuse_links_out(kept, links_out=links_out)
    path = os.path.abspath(path)
    if os.path.lexists(path) and not replace and not _is_empty_folder(path):
        raise PathError(f"{path} is there already", "Choose another place, or have it replaced (replace=True, --replace)", path=path)
    new = f"{path}.{os.urandom(4).hex()}.hitsave"
    try:
        build(kept, store, new)
        _put_in_place(new, path)
    except OSError as problem:
        raise _unwritable(problem, path) from problem
    finally:
        _remove(new)


def refuse_links_out(kept: Kept, *, links_out: bool) -> None:
    """PathError for a tree with a link that leads out of it, unless that is said to be right."""
    ways = [] if links_out else leads_out(kept.tree)
    if ways:
        link, target = os.fsdecode(ways[0].path), os.fsdecode(ways[0].target)
        raise PathError(
            f"The link {link} of this snapshot leads out of it, to {target}",
            "If that is as it should be, say so (links_out=True, --links-out)",
            path=link,
        )


def build(kept: Kept, store: Reading, path: str, *, shared: bool = False) -> None:
    """Make a tree at `path`, where there must be nothing. With `shared`, for reading only: nobody may write what is in it, and large files are the store's own where that is safe."""
    modes: list[tuple[str, int]] = []
    root = os.fsencode(path)
    places = {node.path: os.path.join(root, node.path) if node.path else root for node in kept.tree.nodes}
    for node in kept.tree.nodes:
        at = os.fsdecode(places[node.path])
        mask = 0o555 if shared else 0o777
        match node:
            case FolderNode():
                os.mkdir(at, 0o700)
                modes.append((at, (node.mode & mask) | (0o500 if shared else 0)))
            case FileNode():
                _make_file(at, node, kept.slices[node.content], store, node.mode & mask, shared=shared)
            case LinkNode():
                pass
    for node in kept.tree.nodes:
        if isinstance(node, LinkNode):
            os.symlink(os.fsdecode(node.target), os.fsdecode(places[node.path]))
    for at, mode in reversed(modes):
        os.chmod(at, mode)


def put_content(taken: Taken, mode: int, store: Reading, path: str) -> None:
    """Make the file at `path` one with this content and these permissions, whole or not at all; one that is so already stays. OSError if it can't be written."""
    if not _holds(path, taken, store):
        new = f"{path}.{os.urandom(4).hex()}.hitsave"
        file = os.open(new, _NEW, 0o600)
        try:
            try:
                copy_content(taken, store, file)
            finally:
                os.close(file)
            os.chmod(new, mode)
            os.replace(new, path)
        finally:
            _remove(new)
    elif stat.S_IMODE(os.stat(path).st_mode) != mode:
        os.chmod(path, mode)


def _holds(path: str, taken: Taken, store: Reading) -> bool:
    try:
        with open(path, "rb", buffering=0) as file:
            if os.fstat(file.fileno()).st_size != taken.size:
                return False
            with store.open_taken(taken) as view:
                return all(file.read(min(_STEP, taken.size - start)) == view[start : start + _STEP] for start in range(0, taken.size, _STEP))
    except OSError:
        return False


def copy_content(taken: Taken, store: Reading, file: int) -> None:
    """Write the bytes of a blob into an open, empty file: as a clone where the file system can. DamagedError if they are not what was stored."""
    with store.open_taken(taken) as view:  # verified, if this process has not done so
        source = os.open(store.path_of(taken), os.O_RDONLY | platform.OPEN_FLAGS | platform.NO_FOLLOW)
        try:
            if platform.clone(source, file):
                return
        finally:
            os.close(source)
        _write(file, view)


def _make_file(path: str, node: FileNode, where: Slice, store: Reading, mode: int, *, shared: bool) -> None:
    whole = where.start == 0 and where.blob.size == node.size
    if shared and whole and not mode & 0o111 and platform.obeys_modes():
        with store.open_taken(where.blob), suppress(OSError):
            os.link(store.path_of(where.blob), path)
            return
    file = os.open(path, _NEW, 0o600)
    try:
        if whole:
            copy_content(where.blob, store, file)
        else:
            with store.open_taken(where.blob) as view:
                content = view[where.start : where.start + node.size]
                if digest_bytes(BLOB_CONTEXT, bytes(content)) != node.content:
                    raise DamagedError(f"A content of {os.path.basename(path)} is not what was stored", "Make the snapshot again", path=path)
                _write(file, content)
        os.chmod(file if os.chmod in os.supports_fd else path, mode)
    finally:
        os.close(file)


def _write(file: int, view: memoryview) -> None:
    for start in range(0, len(view), _STEP):
        piece = view[start : start + _STEP]
        while piece:
            piece = piece[os.write(file, piece) :]


def _put_in_place(new: str, path: str) -> None:
    """Rename `new` to `path`; what was there goes when the new one is there."""
    if not os.path.isdir(path) or os.path.islink(path):
        if os.path.isdir(new) and os.path.lexists(path):
            os.unlink(path)
        os.replace(new, path)
        return
    old = f"{path}.{os.urandom(4).hex()}.hitsave"
    os.rename(path, old)
    try:
        os.rename(new, path)
    except BaseException:
        os.rename(old, path)
        raise
    _remove(old)


def _remove(path: str) -> None:
    try:
        status = os.lstat(path)
    except OSError:
        return
    if not stat.S_ISDIR(status.st_mode):
        with suppress(OSError):
            os.unlink(path)
        return
    for folder, _, _ in os.walk(path):
        with suppress(OSError):
            os.chmod(folder, 0o700)
    rmtree(path, ignore_errors=True)


def _is_empty_folder(path: str) -> bool:
    try:
        return not os.path.islink(path) and not os.listdir(path)
    except OSError:
        return False


def _unwritable(problem: OSError, path: str) -> PathError:
    found = unreadable(problem, path)
    return PathError(found.problem.replace("can't be read", "can't be written"), found.advice, path=path)
