"""How functions and classes are found by what is loaded."""

from __future__ import annotations

WRAPPED = """
    from contextlib import contextmanager
    from hitsave import memo
    import lines

    @contextmanager
    def doubled(x):
        yield 2 * x

    HANDLERS = [doubled, lines.tripled]

    @memo
    def total(x):
        print("total", x)
        with HANDLERS[0](x) as one, HANDLERS[-1](x) as other, lines.tripled(x) as third:
            return one + other + third

    print(total(1))
"""


def test_a_wrapper_that_functions_of_several_modules_share_is_no_change(project):
    """What `contextmanager` makes of functions is one code object with the module of each: its name doesn't depend on which was met first."""
    project.write("lines.py", "from contextlib import contextmanager\n\n@contextmanager\ndef tripled(x):\n    yield 3 * x\n")
    assert project.script(WRAPPED).quiet == ["total 1", "8"]
    assert project.run().quiet == ["8"]
