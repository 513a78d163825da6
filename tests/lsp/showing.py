"""What the server would show of a project: the analysis behind it, without the wire."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.documents import OpenFile, real

UNKNOWN = "not shown"


class Shown:
    """The states that are shown of the entries of the project at `folder`."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.analysis = Analysis(str(folder), environment)
        self.analysis.search()
        self.open: set[str] = set()

    def type(self, texts: Mapping[str, str]) -> None:
        """Change files in the editor, without saving them."""
        paths = {real(str(self.folder / name)): text for name, text in texts.items()}
        self.open |= paths.keys()
        self.analysis.buffers_changed({path: OpenFile(path, "", text).source for path, text in paths.items()})

    def save(self) -> None:
        """Close everything, and see the disk."""
        self.analysis.buffers_changed(dict.fromkeys(self.open))
        self.open.clear()
        self.analysis.disk_changed()

    def states(self) -> dict[str, str]:
        """By ID of the entry."""
        picture = self.analysis.picture(0)
        return {j.entry.id: j.state for f in (*picture.functions, *picture.gone) for j in f.judged}

    def reasons(self, identity: str) -> str:
        """Why an entry is not fresh."""
        picture = self.analysis.picture(0)
        return "; ".join(str(r) for f in (*picture.functions, *picture.gone) for j in f.judged if j.entry.id == identity for r in j.reasons)

    def close(self) -> None:
        """Close the store."""
        self.analysis.close()
