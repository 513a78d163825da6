"""Regular expressions that are compiled when they are first used.

A process whose calls all hit uses none: it neither compiles any nor loads `re`, which take longer together than the look-up of a result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, AnyStr, cast

if TYPE_CHECKING:
    import re


def pattern(text: AnyStr) -> re.Pattern[AnyStr]:
    """What `re.compile` gives for `text`, later.

    >>> words = pattern("[a-z]+")
    >>> words.findall("a word")
    ['a', 'word']
    """
    return cast("re.Pattern[AnyStr]", _Pattern(text))


class _Pattern:
    def __init__(self, text: Any) -> None:
        self._text = text

    def __getattr__(self, name: str) -> Any:
        import re

        found = getattr(re.compile(self._text), name)
        setattr(self, name, found)
        return found
