"""On Python 3.11, which code ran is told by the interpreter's profiler, where reading the code can't tell."""

from __future__ import annotations

import sys

import pytest

only_311 = pytest.mark.skipif(sys.version_info >= (3, 12), reason="later Pythons have sys.monitoring, which costs nothing")

OPEN = """
    import gc, sys, threading
    from hitsave import memo
    import plugged

    def found(name):
        return next(m for m in gc.get_objects() if type(m) is type(sys) and m.__name__ == name)

    @memo
    def direct(x):
        print("direct")
        return found("plug" + "ged").scaled(x)

    @memo
    def in_a_thread(x):
        print("in_a_thread")
        given = []
        thread = threading.Thread(target=lambda: given.append(found("plug" + "ged").threaded(x)))
        thread.start()
        thread.join()
        return given

    @memo
    def stream(x):
        print("stream")
        for n in range(x):
            yield found("plug" + "ged").streamed(n)

    def caller():
        given = []
        for item in stream(2):
            given.append(plugged.of_the_caller(item))
        return given

    @memo
    def outer(x):
        print("outer")
        return [direct(x), found("plug" + "ged").around(x)]

    print(direct(2), in_a_thread(2), caller(), outer(3))
"""
PLUGGED = "\n".join(f"def {name}(x):\n    return x + 10\n\n\n" for name in ("scaled", "threaded", "streamed", "of_the_caller", "around"))


@pytest.fixture
def plugged(project):
    """A project whose functions call what no text tells."""
    project.write("plugged.py", PLUGGED)
    project.write("main.py", OPEN)
    return project


@pytest.mark.parametrize(
    ("edited", "runs"),
    [
        ("scaled", ["direct", "direct", "outer"]),
        ("threaded", ["in_a_thread"]),
        ("streamed", ["stream"]),
        ("of_the_caller", []),
        ("around", ["outer"]),
    ],
)
def test_what_was_called_counts_for_whom_it_was_called(plugged, edited, runs):
    """In the function itself, in threads that it starts, in its own steps; for every evaluation around; and not for its callers."""
    first = plugged.run().quiet
    assert sorted(first[:-1]) == ["direct", "direct", "in_a_thread", "outer", "stream"]
    assert plugged.run().quiet == first[-1:]
    text = (plugged.root / "plugged.py").read_text()
    begin = text.index(f"def {edited}(")
    (plugged.root / "plugged.py").write_text(text[:begin] + text[begin:].replace("x + 10", "x + 11", 1))
    said = plugged.run()
    assert sorted(said.printed[:-1]) == sorted(runs)
    assert plugged.run().printed == said.printed[-1:]


@only_311
def test_only_evaluations_that_need_it_are_watched(project):
    """Nobody's calls are made slower for code that can be read; afterwards, nothing is left in place."""
    said = project.script("""
        import sys, threading
        from hitsave import memo

        def watched():
            return sys.getprofile() is not None, threading.getprofile() is not None

        @memo
        def closed(x):
            print("closed", watched())

        @memo
        def opened(x):
            print("open", watched(), len(sys.modules) > 1)

        closed(1)
        opened(1)
        print(watched())
    """)
    assert said.printed == ["closed (False, False)", "open (True, True) True", "(False, False)"]


AROUND = """
    profile = cProfile.Profile()
    profile.enable()
    print(direct(2))
    profile.disable()
    print(counted(profile))
"""
WITHIN = """
    print(direct(2))
"""


@only_311
@pytest.mark.parametrize(
    ("body", "calls", "why"),
    [
        ("return scaled(x)", AROUND, "another profiler is at work"),
        (
            "profile = cProfile.Profile()\n        result = profile.runcall(scaled, x)\n        print(counted(profile))\n        return result",
            WITHIN,
            "another profiler took over while it ran",
        ),
    ],
)
def test_another_profiler_is_left_alone_and_the_entry_says_so(project, body, calls, why):
    """Its figures are what they would be, and `why`, `deps` and `explain` name what was not recorded."""
    project.write("plugged.py", PLUGGED)
    text = f"""
    import cProfile, pstats, sys
    from hitsave import memo
    import plugged

    def counted(profile):
        return [v[0] for k, v in pstats.Stats(profile).stats.items() if k[2] == "scaled"]

    def scaled(x):
        return sys.modules["plug" + "ged"].scaled(x)

    @memo
    def direct(x):
        {body}
    {calls}
    print(direct.explain(2))
    """
    said = project.script(text)
    assert sorted(said.quiet[:2]) == sorted(["12", "[1, 1]"])
    untracked = f"which code ran was not recorded: {why}"
    assert said.quiet[2].startswith(f"fresh; not tracked: {untracked}, ")
    for command in ("why", "deps"):
        assert untracked in "\n".join(project.run("-m", "hitsave", command, "direct").printed)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="there is no sys.monitoring before")
def test_where_every_tool_number_is_taken_the_entry_says_so(project):
    """Other tools keep theirs, the function is remembered, and what was not recorded is named."""
    project.write("plugged.py", PLUGGED)
    project.write(
        "main.py",
        """
        import sys
        for tool in range(6):
            sys.monitoring.use_tool_id(tool, f"tool {tool}")
        from hitsave import memo

        @memo
        def f(x):
            return x

        print(f(2), f.explain(2))
        print([sys.monitoring.get_tool(tool) for tool in range(6)])
        """,
    )
    said = project.run()
    assert said.quiet[0].startswith("2 fresh; not tracked: which code ran was not recorded: every tool number of sys.monitoring is taken, ")
    assert said.quiet[1] == str([f"tool {n}" for n in range(6)])
    for command in ("why", "deps"):
        assert "which code ran was not recorded" in "\n".join(project.run("-m", "hitsave", command, "f").printed)
