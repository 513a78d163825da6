"""Random edits to a tree: the digests are those of an independent computation, whatever was edited, and nothing that is remembered stands for another content."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import msgpack
import pytest
from blake3 import blake3

from hitsave.files.inputs import folder_digest
from hitsave.files.keeping import keep
from hitsave.files.restoring import restore


def test_digests_hold_through_random_edits(tmp_path, store, digests):
    """Forty edits of two hundred files."""
    _edit(tmp_path, store, digests, files=200, edits=40, looks=10)


@pytest.mark.slow
def test_digests_hold_through_a_thousand_random_edits(tmp_path, store, digests):
    """A thousand edits of five thousand files."""
    _edit(tmp_path, store, digests, files=5_000, edits=1_000, looks=100)


def _edit(tmp_path: Path, store, digests, *, files: int, edits: int, looks: int) -> None:
    chance = random.Random(files)
    root = tmp_path / "tree"
    root.mkdir()
    for number in range(files):
        _write(chance, root, f"{number % 50}/{number % 7}/{number}.txt")
    known: dict[bytes, bytes] = {}
    for number in range(edits):
        _one_edit(chance, root, number)
        tree, inputs = _independently(root)
        assert folder_digest(str(root), digests) == inputs
        if number % (edits // looks) == 0:
            kept = keep(str(root), store, digests)
            assert kept.tree.digest() == tree
            assert known.setdefault(inputs + tree, tree) == tree
    restore(kept, store, str(tmp_path / "again"))
    assert keep(str(tmp_path / "again"), store, digests).tree == kept.tree


def _write(chance: random.Random, root: Path, name: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(chance.randbytes(chance.choice([0, 1, 10, 1_000, 70_000] if chance.random() < 0.02 else [0, 1, 10, 100])))


def _one_edit(chance: random.Random, root: Path, number: int) -> None:
    """Of the same length and with the time set back, too: what a look at size and mtime alone would miss."""
    paths = sorted(p for p in root.rglob("*") if p.is_file() and not p.is_symlink())
    path = chance.choice(paths)
    kind = chance.choice(["write", "same size", "time back", "remove", "rename", "mode", "link", "folder", "swap", "new"])
    before = path.stat()
    match kind:
        case "write":
            path.write_bytes(chance.randbytes(50))
        case "same size":
            path.write_bytes(chance.randbytes(before.st_size))
        case "time back":
            path.write_bytes(chance.randbytes(before.st_size))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        case "remove":
            path.unlink()
        case "rename":
            path.rename(path.with_name(f"renamed {number}"))
        case "mode":
            path.chmod(chance.choice([0o600, 0o644, 0o755]))
        case "link":
            path.with_name(f"link {number}").symlink_to(path.name)
        case "folder":
            path.with_name(f"folder {number}").mkdir()
        case "swap":
            other = chance.choice(paths)
            aside = root / "aside"
            path.rename(aside)
            if other != path:
                shutil.move(other, path)
            aside.rename(other)
        case _:
            _write(chance, root, f"new/{number}.txt")


def _independently(root: Path) -> tuple[bytes, bytes]:
    """The two digests of docs/formats.md, computed from nothing but what a plain walk finds."""
    rows: list[tuple[list[bytes], list[object]]] = [([], ["folder", b"", root.stat().st_mode & 0o777])]
    inputs: list[list[object]] = [[b"", "folder", False, b""]]
    for folder, folders, names in os.walk(os.fsencode(root)):
        for name in (*folders, *names):
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, os.fsencode(root))
            if os.path.islink(path):
                row, counted = ["link", inside, os.readlink(path)], [inside, "link", False, os.readlink(path)]
            elif os.path.isdir(path):
                row, counted = ["folder", inside, os.stat(path).st_mode & 0o777], [inside, "folder", False, b""]
            else:
                with open(path, "rb") as file:
                    content = file.read()
                mode = os.stat(path).st_mode & 0o777
                row = ["file", inside, mode, len(content), blake3(content, derive_key_context="hitsave 2026 v1 blob").digest()]
                counted = [inside, "file", bool(mode & 0o100), blake3(content, derive_key_context="hitsave 2026 v1 file").digest()]
            rows.append((inside.split(b"/"), row))
            inputs.append(counted)
    tree = msgpack.packb([1, [row for _, row in sorted(rows, key=lambda pair: pair[0])]], use_bin_type=True)
    folder_rows = msgpack.packb(sorted(inputs), use_bin_type=True)
    return (
        blake3(tree, derive_key_context="hitsave 2026 v1 tree of files").digest(),
        blake3(folder_rows, derive_key_context="hitsave 2026 v1 folder").digest(),
    )
