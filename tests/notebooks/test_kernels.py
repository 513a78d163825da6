"""Notebooks, in real kernels: cells run again, helpers redefined, cells out of order, modules reloaded, kernels restarted, two notebooks in one project."""

from __future__ import annotations

import os
import time

import pytest

from tests.notebooks.kernels import Kernel

HELPER = "def helper(x):\n    return x + 1"
STEP = """
from hitsave import memo

@memo
def step(x):
    print("runs")
    return helper(x)
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A kernel of several tests, whose names they share: each uses names of its own."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "pyproject.toml").write_text('[project]\nname = "p"\n')
    kernel = Kernel(folder, folder / "store")
    yield kernel
    kernel.stop()


def write(path, text):
    """Write a module so that its time differs from that of the version before, however coarse clocks are."""
    path.write_text(text)
    write.later += 10
    os.utime(path, (time.time() + write.later,) * 2)


write.later = 0


def test_cells_are_run_again_and_edited_and_edits_undone(shared):
    """What counts is the code that is live: an edit of a helper's cell runs the function again, undoing it does not."""
    shared.run(HELPER)
    shared.run(STEP)
    assert shared.run("print(step(1), step(1))") == ["runs", "2 2"]
    shared.run(STEP)
    shared.run(HELPER)
    assert shared.run("print(step(1))") == ["2"]
    shared.run(HELPER.replace("+ 1", "+ 2"))
    output = shared.output("print(step(1))")
    assert (output.printed, output.errors.startswith("hitsave: step() runs again: helper() changed, <notebook>:")) == (["runs", "3"], True)
    shared.run(HELPER)
    assert shared.run("print(step(1))") == ["2"]
    shared.run("K = 3\n@memo\ndef times(x):\n    print('runs')\n    return x * K")
    assert shared.run("print(times(1))") == ["runs", "3"]
    assert shared.output("K = 4\nprint(times(1))").printed == ["runs", "4"]
    assert shared.run("K = 3\nprint(times(1))") == ["3"]


def test_a_restarted_kernel_finds_what_was_computed_whatever_the_order_of_its_cells(shared):
    """Also what it said is the same with magics, text before it, and cells that raised."""
    shared.run(HELPER)
    shared.run(STEP)
    shared.run("step(10)\nclass Point:\n    def __init__(self, x):\n        self.x = x\n    def far(self):\n        return self.x * 10")
    assert shared.run("@memo\ndef point(x):\n    print('runs')\n    return Point(x)\nprint(point(2).far())") == ["runs", "20"]
    shared.restart()
    shared.run("class Point:\n    def __init__(self, x):\n        self.x = x\n    def far(self):\n        return self.x * 10")
    assert shared.output("1 / 0").exception == "ZeroDivisionError: division by zero"
    shared.run("%matplotlib inline\nfiles = !ls")
    shared.run(STEP)
    shared.run(HELPER)
    assert shared.run("print(step(10))") == ["11"]
    assert shared.run("@memo\ndef point(x):\n    print('runs')\n    return Point(x)\nprint(point(2).far())") == ["20"]
    assert shared.run("%%time\nprint(step(10))")[0] == "11"


def test_a_result_belongs_to_the_notebooks_project(shared):
    """That of the folder which the kernel runs in, not of the program that runs it."""
    shared.run("from hitsave import memo\n@memo\ndef here(x):\n    return x\nhere(1)")
    assert shared.run("print(here.entries()[0].project)") == [str(shared.folder)]


def test_two_notebooks_of_a_project_share_what_is_equal(shared):
    """The same function and helper are the same in both; another helper under the same name is another."""
    shared.run(HELPER)
    shared.run(STEP)
    shared.run("step(20)")
    other = Kernel(shared.folder, shared.folder / "store")
    try:
        other.run(STEP)
        other.run(HELPER)
        assert other.run("print(step(20))") == ["21"]
        other.run(HELPER.replace("+ 1", "* 5"))
        assert other.output("print(step(20))").printed == ["runs", "100"]
        assert shared.run("print(step(20))") == ["21"]
    finally:
        other.stop()


