"""Modules that are first loaded while a function runs."""

from __future__ import annotations

LAZY = """
    import functools

    def counting(function):
        @functools.wraps(function)
        def counted(x):
            return function(x) + counted.step
        counted.step = 1
        return counted

    class Rule:
        names = {"a": 1}
        size = len(names)

        def apply(self, x):
            return x + self.size

    @counting
    def apply(x):
        return Rule().apply(x)
"""
MAIN = """
    from hitsave import memo

    @memo
    def run(x):
        print("ran")
        import lazy
        return lazy.apply(x)

    print(run(1))
"""


def test_whether_they_are_loaded_before_or_not_is_no_change(project):
    """What they define has the same text."""
    project.write("lazy.py", LAZY)
    assert project.script(MAIN).quiet == ["ran", "3"]
    assert project.run().quiet == ["3"]
    project.edit("main.py", "from hitsave", "import lazy\nfrom hitsave")
    assert project.run().quiet == ["3"]
    project.edit("lazy.py", "counted.step = 1", "counted.step = 2")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "4"]
    project.edit("lazy.py", '"a": 1}', '"a": 1, "b": 2}')
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "5"]


def test_code_that_is_read_as_text_counts(project):
    """Python itself reads its sources as bytes, so whoever reads text wants to know it."""
    project.write("step.py", "def f(x):\n    return x + 1\n")
    project.script("""
        from hitsave import memo
        @memo
        def run(x):
            print("ran")
            space = {}
            exec(open("step.py").read(), space)
            return space["f"](x)
        print(run(1))
    """)
    assert project.run().printed == ["2"]
    project.edit("step.py", "x + 1", "x + 2")
    assert project.run(HITSAVE_NOTICES="off").printed == ["ran", "3"]
