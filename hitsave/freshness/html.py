"""Answers and lists as notebooks show them: HTML that needs no style sheet and is as good on a dark ground."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from hitsave.freshness.status import CannotTell, Fresh, Freshness, NeverEvaluated, Reason, Stale

COLOURS: Final = {
    "fresh": "#2e9e5b",
    "stale": "#c77d00",
    "cannot_tell": "#7a7a7a",
    "never_evaluated": "#7a7a7a",
    "running": "#3b7dd8",
    "failed": "#d04437",
}
_MOST_LINES: Final = 30
"""Lines of a text before or after that are shown."""


def state_html(state: str, text: str) -> str:
    """A state in its colour."""
    return f'<b style="color:{COLOURS.get(state, "inherit")}">{escape(text)}</b>'


def table_html(columns: Sequence[str], rows: Iterable[Sequence[str]], *, below: str = "") -> str:
    """A table; its cells are HTML already, titles and what stands below are text."""
    head = "".join(f'<th style="text-align:left">{escape(name)}</th>' for name in columns)
    body = "".join("<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    more = f"<p>{escape(below)}</p>" if below else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def answer_html(answer: Freshness) -> str:
    """A freshness, and for each reason where it is and what stood there before and stands there now."""
    match answer:
        case Fresh(assuming, untracked):
            parts = [state_html("fresh", "fresh"), *_lines("if unchanged: ", assuming), *_lines("not tracked: ", untracked)]
        case NeverEvaluated():
            parts = [state_html("never_evaluated", "never evaluated")]
        case Stale(reasons):
            parts = [state_html("stale", "stale"), *map(_reason_html, reasons)]
        case CannotTell(reasons):
            parts = [state_html("cannot_tell", "can't tell"), *map(_reason_html, reasons)]
    return "<div>" + "".join(f"<div>{part}</div>" for part in parts) + "</div>"


def _lines(before: str, texts: Iterable[str]) -> list[str]:
    return [escape(before + text) for text in texts]


def _reason_html(reason: Reason) -> str:
    texts = [(name, text) for name, text in (("before", reason.before), ("now", reason.after)) if text]
    shown = "".join(f"<div><small>{name}</small><pre>{escape(_shortened(text))}</pre></div>" for name, text in texts)
    return f"<details><summary>{escape(str(reason))}</summary>{shown}</details>" if shown else escape(str(reason))


def _shortened(text: str) -> str:
    lines = text.splitlines()
    return "\n".join([*lines[:_MOST_LINES], f"… {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else lines)
