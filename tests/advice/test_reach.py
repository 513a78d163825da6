"""Findings come with how their place is reached, through files, classes and what is handed on."""

from __future__ import annotations


def test_the_chain_leads_through_modules(advise):
    """From the memoised function to the place, which has a line and a column."""
    (found,) = advise(
        "from util import step\n@memo\ndef f(x):\n    return step(x)\n",
        util="import clocks\ndef step(x):\n    return x + clocks.now()\n",
        clocks="import time\ndef now():\n    return time.time()\n",
    )
    assert [str(s) for s in found.chain] == ["app:f", "util:step", "clocks:now"]
    assert (found.span.path.endswith("clocks.py"), found.span.line, found.span.column, found.span.end_column) == (True, 3, 12, 23)
    assert found.message == "f() reads the clock: time.time(), reached through step() → now(). Pass the time in as an argument"


def test_only_methods_that_are_used_count(codes):
    """Of a class that the code graph counts whole."""
    app = """
    class Model:
        def __init__(self, x):
            self.x = x
        def fit(self):
            return self.x + 1
        def save(self, path):
            with open(path, "w") as file:
                file.write(str(self.x))
    @memo
    def f(x):
        return Model(x).fit()
    """
    assert codes(app) == []
    assert codes(app.replace("return self.x + 1", "self.save('a')\n            return self.x")) == ["HS007"]


def test_a_method_of_an_object_that_was_handed_on_is_found_by_its_name(codes):
    """Where a class that has such a method was made on the way."""
    app = """
    class Source:
        def take_one(self):
            return time.time()
    def use(source):
        return source.take_one()
    @memo
    def f(x):
        return use(Source())
    """
    assert codes(app) == ["HS001"]


def test_what_an_attribute_was_assigned_is_followed(codes):
    """``self.rng.random()`` is a method of what ``__init__`` put there."""
    app = """
    class Noise:
        def __init__(self, seed):
            self.rng = random.Random(SEED)
        def add(self, x):
            return x + self.rng.random()
    @memo
    def f(x):
        return Noise(0).add(x)
    """
    assert codes(app.replace("SEED", "seed")) == []
    assert codes(app.replace("SEED", "")) == ["HS002"]


def test_functions_that_are_handed_on_are_followed(codes):
    """``map(step, xs)`` runs step."""
    assert codes("def step(x):\n    return x * random.random()\n@memo\ndef f(xs):\n    return list(map(step, xs))\n") == ["HS002"]


def test_a_helper_may_change_what_the_function_made(codes):
    """It may not change what the function was given."""
    app = "def add(ys, y):\n    ys.append(y)\n@memo\ndef f(x, xs):\n    ys = []\n    add({}, x)\n    return ys\n"
    assert codes(app.format("ys")) == []
    assert codes(app.format("xs")) == ["HS006"]
    assert codes(app.format("xs.parts")) == ["HS006"]
    assert codes(app.replace("add({}, x)", "add(y=x, ys=xs)")) == ["HS006"]


def test_a_method_that_changes_its_object_is_fine_on_an_object_made_here(codes):
    """Not on ``self``, nor on a parameter."""
    app = """
    class Counter:
        def __init__(self):
            self.n = 0
        def up(self):
            self.n += 1
            return self.n
        @memo
        def twice(self):
            self.up()
            return self.up()
    @memo
    def f(x):
        counter = Counter()
        counter.up()
        return counter.n
    @memo
    def g(counter: Counter):
        return counter.up()
    """
    assert codes(app, "f") == []
    assert codes(app, "g") == ["HS006"]
    assert codes(app, "Counter.twice") == ["HS006"]


def test_recursion_ends(codes):
    """Also where functions call each other."""
    assert codes("def a(n):\n    return b(n)\ndef b(n):\n    return a(n - 1) + time.time()\n@memo\ndef f(n):\n    return a(n) + f(n - 1)\n") == [
        "HS001"
    ]


def test_broken_and_strange_code_is_no_fault(codes):
    """What can't be parsed has no findings; neither has what does not exist."""
    assert codes("@memo\ndef f(x):\n    return nowhere(x).y[0].z() + undefined.thing\n") == []
    assert codes("@memo\ndef f(x):\n    return x\n", "g") == []


def test_a_logger_of_the_module_is_one(codes):
    """The trail leads through the module variable."""
    assert codes("import logging\nlog = logging.getLogger(__name__)\n@memo\ndef f(x):\n    log.info('x')\n    return x\n") == ["hs007"]


def test_what_a_module_makes_when_it_is_asked_for_is_called_itself(codes):
    """``__getattr__`` of a module gives a function, and that function's result is stored; what ``__getattr__`` does counts."""
    util = "import time\ndef __getattr__(name):\n    MADE\n    return lambda x: x + 1\n"
    app = "import util\n@memo\ndef f(x):\n    return util.magic(x)\n"
    assert codes(app, util=util.replace("MADE", "pass")) == []
    assert codes(app, util=util.replace("MADE", "if time.time() > 5:\n        return int")) == ["HS001"]
