"""The second folder of a workspace."""

from __future__ import annotations

from hitsave import memo


@memo
def longest(text: str) -> str:
    """The longest word."""
    return max(text.split(), key=len)
