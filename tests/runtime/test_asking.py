"""Asking about results, and disposing of them; in a process that runs."""

from __future__ import annotations

APP = """
    import sys
    import hitsave
    from hitsave import experiment, memo
    from hitsave.errors import UnknownEntryError
    from helper import step

    @memo
    def f(x, log=None):
        print("runs", x)
        return step(x)

    @experiment
    def trial(x):
        print("tries", x)
        if x < 0:
            raise ValueError(x)
        return {"loss": x}
"""
HELPER = "def step(x):\n    return x + 1\n"


def test_explain_tells_without_running(project):
    """Never evaluated, fresh, stale with the reason, or why it can't be told; and it says nothing on any channel."""
    project.write("helper.py", HELPER)
    said = project.script(
        APP
        + """
    print(f.explain(1), f.is_cached(1))
    f(1)
    print(f.explain(1), f.is_cached(1), f.is_cached(x=1, log=None), f.explain(2))
    print(f.explain(n for n in "ab"))
    print(f.explain(1, 2, 3))
    """
    )
    assert said.quiet == [
        "never evaluated False",
        "runs 1",
        "fresh True True never evaluated",
        (
            "can't tell: x is a generator, which can't be digested. It is used up by running it; pass the function that makes it, or a list of what it "
            """gives. If it can't change the result, leave it out: @memo(ignore="x")"""
        ),
        "can't tell: the arguments don't fit the signature",
    ]
    project.edit("helper.py", "x + 1", "x + 2")
    said = project.script(
        APP
        + """
    answer = f.explain(1)
    (reason,) = answer.reasons
    print(answer)
    print((reason.kind, reason.subject, str(reason.place), reason.chain))
    print(repr(reason.before), repr(reason.after))
    print(f.is_cached(1), f(1), f.is_cached(1))
    """
    )
    assert said.printed == [
        "stale: step() changed, helper.py:1",
        "('code', 'helper:step', 'helper.py:1', ('main:f', 'helper:step'))",
        "'def step(x):\\n    return x + 1' 'def step(x):\\n    return x + 2'",
        "runs 1",
        "False 3 True",
    ]


def test_a_result_can_be_computed_again_or_without_the_cache(project):
    """`rerun` stores the new result in place of the old one; `uncached` looks nothing up and stores nothing."""
    project.write("helper.py", HELPER)
    said = project.script(
        APP
        + """
    print(f.uncached(1), f.entries())
    f(1), f(2)
    first = f.entries()
    print(f.uncached(1), f.rerun(1), f(1), [entry.id == first[0].id for entry in f.entries()])
    print([entry.hits for entry in f.entries()], len({entry.id for entry in [*first, *f.entries()]}))
    """
    )
    assert said.quiet == ["runs 1", "2 []", "runs 1", "runs 2", "runs 1", "runs 1", "2 2 2 [False, True]", "[0, 0] 3"]


def test_results_are_listed_cleared_and_pinned(project):
    """Newest first; pinned ones stay; those that are not right any more can go alone."""
    project.write("helper.py", HELPER)
    project.script(APP + "\n    f(1), f(2), trial(1)")
    project.edit("helper.py", "x + 1", "x + 2")
    said = project.script(
        APP
        + """
    f(1), f(3)
    print([entry.symbol for entry in f.entries()], [entry.created_ns for entry in f.entries()] == sorted([entry.created_ns for entry in f.entries()], reverse=True))
    print(f.clear(stale_only=True), f.is_cached(1), f.is_cached(3))
    identity = f.pin(3)
    print(identity == f.entries()[0].id, f.entries()[0].pinned)
    print(f.clear(), f.is_cached(1), f.is_cached(3))
    print(f.unpin(3) == identity, f.clear(), f.entries(), len(trial.entries()))
    for ask in (lambda: f.pin(9), lambda: f.unpin(9), lambda: f.pin(n for n in "ab"), lambda: f.pin(1, 2, 3)):
        try:
            ask()
        except UnknownEntryError as error:
            print(error)
    """,
        HITSAVE_NOTICES="off",
    )
    assert said.quiet[:9] == [
        *("runs 1", "runs 3", "['main:f', 'main:f', 'main:f', 'main:f'] True"),
        *("2 True True", "True True", "1 False True", "True 1 [] 1"),
        *["nothing is stored for this call of f(). Call it first."] * 2,
    ]
    assert said.printed[9].startswith("nothing is stored for this call of f(): x is a generator, which can't be digested. ")
    assert said.printed[10] == "nothing is stored for this call of f(): the arguments don't fit the signature."


def test_a_result_is_got_by_its_id(project):
    """Or by an unambiguous beginning of it; what has no result says so."""
    project.write("helper.py", HELPER)
    said = project.script(
        APP
        + """
    trial(1), f(1)
    try:
        trial(-1)
    except ValueError:
        pass
    done, failed = trial.entries()[1], trial.entries()[0]
    print(done.status, failed.status, failed.error is not None)
    print(hitsave.get(done.id), hitsave.get(done.id.upper()), hitsave.get(f.entries()[0].id))
    print(hitsave.get(done.id) is hitsave.get(done.id))
    for wrong in (failed.id, "01zzzzzzzz", "", "not an id", done):
        try:
            hitsave.get(wrong)
        except (UnknownEntryError, TypeError) as error:
            print(type(error).__name__, str(error).replace(failed.id, "FAILED"))
    """
    )
    assert said.quiet[:6] == ["tries 1", "runs 1", "tries -1", "done failed True", "{'loss': 1} {'loss': 1} 2", "False"]
    assert said.printed[6] == "UnknownEntryError entry FAILED of main:trial is failed and has no result. `hitsave show` tells more."
    assert all(line.startswith("UnknownEntryError ") for line in said.printed[6:10])
    assert said.printed[10] == "TypeError get() takes the ID of an entry, a str, as `hitsave ls` prints it; not Entry"


def test_a_project_may_have_a_store_of_its_own(project, store_dir):
    """Named in its settings, relative to them; HITSAVE_DIR goes before it."""
    project.write("helper.py", HELPER)
    project.write("pyproject.toml", "[project]\nname = 'p'\n[tool.hitsave]\nstore = 'results'\n")
    text = APP + "\n    f(1)\n    print(hitsave.get(f.entries()[0].id))"
    assert project.script(text, HITSAVE_DIR="").quiet == ["runs 1", "2"]
    assert (project.root / "results" / "hitsave.sqlite").exists()
    assert project.run(HITSAVE_DIR="").quiet == ["2"]
    assert project.run().quiet == ["runs 1", "2"]


def test_asking_where_the_store_cannot_be_used_says_so(project, store_dir):
    """There is no silent empty answer."""
    project.write("helper.py", HELPER)
    store_dir.write_text("a file")
    said = project.script(
        APP
        + """
    from hitsave.errors import HitSaveError
    print(f.explain(1), f.is_cached(1))
    for ask in (f.entries, f.clear, lambda: f.pin(1), lambda: hitsave.get("01")):
        try:
            print(ask())
        except HitSaveError as error:
            print(error)
    """
    )
    assert said.printed[0] == "can't tell: the store can't be used False"
    assert len(said.printed) == 5
    assert "is not a folder. Set HITSAVE_DIR to a folder." in said.printed[4]
    assert "is not a folder. Set HITSAVE_DIR to a folder." in said.warned
