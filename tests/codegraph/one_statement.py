"""Short words for what the tests ask of the facts of one statement."""

from __future__ import annotations

from textwrap import dedent

from hitsave.codegraph.facts import Definition, Part, Read
from hitsave.codegraph.frontend import analyse_statement


def definitions(text: str) -> tuple[Definition, ...]:
    """All definitions of a statement, which must be Python."""
    facts = analyse_statement(dedent(text))
    assert facts.error is None, facts.error
    return facts.definitions


def named(text: str, name: str, kind: str | None = None) -> Definition:
    """The one definition of a statement that has this name."""
    found = [d for d in definitions(text) if d.name == name and kind in {None, d.kind}]
    assert len(found) == 1, [d.name for d in definitions(text)]
    return found[0]


def first(text: str) -> Definition:
    """The outermost definition of a statement."""
    return definitions(text)[0]


def body(*lines: str, signature: str = "f(p, q)") -> Part:
    """The body of a function with these lines."""
    return first(f"def {signature}:\n" + "".join(f"    {line}\n" for line in "\n".join(lines).split("\n"))).body


def chains(reads: tuple[Read, ...]) -> set[str]:
    """Reads as a person would write them; ``!`` says that the whole value may be used."""
    return {".".join(read.path) + "!" * read.whole for read in reads}


def digests(text: str) -> list[tuple[str, str, str, str]]:
    """What a change of a statement's code changes: name, kind, shell and body of each definition."""
    return [(d.name, d.kind, str(d.shell.digest), str(d.body.digest)) for d in definitions(text)]
