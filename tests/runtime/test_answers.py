"""What text answered in one process is believed by the next ones as long as it is the same text, and as long as their objects are what it makes."""

from __future__ import annotations

import sqlite3

import pytest

from hitsave.workspace import facts_table
from tests.runtime.conftest import HELPED

HELPERS = """
    from dataclasses import dataclass
    from enum import Enum
    from functools import lru_cache

    RATE = 2
    NAMES = {"a": 1}

    class Colour(Enum):
        RED = 1

    @dataclass
    class Size:
        width: int = 1

    class Model:
        rate = 3

        def __init__(self, x, more=(1, -0.0)):
            self.x = x

        class Inner:
            def none(self):
                return 0

        @property
        def twice(self):
            return 2 * self.x * self.rate

        @staticmethod
        def zero():
            return 0

        @classmethod
        def nothing(cls):
            return cls.Inner().none()

    @lru_cache
    def kept(x):
        return 0

    def scale(x, by=1.0, *, more="b"):
        return x * RATE

    def work(x):
        nothing = Model.zero() + Model.nothing() + kept(x)
        return int(scale(x)) + Model(x).twice + Size().width + NAMES["a"] + Colour.RED.value + nothing
"""


@pytest.fixture
def known(project):
    """A project whose function is stored, and of whose Record it is kept what text answers."""
    project.write("helpers.py", HELPERS)
    assert project.script(HELPED).quiet == ["ran", "11"]
    return project


def forget_answers(project):
    """As if no process had kept any."""
    with sqlite3.connect(project.store / facts_table.FILE_NAME) as connection:
        connection.execute("DELETE FROM facts WHERE key >= x'03'")
    connection.close()


ASKED = """
from hitsave.workspace.library import WorkspaceLibrary
facts = WorkspaceLibrary.facts
WorkspaceLibrary.facts = lambda self, text: print("facts of", text.split("\\n")[0]) or facts(self, text)
"""


def test_a_later_process_asks_for_no_facts_but_those_of_the_function(known):
    """Of what it reaches, what they came to is kept by the one that evaluates."""
    assert known.run("main.py", ASKED).quiet == ["facts of @memo", "11"]


@pytest.mark.parametrize(
    "change",
    [
        "helpers.scale = lambda x, **_: x",
        "helpers.scale.__defaults__ = (1,)",
        "helpers.scale.__kwdefaults__ = {'more': 'c'}",
        "helpers.Model.__init__.__defaults__ = ((1, 0.0),)",
        "helpers.scale.mark = 1",
        "helpers.Model.rate = 4",
        "helpers.Model.more = 4",
        "helpers.Model.twice = property(lambda self: 1)",
        "helpers.Model.zero = staticmethod(lambda: 1)",
        "helpers.Model.nothing = helpers.Model.zero",
        "helpers.Model.nothing.__func__.mark = 1",
        "helpers.Model.Inner.none = lambda self: 1",
        "helpers.Model.Inner = helpers.Size",
        "import functools; helpers.kept = functools.partial(lambda x: 1)",
        "helpers.Size = type('Size', (), {'width': 2, '__module__': 'helpers'})",
        "helpers.RATE = 3",
        "helpers.NAMES['a'] = 2",
        "helpers.int = float",
        "import sys, types; sys.modules['helpers'] = helpers = types.ModuleType('helpers'); helpers.work = len",
    ],
)
@pytest.mark.parametrize("kept_by", ["evaluation", "hit"])
def test_what_a_process_changed_is_seen(known, change, kept_by):
    """Whatever text answered, objects are compared with it."""
    if kept_by == "hit":
        forget_answers(known)
        assert known.run().quiet == ["11"]
    said = known.run("-c", f"import main, builtins\n{change.replace('helpers', 'main.helpers')}\nprint(main.run.is_cached(1))", HITSAVE_NOTICES="off")
    assert said.printed[-1] == "False"


