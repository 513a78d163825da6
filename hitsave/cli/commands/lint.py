"""`hitsave lint`: what speaks against memoising the functions that are memoised."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from hitsave.advice.finding import Finding
    from hitsave.advice.linting import Linted
    from hitsave.cli.here import Here

_LONGEST_CHAIN: Final = 8


class Format(StrEnum):
    """How findings are printed."""

    text = "text"
    json = "json"
    sarif = "sarif"


def lint(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH|SYMBOL]...", help="Files or folders whose memoised functions are looked at, or any function, memoised or not."),
    ] = None,
    ignore: Annotated[str, typer.Option("--ignore", metavar="RULES", help="Leave these rules out: HS007, or HS007,HS011.")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for notes, too.")] = False,
    output: Annotated[Format, typer.Option("--format", help="text, json, or sarif (2.1.0, for code scanning).")] = Format.text,
    explain: Annotated[str, typer.Option("--explain", metavar="RULE", help="Print the page of a rule, such as HS003, and nothing else.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json; docs/cli.md has the shape.")] = False,
) -> int:
    """Say what speaks against memoising a function.

    Follows what each memoised function calls, and finds clocks, chance, unrecorded reads, effects that a hit leaves out, and the like.
    Nothing is run or imported. Exit status: 0 if there is no warning, 1 if there is, 2 if something is wrong with what was asked.
    """
    from hitsave.advice.linting import read_codes
    from hitsave.cli.here import Here

    if explain:
        _explain(read_codes(explain))
        return 0

    with Here() as here:
        linted = _look(here, paths or [], read_codes(ignore))
        match Format.json if as_json else output:
            case Format.json:
                _print_json(here, linted)
            case Format.sarif:
                _print_sarif(here, linted)
            case Format.text:
                _say(here, linted)
    if linted.broken:
        return 2
    return int(any(strict or f.level == "warning" for f in linted.findings))


def _explain(codes: frozenset[str]) -> None:
    from hitsave.advice.rules import RULES
    from hitsave.cli.screen import Screen

    screen = Screen()
    for code in sorted(codes):
        rule = RULES[code]
        page = rule.page
        text = page.read_text(encoding="utf-8") if page is not None else f"{code}: a memoised function {rule.title}. {rule.advice}."
        for line in text.splitlines():
            screen.say(line, style="bold" if line.startswith("#") else "")


def _look(here: Here, asked: list[str], ignored: frozenset[str]) -> Linted:
    from pathlib import Path

    from hitsave.advice.linting import lint_files, lint_symbols
    from hitsave.cli.finding import find_symbol
    from hitsave.errors import UnknownPathError

    files: list[str] = []
    symbols: list[str] = []
    for one in asked:
        path = Path(here.folder) / one
        if path.exists():
            files.append(str(path))
        elif one.endswith(".py") or "/" in one:
            raise UnknownPathError(f"There is no {one}", "Name a file or folder of this project, or a function")
        else:
            symbols.append(str(find_symbol(here, one)))
    linted = lint_symbols(here.text(), symbols, ignored) if symbols else None
    if linted is not None and not files:
        return linted
    found = lint_files(here.text(), files, ignored)
    return found if linted is None else found.joined(linted)


def _print_json(here: Here, linted: Linted) -> None:
    from hitsave.cli.shapes import print_json

    def span(finding: Finding) -> dict[str, object]:
        s = finding.span
        return {"path": here.shown(s.path), "line": s.line, "column": s.column, "end_line": s.end_line, "end_column": s.end_column}

    print_json(
        {
            "project": here.root,
            "functions": [str(s) for s in linted.functions],
            "findings": [
                {
                    "rule": f.code,
                    "name": f.rule.name,
                    "level": f.level,
                    "function": str(f.function),
                    "message": f.message,
                    "what": f.what,
                    "advice": f.advice,
                    "place": span(f),
                    "defined": {"path": here.shown(f.at.path), "line": f.at.line},
                    "chain": [str(s) for s in f.chain],
                }
                for f in linted.findings
            ],
            "broken": [{"path": b.path, "line": b.line or None, "why": b.why} for b in linted.broken],
        }
    )


def _print_sarif(here: Here, linted: Linted) -> None:
    import json
    import sys

    from hitsave.cli.sarif import sarif

    sys.stdout.write(json.dumps(sarif(linted, here.root, here.shown), indent=2) + "\n")


def _say(here: Here, linted: Linted) -> None:
    from rich.text import Text

    from hitsave.cli.screen import Screen
    from hitsave.freshness import words

    screen = Screen()
    last = None
    for finding in linted.findings:
        if finding.function != last:
            if last is not None:
                screen.say()
            last = finding.function
            place = f"  {here.shown(finding.at.path)}:{finding.at.line}"
            screen.say(Text.assemble((f"{finding.function.name}()", "bold"), (place, "dim")))
        span = finding.span
        style = "yellow" if finding.level == "warning" else "cyan"
        screen.say(
            Text.assemble(f"{here.shown(span.path)}:{span.line}:{span.column}: ", (finding.code, style), (f" {finding.level} ", "dim"), finding.what),
            indent=2,
        )
        if len(finding.chain) > 1:
            names = [f"{symbol.name}()" for symbol in finding.chain]
            shown = names if len(names) <= _LONGEST_CHAIN else [*names[:3], "…", *names[-4:]]
            screen.say(f"reached through {' → '.join(shown)}", indent=4, style="dim")
        screen.say(finding.advice, indent=4, style="dim")
    for fault in linted.broken:
        screen.say(f"not looked into: {fault}", style="yellow")
    if linted.findings:
        screen.say()
    warnings = sum(f.level == "warning" for f in linted.findings)
    looked = words.counted(len(linted.functions), "function")
    if not linted.functions:
        screen.say("No function is memoised there.", style="dim")
    elif not linted.findings:
        screen.say(f"{looked}: nothing speaks against memoising {'it' if len(linted.functions) == 1 else 'them'}.")
    else:
        counts = [words.counted(warnings, "warning")] * (warnings > 0) + [words.counted(len(linted.findings) - warnings, "note")] * (
            len(linted.findings) > warnings
        )
        screen.say(
            f"{looked}: {', '.join(counts)}. hitsave lint --explain {linted.findings[0].code} says more; # hitsave: ignore[{linted.findings[0].code}] at the end of a line leaves it out there.",
            style="dim",
        )
