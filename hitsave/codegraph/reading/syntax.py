"""What can be said of a node without walking on: the tables of kinds, and questions about one node.

Node classes that are asked for all the time have a name of their own here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from hitsave.codegraph.canonical import bytes_atom, identifier, split_literal, string_atom, unescape
from hitsave.codegraph.facts import ImportOrigin
from hitsave.codegraph.frontend import cst

AssignEqual = cst.AssignEqual
Attribute = cst.Attribute
Call = cst.Call
Comma = cst.Comma
Element = cst.Element
FormattedString = cst.FormattedString
FormattedStringExpression = cst.FormattedStringExpression
FormattedStringText = cst.FormattedStringText
Integer = cst.Integer
MaybeSentinel = cst.MaybeSentinel
Name = cst.Name
ParenthesizedWhitespace = cst.ParenthesizedWhitespace
SimpleString = cst.SimpleString
SimpleWhitespace = cst.SimpleWhitespace
StarredElement = cst.StarredElement
Subscript = cst.Subscript
TemplatedString = cst.TemplatedString
TemplatedStringExpression = cst.TemplatedStringExpression
TemplatedStringText = cst.TemplatedStringText

CONSTANTS: Final = frozenset({"True", "False", "None"})
SPECIAL: Final = frozenset({"getattr", "hasattr", "setattr", "delattr", "__import__", "import_module", "globals", "vars", "locals", "eval", "exec"})
PLAIN_DECORATORS: Final = frozenset({("property",), ("staticmethod",), ("classmethod",)})
PRIMARIES: Final = (Name, Attribute, Call, Subscript)
CONSTANT_KINDS: Final = frozenset({SimpleString, Integer, cst.Float, cst.Imaginary, cst.Ellipsis})
OPENINGS: Final[dict[type[cst.CSTNode], str]] = {Attribute: "(.", Call: "(call", Subscript: "(item"}

OPERATORS: Final[dict[type[cst.CSTNode], str]] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.FloorDivide: "//", cst.Modulo: "%", cst.Power: "**",
    cst.LeftShift: "<<", cst.RightShift: ">>", cst.BitOr: "|", cst.BitAnd: "&", cst.BitXor: "^", cst.MatrixMultiply: "@",
    cst.Plus: "+", cst.Minus: "-", cst.BitInvert: "~", cst.Not: "not", cst.And: "and", cst.Or: "or",
    cst.LessThan: "<", cst.GreaterThan: ">", cst.Equal: "==", cst.LessThanEqual: "<=", cst.GreaterThanEqual: ">=", cst.NotEqual: "!=",
    cst.In: "in", cst.NotIn: "not-in", cst.Is: "is", cst.IsNot: "is-not",
    cst.AddAssign: "+=", cst.SubtractAssign: "-=", cst.MultiplyAssign: "*=", cst.MatrixMultiplyAssign: "@=", cst.DivideAssign: "/=",
    cst.ModuloAssign: "%=", cst.BitAndAssign: "&=", cst.BitOrAssign: "|=", cst.BitXorAssign: "^=", cst.LeftShiftAssign: "<<=",
    cst.RightShiftAssign: ">>=", cst.PowerAssign: "**=", cst.FloorDivideAssign: "//=",
}  # fmt: skip

# Tokens that are nodes of their own, with the whitespace that belongs to them.
_AROUND: Final = ("whitespace_before", "whitespace_after")
TOKENS: Final[dict[type[Any], tuple[str, ...]]] = {
    **dict.fromkeys(OPERATORS, _AROUND),
    **dict.fromkeys((Comma, AssignEqual, cst.Colon, cst.Dot, cst.Semicolon), _AROUND),
    **dict.fromkeys((cst.Plus, cst.Minus, cst.BitInvert, cst.Not, cst.LeftParen, cst.LeftSquareBracket, cst.LeftCurlyBrace), ("whitespace_after",)),
    **dict.fromkeys((cst.RightParen, cst.RightSquareBracket, cst.RightCurlyBrace), ("whitespace_before",)),
    **dict.fromkeys((cst.NotIn, cst.IsNot), ("whitespace_before", "whitespace_between", "whitespace_after")),
    cst.Asynchronous: ("whitespace_after",),
    cst.ParamSlash: ("whitespace_after", "comma"),
    cst.ParamStar: ("comma",),
}

STARRED_DICT_COMPREHENSION: Final = getattr(cst, "StarredDictComp", None)
COMPREHENSIONS: Final[dict[Any, str]] = {
    cst.ListComp: "(list-of",
    cst.SetComp: "(set-of",
    cst.DictComp: "(dict-of",
    cst.GeneratorExp: "(generator",
    STARRED_DICT_COMPREHENSION: "(dict-of",
}


def string_value(node: SimpleString) -> tuple[str, bool]:
    """What a plain string literal stands for, and whether it is bytes."""
    prefix, inside = split_literal(node.value)
    is_bytes = "b" in prefix
    return (inside if "r" in prefix else unescape(inside, in_bytes=is_bytes)), is_bytes


def plain_text(pieces: Iterable[Any]) -> str | None:
    """The atom of adjacent literals that have no expression in them, or None."""
    text: list[str] = []
    in_bytes = False
    for piece in pieces:
        if isinstance(piece, TemplatedString):
            return None
        if isinstance(piece, FormattedString):
            if any(isinstance(part, FormattedStringExpression) for part in piece.parts):
                return None
            raw = "r" in piece.start.lower()
            for part in piece.parts:
                assert isinstance(part, FormattedStringText)
                value = part.value.replace("{{", "{").replace("}}", "}")
                text.append(value if raw else unescape(value))
        elif isinstance(piece, SimpleString):
            value, in_bytes = string_value(piece)
            text.append(value)
    return bytes_atom("".join(text)) if in_bytes else string_atom("".join(text))


def is_constant(node: Any) -> bool:
    """Whether an expression is a constant, which has no effect as a statement."""
    kind = node.__class__
    if kind is Name:
        return node.value in CONSTANTS
    if kind is cst.ConcatenatedString or kind is FormattedString:
        return _constant_pieces(node)
    return kind in CONSTANT_KINDS


def _constant_pieces(node: Any) -> bool:
    while isinstance(node, cst.ConcatenatedString):
        if not _constant_pieces(node.left):
            return False
        node = node.right
    if isinstance(node, FormattedString):
        return not any(isinstance(part, FormattedStringExpression) for part in node.parts)
    return isinstance(node, SimpleString)


def docstring_of(body: cst.BaseSuite) -> str | None:
    """The docstring of a body, or None."""
    first: Any = body.body[0] if body.body else None
    if type(first) is cst.SimpleStatementLine:
        first = first.body[0]
    if type(first) is not cst.Expr or type(first.value) not in {SimpleString, cst.ConcatenatedString}:
        return None
    node: Any = first.value
    text: list[str] = []
    while True:
        piece = node.left if isinstance(node, cst.ConcatenatedString) else node
        if not isinstance(piece, SimpleString):
            return None
        value, is_bytes = string_value(piece)
        if is_bytes:
            return None
        text.append(value)
        if piece is node:
            return "".join(text)
        node = node.right


def text_argument(call: Call, position: int) -> str | None:
    """The text that is the positional argument at `position` of `call`, if it is one literal."""
    if len(call.args) <= position or any(argument.star or argument.keyword is not None for argument in call.args[: position + 1]):
        return None
    value = call.args[position].value
    if not isinstance(value, SimpleString):
        return None
    text, is_bytes = string_value(value)
    return None if is_bytes else text


def import_call(callee: str, call: Call) -> tuple[tuple[str, ...], ImportOrigin] | None:
    """What ``import_module("a.b")`` or ``__import__("a.b")`` gives, or None if the text can't tell."""
    name = text_argument(call, 0)
    if not name or not all(part.isidentifier() for part in name.lstrip(".").split(".")):
        return None
    if callee == "__import__":
        top = name.partition(".")[0]
        return None if len(call.args) != 1 else ((top,), ImportOrigin(top, 0, None))
    module = name.lstrip(".")
    level = len(name) - len(module)
    if level:
        package = call.args[1].value if len(call.args) == 2 else None
        if not isinstance(package, Name) or package.value != "__package__":
            return None
    return (name,), ImportOrigin(module, level, None)


