"""`hitsave diff`: two stored evaluations side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hitsave.cli.consent import JSON_HELP

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.cli.screen import Screen
    from hitsave.freshness.comparing import Comparison, Pair


def diff(
    before_id: Annotated[str, typer.Argument(metavar="ID", help="The one, by its ID or as much of it as only one entry has.")],
    after_id: Annotated[str, typer.Argument(metavar="ID", help="The other.")],
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Compare two results.

    Their arguments, results, metrics, the code that ran, function by function, and what else they depended on.
    """
    from hitsave.cli.finding import find_entry
    from hitsave.cli.here import Here
    from hitsave.freshness.comparing import compare

    with Here() as here:
        comparison = compare(here.store, find_entry(here, before_id), find_entry(here, after_id))
        if as_json:
            _print_json(here, comparison)
        else:
            _say(here, comparison)


def _say(here: Here, comparison: Comparison) -> None:
    from rich.text import Text

    from hitsave.cli.finding import short_ids
    from hitsave.cli.pictured import in_a_line, view_lines
    from hitsave.cli.screen import Column, Line, Screen
    from hitsave.freshness import words

    screen, entries = Screen(), (comparison.before, comparison.after)
    ids = short_ids(here.store, [entry.id for entry in entries])
    rows: list[list[Line]] = [
        ["", *ids],
        ["function", *(entry.symbol for entry in entries)],
        ["began", *(words.moment(entry.created_ns) for entry in entries)],
        ["took", *(words.duration(entry.wall_ns) for entry in entries)],
    ]
    screen.table([Column(""), Column("", gives=True), Column("", gives=True)], [[Text(str(row[0]), "dim"), *row[1:]] for row in rows], titles=False)
    _say_pairs(screen, "Arguments", comparison.arguments)
    screen.heading("Result")
    if comparison.result_same is None:
        screen.say("one of them has none", indent=2)
    elif comparison.result_same:
        screen.say("the same", indent=2)
    elif comparison.views[0].result == comparison.views[1].result and comparison.views[0].result is not None:
        screen.say("looks the same, and differs in its bytes", indent=2)
    else:
        for identity, views in zip(ids, comparison.views, strict=True):
            line = in_a_line(views.result) if views.result is not None else "not pictured"
            screen.say(Text.assemble((identity, "dim"), f"  {line}" if line else ""), indent=2)
            if line is None and views.result is not None:
                for depth, text in view_lines(views.result):
                    screen.say(text, indent=4 + 2 * depth)
    _say_pairs(screen, "Metrics, as they ended", comparison.metrics)
    _say_pairs(screen, "What else differs", comparison.surroundings)
    screen.heading("Code")
    if not comparison.code:
        screen.say("the same", indent=2)
    for pair in comparison.code:
        place = f", {pair.place}" if pair.place is not None else ""
        what = "only in the first" if pair.after is None else "only in the second" if pair.before is None else "differs"
        screen.say(Text.assemble((pair.symbol.partition(":")[2] or pair.symbol, "bold"), f" {what}{place}"), indent=2)
        if pair.before is not None and pair.after is not None:
            screen.difference(pair.before, pair.after, pair.symbol, indent=4, names=(ids[0], ids[1]))


def _say_pairs(screen: Screen, title: str, pairs: tuple[Pair, ...]) -> None:
    from rich.text import Text

    from hitsave.cli.screen import Column, Line

    if not pairs:
        return
    screen.heading(title)
    rows: list[list[Line]] = []
    for pair in pairs:
        style = "dim" if pair.same else ""
        rows.append([Text(pair.name, style), Text(_shown(pair.before), style or "red"), Text(_shown(pair.after), style or "green")])
    screen.table([Column(""), Column("", gives=True), Column("", gives=True)], rows, indent=2, titles=False)


def _shown(value: Any) -> str:
    return "-" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _print_json(here: Here, comparison: Comparison) -> None:
    from hitsave.cli.shapes import entry_shape, place_shape, print_json
    from hitsave.freshness.arguments import read_arguments
    from hitsave.freshness.judging import Judge

    entries = [comparison.before, comparison.after]
    judged = Judge(here.store, here.root, here.text).judge(entries)
    arguments = read_arguments(here.store, entries)
    before, after = (entry_shape(j, arguments[j.entry.id]) for j in judged)

    def pairs(found: tuple[Pair, ...]) -> list[dict[str, Any]]:
        return [{"name": p.name, "before": _json_number(p.before), "after": _json_number(p.after), "same": p.same} for p in found]

    print_json(
        {
            "before": before,
            "after": after,
            "arguments": pairs(comparison.arguments),
            "result": {"same": comparison.result_same, "before": comparison.views[0].result, "after": comparison.views[1].result},
            "metrics": pairs(comparison.metrics),
            "surroundings": pairs(comparison.surroundings),
            "code": [{"symbol": c.symbol, "before": c.before, "after": c.after, "place": place_shape(c.place)} for c in comparison.code],
        }
    )


def _json_number(value: Any) -> Any:
    from hitsave.values.views.shapes import number

    return number(value) if isinstance(value, float) else value
