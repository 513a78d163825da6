"""`hitsave ui`."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hitsave.freshness.judging import Judged
    from hitsave.storage.entry import Entry


def ui(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port of 127.0.0.1 to listen on; 0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """Show the project's experiments in a browser, until Ctrl-C.

    The page is on 127.0.0.1 and needs the token that is in the link which this prints.
    """
    from hitsave.cli.here import Here
    from hitsave.errors import HitSaveError
    from hitsave.freshness.judging import Judge
    from hitsave.panel.answering import Answers
    from hitsave.panel.serving import PanelServer
    from hitsave.panel.source import StoreSource

    with Here() as here:

        def judge(entries: Sequence[Entry]) -> Sequence[Judged]:
            here.text().forget_files()
            return Judge(here.store, here.root, here.text).judge(entries)

        answers = Answers(StoreSource(here.store, here.root, judge))
        try:
            server = PanelServer(answers.answer, port=port)
        except OSError as problem:
            raise HitSaveError(f"Port {port} of 127.0.0.1 can't be listened on: {problem.strerror}", "Give another with --port, or none") from problem
        with server:
            sys.stdout.write(f"{server.link}\n")
            sys.stdout.flush()
            if browser:
                webbrowser.open(server.link)
            server.serve_forever()
