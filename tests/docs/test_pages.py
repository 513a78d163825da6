"""Every block of every page runs, and prints what the page shows."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.docs.pages import Story, stories_of
from tests.docs.projects import Project

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
STORIES = [story for page in PAGES for story in stories_of(page)]


def named(story: Story) -> str:
    """How a story is called in reports."""
    page = str(story.page.relative_to(ROOT))
    return f"{page} > {story.title}" if story.title else page


@pytest.mark.parametrize("story", [story for story in STORIES if not story.recipe], ids=named)
def test_the_blocks_of_a_page_do_what_it_says(story, tmp_path):
    """In a project of its own, in order."""
    Project(tmp_path).play(story)


def test_what_is_tried_elsewhere_names_a_recipe():
    """Or it would never be tried."""
    recipes = set(re.findall(r"^recipe ([\w-]+) ", (ROOT / "dev").read_text(encoding="utf-8"), re.MULTILINE))
    assert {story.recipe for story in STORIES} - {""} <= recipes


def test_every_page_is_in_the_sites_menu():
    """The site is not built with a page that no menu has."""
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    listed = {line for block in re.findall(r"```{toctree}\n(.*?)```", index, re.DOTALL) for line in block.splitlines() if not line.startswith(":")}
    pages = {path.stem for path in ROOT.glob("docs/*.md")} - {"index"}
    assert listed - {"rules/README"} == pages
