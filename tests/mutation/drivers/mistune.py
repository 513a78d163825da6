"""Markdown to HTML, plain and with plug-ins."""

from __future__ import annotations

import sys

from hitsave import memo

import mistune


TEXT = "# Title\n\nSome *emphasis*, **strong** and `code`.\n\n- one\n- two\n  - three\n\n> quoted <b>html</b>\n\n1. a\n2. b\n\n[link](http://example.org 'title') ![pic](a.png)\n\n```python\nx = 1\n```\n"
TABLE = "a | b\n--|--:\n1 | 2\n\n~~gone~~ text[^1]\n\n[^1]: a note\n"


@memo
def render(text):
    """HTML as it comes."""
    sys.audit("mutation.ran", "render")
    return mistune.html(text)


@memo
def plugged(text, names):
    """HTML with plug-ins by name."""
    sys.audit("mutation.ran", "plugged")
    return mistune.create_markdown(plugins=names)(text)


@memo
def tokens(text):
    """The tree before it is rendered."""
    sys.audit("mutation.ran", "tokens")
    return mistune.create_markdown(renderer="ast")(text)


CALLS = [
    (render, (TEXT,)),
    (plugged, (TABLE, ["table", "strikethrough", "footnotes"])),
    (tokens, (TEXT,)),
    (render, ("plain\n===\n\n***\n\nhard  \nbreak &amp; <http://x.y>\n",)),
]
