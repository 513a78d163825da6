"""`hitsave export`: stored evaluations as a table for other programs."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TextIO

import typer

from hitsave.cli.completing import complete_symbol

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.freshness.judging import Judged

_PLAIN: Final = (
    "id", "symbol", "project", "kind", "status", "state", "created", "wall_seconds", "cpu_seconds", "result_bytes",
    "hits", "saved_seconds", "last_used", "pinned", "note", "tags", "host", "user", "commit", "parent",
)  # fmt: skip
_PAGE: Final = 500


def export(
    symbol: Annotated[
        str | None, typer.Argument(metavar="SYMBOL", help="Only this function: a name, module:name or file.py:name.", autocompletion=complete_symbol)
    ] = None,
    form: Annotated[Literal["csv", "json"], typer.Option("--format", "-f", help="csv: a line an entry; json: docs/cli.md has the shape.")] = "csv",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there, and not to standard output.")] = None,
    experiments: Annotated[bool, typer.Option("--experiments", help="Only experiments.")] = False,
    tag: Annotated[str | None, typer.Option("--tag", help="Only what has this tag.")] = None,
    all_projects: Annotated[bool, typer.Option("--all-projects", "-a", help="Those of all projects, not only of the current folder's.")] = False,
) -> None:
    """Export results as CSV or JSON, newest first.

    With arguments, metrics (last, least and greatest value of each) and the state of each result. In CSV each argument is a column arg.NAME, each metric metric.NAME, metric.NAME.min and metric.NAME.max.
    """
    from hitsave.cli.finding import find_symbol
    from hitsave.cli.here import Here
    from hitsave.storage.listing import Filter

    with Here() as here:
        asked = None if symbol is None else str(find_symbol(here, symbol))
        chosen = Filter(symbol=asked, project=None if all_projects else here.root, kind="experiment" if experiments else None, tag=tag)
        rows = list(_rows(here, chosen))
        with _opened(output) as file:
            if form == "csv":
                _write_csv(file, rows)
            else:
                _write_json(file, rows)


def _rows(here: Here, chosen: Any) -> Iterator[dict[str, Any]]:
    from hitsave.cli.progress import shown_progress
    from hitsave.cli.shapes import entry_shape
    from hitsave.freshness.arguments import read_arguments
    from hitsave.freshness.comparing import metrics_of
    from hitsave.freshness.judging import Judge

    judge, total, done = Judge(here.store, here.root, here.text), here.store.count(chosen), 0
    with shown_progress() as told:
        while True:
            entries = here.store.list(chosen, limit=_PAGE)
            arguments = read_arguments(here.store, entries)
            for judged in judge.judge(entries):
                yield entry_shape(judged, arguments[judged.entry.id]) | {"metrics": _metrics(judged, metrics_of(judged.entry))}
            done += len(entries)
            told("reading", min(done, total), max(total, 1))
            if len(entries) < _PAGE:
                return
            chosen = chosen._replace(before=entries[-1].id)


def _metrics(_: Judged, found: dict[str, tuple[float, float, float, int]]) -> dict[str, Any]:
    from hitsave.values.views.shapes import number

    return {
        name: {"last": number(last), "min": number(least), "max": number(most), "count": count} for name, (last, least, most, count) in found.items()
    }


def _write_csv(file: TextIO, rows: list[dict[str, Any]]) -> None:
    import csv

    arguments = sorted({a["name"] for row in rows for a in row["arguments"]})
    metrics = sorted({name for row in rows for name in row["metrics"]})
    columns = [*_PLAIN, *(f"arg.{name}" for name in arguments)]
    columns += [column for name in metrics for column in (f"metric.{name}", f"metric.{name}.min", f"metric.{name}.max")]
    writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        line = {name: row[name] for name in _PLAIN} | {"tags": " ".join(tag.replace(" ", "_") for tag in row["tags"])}
        line |= {f"arg.{a['name']}": a["text"] for a in row["arguments"]}
        for name, values in row["metrics"].items():
            line |= {f"metric.{name}": values["last"], f"metric.{name}.min": values["min"], f"metric.{name}.max": values["max"]}
        writer.writerow({name: "" if value is None else _defused(value) for name, value in line.items()})


def _defused(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, made one that it shows."""
    return "'" + value if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _is_number(value) else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _write_json(file: TextIO, rows: list[dict[str, Any]]) -> None:
    import json

    from hitsave.cli.shapes import FORMAT

    json.dump({"format": FORMAT, "entries": rows}, file, indent=2)
    file.write("\n")


@contextmanager
def _opened(output: Path | None) -> Generator[TextIO]:
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    with output.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
        yield file
