"""Grammars: arithmetic, key and value lists, and what is said of a text that does not fit."""

from __future__ import annotations

import sys

from hitsave import memo

import pyparsing as pp


def arithmetic():
    """A grammar of sums."""
    number = pp.Word(pp.nums).set_parse_action(lambda found: int(found[0]))
    return pp.infix_notation(number, [("-", 1, pp.OpAssoc.RIGHT), (pp.one_of("* /"), 2, pp.OpAssoc.LEFT), (pp.one_of("+ -"), 2, pp.OpAssoc.LEFT)])


@memo
def tree(text):
    """The parse tree of a sum."""
    sys.audit("mutation.ran", "tree")
    return arithmetic().parse_string(text, parse_all=True).as_list()


@memo
def settings(text):
    """Names and values."""
    sys.audit("mutation.ran", "settings")
    name = pp.Word(pp.alphas, pp.alphanums + "_")("name")
    value = (pp.QuotedString('"') | pp.Regex(r"[\d.e]+").set_parse_action(lambda found: float(found[0])))("value")
    line = pp.Group(name + pp.Suppress("=") + value + pp.Optional(pp.Literal(";")))
    return [found.as_dict() for found in pp.ZeroOrMore(line).ignore(pp.python_style_comment).parse_string(text)]


@memo
def ready_made(text):
    """A parser of the library's own, which the first use makes simpler."""
    sys.audit("mutation.ran", "ready_made")
    return pp.ZeroOrMore(pp.pyparsing_common.number).parse_string(text).as_list()


@memo
def refused(text):
    """What is said of a text that does not fit."""
    sys.audit("mutation.ran", "refused")
    try:
        return pp.DelimitedList(pp.Word(pp.hexnums, exact=2)).parse_string(text, parse_all=True).as_list()
    except pp.ParseException as problem:
        return str(problem), problem.loc


CALLS = [
    (tree, ("1 + 2 * -(3 - 4) / 5",)),
    (settings, ('a = 1; b_2 = "two" # note\nc = 3.5e2',)),
    (ready_made, ("1 2.5 3e4",)),
    (refused, ("aa, bb, cx",)),
    (refused, ("aa,bb",)),
]
