"""What an earlier analysis found is gone on from only while another would find the same: results and what is recorded of them are those of an analysis at each evaluation."""

from __future__ import annotations

import sys

import pytest

START = """
    import sys
    from hitsave import memo
    import conf

    RATE = 2
    TABLE = {"a": conf.double}
    NAMES = ["a"]

    def step(x, factor=1, *, more=0):
        return sum([x * RATE, conf.SHIFT]) * factor + more

    class Base:
        offset = 0

    class Other(Base):
        offset = 7

    class Middle(Base):
        pass

    class Model(Middle):
        scale = 1

        def run(self, x):
            return step(x) * self.scale + self.offset

    def made(cell):
        @memo
        def local(x):
            return x * cell

        def set(value):
            nonlocal cell
            cell = value

        return local, set

    local, set_cell = made(5)

    @memo
    def f(x):
        return Model().run(x) + TABLE["a"](x) + len(NAMES) + getattr(step, "mark", 0) + conf.later

    def g(x):
        return f.uncached(x), local.uncached(x)
"""
CONF = """
    SHIFT = 10

    def double(x):
        return 2 * x

    def triple(x):
        return 3 * x

    def __getattr__(name):
        if name == "later":
            return 0
        raise AttributeError(name)
"""


@pytest.mark.parametrize(
    "change",
    [
        "RATE = 3",
        "RATE = 2.0",
        "RATE = conf.SHIFT",
        "conf.SHIFT = 1",
        "conf.double = conf.triple",
        "conf.__getattr__ = len",
        "conf.later = 5",
        "TABLE['a'] = conf.triple",
        "TABLE['b'] = 1",
        "NAMES.append('b')",
        "NAMES = [conf.triple]",
        "step = conf.double",
        "step.__code__ = (lambda x, factor: 2).__code__",
        "step.__defaults__ = (2,)",
        "step.__kwdefaults__['more'] = 1",
        "step.mark = 1",
        "Model.scale = 2",
        "Model.run = lambda self, x: 4",
        "Model.__add__ = lambda self, x: 4",
        "Middle.__bases__ = (Other,)",
        "Middle.__bases__ = (Other,); Middle.__bases__ = (Base,)",
        "Model = type('Model', (Model,), {'scale': 5})",
        "sum = len",
        "import sys; conf = sys.modules['conf'] = type(sys)('conf'); conf.SHIFT = conf.later = 0",
        "import json; RATE = json.JSONEncoder",
        "set_cell(6)",
    ],
)
def test_what_is_changed_between_evaluations_counts_for_the_next(project, change):
    """The fourth evaluation is of the code and values as they are then, and so is what is recorded of it."""
    project.write("conf.py", CONF)
    text = (
        START
        + f"""
    def call(x):
        try:
            return f(x), local(x)
        except TypeError:
            return "error"

    if "before" in sys.argv:
        {change}
        print(f.is_cached(4), local.is_cached(4))
    elif "never" in sys.argv:
        print(f.is_cached(4), local.is_cached(4))
    else:
        print([call(x) for x in (1, 2, 3)])
        {change}
        try:
            print(call(4) == g(4))
        except TypeError:
            print(call(4) == "error")
    """
    )
    analysed = project.script(text, HITSAVE_NOTICES="off").printed
    assert analysed == ["[(15, 5), (19, 10), (23, 15)]", "True"]
    stored = [project.run("main.py", when, HITSAVE_NOTICES="off").printed for when in ("before", "never")]
    again = text.replace("(1, 2, 3)", "(1,)")  # too few for an analysis to be kept
    apart = project.script(again, HITSAVE_DIR=str(project.root / "another"), HITSAVE_NOTICES="off").printed
    assert apart == ["[(15, 5)]", "True"]
    assert stored == [
        project.run("main.py", when, HITSAVE_DIR=str(project.root / "another"), HITSAVE_NOTICES="off").printed for when in ("before", "never")
    ]


def test_counters_and_caches_do_not_make_it_analyse_again(project):
    """Variables that the function binds, or fills, are the ordinary case; following the code is not done again for them."""
    project.script(
        """
        from hitsave import memo
        from hitsave.runtime import analysis

        calls = 0
        known = {}

        def square(x):
            if x not in known:
                known[x] = x * x
            return known[x]

        @memo
        def counting(x):
            global calls
            calls += 1
            return x

        @memo
        def caching(x):
            return square(x)

        followed = analysis._followed
        analysis._followed = lambda miss, function: print("followed", miss.root.name) or followed(miss, function)
        print([counting(x) for x in range(6)], calls)
        print([caching(x) for x in range(6)])
        """
    )
    said = project.run(HITSAVE_DIR=str(project.root / "another")).quiet
    assert said == ["followed counting"] * 2 + ["[0, 1, 2, 3, 4, 5] 6"] + ["followed caching"] * 2 + ["[0, 1, 4, 9, 16, 25]"]


def test_what_runs_for_the_first_time_in_a_later_evaluation_is_recorded_of_that(project):
    """Bodies, statements and attributes that no call before had a use for."""
    project.write(
        "helpers.py",
        """
        def rare(x):
            return -x

        def handler():
            return 0

        def work(x):
            if x == 4:
                return rare(x)
            if x == 5:
                y = 50
                return y
            if x == 6:
                return handler.priority
            return x

        handler.priority = 60
        """,
    )
    text = """
        from hitsave import memo
        import helpers

        @memo
        def f(x):
            print("ran", x)
            return helpers.work(x)

        print([f(x) for x in range(8)])
        """
    assert project.script(text).quiet[-1] == "[0, 1, 2, 3, -4, 50, 60, 7]"
    assert project.run().quiet == ["[0, 1, 2, 3, -4, 50, 60, 7]"]
    project.edit("helpers.py", "return -x", "return -x * 2")
    first = 4 if sys.version_info >= (3, 12) else 0  # without sys.monitoring nothing is left out
    assert project.run(HITSAVE_NOTICES="off").printed == [*(f"ran {x}" for x in range(first, 8)), "[0, 1, 2, 3, -8, 50, 60, 7]"]
