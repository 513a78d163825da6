"""Which method reads which kind of node."""

from __future__ import annotations

from typing import Final

from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.compound import Reader
from hitsave.codegraph.reading.state import Visitors

VISITORS: Final[Visitors] = {
    cst.Name: Reader.name,
    cst.Attribute: Reader.primary,
    cst.Call: Reader.primary,
    cst.Subscript: Reader.primary,
    cst.Integer: Reader.integer,
    cst.Float: Reader.floating,
    cst.Imaginary: Reader.imaginary,
    cst.Ellipsis: Reader.ellipsis,
    cst.SimpleString: Reader.string,
    cst.ConcatenatedString: Reader.joined,
    cst.FormattedString: Reader.joined,
    cst.TemplatedString: Reader.joined,
    cst.Tuple: Reader.tuple_,
    cst.List: Reader.list_,
    cst.Set: Reader.set_,
    cst.Dict: Reader.dict_,
    cst.StarredElement: Reader.starred,
    cst.ListComp: Reader.comprehension,
    cst.SetComp: Reader.comprehension,
    cst.DictComp: Reader.comprehension,
    cst.GeneratorExp: Reader.comprehension,
    cst.BinaryOperation: Reader.binary,
    cst.BooleanOperation: Reader.boolean,
    cst.UnaryOperation: Reader.unary,
    cst.Comparison: Reader.comparison,
    cst.IfExp: Reader.if_expression,
    cst.NamedExpr: Reader.walrus,
    cst.Await: Reader.awaited,
    cst.Yield: Reader.yielded,
    cst.Lambda: Reader.lambda_,
    cst.FunctionDef: Reader.function,
    cst.ClassDef: Reader.class_,
    cst.SimpleStatementLine: Reader.simple_line,
    cst.Expr: Reader.expression,
    cst.Pass: Reader.nothing,
    cst.Break: Reader.word,
    cst.Continue: Reader.word,
    cst.Return: Reader.return_,
    cst.Raise: Reader.raise_,
    cst.Assert: Reader.assert_,
    cst.Del: Reader.delete,
    cst.Assign: Reader.assign,
    cst.AnnAssign: Reader.assign_annotated,
    cst.AugAssign: Reader.assign_augmented,
    cst.Global: Reader.global_,
    cst.Nonlocal: Reader.nonlocal_,
    cst.Import: Reader.import_,
    cst.ImportFrom: Reader.import_from,
    cst.TypeAlias: Reader.type_alias,
    cst.If: Reader.if_,
    cst.While: Reader.while_,
    cst.For: Reader.for_,
    cst.With: Reader.with_,
    cst.Try: Reader.try_,
    cst.TryStar: Reader.try_,
    cst.Match: Reader.match,
    cst.MatchValue: Reader.pattern_value,
    cst.MatchSingleton: Reader.pattern_value,
    cst.MatchList: Reader.pattern_sequence,
    cst.MatchTuple: Reader.pattern_sequence,
    cst.MatchMapping: Reader.pattern_mapping,
    cst.MatchClass: Reader.pattern_class,
    cst.MatchAs: Reader.pattern_as,
    cst.MatchOr: Reader.pattern_or,
}
# Nodes of syntax newer than the oldest libcst that will do.
for _name, _method in {"LazyImport": Reader.import_, "LazyImportFrom": Reader.import_from, "StarredDictComp": Reader.comprehension}.items():
    if hasattr(cst, _name):
        VISITORS[getattr(cst, _name)] = _method
