"""Commands for editors without an extension of ours: done by the server, answered with a message or a document."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from hitsave_server.lsp.commands import SERVER
from hitsave_server.lsp.explaining import difference as diff_text
from hitsave_server.lsp.features.accept import accept
from hitsave_server.lsp.features.clear import clear
from hitsave_server.lsp.features.dependencies import tree
from hitsave_server.lsp.features.diff import difference
from hitsave_server.lsp.features.pin import pin
from hitsave_server.lsp.features.snippet import loading
from hitsave_server.lsp.features.why import explain
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import find, table


def register(server: HitSaveServer) -> None:
    """Execute them. What a command answers is also its result, for editors that can do more with it."""

    def say(message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        server.window_show_message(types.ShowMessageParams(kind, message))

    @server.command(SERVER + "why")
    async def why(*arguments: Any) -> str | None:
        found = await explain(server, table(arguments))
        say(found["markdown"] if found else "There is no such function here")
        return found["markdown"] if found else None

    @server.command(SERVER + "diff")
    async def diff(*arguments: Any) -> str | None:
        found = difference(server, table(arguments))
        text = f"{found['title']}\n{diff_text(found['before'], found['after'])}" if found else "Nothing that has a text changed"
        say(text)
        return text if found else None

    @server.command(SERVER + "dependencies")
    async def dependencies(*arguments: Any) -> str | None:
        found = find(server, table(arguments))
        shown = await server.ask(found[0].root, lambda a: tree(server, a, found[1].symbol)) if found else None
        if shown is None:
            say("There is no such function here")
            return None
        text = "\n".join([shown["title"], *("  " * b["depth"] + b["title"] for b in shown["branches"])])
        say(text)
        return text

    async def cleared(scope: str, arguments: Any) -> Any:
        done = await clear(server, {**table(arguments), "scope": scope})
        say(done["message"])
        return done

    @server.command(SERVER + "clearFunction")
    async def clear_function(*arguments: Any) -> Any:
        return await cleared("function", arguments)

    @server.command(SERVER + "clearStale")
    async def clear_stale(*arguments: Any) -> Any:
        return await cleared("stale", arguments)

    @server.command(SERVER + "clearAll")
    async def clear_all(*arguments: Any) -> Any:
        return await cleared("all", arguments)

    @server.command(SERVER + "pin")
    async def pin_latest(*arguments: Any) -> Any:
        done = await pin(server, table(arguments), on=True)
        say(done["message"])
        return done

    @server.command(SERVER + "unpin")
    async def unpin_latest(*arguments: Any) -> Any:
        done = await pin(server, table(arguments), on=False)
        say(done["message"])
        return done

    @server.command(SERVER + "accept")
    async def accept_change(*arguments: Any) -> Any:
        done = await accept(server, table(arguments))
        say(done["message"])
        return done

    @server.command(SERVER + "snippet")
    async def snippet(*arguments: Any) -> str:
        found = await loading(server, table(arguments))
        say(found["text"] or found["message"])
        return found["text"]
