"""`hitsave deps` shows what a function depends on, run or not."""

from __future__ import annotations


def test_the_tree_leads_from_the_function_to_all_that_it_reaches(pipeline, hitsave):
    """Each with its place; what was shown above is not shown again."""
    pipeline.write(
        {
            "model.py": """\
        import json

        import util

        RATE = 0.1


        class Model:
            def fit(self, x):
                return util.step(x) * RATE


        def run(x):
            return Model().fit(x) + util.step(x) + len(json.dumps(x))
        """
        }
    )
    assert hitsave("deps", "model:run").lines == [
        "run()  model.py:13",
        "  class Model  model.py:8",
        "    Model.fit()  model.py:9",
        "      util.step()  util.py:5",
        "        util.helper()  util.py:1",
        "      RATE = 0.1  model.py:5",
        "  util.step()  util.py:5  (see above)",
        "",
        "All of it is tracked. What variables hold is looked at when it runs.",
    ]


def test_json_has_a_fixed_shape(pipeline, hitsave):
    """A graph: each node names what it depends on directly."""
    said = hitsave("deps", "clean", "--json").json
    assert list(said) == ["format", "symbol", "project", "nodes", "externals", "compiled", "untracked"]
    assert said["nodes"] == [
        {"symbol": "app:clean", "kind": "function", "place": {"path": "app.py", "line": 9}, "depends_on": ["util:step", "app:LIMIT"]},
        {"symbol": "util:step", "kind": "function", "place": {"path": "util.py", "line": 5}, "depends_on": ["util:helper"]},
        {"symbol": "util:helper", "kind": "function", "place": {"path": "util.py", "line": 1}, "depends_on": []},
        {"symbol": "app:LIMIT", "kind": "value", "place": {"path": "app.py", "line": 5}, "depends_on": []},
    ]
    assert (said["externals"], said["compiled"], said["untracked"]) == ([], [], [])


def test_libraries_are_listed_with_what_counts_of_their_version(project, hitsave):
    """Those that the code names, and those that these require."""
    project.write({"app.py": "import pandas as pd\ndef f(): return pd.DataFrame()\n"})
    externals = {e["distribution"]: e for e in hitsave("deps", "app:f", "--json").json["externals"]}
    assert (externals["pandas"]["named"], externals["pandas"]["sensitivity"]) == (True, "exact")
    assert (externals["numpy"]["named"], externals["numpy"]["sensitivity"]) == (False, "minor")
    lines = hitsave("deps", "app:f").lines
    assert f"  pandas  {externals['pandas']['version']}  every release counts" in lines
    assert any(line.startswith("  and what they require: ") and "numpy" in line for line in lines)


def test_what_is_not_tracked_is_named_with_its_place(project, hitsave):
    """A computed import, and a file that can't be read."""
    project.write(
        {"app.py": "import importlib\nimport broken\ndef f(name):\n    return importlib.import_module(name), broken.g()\n", "broken.py": "def g(:\n"}
    )
    said = hitsave("deps", "app:f", "--json").json
    assert {(u["symbol"], u["place"]["path"]) for u in said["untracked"]} == {("app:f", "app.py"), ("broken.py", "broken.py")}
    lines = hitsave("deps", "app:f").lines
    assert "Not tracked" in lines
    assert any(line.startswith("  broken.py can't be read: ") for line in lines)


def test_recursion_ends(project, hitsave):
    """Functions that call each other are each shown once."""
    project.write({"app.py": "def f(n): return g(n)\ndef g(n): return f(n - 1) if n else f(n)\n"})
    assert hitsave("deps", "app:f").lines[:3] == ["f()  app.py:1", "  g()  app.py:2", "    f()  app.py:1  (see above)"]


def test_code_under_src_is_found(project, hitsave):
    """Source roots are import roots."""
    project.write({"src/lib.py": "def helper(): return 1\n", "app.py": "import lib\ndef f(): return lib.helper()\n"})
    assert hitsave("deps", "app:f").lines[1] == "  lib.helper()  src/lib.py:1"
    assert hitsave("deps", "src/lib.py:helper").lines[0] == "helper()  src/lib.py:1"


def test_any_function_or_class_of_the_project_can_be_asked_about(pipeline, hitsave):
    """By its bare name, too, where only one has it."""
    assert hitsave("deps", "unrelated").lines[0] == "unrelated()  util.py:9"
    assert hitsave("deps", "util.unrelated").status == 2
