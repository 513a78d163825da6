"""Functions whose text can't be had, or is not what was loaded: they run, and are not remembered under a text that is not theirs."""

from __future__ import annotations

import sys

import pytest

APP = """
    from hitsave import memo
    from helper import step

    @memo
    def root(x):
        print("runs root", x)
        return step(x)

    @memo
    def failing(x):
        print("runs failing")
        raise KeyError(step(x))
"""
HELPER = """
    RATE = 10

    def step(x):
        return x * RATE
"""
CALLS = """
    import pathlib, sys
    import app

    {change}
    print(app.root(1), app.root(1))
    try:
        app.failing(1)
    except KeyError as error:
        print(repr(error), error.__context__)
"""
UNCACHED = ["runs root 1", "runs root 1", "10 10", "runs failing", "KeyError(10) None"]


@pytest.fixture
def app(project):
    """A project of two modules."""
    project.write("app.py", APP)
    project.write("helper.py", HELPER)
    return project


@pytest.mark.parametrize("file", ["app.py", "helper.py"])
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("pathlib.Path({file!r}).unlink()", "{file} is gone. Restore it, and run again."),
        ("pathlib.Path({file!r}).write_bytes(b'# \\xe9\\n')", "{file} can't be read: byte 2 is not utf-8. Restore it, and run again."),
        ("pathlib.Path({file!r}).write_text('def f(:')", "{file} is not valid Python: "),
        (
            "pathlib.Path({file!r}).write_text('def step(x): return 3')",
            "{file} changed after it was imported. Import it again (importlib.reload), or ",
        ),
    ],
    ids=["deleted", "not UTF-8", "not Python", "changed"],
)
def test_text_that_is_not_what_was_imported_is_named(app, file, change, says):
    """Whether it is the function's own or that of a function it calls. What runs is what was imported."""
    app.write("main.py", CALLS.format(change=change.format(file=file)))
    said = app.run("-W", "error", "main.py")
    assert said.printed == UNCACHED
    root, failing = said.warnings
    assert root.startswith(("root() runs uncached: ", "The result of root() is not stored: "))
    assert failing.startswith(("failing() runs uncached: ", "The result of failing() is not stored: "))
    assert all(says.format(file=file) in warning for warning in said.warnings), said.warnings
    assert said.rest == ""
    assert app.entries() == 0


def test_a_file_that_changes_after_its_text_was_needed_does_no_harm(app):
    """What runs is what was loaded, and that is what its results are stored under; a later process sees the new text."""
    said = app.script("""
        import pathlib
        import app

        print(app.root(1))
        pathlib.Path("helper.py").write_text("RATE = 10\\n\\ndef step(x):\\n    return x * RATE + 1\\n")
        print(app.root(1), app.root(2), app.root(2))
        import importlib, helper
        importlib.reload(helper)
        importlib.reload(app)
        print(app.root(1), app.root(2), app.root(2))
    """)
    assert said.printed == ["runs root 1", "10", "runs root 2", "10 20 20", "runs root 1", "runs root 2", "11 21 21"]
    assert (said.warnings, said.rest) == ([], "")
    app.edit("helper.py", " + 1", "")
    assert app.script("import app; print(app.root(1), app.root(2))").quiet == ["10 20"]
    app.edit("helper.py", "RATE\n", "RATE + 1\n")
    assert app.run().quiet == ["11 21"]


def test_a_comment_added_after_the_import_is_no_change(app):
    """The code that was loaded is the code of the new text."""
    app.write("main.py", CALLS.format(change="pathlib.Path('helper.py').open('a').write('# done')"))
    assert app.run().quiet == ["runs root 1", "10 10", "runs failing", "KeyError(10) None"]


def test_a_file_that_is_edited_during_a_long_run_does_no_harm(app):
    """Only code that is loaded after that could be either; then the result is not stored."""
    app.write("late.py", "def last(x):\n    return x\n")
    said = app.script("""
        import pathlib
        from hitsave import memo
        from helper import step

        @memo
        def long(x, file):
            print("runs")
            with pathlib.Path(file).open("a") as text:
                text.write("# edited\\n")
            from late import last
            return last(step(x))

        print(long(1, "helper.py"), long(1, "helper.py"))
        import sys
        del sys.modules["late"]
        print(long(1, "late.py"), long(1, "late.py"))
    """)
    assert said.printed == ["runs", "10 10", "runs", "runs", "10 10"]
    assert said.warned == f"The result of long() is not stored: {app.root / 'late.py'}, whose code it runs, changed while it ran. Run it again."


def test_a_file_with_an_encoding_of_its_own_is_read_so(project):
    """Python says how in a comment."""
    project.write(
        "app.py", "# coding: latin-1\nfrom hitsave import memo\n@memo\ndef f(x):\n    print('runs')\n    return x + 'é'\n".encode("latin-1")
    )
    assert project.script("import app; print(app.f('a'), app.f('a'))", PYTHONIOENCODING="utf-8").quiet == ["runs", "aé aé"]


def test_what_is_no_python_function_is_named(project):
    """Each says what it is; the calls give what they gave."""
    said = project.script("""
        import functools, math, operator
        from hitsave import experiment, memo

        class Adder:
            def __call__(self, x):
                print("runs")
                return x + 1

        def add(a, b):
            print("runs")
            return a + b

        print(*[memo(len)("abc") for _ in range(2)])
        print(memo(math.sqrt)(4), experiment(str.upper)("a"), memo([3, 4].index)(4))
        adder, partial, once = memo(Adder()), memo(functools.partial(add, 1)), memo(functools.lru_cache(add))
        print(adder(1), adder(1), partial(2), partial(2), once(1, 2), once(1, 2))
    """)
    assert said.printed == ["3 3", "2.0 A 1", *["runs"] * 5, "2 2 3 3 3 3"]
    assert said.warnings == [
        f"{name}() runs uncached: it is a {kind}, not a Python function, so its code can't be tracked. Call it in a def of your own, and decorate that."
        for name, kind in [
            ("len", "builtin_function_or_method"),
            ("sqrt", "builtin_function_or_method"),
            ("str.upper", "method_descriptor"),
            ("list.index", "builtin_function_or_method"),
            ("Adder", "Adder"),
            ("partial", "partial"),
            ("add", "_lru_cache_wrapper"),
        ]
    ]
    assert said.rest == ""


