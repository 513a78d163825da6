"""Who may import what, where import-linter's contracts don't reach: single files and single names."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source import PACKAGES, files, imports, relative, tree

# Each library, and the only files or folders of the two packages that may import it.
ONLY_IN = {
    "libcst": ["hitsave/codegraph/frontend.py"],
    "pygls": ["server/hitsave_server/lsp/"],
    "lsprotocol": ["server/hitsave_server/lsp/"],
    "httpx": ["hitsave/storage/team/transport.py"],
    "cryptography": ["hitsave/storage/team/", "server/hitsave_server/hub/"],
    "typer": ["hitsave/cli/"],
    "rich": ["hitsave/cli/"],
    "sqlite3": ["hitsave/storage/", "hitsave/workspace/"],
    "starlette": ["server/hitsave_server/hub/"],
    "sqlalchemy": ["server/hitsave_server/hub/"],
    "uvicorn": ["server/hitsave_server/hub/serving.py"],
    "prometheus_client": ["server/hitsave_server/hub/metrics.py"],
    "obstore": ["server/hitsave_server/hub/files.py"],
}


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_is_imported_only_where_it_belongs(library):
    """What a library gives is used through one place, so that its successor is a small change."""
    elsewhere = [
        f"{relative(path)}:{found.line}"
        for path in files(*PACKAGES)
        for found in imports(path)
        if found.top == library and not relative(path).startswith(tuple(ONLY_IN[library]))
    ]
    assert elsewhere == []


def test_no_layer_imports_the_public_names():
    """`from hitsave import memo` inside HitSave would reach over all layers; the version is the one exception."""
    layers = {path.stem if path.is_file() else path.name for path in files("hitsave")} | {path.parent.name for path in files("hitsave")}
    reaching_over = [
        f"{relative(path)}:{found.line} {found.name}"
        for path in files(*PACKAGES)
        for found in imports(path)
        if found.module == "hitsave" and found.name not in {None, "__version__", *layers}
    ]
    assert reaching_over == []


def test_the_language_server_never_names_the_runtime():
    """It shows what the runtime would do without being able to do it."""
    named = [
        f"{relative(path)}:{found.line}"
        for path in files("server/hitsave_server/lsp")
        for found in imports(path)
        if f"{found.module}.{found.name}".startswith("hitsave.runtime")
    ]
    assert named == []


def test_the_code_graph_opens_nothing_and_asks_no_process():
    """Text in, values out: no built-in `open`, no `io.open`, no `sys.modules`. import-linter holds the rest."""
    found = [
        f"{relative(path)}:{node.lineno} {ast.unparse(node)}"
        for path in files("hitsave/codegraph")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in {"open", "io.open", "io.FileIO", "sys.modules", "sys.path"}
    ]
    assert found == []
