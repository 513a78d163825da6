"""`hitsave show`: everything about one stored evaluation."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.cli.screen import Line, Screen
    from hitsave.freshness.arguments import Argument
    from hitsave.freshness.judging import Judged
    from hitsave.freshness.record import EnvironmentCheck, Record, Snapshot
    from hitsave.freshness.views import EntryViews

_ABOUT_FILES: Final = {"listing": "the names in it", "present": "asked about"}


def show(
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="An entry's ID, or as much of its beginning (or end) as only one entry has.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; docs/cli.md has the shape.")] = False,
) -> None:
    """Show everything about one stored result.

    Its arguments, its state, all that it depended on, and the line of Python that loads it.
    """
    from hitsave.cli.finding import find_entry
    from hitsave.cli.here import Here
    from hitsave.freshness.arguments import read_arguments
    from hitsave.freshness.judging import Judge
    from hitsave.freshness.views import read_views

    with Here() as here:
        entry = find_entry(here, entry_id)
        judged = Judge(here.store, here.root, here.text).judge([entry])[0]
        arguments = read_arguments(here.store, [entry])[entry.id]
        views = read_views(here.store, entry)
        if as_json:
            from hitsave.cli.shapes import answer_shape, entry_shape, print_json, record_shape, snippet

            print_json(
                {
                    "entry": entry_shape(judged, arguments),
                    "answer": {**answer_shape(judged.answer), **({"state": judged.state} if judged.answer is None else {})},
                    "depended_on": record_shape(judged.record, judged.snapshot),
                    "key": entry.key.hex(),
                    "record": entry.record.hex(),
                    "result": entry.value.hex() if entry.value is not None else None,
                    "snippet": snippet(entry) if entry.status == "done" else None,
                    "error": _error(here, judged),
                    "views": {"result": views.result, "arguments": views.arguments},
                }
            )
            return
        from hitsave.cli.screen import Screen

        screen = Screen()
        _say_what(screen, judged)
        _say_arguments(screen, arguments, views)
        _say_result(screen, views)
        _say_answer(screen, judged)
        if judged.record is not None:
            _say_dependencies(screen, judged.record, judged.snapshot)
        _say_error(screen, _error(here, judged))


def _error(here: Here, judged: Judged) -> str | None:
    digest = judged.entry.error
    content = None if digest is None else here.store.content("error", digest)
    return None if content is None else content.decode("utf-8", "replace")


def _say_what(screen: Screen, judged: Judged) -> None:
    from rich.text import Text

    from hitsave.cli.screen import Column, state_text
    from hitsave.cli.shapes import snippet
    from hitsave.freshness import words
    from hitsave.freshness.judging import IN_WORDS

    entry, now = judged.entry, time.time_ns()
    screen.say(Text.assemble((entry.symbol, "bold"), f"  {entry.kind}  ", state_text(judged.state, IN_WORDS[judged.state])))
    rows: list[list[Line]] = [["ID", entry.id], ["began", f"{words.moment(entry.created_ns)}, {words.ago(entry.created_ns, now)}"]]
    if entry.status != "running":
        rows.append(["took", f"{words.duration(entry.wall_ns)} ({words.duration(entry.cpu_ns)} of processor time)"])
    if entry.status == "done":
        rows.append(["result", f"{words.size(entry.size)}, stored as {entry.codec}" if entry.codec else words.size(entry.size)])
        rows.append(["load it", Text(snippet(entry), "cyan")])
        used = f", last {words.ago(entry.last_used_ns, now)}" if entry.last_used_ns else ""
        rows.append(["hits", f"{entry.hits:,}, saved {words.duration(entry.saved_ns)}{used}" if entry.hits else "0"])
    rows.append(["project", entry.project])
    python = f", Python {judged.record.python}" if judged.record is not None and judged.record.python else ""
    rows.append(["ran by", f"{entry.user}@{entry.host}{python}"])
    for name, value in (("git commit", entry.commit), ("called by", entry.parent), ("note", entry.note), ("tags", ", ".join(entry.tags))):
        if value:
            rows.append([name, value])
    if entry.pinned:
        rows.append(["pinned", "never evicted"])
    if entry.local_only:
        rows.append(["shared", "never: local_only"])
    rows.extend([f"kept: {a.name}", f"{words.size(a.size)}, {a.media}"] for a in entry.attachments)
    screen.table([Column(""), Column("", gives=True)], [[Text(str(name), "dim"), value] for name, value in rows], indent=2, titles=False)


def _say_arguments(screen: Screen, arguments: tuple[Argument, ...], views: EntryViews) -> None:
    from rich.text import Text

    from hitsave.cli.screen import Column

    if not arguments:
        return
    screen.heading("Arguments")
    shown = {a.name: _in_a_line(views.arguments.get(a.name)) or a.text for a in arguments}
    rows: list[list[Line]] = [[a.name, shown[a.name], Text(_short(a.digest), "dim")] for a in arguments]
    screen.table([Column(""), Column("", gives=True), Column("")], rows, indent=2, titles=False)


def _in_a_line(view: dict[str, Any] | None) -> str | None:
    from hitsave.cli.pictured import in_a_line, title

    return None if view is None else in_a_line(view) or title(view)


def _say_result(screen: Screen, views: EntryViews) -> None:
    from hitsave.cli.pictured import view_lines

    if views.result is not None:
        screen.heading("Result")
        for depth, line in view_lines(views.result):
            screen.say(line, indent=2 + 2 * depth)


def _say_answer(screen: Screen, judged: Judged) -> None:
    from hitsave.cli.passages import say_answer
    from hitsave.freshness.judging import IN_WORDS

    if judged.answer is not None:
        screen.heading(IN_WORDS[judged.state].capitalize())
        say_answer(screen, judged.answer, indent=2)


def _say_dependencies(screen: Screen, record: Record, snapshot: Snapshot | None) -> None:
    from rich.text import Text

    from hitsave.cli.passages import say_untracked
    from hitsave.cli.screen import Column
    from hitsave.codegraph.graph import BARE
    from hitsave.freshness.status import Place

    texts = snapshot.by_symbol() if snapshot is not None else {}

    def place(symbol: str) -> Text:
        text = texts.get(symbol)
        return Text(str(Place(text.path, text.line)) if text is not None else "", "dim")

    def section(title: str, rows: list[list[Line]]) -> None:
        if rows:
            screen.heading(title)
            screen.table([Column("") for _ in rows[0]], rows, indent=2, titles=False)

    section(
        "Code",
        [
            [
                c.symbol,
                Text("function" if c.kind == BARE else c.kind, "dim"),
                place(c.symbol),
                Text(_short(c.shell if c.kind == "class" else c.body or c.shell), "dim"),
            ]
            for c in record.code
        ],
    )
    section("Captures", [[c.symbol, "by its code" if c.value is None else Text(_short(c.value), "dim"), place(c.symbol)] for c in record.captures])
    section("Libraries", [[e.distribution, e.version or "not installed", Text(e.sensitivity, "dim")] for e in record.externals])
    section("Compiled modules", [[module, Text(_short(digest), "dim")] for module, digest in record.compiled])
    section("Files", [[f.path, "was not there" if f.digest is None else _ABOUT_FILES.get(f.kind, "read")] for f in record.files])
    section("Environment", [_environment_line(check) for check in record.environment])
    say_untracked(screen, snapshot.untracked if snapshot is not None else ())


def _environment_line(check: EnvironmentCheck) -> list[Line]:
    from hitsave.freshness.surroundings import CURRENT_FOLDER, WHOLE_ENVIRONMENT

    if check.name == CURRENT_FOLDER:
        return ["the current folder", "read, or a file was named relative to it"]
    return ["all variables" if check.name == WHOLE_ENVIRONMENT else check.name, "was not set" if check.digest is None else "read"]


def _say_error(screen: Screen, error: str | None) -> None:
    if error is not None:
        screen.heading("Raised")
        for line in error.rstrip().splitlines():
            screen.say(line, indent=2)


def _short(digest: bytes | None) -> str:
    return "" if digest is None else digest.hex()[:12]