def test_what_an_evaluation_left_of_a_class_is_not_how_it_is_made(project):
    """A process in which a class had got a method before the call is not the one in which it got it by the call."""
    project.write("helpers.py", HELPERS)
    project.write(
        "other.py",
        """
        def mark(cls, how):
            how(cls)

        def more(cls):
            def method(self):
                return 1
            cls.more = method
        """,
    )
    project.write(
        "main.py",
        """
        import sys
        from hitsave import memo
        import helpers, other

        @memo
        def run(x):
            print("ran")
            other.mark(helpers.Model, other.more)
            return helpers.work(x)

        if sys.argv[1:]:
            other.more(helpers.Model)
        print(run(1))
        """,
    )
    assert project.run().quiet == ["ran", "11"]
    assert project.run().quiet == ["11"]
    assert project.run("main.py", "before", HITSAVE_NOTICES="off").quiet == ["ran", "11"]


@pytest.mark.parametrize(
    ("before", "after", "result"),
    [("RATE = 2", "RATE = 4", "13"), ("self.x * self.rate", "self.x * self.rate + 1", "12"), ("return x * RATE", "return x * RATE # the same", "11")],
)
def test_other_text_is_asked_again(known, before, after, result):
    """As if nothing were kept; then it is kept of the new text."""
    known.edit("helpers.py", before, after)
    said = known.run(HITSAVE_NOTICES="off").quiet
    assert said == (["11"] if result == "11" else ["ran", result])
    assert known.run().quiet == [result]
    assert known.run("main.py", ASKED).quiet == ["facts of @memo", result]


def test_a_module_that_comes_to_be_found_first_is_seen(known):
    """What a name of a module leads to is looked for each time."""
    known.edit("helpers.py", "RATE = 2", "try:\n    from fast import RATE\nexcept ImportError:\n    RATE = 2")
    assert known.run().quiet == ["11"]
    assert known.run().quiet == ["11"]
    known.write("fast.py", "RATE = 4\n")
    assert known.run(HITSAVE_NOTICES="off").quiet == ["ran", "13"]


def test_which_of_two_classes_a_process_has_is_seen(project):
    """They are of one name and look alike; what they inherit is told by their statements."""
    project.write(
        "helpers.py",
        """
        import sys

        class One:
            def value(self):
                return 1

        class Two:
            def value(self):
                return 2

        if sys.warnoptions:
            class Tool(Two):
                name = "tool"
        else:
            class Tool(One):
                name = "tool"
        """,
    )
    project.script(
        """
        from hitsave import memo
        import helpers

        @memo
        def run(x):
            return helpers.Tool().value() + x

        print(run(0))
        """
    )
    assert [project.run().quiet, project.run().quiet] == [["1"], ["1"]]
    for _ in range(3):
        assert project.run("-W", "ignore::ResourceWarning", "main.py", HITSAVE_NOTICES="off").printed == ["2"]
        assert project.run().quiet == ["1"]


def test_a_file_that_is_edited_while_a_process_runs_is_not_what_it_loaded(known):
    """A process that believed the answers goes on with the text that it loaded: other calls are computed and stored as of that."""
    known.run()
    edit = "import pathlib; path = pathlib.Path(helpers.__file__); text = path.read_text()"
    known.script(f"{HELPED}\n    {edit}\n    path.write_text(text.replace('RATE = 2', 'RATE = 200'))\n    print(run(2))\n    path.write_text(text)\n")
    said = known.run(HITSAVE_NOTICES="off").quiet
    assert said == ["11", "19"]


def test_damaged_answers_are_none(known):
    """Rows carry checksums; what is no answer is as if there were none."""
    with sqlite3.connect(known.store / facts_table.FILE_NAME) as connection:
        connection.execute("UPDATE facts SET row = substr(row, 1, 40) WHERE key >= x'03'")
    connection.close()
    assert known.run().quiet == ["11"]


def test_the_oldest_answers_go(monkeypatch, tmp_path):
    """They are large, so their number is bounded apart from that of the facts."""
    from hitsave.digest import digest_bytes

    monkeypatch.setattr(facts_table, "MOST_ANSWERS", 3)
    table = facts_table.FactsTable(tmp_path)
    digests = [digest_bytes("test", str(n).encode()) for n in range(5)]
    table.put_many({digests[0]: b"fact"}, 1)
    for digest in digests:
        table.put_answers({digest: b"answer"}, 1)
    assert set(table.get_answers(digests, 1)) == set(digests[2:])
    assert set(table.get_many(digests, 1)) == {digests[0]}
    table.close()
