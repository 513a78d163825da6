"""A program keeps the store within its budget by itself."""

from __future__ import annotations

SCRIPT = """
    from hitsave import experiment, memo

    @memo
    def large(n):
        return bytes([n]) * 2_000_000

    @experiment
    def run(n):
        return bytes([n]) * 2_000_000

    for n in range(10):
        large(n)
    run(0)
"""


def test_results_beyond_the_budget_go(project):
    """The oldest of them; experiments stay."""
    from hitsave.storage.store import Store

    assert project.script(SCRIPT, HITSAVE_BUDGET="10 MB").quiet == []
    with Store.open(project.store, readonly=True) as store:
        entries = store.list(limit=None)
        assert sum(entry.size for entry in entries) <= 12_100_000
        assert entries[0].kind == "experiment"
        assert len(entries) < 8
        assert all(len(store.open_value(entry)) == entry.size for entry in entries)


def test_without_a_budget_nothing_goes(project):
    """As long as the disk has room."""
    assert project.script(SCRIPT, HITSAVE_BUDGET="none").quiet == []
    assert project.entries() == 11


def test_a_budget_that_is_none_is_one_warning(project):
    """And the results are stored."""
    assert "HITSAVE_BUDGET is 'much'" in project.script(SCRIPT, HITSAVE_BUDGET="much").warned
    assert project.entries() == 11


def test_views_can_be_switched_off(project):
    """In the settings of the project, or in the environment."""
    from hitsave.storage.store import Store

    project.write("pyproject.toml", "[project]\nname = 'p'\n[tool.hitsave]\nviews = false\n")
    assert project.script(SCRIPT).quiet == []
    with Store.open(project.store, readonly=True) as store:
        assert {entry.view for entry in store.list(limit=None)} == {None}
