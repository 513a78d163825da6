"""Every example in a docstring runs, and gives what it shows.

An example is a module of its own while it runs, as a reader would have it: what is memoised has its source in a file.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import io
import sys
from contextlib import redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from tests.conftest import ROOT


def modules_with_examples() -> list[str]:
    """By name, from their text: nothing is imported to find them."""
    found: list[str] = []
    for folder, package in ((ROOT, "hitsave"), (ROOT / "server", "hitsave_server")):
        for path in sorted((folder / package).rglob("*.py")):
            if ">>> " in path.read_text(encoding="utf-8"):
                parts = path.relative_to(folder).with_suffix("").parts
                found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def as_module(example: doctest.DocTest) -> str:
    """The statements of an example; an expression is shown as a console shows it."""
    lines: list[str] = []
    for part in example.examples:
        (statement,) = ast.parse(part.source).body
        lines.append(f"__import__('sys').displayhook(({part.source.rstrip()}))\n" if isinstance(statement, ast.Expr) else part.source)
    return "".join(lines)


@pytest.mark.parametrize("name", modules_with_examples())
def test_the_examples_of_a_module_give_what_they_show(name, tmp_path, monkeypatch):
    """Each in a namespace of its own, with what the module has."""
    for number, example in enumerate(doctest.DocTestFinder().find(importlib.import_module(name))):
        if example.examples:
            path = tmp_path / f"example_{number}_of_{name.replace('.', '_')}.py"
            path.write_text(as_module(example), encoding="utf-8")
            spec = spec_from_file_location(path.stem, path)
            module = module_from_spec(spec)
            module.__dict__.update({key: value for key, value in example.globs.items() if not key.startswith("__")})
            monkeypatch.setitem(sys.modules, path.stem, module)
            with redirect_stdout(io.StringIO()) as printed:
                spec.loader.exec_module(module)
            shown = "".join(part.want for part in example.examples)
            flags = sum({flag for part in example.examples for flag, is_on in part.options.items() if is_on})
            assert doctest.OutputChecker().check_output(shown, printed.getvalue(), flags), (example.name, shown, printed.getvalue())