def test_autoreload_is_seen(shared):
    """It gives functions other code where they are; what they are made of then is the file's text, whose lines their code does not have."""
    lib = shared.folder / "lib.py"
    before = "LIMIT = 5\n\n\ndef scaled(x):\n    return x * 2\n\n\nclass Model:\n    def fit(self, x):\n        return x * 3\n"
    write(lib, before)
    shared.run("%load_ext autoreload\n%autoreload 2")
    shared.run("import lib\nfrom lib import scaled, Model\nfrom hitsave import memo")
    shared.run("@memo\ndef use(x):\n    print('runs')\n    return scaled(x) + lib.scaled(x), Model().fit(x), lib.LIMIT")
    assert shared.run("print(use(1))") == ["runs", "(4, 3, 5)"]
    write(lib, before.replace("x * 2", "x * 20"))
    assert shared.output("print(use(1))").printed == ["runs", "(40, 3, 5)"]
    write(lib, "# a comment above\n" + before.replace("x * 2", "x * 20").replace("x * 3", "x * 30"))
    assert shared.output("print(use(1))").printed == ["runs", "(40, 30, 5)"]
    assert shared.run("print(use(1))") == ["(40, 30, 5)"]
    write(lib, before)
    assert shared.output("print(use(1))").printed[-1] == "(4, 3, 5)"
    assert shared.run("print(use(1) == use.uncached(1))") == ["runs", "True"]


def test_code_that_was_put_in_place_of_anothers_is_never_taken_for_it(shared):
    """Of no text: the call runs uncached, and says so once."""
    write(shared.folder / "patched.py", "def one(x):\n    return x + 1\n")
    shared.run("import patched\nfrom hitsave import memo\n@memo\ndef one_of(x):\n    return patched.one(x)\nprint(one_of(1))")
    output = shared.output(
        "space = {}\nexec(compile('def one(x):\\n    return x + 99', patched.__file__, 'exec'), space)\npatched.one.__code__ = space['one'].__code__\nprint(one_of(1), one_of(1))"
    )
    assert output.printed == ["100 100"]
    assert output.errors.count("was given other code") == 1
    assert shared.run("import importlib\nimportlib.reload(patched)\nprint(one_of(1))") == ["2"]


def test_many_calls_in_a_notebook(shared):
    """Functions of cells are computed by processes, too, and progress is one line that is written over."""
    shared.run("from hitsave import memo\n@memo\ndef cube(n):\n    return n ** 3")
    output = shared.output("print(cube.map(range(4), workers=2, progress=True))")
    assert output.printed == ["[0, 1, 8, 27]"]
    assert output.errors.rpartition("\r")[2].startswith("cube: 4 of 4 · 0 hits · 4 of 4 misses computed in ")


def test_the_magic_tells_what_is_stored_and_why_it_is_not_used(shared):
    """As a table and as text; it runs nothing, and says what it does not understand."""
    shared.run("%load_ext hitsave")
    shared.run("from hitsave import memo\ndef part(x):\n    return x + 1\n@memo\ndef whole(x, k=1):\n    return part(x)\nwhole(1); whole(2, k=3)")
    listed = shared.output("%hitsave ls whole").shown
    assert [line.split()[1:5] for line in listed["text/plain"].splitlines()] == [
        ["Function", "Arguments", "State", "Took"],
        ["whole", "x=2,", "k=3", "fresh"],
        ["whole", "x=1,", "k=1", "fresh"],
    ]
    assert listed["text/html"].count("<tr>") == 3
    assert "whole" in shared.output("%hitsave ls").shown["text/plain"]
    assert shared.output("whole.entries()").shown["text/plain"] == shared.output("%hitsave ls whole").shown["text/plain"]
    assert ">fresh<" in shared.output("%hitsave why whole(2, **{'k': 3})").shown["text/html"]
    shared.run("def part(x):\n    return x + '<i>'")
    stale = shared.output("%hitsave why whole(1)").shown["text/html"]
    assert "part() changed" in stale
    assert "&lt;i&gt;" in stale
    assert "<i>" not in stale
    assert ">stale<" in shared.output("%hitsave why whole").shown["text/html"]
    assert "never evaluated" in shared.output("%hitsave why whole(99)").shown["text/html"]
    assert shared.run("%hitsave")[0].startswith("%hitsave ls")
    for cell, said in {"part": "part is not a memoised function", "whole(": "takes a memoised function, or a call of one"}.items():
        output = shared.output(f"%hitsave why {cell}")
        assert output.exception.startswith("UsageError")
        assert said in output.exception
    assert "does not know 'what'" in shared.output("%hitsave what").exception
    shared.run("%unload_ext hitsave")
    assert "not found" in shared.output("%hitsave").exception
