"""Shallow digests are frozen: `tests/compat/shallow_digests_v1.json` holds them for statements of every kind, and every Python must find them.

A statement may be added; what is there may never change under format v1. `python tests/codegraph/test_canonical_golden.py` prints the file with the digests
of statements added to `STATEMENTS` filled in.
"""

from __future__ import annotations

import json
from pathlib import Path

from hitsave.codegraph.frontend import analyse_statement

GOLDEN = Path(__file__).parent.parent / "compat" / "shallow_digests_v1.json"


def test_digests_are_what_they_have_always_been():
    """On this Python, for every statement of the file."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert {text: _digests(text) for text in golden} == golden


def _digests(text):
    facts = analyse_statement(text)
    assert facts.error is None, (text, facts.error)
    found = []
    for d in facts.definitions:
        entry = {"name": d.name, "kind": d.kind, "shell": d.shell.digest.hex(), "body": d.body.digest.hex()}
        if d.docstring:
            entry["docstring"] = d.docstring.hex()
        if d.annotations:
            entry["annotations"] = d.annotations.hex()
        if d.decorators:
            entry["decorators"] = [x.digest.hex() for x in d.decorators]
        if d.guard:
            entry["guard"] = d.guard.hex()
        found.append(entry)
    return found


STATEMENTS: list[str] = []

if __name__ == "__main__":
    known = json.loads(GOLDEN.read_text(encoding="utf-8"))
    known.update({text: _digests(text) for text in STATEMENTS if text not in known})
    print(json.dumps(known, indent=1, ensure_ascii=True))  # noqa: T201 - printing is what it is run for
