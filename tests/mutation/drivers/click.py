"""Command lines: parsed, refused, and explained."""

from __future__ import annotations

import sys

from hitsave import memo

import click
from click.testing import CliRunner


@click.group()
@click.option("--verbose", "-v", count=True)
@click.pass_context
def tool(context, verbose):
    """Does things."""
    context.obj = verbose


@tool.command()
@click.argument("names", nargs=-1)
@click.option("--times", default=1, type=click.IntRange(1, 5), show_default=True, help="How often.")
@click.option("--shout/--no-shout", default=False)
@click.option("--colour", type=click.Choice(["red", "green"], case_sensitive=False), default="red")
@click.pass_obj
def greet(verbose, names, times, shout, colour):
    """Greets people."""
    for name in names * times:
        click.echo(f"{colour} {verbose} {name.upper() if shout else name}")


@memo
def run(arguments):
    """What the command prints, and its exit code."""
    sys.audit("mutation.ran", "run")
    result = CliRunner().invoke(tool, arguments)
    return result.exit_code, result.output


@memo
def styled(text, colour):
    """Text with codes for a terminal, and without them again."""
    sys.audit("mutation.ran", "styled")
    made = click.style(text, fg=colour, bold=True)
    return made, click.unstyle(made), click.formatting.wrap_text(text * 9, width=40, initial_indent="  ")


CALLS = [
    (run, (["-vv", "greet", "ann", "bob", "--times", "2", "--shout"],)),
    (run, (["greet", "--help"],)),
    (run, (["greet", "ann", "--times", "9"],)),
    (styled, ("some words ", "green")),
    (run, (["--help"],)),
]
