"""The extension and the language server say the same words to each other."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

GENERATOR = ROOT / "extension/tools/contract.py"


def test_the_extension_speaks_the_contract_of_the_server():
    """`contract.ts` is what `contract.py` says: `./dev contract` writes it."""
    done = subprocess.run([sys.executable, GENERATOR, "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("python", "typescript"),
    [
        ('VERSION: Final = 1\n"""Of this contract."""', "/** Of this contract. */\nexport const VERSION = 1;\n"),
        ('COMMANDS: Final = ("a", "b")', 'export const COMMANDS = [\n  "a",\n  "b",\n] as const;\n'),
        ('State = Literal["fresh", "stale"]', 'export type State = "fresh" | "stale";\n'),
        ('class A(TypedDict):\n    """An a."""\n    b: list[C] | None', "/** An a. */\nexport interface A {\n  b: C[] | null;\n}\n"),
        ("class A(TypedDict):\n    b: list[float | None]", "export interface A {\n  b: (number | null)[];\n}\n"),
        ("class A(TypedDict, total=False):\n    b: float", "export interface A {\n  b?: number;\n}\n"),
    ],
)
def test_each_kind_of_statement_has_its_typescript(python, typescript):
    """Constants, unions and dictionaries, with what is said of them."""
    written = runpy.run_path(str(GENERATOR))["typescript"](python)
    assert written.partition("\n\n")[2] == typescript


def test_a_type_without_a_translation_is_an_error_with_its_line():
    """Nothing of the contract is left out silently."""
    with pytest.raises(SystemExit, match=r"line 2: no TypeScript is known for set\[int\]"):
        runpy.run_path(str(GENERATOR))["typescript"]("class A(TypedDict):\n    b: set[int]")


def test_the_docs_name_every_command_and_setting():
    """A person who reads docs/vscode.md knows all there is."""
    manifest = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["contributes"]
    words = json.loads((ROOT / "package.nls.json").read_text(encoding="utf-8"))
    docs = (ROOT / "docs/vscode.md").read_text(encoding="utf-8")
    said = [words[command["title"].strip("%")] for command in manifest["commands"]] + [
        f"`{name}`" for name in manifest["configuration"]["properties"]
    ]
    assert [name for name in said if name not in docs] == []
