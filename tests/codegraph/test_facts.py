"""Facts survive being stored, and damaged ones are told from whole ones."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import get_args

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsave.codegraph import facts as facts_module
from hitsave.codegraph.facts import (
    Decorator,
    Definition,
    ImportOrigin,
    Kind,
    Part,
    Read,
    Span,
    StatementFacts,
    Unresolved,
    from_plain,
    to_plain,
)
from hitsave.codegraph.frontend import analyse_statement
from hitsave.codegraph.index import statement_text
from hitsave.codegraph.indexing import index_module
from hitsave.codegraph.pieces import Piece
from hitsave.digest import DIGEST_SIZE, Digest

names = st.text(max_size=5)
lines = st.integers(1, 10**6)
paths = st.lists(names, min_size=1, max_size=3).map(tuple)
digests = st.binary(min_size=DIGEST_SIZE, max_size=DIGEST_SIZE).map(Digest)
origins = st.builds(ImportOrigin, names, st.integers(0, 3), st.none() | names)
reads = st.builds(Read, paths, lines, st.none() | origins, st.booleans())


def tuples(values):
    """Short tuples of these."""
    return st.lists(values, max_size=2).map(tuple)


parts = st.builds(
    Part,
    digests,
    tuples(reads),
    tuples(st.builds(Unresolved, names, lines)),
    tuples(names),
    tuples(paths),
    tuples(names),
    tuples(names),
    tuples(origins),
)
definitions = st.builds(
    Definition,
    name=names,
    kind=st.sampled_from(get_args(Kind)),
    span=st.builds(Span, lines, lines, lines, lines, lines),
    shell=parts,
    body=parts,
    decorators=tuples(st.builds(Decorator, tuples(names), digests, tuples(reads), st.none() | origins)),
    docstring=st.none() | digests,
    annotations=st.none() | digests,
    doc_reads=tuples(reads),
    members=tuples(names),
    free=tuples(names),
    alias=st.none() | reads,
    literal=st.booleans(),
    bases=tuples(reads),
    conditional=st.booleans(),
    guards=tuples(reads),
    guard=st.none() | digests,
    targets=tuples(paths),
    is_async=st.booleans(),
    is_generator=st.booleans(),
    rest=st.none() | digests,
    pieces=tuples(st.builds(Piece, st.integers(-1, 5), lines, lines, st.binary(min_size=16, max_size=16))),
)
statement_facts = st.builds(StatementFacts, tuples(definitions), st.none() | names, tuples(st.tuples(lines, names)))


@settings(max_examples=40, deadline=None)
@given(statement_facts)
def test_facts_come_back_from_storage_as_they_were(facts):
    """Through msgpack, as they are kept."""
    assert from_plain(msgpack.unpackb(msgpack.packb(to_plain(facts)))) == facts


@pytest.mark.parametrize("type_", [Definition, Part, StatementFacts, Decorator, Read, Span, Unresolved, ImportOrigin])
def test_the_strategies_above_know_every_field(type_):
    """A field added to the facts is stored too: hypothesis fills those that have no default, and these are named."""
    assert type_._field_defaults.keys() == {
        Definition: {
            "decorators",
            "docstring",
            "annotations",
            "doc_reads",
            "members",
            "free",
            "alias",
            "literal",
            "bases",
            "conditional",
            "guards",
            "guard",
            "targets",
            "is_async",
            "is_generator",
            "rest",
            "pieces",
        },
        Part: {"reads", "unresolved", "stores", "mutates", "attributes", "reflects", "imports"},
        StatementFacts: {"error", "directives"},
        Read: {"origin", "whole"},
        Decorator: {"origin"},
    }.get(type_, set())


def test_facts_of_a_real_module_come_back():
    """Every statement of a module of the standard library."""
    text = Path(sysconfig.get_path("stdlib"), "dataclasses.py").read_text(encoding="utf-8")
    source = text.splitlines(keepends=True)
    for where in index_module(text).statements:
        facts = analyse_statement(statement_text(source, where))
        assert from_plain(msgpack.unpackb(msgpack.packb(to_plain(facts)))) == facts


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | names | st.binary(max_size=40) | digests.map(bytes),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(names, inner, max_size=3),
    max_leaves=40,
)


@given(plain_values)
def test_anything_else_is_refused_with_one_of_three_errors(plain):
    """Never an AttributeError or worse; what is accepted is whole."""
    try:
        facts = from_plain(plain)
    except (ValueError, TypeError, KeyError):
        return
    assert from_plain(to_plain(facts)) == facts


@settings(max_examples=40, deadline=None)
@given(statement_facts, plain_values, st.randoms(use_true_random=False))
def test_damaged_facts_are_refused_or_are_facts(facts, other, random):
    """One place of stored facts is replaced by something else."""
    plain = to_plain(facts)
    place = plain
    while True:
        position = random.randrange(len(place))
        if not isinstance(place[position], list) or not place[position] or random.random() < 0.2:
            place[position] = other
            break
        place = place[position]
    try:
        found = from_plain(plain)
    except (ValueError, TypeError, KeyError):
        return
    assert found == from_plain(to_plain(found))


def test_what_is_usual_takes_little_room():
    """Empty ends are left out."""
    assert len(msgpack.packb(to_plain(analyse_statement("A = 1")))) < 150


def test_the_version_of_facts_is_one_number():
    """Kept facts of another version are not looked at."""
    assert isinstance(facts_module.CODEGRAPH_VERSION, int)
