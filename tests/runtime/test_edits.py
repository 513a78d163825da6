"""Entries that edits made stale are told by the text in files that are younger than they are; of the others, the whole Record is asked."""

from __future__ import annotations

import os
import time

import pytest

from tests.runtime.conftest import HELPED

HELPERS = """
    class Model:
        def scale(self, x):
            return x * 2

    def work(x):
        return Model().scale(x)
"""
ASKED = "from hitsave.runtime import lookup; lookup.read_record = lambda *a, read=lookup.read_record: print('whole') or read(*a)"


@pytest.fixture
def stored(project):
    """A project with two results in the store, of before an edit and after."""
    project.write("helpers.py", HELPERS)
    assert project.script(HELPED).quiet == ["ran", "2"]
    project.edit("helpers.py", "x * 2", "x * 3")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "3"]
    return project


def test_a_file_that_is_younger_and_means_the_same_is_a_hit(stored):
    """Its code is compared, not its time."""
    os.utime(stored.root / "helpers.py", ns=(time.time_ns() + 10**9,) * 2)
    assert stored.run().quiet == ["3"]
    stored.edit("helpers.py", "return x * 3", "return x * 3  # thrice")
    assert stored.run().quiet == ["3"]


def test_an_edit_that_is_undone_hits_again(stored):
    """The file is younger than both entries, and has the text of one; only that one's Record is asked whole."""
    stored.edit("helpers.py", "x * 3", "x * 2")
    assert stored.run().quiet == ["2"]
    assert stored.run("main.py", ASKED).quiet == ["whole", "2"]
    stored.edit("helpers.py", "x * 2", "x * 3")
    assert stored.run().quiet == ["3"]


def test_of_what_an_edit_made_stale_no_more_is_asked(stored):
    """Of a hundred edits there are a hundred entries."""
    stored.edit("helpers.py", "x * 3", "x * 4")
    assert stored.run("main.py", ASKED, HITSAVE_NOTICES="off").quiet == ["ran", "4"]


def test_why_is_said_as_ever(stored):
    """Whoever is told why has the newest entry's whole Record compared."""
    stored.edit("helpers.py", "class Model:", "class Model:\n    RATE = 1\n")
    said = stored.run()
    assert said.printed == ["ran", "3"]
    (notice,) = said.notices
    assert notice.startswith("run() runs again: class Model changed, helpers.py:2, reached through")
