"""What can be done at a function: asked why, shown, cleared, pinned; or, where it is not memoised yet, memoised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from hitsave.freshness.words import counted
from hitsave_server.lsp import convert
from hitsave_server.lsp.commands import command
from hitsave_server.lsp.documents import OpenFile
from hitsave_server.lsp.features import advice
from hitsave_server.lsp.features.accept import can_be_accepted
from hitsave_server.lsp.picture import FunctionPicture, Price
from hitsave_server.lsp.placing import placed
from hitsave_server.lsp.server import HitSaveServer

if TYPE_CHECKING:
    from hitsave.codegraph.decorating import LineEdit

_DEF = re.compile(r"[ \t]*(?:async[ \t]+)?def[ \t]+([^\W\d]\w*)")
_TITLES = {"memo": "Remember results of {}() with @memo", "experiment": "Record runs of {}() with @experiment"}


def register(server: HitSaveServer) -> None:
    """Answer requests for actions; what an edit is, is found out when it is chosen."""
    kinds = [types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite, types.CodeActionKind.Source]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True))
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        await server.caught_up()
        file = server.file(params.text_document.uri)
        line = file.from_editor(params.text_document.uri, params.range.start.line) if file is not None else None
        if file is None or line is None:
            return []
        shown = placed(file, list(server.pictures.values()))
        here = next((f for f, at in shown.functions if at == line or line in _decorator_lines(file, at)), None)
        ours = [d for d in params.context.diagnostics if d.source == "hitsave"]
        found = list(_of_function(server, here, ours) if here is not None else _of_definition(params.text_document.uri, file, line))
        found.extend(advice.ignoring(ours))
        found[:0] = [_acceptance(server, price) for price, at in shown.prices if at == line]
        only = params.context.only
        return [a for a in found if only is None or any(_is_kind(a.kind, wanted) for wanted in only)]

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        data: Any = action.data
        if isinstance(data, dict) and action.edit is None:
            action.edit = advice.edit_of(server, data) if "rule" in data else edit_of(server, data)  # pyright: ignore[reportUnknownArgumentType]
        return action


def _of_function(server: HitSaveServer, function: FunctionPicture, diagnostics: list[types.Diagnostic]) -> Iterator[types.CodeAction]:
    found = server.find(function.symbol)
    target = {"root": found[0].root if found else "", "symbol": function.symbol}
    name = f"{function.name}()"
    explained = function.explained

    def action(short: str, title: str, kind: types.CodeActionKind = types.CodeActionKind.QuickFix) -> types.CodeAction:
        return types.CodeAction(title, kind, diagnostics=diagnostics or None, command=command(server, short, title, target))

    if function.state in {"stale", "cannot_tell"}:
        yield action("why", f"Why is {name} {'stale' if function.state == 'stale' else 'perhaps stale'}?")
        if explained is not None and any(convert.has_diff(r) for r in explained.reasons):
            yield action("diff", f"Show what changed for {name}")
        if explained is not None and (change := next((r for r in explained.reasons if can_be_accepted(r)), None)) is not None:
            yield action("accept", f"Accept: {change.message}, and results of {name} are still good")
    elif function.state != "never_run":
        yield action("why", f"Show what is known of {name}")
    if function.kind == "experiment" and server.settings.client_commands:
        yield action("experiments", f"Open the experiments of {name}", types.CodeActionKind.Source)
    yield action("dependencies", f"Show what {name} depends on", types.CodeActionKind.Source)
    if function.entries:
        yield action("snippet", f"Copy Python that loads the latest result of {name}", types.CodeActionKind.Source)
        yield action("pin", f"Pin the latest result of {name}", types.CodeActionKind.Source)
        if any(j.entry.pinned for j in function.judged):
            yield action("unpin", f"Unpin the latest pinned result of {name}", types.CodeActionKind.Source)
        yield action("clearFunction", f"Clear all results of {name}", types.CodeActionKind.Source)
    if function.state == "stale":
        yield action("clearStale", "Clear all stale results of this project", types.CodeActionKind.Source)


def _acceptance(server: HitSaveServer, price: Price) -> types.CodeAction:
    """At what costs results: that its change does not matter."""
    root = next((p.root for p in server.pictures.values() if price in p.prices), "")
    title = f"Accept this change: {counted(price.count, 'result')} stay good"
    return types.CodeAction(title, types.CodeActionKind.QuickFix, command=command(server, "accept", title, {"root": root, "subject": price.subject}))


def _of_definition(uri: str, file: OpenFile, line: int) -> Iterator[types.CodeAction]:
    match = _DEF.match(file.line(line))
    if match is None:
        return
    for decorator, title in _TITLES.items():
        data = {"uri": uri, "line": line, "name": match[1], "decorator": decorator}
        yield types.CodeAction(title.format(match[1]), types.CodeActionKind.RefactorRewrite, data=data)


def edit_of(server: HitSaveServer, data: dict[str, Any]) -> types.WorkspaceEdit | None:
    """The edit that an action stands for; None where the text is another by now."""
    uri, line, name, decorator = (data.get(key) for key in ("uri", "line", "name", "decorator"))
    file = server.file(uri) if isinstance(uri, str) else None
    if file is None or not isinstance(line, int) or decorator not in _TITLES:
        return None
    match = _DEF.match(file.line(line))
    if match is None or match[1] != name:
        return None
    from hitsave.codegraph.decorating import decorate  # brings libcst, which the first look at a project does without

    changes: dict[str, list[types.TextEdit]] = {}
    for edit in decorate(file.source.text, line, str(decorator)):
        where, text_edit = _text_edit(server, file, edit)
        changes.setdefault(where, []).append(text_edit)
    return types.WorkspaceEdit(changes=changes) if changes else None


def _text_edit(server: HitSaveServer, file: OpenFile, edit: LineEdit) -> tuple[str, types.TextEdit]:
    end_of_line = "\r\n" if "\r\n" in file.text else "\n"
    text = edit.text.replace("\n", end_of_line) if end_of_line != "\n" else edit.text
    if not file.cells and edit.first > len(file.lines):  # after a last line that has no end
        last = len(file.lines)
        position = types.Position(last - 1, server.units(file.line(last)))
        return file.uri, types.TextEdit(types.Range(position, position), text)
    before = edit.first > 1 and file.cells and file.in_editor(edit.first)[0] != file.in_editor(edit.first - 1)[0]
    uri, first = file.in_editor(edit.first)
    if before and edit.first == edit.end and "import" in edit.text:  # at the end of a cell, not at the beginning of the next
        uri, first = file.in_editor(edit.first - 1)
        position = types.Position(first, server.units(file.line(edit.first - 1)))
        return uri, types.TextEdit(types.Range(position, position), end_of_line + text.rstrip("\r\n"))
    return uri, types.TextEdit(types.Range(types.Position(first, 0), types.Position(first + edit.end - edit.first, 0)), text)


def _decorator_lines(file: OpenFile, line: int) -> range:
    """The lines of the decorators above a ``def``."""
    first = line
    while first > 1 and file.line(first - 1).lstrip().startswith("@"):
        first -= 1
    return range(first, line)


def _is_kind(kind: types.CodeActionKind | str | None, wanted: types.CodeActionKind | str) -> bool:
    name, base = str(getattr(kind, "value", kind)), str(getattr(wanted, "value", wanted))
    return name == base or name.startswith(base + ".")
