"""`hitsave lint` says what speaks against memoising a function, and exits so that CI can tell."""

from __future__ import annotations

import json

import pytest

CLOCKS = {
    "clocks.py": """\
        import time


        def now():
            return time.time()
        """,
    "app.py": """\
        from hitsave import memo

        import clocks


        def stamp(x):
            return (x, clocks.now())


        @memo
        def score(x):
            print(x)
            return stamp(x)


        @memo
        def pure(x):
            return x + 1
        """,
    "other/more.py": """\
        from hitsave import memo


        @memo
        def fine(x):
            return x + 1
        """,
}


@pytest.fixture
def clocks(project):
    """A project with one function that should not be memoised."""
    project.write(CLOCKS)
    return project


def test_a_finding_has_its_place_its_chain_and_what_to_do(clocks, hitsave):
    """Under the function that it is about; with a count at the end."""
    said = hitsave("lint")
    assert said.status == 1
    assert said.lines == [
        "score()  app.py:11",
        "  clocks.py:5:12: HS001 warning reads the clock: time.time()",
        "    reached through score() → stamp() → now()",
        "    Pass the time in as an argument",
        "  app.py:12:5: HS007 note prints or logs, which a hit leaves out: print()",
        "    Return the value, and do this where the result is used",
        "",
        "3 functions: 1 warning, 1 note. hitsave lint --explain HS001 says more; # hitsave: ignore[HS001] at the end of a line leaves it out there.",
    ]


def test_paths_choose_what_is_looked_at(clocks, hitsave):
    """Files and folders; what they call may stand anywhere."""
    assert hitsave("lint", "other").lines == ["1 function: nothing speaks against memoising it."]
    assert hitsave("lint", "other", "app.py").status == 1
    assert hitsave("lint", "clocks.py").lines == ["No function is memoised there."]


def test_a_function_can_be_asked_about_before_it_is_memoised(clocks, hitsave):
    """By its name, with or without its file."""
    assert hitsave("lint", "clocks.py:now").status == 1
    assert hitsave("lint", "stamp").lines[0] == "stamp()  app.py:6"


def test_notes_fail_only_when_that_is_asked(clocks, hitsave):
    """`--strict` makes them count."""
    clocks.edit("clocks.py", "time.time()", "5")
    assert hitsave("lint").status == 0
    assert hitsave("lint", "--strict").status == 1
    assert hitsave("lint", "--strict", "--ignore", "hs007").status == 0


def test_a_project_can_leave_rules_out(clocks, hitsave):
    """By its settings."""
    clocks.write({"pyproject.toml": '[tool.hitsave]\nignore-rules = ["hs001", "HS007"]\n'})
    assert hitsave("lint").status == 0
    assert hitsave("lint").lines == ["3 functions: nothing speaks against memoising them."]


def test_json_has_what_the_text_has(clocks, hitsave):
    """In the shape that docs/cli.md describes."""
    said = hitsave("lint", "--json")
    assert said.status == 1
    found = json.loads(said.stdout)
    assert (found["format"], found["functions"], found["broken"]) == (1, ["app:score", "app:pure", "other.more:fine"], [])
    assert found["findings"][0] == {
        "rule": "HS001",
        "name": "clock",
        "level": "warning",
        "function": "app:score",
        "message": "score() reads the clock: time.time(), reached through stamp() → now(). Pass the time in as an argument",
        "what": "reads the clock: time.time()",
        "advice": "Pass the time in as an argument",
        "place": {"path": "clocks.py", "line": 5, "column": 12, "end_line": 5, "end_column": 23},
        "defined": {"path": "app.py", "line": 11},
        "chain": ["app:score", "app:stamp", "clocks:now"],
    }


def test_a_file_that_is_no_python_is_an_error(clocks, hitsave):
    """Exit status 2: what was not looked into may hold anything."""
    clocks.write({"broken.py": "from hitsave import memo\n@memo\ndef f(:\n"})
    said = hitsave("lint")
    assert said.status == 2
    assert any(line.startswith("not looked into: broken.py can't be read") for line in said.lines)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.py"], "hitsave: There is no nowhere.py. Name a file or folder of this project, or a function."),
        (["--ignore", "HS099"], "hitsave: There is no rule HS099. Rules are HS001 to HS014."),
        (["--explain", "clock"], "hitsave: There is no rule CLOCK. Rules are HS001 to HS014."),
    ],
)
def test_what_there_is_not_is_a_sentence(clocks, hitsave, arguments, sentence):
    """With what there is, and exit status 2."""
    said = hitsave("lint", *arguments)
    assert (said.status, said.stderr.strip()) == (2, sentence)


def test_explaining_a_rule_prints_its_page(clocks, hitsave):
    """As it is in docs/rules."""
    said = hitsave("lint", "--explain", "HS003")
    assert (said.status, said.lines[0]) == (0, "# HS003: unrecorded-read")


def test_nothing_is_imported(clocks, hitsave):
    """A module that would fail when it is imported is looked at like any other."""
    clocks.edit("clocks.py", "import time", "import time\nraise SystemExit(7)")
    assert hitsave("lint").status == 1


def test_recorded_times_make_a_note(pipeline, hitsave):
    """A function whose runs took less than a look-up; three of them are enough."""
    said = hitsave("lint", "app.py")
    assert [line.partition(" took ")[0] for line in said.lines if " HS011 note" in line] == ["  app.py:9:5: HS011 note"]
