"""What the canonical form ignores, and what it keeps."""

from __future__ import annotations

import pytest

from hitsave.codegraph.canonical import bytes_atom, integer_atom, split_literal, string_atom, unescape
from tests.codegraph.one_statement import body, digests, first, named


def _function(*bodies):
    return [str(body(text).digest) for text in bodies]


SAME = [
    # layout
    ("return p+q", "return  p  +  q"),
    ("return p + q", "return (p +  # why\n    q)"),
    ("return p + q", "return p + \\\n    q"),
    ("x = 1; y = 2", "x = 1\n\ny = 2;"),
    ("if p: x = 1", "if p:\n    x = 1\n\n    # done"),
    ("return p", "# before\nreturn p  # behind"),
    # brackets
    ("return p + q * 2", "return (p + (q * 2))"),
    ("return p", "return (((p)))"),
    ("x, y = p", "(x, y) = (p)"),
    ("x, y = p", "[x, y] = p"),
    ("for x in p, q: pass", "for (x) in (p, q): pass"),
    ("return p[1, 2]", "return p[(1, 2)]"),
    ("return p[1,]", "return p[(1,)]"),
    ("del p, q", "del (p, q)"),
    ("with p, q: pass", "with (p, q): pass"),
    ("return (p).x.y()", "return ((p.x).y)()"),
    ("return p and q and x", "return p and (q and x)"),
    ("return p(x for x in q)", "return p((x for x in q))"),
    ("assert p, q", "assert (p), (q)"),
    ("match p:\n    case [x, y]: pass", "match (p):\n    case x, y,: pass"),
    ("match p:\n    case 1 | 2: pass", "match p:\n    case ((1) | 2): pass"),
    # trailing commas
    ("return p(1, x=2)", "return p(1, x=2,)"),
    ("return [1, 2], {1, 2}, {1: 2}, (1, 2)", "return [1, 2,], {1, 2,}, {1: 2,}, (1, 2,),"),
    ("from m import a", "from m import (a,)"),
    ("def g(x, *y): pass", "def g(x, *y,): pass"),
    # numbers
    ("return 1000, 16, 0", "return 1_000, 0x10, 0b0"),
    ("return 1000", "return 0o1750"),
    ("return 1.0, 1e3, .5", "return 1.00, 1000.0, 5e-1"),
    ("return 2j", "return 2.0J"),
    ("return " + "9" * 5000, "return " + "9" * 2500 + "_" + "9" * 2500),
    # strings
    ("return 'it'", 'return "it"'),
    ("return 'it'", "return u'''it'''"),
    ("return 'it'", "return 'i' \"t\""),
    ("return 'it'", "return ('i'  # one\n    't')"),
    (r"return 'a\\n'", r"return r'a\n'"),
    (r"return '\x41\u0042\U00000043\N{LATIN CAPITAL LETTER D}\105'", "return 'ABCDE'"),
    (r"return '\d'", r"return '\\d'"),
    (r"return b'\x41\101'", "return b'A' rb'A'"),
    # f-strings
    ("return f'{p}'", 'return F"""{ p }"""'),
    ("return f'a{p!r:>{q}}b'", "return 'a' f'{p!r:>{q}}' 'b'"),
    ("return f'{{a}}'", "return '{a}'"),
    ("return f'{p=}'", "return f'p={p!r}'"),
    ("return f'{p = !s}'", "return f'p = {p!s}'"),
    ("return f'{p=:>10}'", "return f'p={p:>10}'"),
    ("return f'{p:}'", "return f'{p}'"),
    (r"return f'\x41{p}'", r"return rf'A{p}'"),
    # what does nothing
    ("'doc'\nreturn p", "return p"),
    ("'doc'", "pass"),
    ("'doc'", "..."),
    ("x = p\n'about x'\nreturn x", "x = p\nreturn x"),
    ("if p: pass\nelse: pass", "if p: ..."),
    ("1; None; b'x'; f'y'; 2.0", "pass"),
    # annotations
    ("x: int = p", "x = p"),
    ("x: int\nx = p", "x = p"),
    ("p: int", "pass"),
    ("def g(x: int, *y: str) -> None: pass", "def g(x, *y): pass"),
    # one meaning
    ("if p: x = 1\nelif q: x = 2\nelse: x = 3", "if p: x = 1\nelse:\n    if q: x = 2\n    else: x = 3"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spelling_does_not_count(one, other):
    """The same code in two spellings has one digest."""
    assert len(set(_function(one, other))) == 1


DIFFERENT = [
    ("return 1", "return 1.0"),
    ("return 1", "return True"),
    ("return 1", "return '1'"),
    ("return '1'", "return b'1'"),
    ("return 0.0", "return -0.0"),
    ("return 1000", "return 1e3"),
    ("return 1", "return 1j"),
    ("return 'a', 'b'", "return 'ab'"),
    ("return 'a b'", "return 'a  b'"),
    ("return f'{p}'", "return '{p}'"),
    ("return f'{p}'", "return f'{p!r}'"),
    ("return f'{p:>3}'", "return f'{p:<3}'"),
    ("return f'{p=}'", "return f'{p = }'"),
    ("return f'{p}{q}'", "return f'{p} {q}'"),
    ("return (1,)", "return 1"),
    ("return (1,)", "return [1]"),
    ("return {}", "return []"),
    ("return p[1,]", "return p[1]"),
    ("return p[*q]", "return p[q]"),
    ("return p[1:2]", "return p[1:2:]"[:-2] + ":3]"),
    ("return p, q", "return q, p"),
    ("return p - q", "return q - p"),
    ("return p - q - 1", "return p - (q - 1)"),
    ("return p < q < 1", "return (p < q) < 1"),
    ("return p and q or 1", "return p and (q or 1)"),
    ("return not p", "return p"),
    ("return p is q", "return p is not q"),
    ("return p in q", "return p not in q"),
    ("return p", "return"),
    ("return p", "p"),
    ("return p.x", "return p.y"),
    ("return p.x()", "return p().x"),
    ("return p(1)", "return p(x=1)"),
    ("return p(q)", "return p(*q)"),
    ("return p(*q)", "return p(**q)"),
    ("return [x for x in p]", "return {x for x in p}"),
    ("return [x for x in p]", "return list(x for x in p)"),
    ("return [x for x in p if x]", "return [x for x in p]"),
    ("return [x for x in p for y in q]", "return [x for y in q for x in p]"),
    ("x = y = p", "y = x = p"),
    ("x = 1\ny = 2", "y = 2\nx = 1"),
    ("x = p", "z = p"),
    ("x += p", "x -= p"),
    ("if p: x = 1", "if p: x = 1\nelse: x = 2"),
    ("if p: x = 1", "while p: x = 1"),
    ("for x in p: x()\nelse: q()", "for x in p: x()\nq()"),
    ("try: p()\nexcept A: q()", "try: p()\nexcept B: q()"),
    ("try: p()\nfinally: q()", "try: p()\nexcept: q()"),
    ("try: p()\nexcept A: q()", "try: p()\nexcept* A: q()"),
    ("try: p()\nexcept A: q()", "try: p()\nexcept A as e: q()"),
    ("with p: q()", "with p as x: q()"),
    ("with p, q: x()", "with q, p: x()"),
    ("global x; x = 1", "x = 1"),
    ("x: int", "pass"),
    ("import a", "import a as b"),
    ("from a import b", "from .a import b"),
    ("lambda: p", "lambda x: p"),
    ("lambda x: p", "lambda x=1: p"),
    ("lambda x: p", "lambda *x: p"),
    ("def g(x): pass", "def g(x, /): pass"),
    ("def g(x): pass", "def g(*, x): pass"),
    ("def g(): pass", "async def g(): pass"),
    ("def g(): pass", "def h(): pass"),
    ("def g(): pass", "@p\ndef g(): pass"),
    ("def g(): return 1", "def g(): return 2"),
    ("class C: pass", "class C(p): pass"),
    ("class C:\n    def m(self): return 1", "class C:\n    def m(self): return 2"),
    ("class C:\n    class D:\n        def m(self): return 1", "class C:\n    class D:\n        def m(self): return 2"),
    ("class C:\n    @p\n    def m(self): pass", "class C:\n    @q\n    def m(self): pass"),
    ("yield p", "yield from p"),
    ("raise p", "raise p from q"),
    ("match p:\n    case x: pass", "match p:\n    case _: pass"),
    ("match p:\n    case [x, *y]: pass", "match p:\n    case [*x, y]: pass"),
    ("match p:\n    case C(x): pass", "match p:\n    case C(x=x): pass"),
    ("match p:\n    case a.b: pass", "match p:\n    case C(): pass"),
    ("match p:\n    case 1 if q: pass", "match p:\n    case 1: pass"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_meaning_counts(one, other):
    """Code that may do something else has another digest."""
    assert len(set(_function(one, other))) == 2


def test_no_two_meanings_of_all_those_above_share_a_digest():
    """Every text of the tables that is not declared the same as another has a digest of its own."""
    same = {text: min(pair) for pair in SAME for text in pair}
    texts = sorted({text for pair in DIFFERENT for text in pair} - same.keys())
    assert len(set(_function(*texts))) == len(texts)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("def f(x): pass", "def g(x): pass", True),
        ("def f(x: int = 1) -> str: pass", "def f(x=1): pass", True),
        ("def f(x): pass", "def f(y): pass", False),
        ("def f(x): pass", "def f(x=None): pass", False),
        ("def f(x=1): pass", "def f(x=2): pass", False),
        ("def f(x, y): pass", "def f(x, *, y): pass", False),
        ("def f(x, y): pass", "def f(x, /, y): pass", False),
        ("def f(*x): pass", "def f(**x): pass", False),
        ("def f(): pass", "async def f(): pass", False),
        ("@a\ndef f(): pass", "def f(): pass", True),
        ("class C: 'doc'", "class D: pass", True),
        ("class C(A, B): pass", "class C(B, A): pass", False),
        ("class C(A): pass", "class C(metaclass=A): pass", False),
        ("class C: x = 1", "class C: x = 2", False),
        ("class C: x: int", "class C: pass", False),
        ("class C: x: int = 1", "class C: x: str = 1", False),
        ("class C:\n    x = 1\n    y = 2", "class C:\n    y = 2\n    x = 1", False),
        ("class C:\n    def m(self): return 1", "class C:\n    def m(self): return 2", True),
        ("class C:\n    def m(self): pass", "class C:\n    class m: pass", False),
        ("class C:\n    if X:\n        def m(self): pass", "class C:\n    def m(self): pass", False),
        ("class C:\n    k = lambda s: 1", "class C:\n    k = lambda s: 2", False),
    ],
)
def test_a_shell_is_what_runs_at_the_definition(one, other, equal):
    """Parameters and defaults of a function, without its name and annotations; bases and attributes of a class."""
    assert (first(one).shell.digest == first(other).shell.digest) is equal


def test_documentation_counts_apart():
    """Docstring and annotations have a digest of their own, which formatting does not change."""

    def documented(text):
        found = first(text)
        return (found.docstring, found.annotations) if found.docstring or found.annotations else None

    assert documented("def f(x): return x") is None
    assert documented("def f(x: int): 'doc'") == documented('def f(x :  "int"  if 0 else int): """doc"""'.replace('"int"  if 0 else ', ""))
    assert len({documented(t) for t in ["def f(): 'a'", "def f(): 'b'", "def f(x: int): 'a'", "def f(x) -> int: 'a'", "class f: 'a'\n"]}) == 4
    assert documented("class C: 'a'") == documented("def f(): 'a'")


def test_decorators_count_apart():
    """Each has a digest of its own, whatever stands below it."""
    one, two = (named(f"@a.b(1)\n@c\ndef f(): return {i}\n", "f", "function").decorators for i in "12")
    assert one == two
    assert len({d.digest for d in one}) == 2


def test_moving_code_within_its_file_changes_nothing():
    """Lines are no part of any digest."""
    text = "class C(Base):\n    x = [y for y in z]\n    def m(self):\n        return lambda: 1\n"
    assert digests(text) == digests("# c\n\n" + text.replace("\n", "  # c\n\n"))


def test_line_ends_and_tabs_do_not_count():
    """A file from another system has the same digests."""
    text = 'def f():\n    if x:\n        return """a\n    b"""\n'
    assert (
        digests(text)
        == digests(text.replace("\n", "\r\n"))
        == digests(text.replace("\n        return", "\n\t    return").replace("\n    if", "\n\tif"))
        == digests("\ufeff" + text)
    )


@pytest.mark.parametrize(
    "literal",
    [r"a\nb", r"\'\"\\", r"\0\12\377\400", r"\x00\xff", r"\u00e9\U0001F600", r"\N{EM DASH}\N{em dash}", r"\q\8\(", "a\\\nb", r"\ud800", "é\t\\"[:-1]],
)
def test_text_escapes_are_read_as_python_reads_them(literal):
    """Unknown escapes stay; Python would warn of them."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert unescape(literal) == eval(f'"""{literal}"""')


@pytest.mark.parametrize("literal", [r"a\nb", r"\0\12\377", r"\xff\x00", r"\u00e9\N{DASH}", r"\q", "a\\\nb"])
def test_bytes_escapes_are_read_as_python_reads_them(literal):
    """Names and code points are no escapes in bytes."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert unescape(literal, in_bytes=True).encode("latin-1") == eval(f'b"""{literal}"""')


def test_atoms_cannot_be_taken_for_one_another():
    """Each kind begins in its own way, and strings carry their length."""
    assert [string_atom("a b"), bytes_atom("a"), integer_atom("0b11"), split_literal("bR'''x'''"), split_literal('""')] == [
        "'3:a b",
        '"1:a',
        "#3",
        ("br", "x"),
        ("", ""),
    ]
