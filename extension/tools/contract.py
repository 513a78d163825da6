"""Writes `extension/src/contract.ts` from `server/hitsave_server/lsp/contract.py`: what both sides say to each other, in the words of one.

So it writes `extension/webview/src/contract.ts`, what the experiments page and its hosts say, from `hitsave/panel/contract.py`.

With `--check` it writes nothing, and its exit status is 1 if the file is not what it should be.
"""

from __future__ import annotations

import ast
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "server/hitsave_server/lsp/contract.py"
TYPESCRIPT = ROOT / "extension/src/contract.ts"
CONTRACTS = {PYTHON: TYPESCRIPT, ROOT / "hitsave/panel/contract.py": ROOT / "extension/webview/src/contract.ts"}
SCALARS = {"str": "string", "int": "number", "float": "number", "bool": "boolean", "None": "null", "Any": "unknown"}
WIDTH = 136


def main(arguments: list[str]) -> int:
    """Write or check; the exit status."""
    for python, written in CONTRACTS.items():
        text = typescript(python.read_text(encoding="utf-8"), python.relative_to(ROOT).as_posix())
        if "--check" not in arguments:
            written.write_text(text, encoding="utf-8")
        elif written.read_text(encoding="utf-8") != text:
            print(f"{written.relative_to(ROOT)} is not what {python.relative_to(ROOT)} says; run ./dev contract", file=sys.stderr)
            return 1
    return 0


def typescript(python: str, path: str = "server/hitsave_server/lsp/contract.py") -> str:
    """The same contract in TypeScript."""
    body = ast.parse(python).body
    parts = [f"// Written by `./dev contract` from {path}. Change that, not this.\n"]
    for statement, after in zip(body, [*body[1:], None], strict=True):
        match statement:
            case ast.AnnAssign(target=ast.Name(name), annotation=ast.Name("Final"), value=ast.expr() as value):
                parts.append(documented(docstring(after), f"export const {name} = {literal(value)};"))
            case ast.Assign(targets=[ast.Name(name)], value=value):
                parts.append(documented(docstring(after), f"export type {name} = {type_of(value)};"))
            case ast.ClassDef():
                parts.append(interface(statement))
            case _:
                pass
    return "\n".join(parts)


def interface(definition: ast.ClassDef) -> str:
    """A TypedDict as an interface; of one with ``total=False`` every key is optional."""
    optional = "?" if any(k.arg == "total" and isinstance(k.value, ast.Constant) and k.value.value is False for k in definition.keywords) else ""
    keys = [
        f"  {s.target.id}{optional}: {type_of(s.annotation)};"
        for s in definition.body
        if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
    ]
    return documented(ast.get_docstring(definition) or "", "\n".join([f"export interface {definition.name} {{", *keys, "}"]))


def type_of(annotation: ast.expr) -> str:
    """An annotation in TypeScript's words."""
    match annotation:
        case ast.Name(name):
            return SCALARS.get(name, name)
        case ast.Constant(None):
            return "null"
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return f"{type_of(left)} | {type_of(right)}"
        case ast.Subscript(value=ast.Name("list"), slice=item):
            return f"({type_of(item)})[]" if isinstance(item, ast.BinOp) else f"{type_of(item)}[]"
        case ast.Subscript(value=ast.Name("dict"), slice=ast.Tuple(elts=[ast.Name("str"), item])):
            return f"Readonly<Record<string, {type_of(item)}>>"
        case ast.Subscript(value=ast.Name("Literal"), slice=values):
            return " | ".join(literal(value) for value in (values.elts if isinstance(values, ast.Tuple) else [values]))
        case ast.Subscript(value=ast.Name("NotRequired"), slice=item):
            return type_of(item)
        case _:
            raise SystemExit(f"contract.py: line {annotation.lineno}: no TypeScript is known for {ast.unparse(annotation)}")


def literal(value: ast.expr) -> str:
    """A constant or a tuple of them."""
    match value:
        case ast.Constant(str(text)):
            return f'"{text}"'
        case ast.Constant(int(number)):
            return str(number)
        case ast.Tuple(elts=items):
            return "\n".join(["[", *(f"  {literal(item)}," for item in items), "] as const"])
        case _:
            raise SystemExit(f"contract.py: line {value.lineno}: no TypeScript is known for {ast.unparse(value)}")


def docstring(statement: ast.stmt | None) -> str:
    """The text of a statement that is a string: what stands before it is what it documents."""
    match statement:
        case ast.Expr(ast.Constant(str(text))):
            return text
        case _:
            return ""


def documented(doc: str, declaration: str) -> str:
    """A declaration under its comment."""
    lines = list(comment(doc.strip()))
    return "\n".join([*lines, declaration, ""])


def comment(doc: str) -> Iterator[str]:
    """Lines of a JSDoc comment: code in Python's double back-quotes has single ones here."""
    if not doc:
        return
    doc = doc.replace("``", "`")
    lines = [
        part for line in doc.splitlines() for part in (textwrap.wrap(line, WIDTH, subsequent_indent=" " * (len(line) - len(line.lstrip()))) or [""])
    ]
    if len(lines) == 1:
        yield f"/** {lines[0]} */"
        return
    yield "/**"
    yield from (f" * {line}".rstrip() for line in lines)
    yield " */"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
