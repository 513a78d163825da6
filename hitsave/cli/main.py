"""The entry point of the command `hitsave`.

Exit status: 0 when the question was answered (1 where `lint` has warnings), 2 when something is wrong with what was asked or with what it was asked of, 130 after Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final, cast

import typer

from hitsave import __version__
from hitsave.cli.commands.accept import accept
from hitsave.cli.commands.clear import clear
from hitsave.cli.commands.deps import deps
from hitsave.cli.commands.diff import diff
from hitsave.cli.commands.doctor import doctor
from hitsave.cli.commands.export import export
from hitsave.cli.commands.fsck import fsck
from hitsave.cli.commands.gc import gc
from hitsave.cli.commands.hub import hub_app
from hitsave.cli.commands.lint import lint
from hitsave.cli.commands.login import login
from hitsave.cli.commands.logout import logout
from hitsave.cli.commands.ls import ls
from hitsave.cli.commands.note import note
from hitsave.cli.commands.pin import pin, unpin
from hitsave.cli.commands.pull import pull
from hitsave.cli.commands.push import push
from hitsave.cli.commands.show import show
from hitsave.cli.commands.snapshot import restore, snapshot
from hitsave.cli.commands.status import status
from hitsave.cli.commands.sync import sync
from hitsave.cli.commands.tag import tag
from hitsave.cli.commands.trust import trust
from hitsave.cli.commands.ui import ui
from hitsave.cli.commands.verify import verify
from hitsave.cli.commands.whoami import whoami
from hitsave.cli.commands.why import why
from hitsave.errors import HitSaveError

# Commands in the order in which `hitsave --help` lists them; a new one is one file and one line here.
COMMANDS: Final = (
    status,
    ls,
    show,
    why,
    deps,
    lint,
    diff,
    export,
    ui,
    accept,
    pin,
    unpin,
    tag,
    note,
    snapshot,
    restore,
    clear,
    gc,
    fsck,
    verify,
    login,
    logout,
    whoami,
    trust,
    push,
    pull,
    sync,
    doctor,
)

# Those that have commands of their own.
GROUPS: Final = {"hub": hub_app}

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

# typer has carried click's classes under another name since 0.26; both are its bases.
_UsageError: Final = cast("type[Exception]", typer.BadParameter.__mro__[1])
_ClickError: Final = cast("type[Exception]", typer.BadParameter.__mro__[2])


def _version(asked: bool) -> None:
    if asked:
        print(f"hitsave {__version__}")  # noqa: T201 - what a command prints
        raise typer.Exit


def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)] = False,  # noqa: ARG001 - its callback does it
) -> None:
    """Remembers what slow Python functions returned; says which results are still good, and why not."""
    if context.invoked_subcommand is None:
        print(context.get_help())  # noqa: T201 - as above


def make_app(*, pretty: bool) -> typer.Typer:
    """The commands as one typer application; `pretty` help has colours and boxes."""
    app = typer.Typer(
        rich_markup_mode="rich" if pretty else None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(invoke_without_command=True)(_root)
    for command in COMMANDS:
        app.command(command.__name__)(command)
    for name, group in GROUPS.items():
        app.add_typer(group(), name=name)
    return app


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the process was started with, and exit."""
    sys.exit(main(sys.argv[1:] if arguments is None else arguments))


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. Everything that a person can do wrong ends in one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # file names and source may hold what this terminal's encoding does not
            cast("Any", stream).reconfigure(errors="backslashreplace")
    try:
        app = make_app(pretty=sys.stdout.isatty())
        answer: object = app(args=list(arguments), prog_name="hitsave", standalone_mode=False)
        sys.stdout.flush()
    except HitSaveError as problem:
        return _fail(str(problem))
    except _UsageError as problem:
        context = cast("Any", problem).ctx
        return _fail(f"{_sentence(problem)} {context.command_path if context else 'hitsave'} --help shows what it takes.")
    except _ClickError as problem:
        return _fail(_sentence(problem))
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read this has seen enough. What is buffered must not fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except RecursionError:
        return _fail("This code is nested too deeply, or leads to itself in too many steps, to be analysed. Ask about another function.")
    except OSError as problem:  # a full disk under standard output, a file that vanished while it was read
        return _fail(f"{problem.strerror or problem}{f': {problem.filename}' if problem.filename else ''}. Look at the disk and ask again.")
    return answer if isinstance(answer, int) else 0


def _sentence(problem: Exception) -> str:
    text = " ".join(str(cast("Any", problem).format_message()).split())
    return text if text.endswith((".", "?", "!")) else text + "."


def _fail(sentence: str) -> int:
    print(f"hitsave: {' '.join(sentence.split())}", file=sys.stderr)  # noqa: T201 - where errors go
    return BAD_INPUT


if __name__ == "__main__":
    run()