def test_a_function_of_another_distribution_is_not_the_projects(project):
    """Its code counts by its version, so there is nothing to track."""
    said = project.script("""
        import statistics
        from hitsave import memo

        mean = memo(statistics.mean)
        print(mean([1, 3]), mean([1, 3]))
    """)
    assert said.printed == ["2 2"]
    assert said.warned.startswith("mean() runs uncached: mean() belongs to python, not to your project. Wrap it in a function of your own")


TWICE = """
from hitsave import memo

@memo
def doubled(x):
    print("runs")
    return 2 * x

print(doubled(2), doubled(2))
"""


@pytest.mark.parametrize("options", [(), ("-W", "error")], ids=["", "-W error"])
@pytest.mark.parametrize(("arguments", "stdin"), [(("-c", TWICE), ""), (("-",), TWICE)], ids=["-c", "-"])
def test_a_program_that_is_no_file_runs_uncached(project, arguments, stdin, options):
    """Its text is nowhere to be found, which is said once."""
    said = project.run(*options, *arguments, stdin=stdin)
    assert said.printed == ["runs", "runs", "4 4"]
    assert said.warned.startswith("doubled() runs uncached: doubled() has no source text (<st")
    assert "Define it in a file" in said.warned


def test_code_made_by_exec_runs_uncached(project):
    """Unless its maker left the text where tracebacks look for it."""
    said = project.script(f"""
        text = {TWICE!r}
        exec(compile(text, "<string>", "exec"))
        exec(compile(text, "generated.py", "exec"))
    """)
    assert said.printed == ["runs", "runs", "4 4"] * 2
    in_string, in_file = said.warnings
    assert "has no source text (<string>)" in in_string
    assert "generated.py" in in_file


def test_lambdas_are_found_by_their_place(project):
    """Two on one line are two functions."""
    text = """
        from hitsave import memo

        one, two = memo(lambda x: (print("runs one"), x + 1)[1]), memo(lambda x: (print("runs two"), x + 2)[1])
        print(one(1), two(1), one(1), two(1))
    """
    assert project.script(text).quiet == ["runs one", "runs two", "2 3 2 3"]
    assert project.run().quiet == ["2 3 2 3"]
    project.edit("main.py", "x + 2", "x + 3")
    said = project.run()
    assert said.printed == ["runs two", "2 4 2 4"]


CONSOLE = """
    import linecache, sys, types

    main = sys.modules["__main__"] = types.ModuleType("__main__")

    def cell(number, text):
        name = f"<{prefix}-{{number}}-abc>"
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)
        exec(compile(text, name, "exec"), vars(main))

    cell(1, "from hitsave import memo")
    cell(2, "RATE = 2\\n\\ndef step(x):\\n    return x + RATE\\n")
    cell(3, "@memo\\ndef root(x):\\n    print('runs')\\n    return step(x)\\n")
    for number, text in enumerate(["", "RATE = 3", "RATE = 2", "def step(x):\\n    return x * RATE", "def step(x):\\n    return x + RATE"]):
        cell(10 + 2 * number, text)
        cell(11 + 2 * number, "print(root(1), root(1))")
"""


@pytest.mark.parametrize("prefix", ["python-input", "ipython-input"])
def test_cells_of_a_console_are_one_module(project, prefix):
    """What a cell binds again counts from then on; binding it back brings the results back, in this process and the next."""
    text = CONSOLE.format(prefix=prefix)
    first = project.script(text)
    assert first.printed == ["runs", "3 3", "runs", "4 4", "3 3", "runs", "2 2", "3 3"]
    assert (first.warnings, first.rest) == ([], "")
    assert project.run().quiet == ["3 3", "4 4", "3 3", "2 2", "3 3"]


def test_an_interactive_session_remembers_what_it_can(project):
    """Where Python keeps the lines that were typed, they are the text; where it does not, one warning says so."""
    lines = "from hitsave import memo\n@memo\ndef f(x):\n    print('runs')\n    return x\n\nf(1)\nf(1)\n"
    said = project.run("-i", "-q", stdin=lines)
    if sys.version_info >= (3, 13):
        assert said.printed == ["runs", "1", "1"]
        assert said.warnings == []
    else:
        assert said.printed == ["runs", "1", "runs", "1"]
        assert "f() has no source text (<stdin>)" in said.rest.replace(">>> ", "") or said.warnings


def test_examples_in_docstrings_run(project):
    """Functions of the module are remembered; those that an example defines are not, and say so on another channel than the output that is compared."""
    project.write(
        "shown.py",
        '''
        """
        >>> from hitsave import memo
        >>> @memo
        ... def inner(x):
        ...     print("runs inner")
        ...     return x
        >>> inner(1) + inner(1)
        runs inner
        runs inner
        2
        >>> outer(1) + outer(1)
        runs outer
        2
        """
        from hitsave import memo

        @memo
        def outer(x):
            """
            >>> outer(1)
            1
            """
            print("runs outer")
            return x
        ''',
    )
    said = project.run("-m", "doctest", "shown.py")
    assert said.printed == []
    assert said.warned.startswith("inner() runs uncached: inner() has no source text (<doctest shown[")
