"""Real folders to look at: `write` makes files, `site` makes site-packages folders as an installer leaves them."""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files under a folder of the test's own, ``write("app", {"a.py": "…"})``, or empty files by name; the answer is the folder."""

    def write_files(folder: str, files: Mapping[str, str | bytes] | str, *more: str) -> Path:
        root = tmp_path / folder if folder else tmp_path
        contents = dict(files) if isinstance(files, Mapping) else {}
        for name in [files, *more] if isinstance(files, str) else more:
            contents[name] = ""
        for name, content in contents.items():
            path = root / name
            if name.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())
        root.mkdir(parents=True, exist_ok=True)
        return root

    return write_files


@pytest.fixture
def install(write: Write) -> Callable[..., Path]:
    """Install a distribution as pip does: its files, METADATA and RECORD; the answer is the site-packages folder."""

    def install_files(
        name: str,
        version: str,
        files: Mapping[str, str],
        *,
        into: str = "venv/lib/python3.12/site-packages",
        metadata: Mapping[str, str] | None = None,
        requires: tuple[str, ...] = (),
        record: bool = True,
    ) -> Path:
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        lines = [
            "Metadata-Version: 2.1",
            f"Name: {name}",
            f"Version: {version}",
            *(f"Requires-Dist: {r}" for r in requires),
            "",
            "Version: not this one",
        ]
        contents = {**files, f"{info}/METADATA": "\n".join(lines), **{f"{info}/{k}": v for k, v in (metadata or {}).items()}}
        if record:
            rows = [f"{path},sha256={_sha(text)},{len(text)}" for path, text in contents.items()]
            contents[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""])
        return write(into, contents)

    return install_files


def _sha(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