def item_of_globals(trailers: list[Any], left: int) -> tuple[str | None, int]:
    """The name in ``globals()["name"]`` or ``globals().get("name")``, and how many trailers that takes; `trailers[left - 1]` is the call of globals."""
    if left > 1 and isinstance(item := trailers[left - 2], Subscript) and len(item.slice) == 1:
        index = item.slice[0].slice
        if isinstance(index, cst.Index) and isinstance(index.value, SimpleString):
            name, is_bytes = string_value(index.value)
            if name.isidentifier() and not is_bytes:
                return name, 2
    elif left > 2 and isinstance(get := trailers[left - 2], Attribute) and get.attr.value == "get" and isinstance(call := trailers[left - 3], Call):
        name = text_argument(call, 0)
        if name is not None and name.isidentifier():
            return name, 3
    return None, 1


def type_checking(test: cst.BaseExpression) -> bool | None:
    """True for ``TYPE_CHECKING``, False for ``not TYPE_CHECKING``, None for any other test."""
    if type(test) is cst.UnaryOperation and isinstance(test.operator, cst.Not):
        inner = type_checking(test.expression)
        return None if inner is None else not inner
    name = test if type(test) is Name else test.attr if type(test) is Attribute else None
    return True if name is not None and name.value == "TYPE_CHECKING" else None


