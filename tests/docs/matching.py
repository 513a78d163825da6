"""Whether a program printed what a page shows.

Times, ages, dates, sizes, versions, digests and IDs vary from run to run, so any stands for any other of its kind; `...` stands for any text in a line, and on a line of its own for any lines.
How many spaces are between words makes no difference.
"""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = r"\d[\d,]*(?:\.\d+)?"
_TIME: Final = rf"(?:{_NUMBER} ?(?:µs|ms|s|min|h|days?)(?: \d+ (?:s|min|h))?)\b"
_VARYING: Final = {
    "digest": r"\b[0-9a-f]{12}\b",
    "id": r"\b01[0-9a-hjkmnp-tv-z]{3,24}\b",
    "version": r"\b\d+\.\d+\.\d+\b|(?<=Python )3\.\d+",
    "age": rf"just now|{_TIME} ago",
    "date": r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?)?",
    "time": _TIME,
    "size": rf"{_NUMBER} (?:bytes|B|kB|KB|MB|GB)\b",
}
_TOKEN: Final = re.compile(
    r"(?P<lines>(?:^|(?<=\n))[ \t]*\.\.\.[ \t]*(?:\n|$))|(?P<dots>\.\.\.)|"
    + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _VARYING.items())
    + r"|(?P<space>[ \t]+)|(?P<line>\n)",
    re.MULTILINE,
)


def pattern_of(shown: str) -> tuple[re.Pattern[str], list[str]]:
    """What the text that a page shows stands for, and the IDs in it, which are the pattern's groups in order."""
    parts: list[str] = []
    known: list[str] = []
    end = 0
    text = tidy(shown)
    for found in _TOKEN.finditer(text):
        parts.append(re.escape(text[end : found.start()]))
        end = found.end()
        match found.lastgroup:
            case "lines":
                parts.append(r"(?:[^\n]*(?:\n|$))*?")
            case "dots":
                parts.append(r"[^\n]*?")
            case "id":
                parts.append(f"({_VARYING['id']})")
                known.append(found[0])
            case "digest" | "version" | "age" | "date" | "time" | "size" as kind:
                parts.append(f"(?:{_VARYING[kind]})")
            case "space":
                parts.append(r"[ \t]+")
            case _:
                parts.append(r"\n")
    return re.compile("".join(parts) + re.escape(text[end:])), known


def tidy(text: str) -> str:
    """Without space at the ends of lines, empty lines at both ends, and colours."""
    return re.sub(r"[ \t]+$", "", re.sub(r"\x1b\[[\d;]*m", "", text), flags=re.MULTILINE).strip("\n")


def matches(shown: str, printed: str) -> dict[str, str] | None:
    """By each ID that the page shows, the one that was printed in its place; None where something else was printed."""
    pattern, known = pattern_of(shown)
    found = pattern.fullmatch(tidy(printed))
    return None if found is None else dict(zip(known, found.groups(), strict=True))
