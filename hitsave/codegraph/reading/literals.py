"""Literals: numbers, and strings of all kinds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hitsave.codegraph.canonical import bytes_atom, float_atom, imaginary_atom, integer_atom, string_atom, unescape
from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.chains import Chains
from hitsave.codegraph.reading.syntax import (
    FormattedStringText,
    Integer,
    SimpleString,
    TemplatedString,
    TemplatedStringExpression,
    TemplatedStringText,
    plain_text,
    string_value,
)


class Literals(Chains):
    """Reads constants, by their value."""

    def integer(self, node: Integer) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        self.atoms.append(integer_atom(node.value))
        if node.rpar:
            self.gaps(node.rpar)

    def floating(self, node: cst.Float) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        self.atoms.append(float_atom(node.value))
        if node.rpar:
            self.gaps(node.rpar)

    def imaginary(self, node: cst.Imaginary) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        self.atoms.append(imaginary_atom(node.value))
        if node.rpar:
            self.gaps(node.rpar)

    def ellipsis(self, node: cst.Ellipsis) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        self.atoms.append("...")
        if node.rpar:
            self.gaps(node.rpar)

    def string(self, node: SimpleString) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        text, is_bytes = string_value(node)
        if is_bytes:
            self.atoms.append(bytes_atom(text))
        else:
            self.atoms.append(string_atom(text))
            if self.in_annotation:
                self.quoted(text)
        if "\n" in node.value:
            self.line += node.value.count("\n")
        if node.rpar:
            self.gaps(node.rpar)

    def joined(self, node: Any) -> None:
        """Strings that stand side by side, f-strings among them: one string, or one f-string."""
        pieces: list[Any] = [node]
        while isinstance(pieces[-1], cst.ConcatenatedString):
            joined = pieces.pop()
            pieces += [joined, joined.left, joined.right]
        plain = plain_text(pieces)
        if plain is not None:
            self.atoms.append(plain)
        else:
            self.atoms.append("(t-string" if any(isinstance(piece, TemplatedString) for piece in pieces) else "(f-string")
        text: list[str] = []
        closing: list[Any] = []
        for piece in pieces:
            self.gaps(piece.lpar)
            if isinstance(piece, cst.ConcatenatedString):
                closing.append(piece)
                continue
            if isinstance(piece, SimpleString):
                text.append(string_value(piece)[0])
                self.line += piece.value.count("\n")
            else:
                self.formatted_parts(piece.parts, text, raw="r" in piece.start.lower(), top=True)
            self.gaps(piece.rpar)
            if closing and piece is not pieces[-1]:
                self.gap(closing[-1].whitespace_between)
        for piece in reversed(closing):
            self.gaps(piece.rpar)
        if plain is None:
            self.flush(text)
            self.atoms.append(")")

    def formatted_parts(self, parts: Iterable[Any], text: list[str], *, raw: bool, top: bool) -> None:
        """The parts of an f-string or format specification; constant text is gathered in `text` until an expression comes."""
        for part in parts:
            if isinstance(part, (FormattedStringText, TemplatedStringText)):
                value = part.value
                self.line += value.count("\n")
                if top:
                    value = value.replace("{{", "{").replace("}}", "}")
                text.append(value if raw else unescape(value))
                continue
            line = self.line
            self.gap(part.whitespace_before_expression)
            conversion = part.conversion or "-"
            if part.equal is not None:
                spaces = [part.whitespace_before_expression, part.expression, part.equal, part.whitespace_after_expression]
                text.append("".join([self.module.code_for_node(space) for space in spaces]))
                if part.conversion is None and part.format_spec is None:
                    conversion = "r"
            self.flush(text)
            self.atoms.append("(format")
            self.literal = False
            self.use(part.expression)
            self.atoms.append(conversion)
            self.gap(part.equal)
            self.gap(part.whitespace_after_expression)
            if isinstance(part, TemplatedStringExpression):  # a template keeps the text of its expressions
                self.atoms.append(string_atom(self.module.code_for_node(part.expression)))
            specification: list[str] = []
            self.formatted_parts(part.format_spec or (), specification, raw=raw, top=False)
            self.flush(specification)
            self.atoms.append(")")
            assert self.line >= line

    def flush(self, text: list[str]) -> None:
        if value := "".join(text):
            self.atoms.append(string_atom(value))
        text.clear()
