"""Markdown by registries of processors."""

from __future__ import annotations

import sys

from hitsave import memo

import markdown


TEXT = "Title\n=====\n\nSome *emphasis* and **strong** `code`.\n\n* one\n* two\n\n1. a\n2. b\n\n> quote\n\n[link](http://a.b 'c') ![i](j.png)\n\n    block\n\nline  \nbreak &amp; <b>x</b>\n"


@memo
def render(text):
    """HTML."""
    sys.audit("mutation.ran", "render")
    return markdown.markdown(text)


@memo
def extended(text, names):
    """HTML, with extensions by dotted name."""
    sys.audit("mutation.ran", "extended")
    return markdown.markdown(text, extensions=names)


CALLS = [
    (render, (TEXT,)),
    (
        extended,
        (
            "a | b\n--|--\n1 | 2\n\nTerm\n: meaning\n\n# H {#id}\n",
            ["markdown.extensions.tables", "markdown.extensions.def_list", "markdown.extensions.attr_list"],
        ),
    ),
    (extended, ("[TOC]\n\n# A\n\n## B\n\n```py\nx\n```\n", ["markdown.extensions.toc", "markdown.extensions.fenced_code"])),
]
