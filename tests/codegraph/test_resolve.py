"""What a name as written stands for, told by text alone."""

from __future__ import annotations

import pytest

from hitsave.codegraph.facts import ImportOrigin, Read
from hitsave.codegraph.resolution import Resolution, name_key, parse_name_key
from hitsave.codegraph.resolve import Resolver
from tests.codegraph.texts import Texts


def resolved(library: Texts, module: str, written: str) -> list[str]:
    """What ``written``, a chain or as in `name_key`, may stand for in `module`."""
    return [str(found) for found in Resolver(library).resolve(module, parse_name_key(written))]


PACKAGE = {
    "app": """
        import os.path
        import numpy as np
        from math import sqrt as root
        from pkg import shared, util, RATE as rate
        from pkg.sub import deep
        import pkg.sub.leaf
        import missing.thing

        def local(): ...
        class Local: ...
        VALUE = 1
        alias = local
        other = pkg.sub.leaf
    """,
    "pkg.": """
        from .util import helper, helper as shared
        from . import util
        from .sub import leaf as renamed
        RATE = 2
    """,
    "pkg.util": "def helper(): ...\n",
    "pkg.sub.": "from ..util import helper as deep\nfrom .leaf import *\n",
    "pkg.sub.leaf": "def grown(): ...\n_hidden = 1\nSHOWN = 2\n",
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("local", "symbol app:local"),
        ("Local", "symbol app:Local"),
        ("Local.method.more", "symbol app:Local"),
        ("VALUE", "value app:VALUE"),
        ("VALUE.real", "value app:VALUE"),
        ("alias", "symbol app:local"),
        ("shared", "symbol pkg.util:helper"),
        ("util", "module pkg.util"),
        ("util.helper", "symbol pkg.util:helper"),
        ("util.helper.attribute", "symbol pkg.util:helper"),
        ("util.missing", "nothing pkg.util.missing"),
        ("rate", "value pkg:RATE"),
        ("deep", "symbol pkg.util:helper"),
        ("pkg", "module pkg"),
        ("pkg.sub", "module pkg.sub"),
        ("pkg.sub.leaf.grown", "symbol pkg.sub.leaf:grown"),
        ("pkg.sub.grown", "symbol pkg.sub.leaf:grown"),
        ("pkg.sub.SHOWN", "value pkg.sub.leaf:SHOWN"),
        ("pkg.sub._hidden", "nothing pkg.sub._hidden"),
        ("pkg.renamed.grown", "symbol pkg.sub.leaf:grown"),
        ("other.grown", "symbol pkg.sub.leaf:grown"),
        ("os.path.join", "external os"),
        ("np.linalg.norm", "external numpy"),
        ("root", "external math.sqrt"),
        ("missing", "nothing missing"),
        ("len", "builtin len"),
        ("__name__", "builtin __name__"),
        ("unheard_of", "nothing app.unheard_of"),
    ],
)
def test_a_name_leads_through_imports_to_what_it_stands_for(written, expected):
    """Aliases, re-exports, submodules, stars, built-ins, and nothing at all."""
    assert resolved(Texts(**PACKAGE), "app", written) == [expected]


@pytest.mark.parametrize(
    ("module", "written", "expected"),
    [
        ("app", "import pkg.util as util.helper", "symbol pkg.util:helper"),
        ("app", "import pkg.util as util.missing", "nothing pkg.util.missing"),
        ("app", "import pkg.util as u", "module pkg.util"),
        ("app", "from pkg.util import helper as helper", "symbol pkg.util:helper"),
        ("app", "from pkg import sub as sub.grown", "symbol pkg.sub.leaf:grown"),
        ("pkg.sub.leaf", "from ..util import helper as h", "symbol pkg.util:helper"),
        ("pkg.sub.leaf", "from . import leaf as l.grown", "symbol pkg.sub.leaf:grown"),
        ("pkg.sub", "from . import leaf as l.grown", "symbol pkg.sub.leaf:grown"),
        ("pkg", "from .util import helper as h", "symbol pkg.util:helper"),
        ("app", "from .. import x as x", "nothing .."),
        ("app", "from numpy.linalg import norm as norm", "external numpy.linalg.norm"),
        ("app", "from pkg.util import nothing as n", "nothing pkg.util.nothing"),
        ("app", "import gone as gone.x", "nothing gone"),
    ],
)
def test_an_import_within_a_function_is_read_where_it_stands(module, written, expected):
    """Relative ones from the module that they are in."""
    assert resolved(Texts(**PACKAGE), module, written) == [expected]


def test_where_text_allows_several_all_are_given():
    """The likeliest first; what does not exist last, and fallbacks of an import that works not at all."""
    library = Texts(
        app="""
            from other import *
            import sys
            if sys.platform == "linux":
                def conditional(): ...
            else:
                def conditional(): ...
            def sure(): ...
            if sys.argv:
                from other import sure
            try:
                import numpy as fast
            except ImportError:
                fast = None
            try:
                import gone as slow
            except ImportError:
                import other as slow
            """,
        other="def sure(): ...\ndef starred(): ...\n",
    )
    assert resolved(library, "app", "conditional") == ["symbol app:conditional", "symbol app:conditional#1"]
    assert resolved(library, "app", "sure") == ["symbol other:sure", "symbol app:sure"]
    assert resolved(library, "app", "fast") == ["external numpy"]
    assert resolved(library, "app", "slow") == ["module other", "nothing gone"]
    assert resolved(library, "app", "starred") == ["symbol other:starred"]


