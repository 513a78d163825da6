"""Draws the functions that are labelled: ``python tests/advice/sample.py`` prints them with their text, to be read before anything is asked about them.

A distribution is drawn first, then one of its functions, so that large packages do not crowd out small ones.
Left out: tests, functions in functions, dunder methods, properties and overloads, and what is shorter than 3 lines or longer than 30.
"""

from __future__ import annotations

import ast
import importlib.util
import random
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

SEED = 2026
COUNT = 200
PACKAGES = {
    "anyio": "anyio", "asttokens": "asttokens", "attrs": "attr", "cattrs": "cattrs", "click": "click", "coverage": "coverage", "executing": "executing", "fonttools": "fontTools",
    "grimp": "grimp", "h11": "h11", "hatchling": "hatchling", "httpcore": "httpcore", "httpx": "httpx", "hypothesis": "hypothesis", "idna": "idna", "import-linter": "importlinter",
    "inline-snapshot": "inline_snapshot", "joblib": "joblib", "markdown-it-py": "markdown_it", "matplotlib": "matplotlib", "narwhals": "narwhals", "numpy": "numpy",
    "packaging": "packaging", "pandas": "pandas", "pathspec": "pathspec", "pluggy": "pluggy", "pygls": "pygls", "pygments": "pygments", "pyparsing": "pyparsing",
    "python-dateutil": "dateutil", "rich": "rich", "scikit-learn": "sklearn", "scipy": "scipy", "sortedcontainers": "sortedcontainers", "tomlkit": "tomlkit", "typer": "typer",
    "xarray": "xarray", "pytest": "_pytest",
}  # fmt: skip


def functions(package: str) -> Iterator[tuple[str, str, str]]:
    """The functions of a package that may be drawn: module, qualified name, text."""
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.origin is not None
    root = Path(found.origin).parent
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        if any(p in {"tests", "test", "testing", "conftest", "_vendor", "externals"} or p.startswith("test_") for p in parts):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        for node, name in definitions(ast.parse(text).body, ""):
            lines = (node.end_lineno or 0) - node.lineno + 1
            marks = {ast.unparse(d).rpartition(".")[2].partition("(")[0] for d in node.decorator_list}
            if (
                3 <= lines <= 30
                and not node.name.startswith("__")
                and not marks & {"overload", "property", "abstractmethod", "setter", "cached_property"}
            ):
                yield module, name, ast.get_source_segment(text, node) or ""


def definitions(body: list[ast.stmt], prefix: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    """The functions of a module and the methods of its classes."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, prefix + node.name
        elif isinstance(node, ast.ClassDef):
            yield from definitions(node.body, f"{prefix}{node.name}.")


def draw() -> Iterator[tuple[str, str, str, str]]:
    """The drawn functions in order: distribution, module, qualified name, text."""
    chance = random.Random(SEED)
    at_hand = {distribution: list(functions(package)) for distribution, package in PACKAGES.items()}
    drawn: set[tuple[str, str]] = set()
    while len(drawn) < COUNT:
        distribution = chance.choice(list(at_hand))
        module, name, text = chance.choice(at_hand[distribution])
        if (module, name) not in drawn:
            drawn.add((module, name))
            yield distribution, module, name, text


if __name__ == "__main__":
    for number, (distribution, module, name, text) in enumerate(draw()):
        print(f"#### {number} {distribution} {version(distribution)} {module}:{name}\n{text}\n")
