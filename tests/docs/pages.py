"""Reads pages of the documentation: their fenced blocks, and what each says of itself.

    ```python train.py             a file of the page's project
    ```diff train.py               an edit of it: lines with `-` go, lines with `+` come
    ```toml pyproject.toml         a file, too
    ```python                      a script of its own; lines `# → …` are what it prints
    ```console                     lines that begin with `$ ` are commands, what follows is what they print
    ```text output                 what the block before printed
    ```python (not run: why)       what can't run here; the site shows the reason

All blocks of a page run in order in one project, which begins empty. Where a page has the line `<!-- each section is a project of its own -->`, that goes for its sections (`##`).
A line `<!-- in tests: A → B -->` before a block replaces text in it, so that what takes minutes takes none.
A section in which a line says ``Tried by `./dev NAME`.`` is played by that recipe, which installs what it needs, and not with the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RUN: Final = frozenset({"python", "console", "toml", "diff"})
SHOWN: Final = frozenset({"", "text", "json", "lua", "elisp", "yaml", "ini"})
"""Languages that nothing here can run."""
SECTIONS: Final = "<!-- each section is a project of its own -->"

_FENCE: Final = re.compile(r"^( *)(`{3,}|~{3,})([\w{}-]*)[ ]*(.*)$")
_REPLACED: Final = re.compile(r"^\s*<!-- in tests: (.+?) → (.+?) -->$")
_PRINTED: Final = re.compile(r"^\s*# → ?(.*)$")
_NOT_RUN: Final = re.compile(r"^\(not run: (.+)\)$")
_TRIED: Final = re.compile(r"^Tried by `\./dev (\w+)`\.$")


class PageError(Exception):
    """A page that is not written as the docstring of this module says."""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block. `line` is that of its fence, from 1; `name` the file that it is; `reason` why it isn't run; `content` as in the page, `text` as it runs."""

    line: int
    language: str
    name: str
    reason: str
    content: str
    text: str

    @property
    def prints(self) -> str | None:
        """What lines `# → …` say that it prints; None where there are none."""
        lines = [found[1] for line in self.text.splitlines() if (found := _PRINTED.match(line))]
        return "\n".join(lines) if lines else None


@dataclass(frozen=True, slots=True)
class Story:
    """Blocks that share a project: a page, or a section of it. `recipe` is the one of `./dev` that plays it; "" for those that are played together."""

    page: Path
    title: str
    blocks: tuple[Block, ...]
    recipe: str = ""


def stories_of(page: Path) -> list[Story]:
    """The stories of a page, in order; PageError where it can't be understood."""
    lines = page.read_text(encoding="utf-8").splitlines()
    apart = SECTIONS in lines
    stories: list[Story] = []
    title, recipe, blocks = "", "", list[Block]()
    for item in _items(lines, page):
        match item:
            case Block():
                blocks.append(item)
            case ("tried by", name):
                recipe = name
            case (_, name) if apart:
                stories.append(Story(page, title, tuple(blocks), recipe))
                title, recipe, blocks = name, "", []
            case _:
                pass
    stories.append(Story(page, title, tuple(blocks), recipe))
    return [story for story in stories if any(block.language in RUN for block in story.blocks)]


def _items(lines: list[str], page: Path) -> Iterator[Block | tuple[str, str]]:
    """Blocks, the titles of sections, and by which recipe they are tried."""
    replaced: list[tuple[str, str]] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith("## "):
            yield "section", line[3:].strip()
        elif found := _TRIED.match(line):
            yield "tried by", found[1]
        elif found := _REPLACED.match(line):
            replaced.append((found[1], found[2]))
        elif found := _FENCE.match(line):
            indent, fence, language, argument = found.groups()
            if "{" in language:  # a directive of the site's
                continue
            begin = at
            while at < len(lines) and lines[at].strip() != fence:
                at += 1
            content = "\n".join(text.removeprefix(indent) for text in lines[begin:at])
            at += 1
            yield _block(page, begin, language, argument.strip(), content, replaced)
            replaced = []


def _block(page: Path, line: int, language: str, argument: str, content: str, replaced: list[tuple[str, str]]) -> Block:
    where = f"{page.name}:{line}"
    if language not in RUN | SHOWN:
        raise PageError(f"{where}: {language!r} is none of {', '.join(sorted(RUN | SHOWN))}")
    text = content
    for old, new in replaced:
        if old not in text:
            raise PageError(f"{where}: there is no {old!r} to replace")
        text = text.replace(old, new)
    reason = _NOT_RUN.match(argument)
    if argument.startswith("(") and not reason:
        raise PageError(f"{where}: write (not run: why)")
    return Block(line, language, "" if reason else argument, reason[1] if reason else "", content, text + "\n")


def edited(text: str, diff: str) -> str:
    """`text` after the edits of a diff, whose pieces are apart by lines `@@`."""
    for piece in re.split(r"^@@.*\n", diff, flags=re.MULTILINE):
        lines = piece.splitlines()
        before = "".join(f"{line[1:]}\n" for line in lines if line[:1] in {" ", "-", ""})
        after = "".join(f"{line[1:]}\n" for line in lines if line[:1] in {" ", "+", ""})
        places = [found.start() for found in re.finditer(f"^(?={re.escape(before)})", text, re.MULTILINE)]
        if len(places) != 1:
            raise PageError(f"what is to be edited is there {len(places)} times, not once:\n{before}")
        text = text[: places[0]] + after + text[places[0] + len(before) :]
    return text
