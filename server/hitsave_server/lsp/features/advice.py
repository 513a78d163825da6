"""What speaks against memoising a function: a diagnostic at the function that says where, and a comment that leaves it out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lsprotocol import types

from hitsave.advice.finding import Finding, Span
from hitsave.advice.ignoring import comment_to_ignore
from hitsave.freshness.status import Place
from hitsave_server.lsp import convert
from hitsave_server.lsp.documents import OpenFile, real, uri_of
from hitsave_server.lsp.picture import FunctionPicture
from hitsave_server.lsp.server import HitSaveServer

_SEVERITIES: Final = {"warning": types.DiagnosticSeverity.Warning, "note": types.DiagnosticSeverity.Hint}


Located = tuple[str, types.Diagnostic]
"""A diagnostic, and the document that it is of."""


class Advice:
    """The findings of functions as diagnostics. They are made again where something that they show is another: there are hundreds, and few change with what is typed."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], tuple[tuple[object, ...], tuple[OpenFile | None, ...], list[Located]]] = {}

    def of_function(self, server: HitSaveServer, file: OpenFile, root: str, function: FunctionPicture, line: int) -> list[Located]:
        """The findings of a function."""
        picture = server.pictures.get(root)
        findings = () if picture is None or server.settings.severity is None else picture.advice.get(function.symbol, ())
        if not findings:
            return []
        uri, number = file.in_editor(line)
        shown = (uri, number, file.line(line), findings)
        files = tuple(server.files.of_path(finding.span.path) for finding in findings)
        known = self._made.get((root, function.symbol))
        if known is None or known[0] != shown or any(a is not b for a, b in zip(known[1], files, strict=True)):
            where = convert.name_range(server, file, line, number, function.name.rpartition(".")[2])
            made = [(uri, _diagnostic(server, root, function.symbol, finding, where)) for finding in findings]
            known = self._made[root, function.symbol] = shown, files, made
        return known[2]


def _diagnostic(server: HitSaveServer, root: str, symbol: str, finding: Finding, where: types.Range) -> types.Diagnostic:
    page = finding.rule.page
    return types.Diagnostic(
        range=where,
        message=f"{finding.message}.",
        severity=_SEVERITIES[finding.level],
        code=finding.code,
        code_description=None if page is None else types.CodeDescription(uri_of(str(page))),
        source="hitsave",
        related_information=[types.DiagnosticRelatedInformation(_location(server, root, finding.span), _sentence(finding))],
        data={"root": root, "symbol": symbol, "rule": finding.code, "place": _place(finding.span), "defined": _place(finding.at)},
    )


def ignoring(diagnostics: list[types.Diagnostic]) -> Iterator[types.CodeAction]:
    """Actions that write a comment: where something was found, and at the memoised function."""
    for diagnostic in diagnostics:
        data: Any = diagnostic.data
        if not isinstance(data, dict) or not {"rule", "place", "defined", "root"} <= data.keys():
            continue
        code, root = str(data["rule"]), str(data["root"])  # pyright: ignore[reportUnknownArgumentType] - what a client sends back
        places: list[tuple[str, Any]] = [("", data["defined"])]
        if data["place"] != data["defined"]:
            shown = Place(convert.relative(str(data["place"][0]), root), int(data["place"][1]))  # pyright: ignore[reportUnknownArgumentType]
            places = [(f" at {shown}", data["place"]), (" in all that it reaches", data["defined"])]
        for words, place in places:
            edit = {"rule": code, "root": root, "place": place}
            yield types.CodeAction(f"Ignore {code}{words}", types.CodeActionKind.QuickFix, diagnostics=[diagnostic], data=edit)


def edit_of(server: HitSaveServer, data: dict[str, Any]) -> types.WorkspaceEdit | None:
    """The edit that such an action stands for; None where the text is another by now, or no comment can stand there."""
    rule, root, place = data.get("rule"), data.get("root"), data.get("place")
    if not (isinstance(rule, str) and isinstance(root, str) and isinstance(place, list) and len(place) == 3):  # pyright: ignore[reportUnknownArgumentType]
        return None
    path, first, last = str(place[0]), int(place[1]), int(place[2])  # pyright: ignore[reportUnknownArgumentType]
    file = server.files.of_path(path)
    if file is None:
        return _edit_on_disk(server, path, first, last, rule)
    picture = server.pictures.get(root)
    if picture is None or picture.texts.get(real(file.path)) != file.source.text:
        return None
    found = comment_to_ignore(file.source.text, range(first, last + 1), rule)
    if found is None:
        return None
    uri, line = file.in_editor(found.line)
    at = types.Position(line, server.units(file.line(found.line)[: found.column]))
    return types.WorkspaceEdit(changes={uri: [types.TextEdit(types.Range(at, at), found.text)]})


def _edit_on_disk(server: HitSaveServer, path: str, first: int, last: int, rule: str) -> types.WorkspaceEdit | None:
    """In a file that is not open; the editor opens it for the edit."""
    try:
        with open(path, encoding="utf-8", newline="") as opened:
            text = opened.read().removeprefix("\ufeff")
    except (OSError, ValueError):
        return None
    found = comment_to_ignore(text.replace("\r\n", "\n"), range(first, last + 1), rule)
    if found is None:
        return None
    before = text.replace("\r\n", "\n").split("\n")[found.line - 1][: found.column]
    at = types.Position(found.line - 1, server.units(before))
    return types.WorkspaceEdit(changes={uri_of(path): [types.TextEdit(types.Range(at, at), found.text)]})


def _place(span: Span) -> list[object]:
    return [span.path, span.line, span.end_line]


def _sentence(finding: Finding) -> str:
    """What is at the place: ``reads the clock: time.time()``, with how it is reached."""
    return f"{finding.what}{finding.reached}"


def _location(server: HitSaveServer, root: str, span: Span) -> types.Location:
    """The place in the editor, as exactly as the file is known."""
    file = server.files.of_path(span.path)
    if file is None:
        return convert.location(server, root, Place(span.path, span.line))
    uri, line = file.in_editor(span.line)
    _, end_line = file.in_editor(span.end_line)
    start = server.units(file.line(span.line)[: span.column - 1])
    end = server.units(file.line(span.end_line)[: span.end_column - 1])
    return types.Location(uri, types.Range(types.Position(line, start), types.Position(end_line, end)))
