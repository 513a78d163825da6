"""Writes into pages what their blocks print now: ``python -m tests.docs.write docs/tutorial.md``, or one section of a page: ``docs/frameworks.md#polars``. Look at the difference before you keep it.

A block whose output still matches is left as it is; so one with `...` stays. IDs, times and the like are written as they come.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.docs.matching import matches, tidy
from tests.docs.pages import Block, stories_of
from tests.docs.projects import Project
from tests.forks import Ended


class _Writing(Project):
    """A project that notes what was printed, and fails at nothing."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.printed: list[tuple[Block, str | None, str]] = []
        self.block: Block | None = None

    def play_block(self, block: Block, shown: str | None, where: str) -> None:
        self.block = block
        super().play_block(block, shown, where)

    def compare(self, shown: str | None, said: Ended, where: str) -> None:
        assert self.block is not None
        printed = self.as_on_pages(said.stdout)
        found = None if shown is None else matches(shown, printed)
        if found is None:
            print(f"{where}\n{said.stdout}{said.stderr}")  # noqa: T201 - what it is for
        self.printed.append((self.block, shown if found is not None else None, self.with_known_ids(printed)))
        self.ids.update(found or {})

    def with_known_ids(self, printed: str) -> str:
        """With the IDs that the page shows already, where they stand for these."""
        for shown, real in self.ids.items():
            printed = printed.replace(real, shown)
        return printed


def write(page: Path, section: str = "") -> None:
    """Play the page, or a section of it, and write it."""
    lines = page.read_text(encoding="utf-8").splitlines()
    edits: list[tuple[int, int, list[str]]] = []
    for story in stories_of(page):
        if section not in {"", story.title}:
            continue
        with tempfile.TemporaryDirectory() as folder:
            project = _Writing(Path(folder))
            project.play(story)
        for number, block in enumerate(story.blocks):
            said = [(shown, printed) for of, shown, printed in project.printed if of is block]
            following = story.blocks[number + 1] if number + 1 < len(story.blocks) else None
            if block.language == "console" and said:
                commands = [line for line in block.content.splitlines() if line.startswith("$ ")]
                text: list[str] = []
                for command, (shown, printed) in zip(commands, said, strict=True):
                    text += [command, *tidy(printed if shown is None else shown).splitlines(), ""]
                edits.append((block.line, block.line + len(block.content.splitlines()), text[:-1]))
            elif said and said[0][0] is None and following is not None and following.name == "output":
                edits.append((following.line, following.line + len(following.content.splitlines()), said[0][1].splitlines()))
    for begin, end, text in sorted(edits, reverse=True):
        lines[begin:end] = text
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(pages: list[str]) -> None:
    """Write each page."""
    for page in pages:
        path, _, section = page.partition("#")
        write(Path(path).resolve(), section)


if __name__ == "__main__":
    main(sys.argv[1:])