def test_definitions_of_one_name_are_numbered():
    """The last is the one that counts."""
    library = Texts(app="def f(): ...\ndef f(): ...\ndef f(): ...\n")
    assert resolved(library, "app", "f") == ["symbol app:f"]
    library.put("app", "def f(): ...\nif x:\n  def f(): ...\n")
    assert resolved(library, "app", "f") == ["symbol app:f", "symbol app:f#1"]


def test_stars_bring_what_a_module_exports():
    """By its ``__all__``, else what has no underscore; the last star wins; built-ins are not taken for names of external modules."""
    library = Texts(
        app="from one import *\nfrom two import *\nfrom numpy import *\n",
        one="__all__ = ['a', '_b', 'gone']\ndef a(): ...\ndef _b(): ...\ndef c(): ...\n",
        two="def a(): ...\ndef _b(): ...\ndef d(): ...\n",
    )
    assert resolved(library, "app", "d")[0] == "external numpy.d"
    assert resolved(library, "app", "_b") == ["symbol one:_b"]
    assert resolved(library, "app", "len") == ["builtin len"]
    library.put("app", "from one import *\nfrom two import *\n")
    assert resolved(library, "app", "a") == ["symbol two:a"]
    assert resolved(library, "app", "c") == ["nothing app.c"]
    assert resolved(library, "app", "gone") == ["nothing app.gone"]
    library.put("two", "__all__ = make()\ndef _b(): ...\n")
    assert resolved(library, "app", "_b")[0] == "symbol two:_b"


def test_a_package_may_import_its_own_modules():
    """Directly, or through a module that asks the package for another."""
    library = Texts(
        **{
            "pkg.": "from . import util\nfrom .a import other\n",
            "pkg.util": "def f(): ...",
            "pkg.other": "def g(): ...",
            "pkg.a": "from . import other\n",
        }
    )
    assert resolved(library, "pkg", "util.f") == ["symbol pkg.util:f"]
    assert resolved(library, "pkg", "other.g") == ["symbol pkg.other:g"]
    library.put("pkg.", "util = 1\nfrom . import util\n")
    assert resolved(library, "pkg", "util") == ["module pkg.util"]


def test_what_leads_in_a_circle_ends():
    """Modules that import each other, names that stand for themselves."""
    library = Texts(a="from b import x, loop\nfrom b import *\n", b="from a import x\nfrom a import *\nloop = loop\nother = more\nmore = other\n")
    for written in ("x", "loop", "loop.y", "other", "nothing"):
        assert resolved(library, "a", written)
        assert resolved(library, "b", written)


def test_modules_may_be_folders_compiled_or_broken():
    """A folder without ``__init__``, an extension, a file that is no Python."""
    library = Texts(
        **{
            "app": "import space.inner\nimport fast\nimport broken\nfrom fast import run\n",
            "space.inner": "def f(): ...",
            "fast": None,
            "broken": "def f(:",
        }
    )
    assert resolved(library, "app", "space.inner.f") == ["symbol space.inner:f"]
    assert resolved(library, "app", "fast.run") == ["compiled fast"]
    assert resolved(library, "app", "run") == ["compiled fast"]
    assert resolved(library, "app", "broken.f") == ["nothing broken.f"]


def test_a_module_may_answer_for_names_that_it_does_not_bind():
    """By a ``__getattr__`` of its own."""
    library = Texts(app="import lazy\n", lazy="def __getattr__(name): ...\n")
    assert resolved(library, "app", "lazy.anything") == ["symbol lazy:__getattr__"]


@pytest.mark.parametrize(
    "read",
    [
        Read(("a",), 3),
        Read(("a", "b", "c"), 1),
        Read(("h", "x"), 0, ImportOrigin("pkg.util", 0, "helper")),
        Read(("h",), 0, ImportOrigin("", 2, "helper")),
        Read(("m",), 0, ImportOrigin("a.b", 0, None)),
        Read(("m",), 0, ImportOrigin("b", 1, None)),
        Read((".b", "f"), 0, ImportOrigin("b", 1, None)),
        Read(("a.b", "f", "x"), 0, ImportOrigin("a.b", 0, None)),
        Read(("a.b",), 0, ImportOrigin("a.b", 0, None)),
    ],
)
def test_a_name_is_written_into_records_so_that_it_can_be_read_again(read):
    """As the code has it, cut after what was needed."""
    again = parse_name_key(name_key(read, len(read.path)))
    assert (again.path, again.origin) == (read.path, read.origin)
    assert name_key(Read(("a", "b", "c"), 0), 2) == "a.b"


def test_resolutions_are_equal_where_kind_and_target_are():
    """How much of a chain was needed is no part of what it stands for."""
    assert Resolution("symbol", "a:f", consumed=1) == Resolution("symbol", "a:f", consumed=2)
    assert len({Resolution("external", "x", "one"), Resolution("external", "x", "two")}) == 1
    assert Resolution("value", "a:f") != Resolution("symbol", "a:f")
