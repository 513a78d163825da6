"""Markdown by rulers of rules: rendered, with a preset, with rules switched."""

from __future__ import annotations

import sys

from hitsave import memo

from markdown_it import MarkdownIt


TEXT = "# Title\n\nSome *emphasis* and `code` &copy;\n\n* one\n* two\n\n  para\n\n> quote\n\n[link][ref] <http://a.b>\n\n[ref]: /url 'title'\n\n    code\n\nx | y\n--|--\n1 | 2\n"


@memo
def render(text, preset):
    """HTML."""
    sys.audit("mutation.ran", "render")
    return MarkdownIt(preset).render(text)


@memo
def tabled(text):
    """HTML with tables, without emphasis."""
    sys.audit("mutation.ran", "tabled")
    return MarkdownIt("commonmark", {"breaks": True, "html": False}).enable(["table", "strikethrough"]).disable("emphasis").render(text)


@memo
def tokens(text):
    """The stream of tokens."""
    sys.audit("mutation.ran", "tokens")
    return [(t.type, t.tag, t.nesting, t.level, t.content) for t in MarkdownIt().parse(text)]


CALLS = [(render, (TEXT, "commonmark")), (render, (TEXT, "zero")), (tabled, (TEXT,)), (tokens, (TEXT,))]
