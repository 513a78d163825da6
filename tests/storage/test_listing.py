"""Lists, counts and sums."""

from __future__ import annotations

import time

import pytest

from hitsave.errors import UnknownEntryError
from hitsave.storage.listing import Filter, SymbolSummary


@pytest.fixture
def some(store, new, remember):
    """Entries of two symbols in two projects, one of them an experiment that runs, one that failed."""
    made = []
    for number, (symbol, project) in enumerate([("app:f", "/a"), ("app:g", "/a"), ("app:f", "/b"), ("app:f", "/a")]):
        made.append(remember(number, b"12345", symbol=symbol, project=project, wall_ns=10).id)
        time.sleep(0.002)
    made.append(store.begin(new(8, symbol="app:sweep", project="/b", kind="experiment", parent=made[0])))
    time.sleep(0.002)
    made.append(store.begin(new(9, symbol="app:sweep", project="/b", kind="experiment")))
    store.fail(made[-1], b"Traceback", wall_ns=99)
    return made


def test_a_list_is_newest_first_and_goes_on_from_an_id(store, some):
    """Pages follow each other without gap or overlap."""
    assert [entry.id for entry in store.list()] == some[::-1]
    first = store.list(limit=4)
    rest = store.list(Filter(before=first[-1].id), limit=4)
    assert [entry.id for entry in [*first, *rest]] == some[::-1]
    assert store.list(limit=10**30) == store.list(limit=None)


@pytest.mark.parametrize(
    ("chosen", "places"),
    [
        (Filter(symbol="app:f"), [3, 2, 0]),
        (Filter(symbol="app:f", project="/a"), [3, 0]),
        (Filter(project="/b"), [5, 4, 2]),
        (Filter(status="running"), [4]),
        (Filter(status="failed"), [5]),
        (Filter(kind="experiment"), [5, 4]),
        (Filter(symbol="app:none"), []),
        (Filter(pinned=False, project="/a", status="done"), [3, 1, 0]),
    ],
)
def test_a_filter_chooses_what_it_says(store, some, chosen, places):
    """A list and a count agree."""
    assert [entry.id for entry in store.list(chosen)] == [some[place] for place in places]
    assert store.count(chosen) == len(places)


def test_children_pins_and_tags_can_be_listed(store, some):
    """What a panel asks for."""
    store.pin([some[1]], on=True)
    store.set_tags(some[2], ["paper", "two words"])
    assert [entry.id for entry in store.list(Filter(parent=some[0]))] == [some[4]]
    assert [entry.id for entry in store.list(Filter(pinned=True))] == [some[1]]
    assert [entry.id for entry in store.list(Filter(tag="two words"))] == [some[2]]
    assert store.list(Filter(tag="two")) == []
    assert store.count(Filter(tag="paper")) == 1


def test_the_entries_of_a_symbol_are_found(store, some):
    """Of all projects or one, paged."""
    assert [entry.id for entry in store.find_symbol("app:f")] == [some[3], some[2], some[0]]
    assert [entry.id for entry in store.find_symbol("app:f", project="/a", limit=1)] == [some[3]]
    assert [entry.id for entry in store.find_symbol("app:f", before=some[2])] == [some[0]]
    assert [entry.id for entry in store.find_symbol("app:sweep", status="failed")] == [some[5]]


def test_symbols_are_added_up(store, some):
    """What `hitsave status` shows: only what is done counts as time and size."""
    assert store.symbols() == [
        SymbolSummary("app:f", done=3, running=0, failed=0, experiments=0, wall_ns=30, size=15, newest=some[3]),
        SymbolSummary("app:g", done=1, running=0, failed=0, experiments=0, wall_ns=10, size=5, newest=some[1]),
        SymbolSummary("app:sweep", done=0, running=1, failed=1, experiments=2, wall_ns=0, size=0, newest=some[5]),
    ]
    assert [(s.symbol, s.entries) for s in store.symbols("/b")] == [("app:f", 1), ("app:sweep", 2)]
    for project in (None, "/a", "/b", "/c"):
        assert store.symbol_names(project) == [s.symbol for s in store.symbols(project)]
    assert store.projects() == ("/a", "/b")


def test_the_whole_store_is_added_up(store, some):
    """What `hitsave status` ends with."""
    stats = store.stats()
    assert (stats.entries, stats.done, stats.running, stats.failed, stats.wall_ns, stats.value_bytes) == (6, 4, 1, 1, 40, 20)
    assert stats.database_bytes > 4096


def test_lists_are_answered_from_an_index(store, some):
    """However many entries there are, none of these reads or sorts them all."""
    for chosen in [
        Filter(),
        Filter(symbol="s"),
        Filter(project="p"),
        Filter(project="p", before="0"),
        Filter(symbol="s", project="p"),
        Filter(parent="x"),
        Filter(status="running"),
    ]:
        where, parameters = chosen.where()
        plan = [
            row[3] for row in store._database.query(f"EXPLAIN QUERY PLAN SELECT e.body FROM entries e{where} ORDER BY e.id DESC LIMIT 5", parameters)
        ]
        assert len(plan) == 1, (chosen, plan)
        assert "INDEX" in plan[0]
        assert chosen.status is None or "entries_running" in plan[0]


def test_an_id_can_be_shortened_from_either_side(store, some):
    """As long as it names one entry: its beginning, or its end, which differs most."""
    whole = some[0]
    assert store.get(whole).id == store.get(whole.upper()).id == store.get(whole[:25]).id == store.get(whole[-8:]).id == whole


def test_an_id_that_names_several_entries_or_none_is_said(store, some):
    """With some of those that it may mean."""
    with pytest.raises(UnknownEntryError, match=r"may mean any of 6 entries, such as \w{26}.*Give more of the ID"):
        store.get(some[0][:4])
    with pytest.raises(UnknownEntryError, match="There is no entry 7zzzzz"):
        store.get("7zzzzz")
    with pytest.raises(UnknownEntryError, match="is not an entry ID"):
        store.get("what?")


def test_hits_are_added_up_by_project(store, remember):
    """And the compute that they saved; projects without any are left out."""
    entries = [remember(number, project=project) for number, project in enumerate(["/a", "/a", "/b", "/c"])]
    store.note_hits({entries[0].id: (2, 10), entries[1].id: (1, 5), entries[2].id: (4, 1)})
    assert store.usage() == {"/a": (3, 15), "/b": (4, 1)}
