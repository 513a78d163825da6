"""Asking before something is removed or declared."""

from __future__ import annotations

import sys

import typer

from hitsave.errors import HitSaveError


def ask(question: str, *, yes: bool) -> bool:
    """Whether to go on: at once with `yes`, else as the person answers. HitSaveError where nobody can be asked."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise HitSaveError(f"{question} Nobody can be asked here, so nothing was done".replace("? ", "? - "), "Say --yes if it is meant")
    return typer.confirm(question, default=False, err=True)


YES_HELP = "Don't ask."
JSON_HELP = "Print JSON; docs/cli.md has the shape."
