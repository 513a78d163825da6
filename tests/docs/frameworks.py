"""The sections of pages that need libraries which take long to install: ``./dev frameworks`` and ``./dev torch`` install them and play these, and nothing else does."""

from __future__ import annotations

import pytest

from tests.docs.projects import Project
from tests.docs.test_pages import STORIES, named


@pytest.mark.parametrize("story", [pytest.param(story, id=f"{story.recipe}: {named(story)}") for story in STORIES if story.recipe])
def test_the_blocks_of_a_section_do_what_it_says(story, tmp_path):
    """In a project of its own, in order."""
    Project(tmp_path).play(story)