def is_main(test: cst.BaseExpression) -> bool:
    """Whether `test` is ``__name__ == "__main__"``, either way round."""
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1 or not isinstance(test.comparisons[0].operator, cst.Equal):
        return False
    sides = (test.left, test.comparisons[0].comparator)
    return any(isinstance(s, Name) and s.value == "__name__" for s in sides) and any(
        isinstance(s, SimpleString) and string_value(s)[0] == "__main__" for s in sides
    )


def bound_by(node: cst.BaseSmallStatement, is_ascii: bool) -> Iterator[tuple[str, str]]:  # noqa: FBT001 - as the walk knows it
    """The names that a simple statement at module level gives values, each with how it is unpacked from the right-hand side."""
    if isinstance(node, cst.Assign):
        for target in node.targets:
            yield from unpacked(target.target, is_ascii)
    elif isinstance(node, cst.AnnAssign) and node.value is not None:
        yield from unpacked(node.target, is_ascii)
    elif isinstance(node, cst.AugAssign) and isinstance(node.target, Name):
        yield (node.target.value if is_ascii else identifier(node.target.value)), "="
    elif isinstance(node, cst.TypeAlias):
        yield (node.name.value if is_ascii else identifier(node.name.value)), "type"


def unpacked(target: Any, is_ascii: bool, way: str = ".") -> Iterator[tuple[str, str]]:  # noqa: FBT001 - as the walk knows it
    """The names in an assignment's target, each with its way: ``.`` for the whole value, ``.1/3`` for the second of three, ``.1*3`` if it is starred."""
    if isinstance(target, Name):
        yield (target.value if is_ascii else identifier(target.value)), way
    elif isinstance(target, (cst.Tuple, cst.List)):
        starred = next((i for i, e in enumerate(target.elements) if isinstance(e, StarredElement)), "")
        for i, element in enumerate(target.elements):
            yield from unpacked(element.value, is_ascii, f"{way}{i}/{len(target.elements)}*{starred}.")
