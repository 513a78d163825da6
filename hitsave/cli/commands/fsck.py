"""`hitsave fsck`: look for damage, and mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hitsave.cli.consent import JSON_HELP

if TYPE_CHECKING:
    from hitsave.storage.checking.findings import Checked


def fsck(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what is found.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> int:
    """Look for damage in the store, reading every byte.

    With --repair, what can't be read is removed; experiments and pinned results that lost something stay, as failed. The exit status is 1 if damage is left.
    """
    from hitsave.cli.here import Here
    from hitsave.cli.progress import shown_progress
    from hitsave.storage.platform import may_write

    with Here() as here:
        store = here.writable if repair or may_write(here.store.folder) else here.store
        with shown_progress(quiet=as_json) as told:
            checked = store.check(repair=repair, progress=told)
        if as_json:
            _print_json(checked)
        else:
            _say(checked, store.folder)
    return 1 if checked.left else 0


def _say(checked: Checked, folder: str) -> None:
    from rich.text import Text

    from hitsave.cli.screen import Column, Line, Screen
    from hitsave.freshness import words

    screen = Screen()
    rows: list[list[Line]] = [
        [Text(f.kind, "green" if f.mended else "red"), f.subject, f.problem, f.cure if f.mended or not checked.mended else "not mended"]
        for f in checked.findings
    ]
    if rows:
        title = "DONE" if checked.mended else "WITH --repair"
        screen.table([Column("DAMAGE"), Column("WHERE", gives=True), Column("WHAT", gives=True), Column(title, gives=True)], rows)
    looked = (
        f"{words.counted(checked.entries, 'entry', 'entries')}, {words.counted(checked.values, 'value')} ({words.size(checked.value_bytes)})"
        f" and {words.counted(checked.contents, 'content')} in {folder}"
    )
    if not checked.findings:
        screen.say(f"Looked at {looked}: no damage.")
        return
    left, mended = len(checked.left), len(checked.findings) - len(checked.left)
    said = [f"{mended:,} mended" if mended else "", f"{left:,} left" if left and checked.mended else f"{left:,} found" if left else ""]
    screen.say(f"Looked at {looked}: {words.listed([s for s in said if s])}.")
    if left and not checked.mended:
        screen.say("hitsave fsck --repair mends it.", style="dim")


def _print_json(checked: Checked) -> None:
    from hitsave.cli.shapes import print_json

    print_json(
        {
            "repair": checked.mended,
            "entries": checked.entries,
            "values": checked.values,
            "value_bytes": checked.value_bytes,
            "contents": checked.contents,
            "findings": [f._asdict() for f in checked.findings],
            "left": len(checked.left),
        }
    )
