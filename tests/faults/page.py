"""The sections of docs/reliability.md that the campaign writes, each between two marks of its own."""

from __future__ import annotations

import datetime
import os
import platform
import re
from pathlib import Path
from typing import Final

from tests.faults.figures import Figures

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"


def section(part: str, about: str, figures: Figures, *, seconds: float) -> str:
    """What the page says of a part: what it does, when that was done last, and what came of it."""
    today = datetime.datetime.now(datetime.UTC).date()
    where = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    columns: list[str] = []
    for counts in figures.rows.values():
        columns += [column for column in counts if column not in columns and column != "problems"]
    columns.append("problems")
    lines = [about.strip(), "", f"`./dev faults {part}`, {today.day} {today:%B %Y}, {where}, {seconds:,.0f} seconds.", ""]
    lines += ["| | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    lines += [f"| {name} | " + " | ".join(f"{counts.get(column, 0):,}" for column in columns) + " |" for name, counts in figures.rows.items()]
    return "\n".join([*lines, *(["", *figures.notes] if figures.notes else [])])


def put(part: str, text: str) -> None:
    """Put a part's section in its place on the page."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- faults {part} -->", f"<!-- end of faults {part} -->"
    changed, found = re.subn(re.escape(begin) + ".*?" + re.escape(end), lambda _: f"{begin}\n{text}\n{end}", page, flags=re.DOTALL)
    if not found:
        raise ValueError(f"{PAGE} has no place for the part {part!r}: the lines {begin} and {end}")
    PAGE.write_text(changed, encoding="utf-8")
