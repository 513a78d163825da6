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
