"""What is read to fill a cache counts for every evaluation that takes from the cache, whoever filled it and whenever."""

from __future__ import annotations

import pytest

BEGIN = """
    import functools, os, pathlib
    from hitsave import memo
    HERE = pathlib.Path(__file__).parent

"""
FILE = "(HERE / 'data.txt').read_text().strip()"
CACHES = {
    "a function's cache": f"""
    @functools.lru_cache
    def text():
        return {FILE}
""",
    "a function's cache that another one fills": f"""
    @functools.cache
    def read():
        return {FILE}
    @functools.cache
    def text():
        return read()
""",
    "a dictionary": f"""
    KEPT = {{}}
    def text():
        if "text" not in KEPT:
            KEPT["text"] = {FILE}
        return KEPT["text"]
""",
    "a variable": f"""
    kept = None
    def text():
        global kept
        if kept is None:
            kept = {FILE}
        return kept
""",
    "a property of an object": f"""
    class Settings:
        @functools.cached_property
        def text(self):
            return {FILE}
    SETTINGS = Settings()
    def text():
        return SETTINGS.text
""",
    "the names in a folder": """
    @functools.cache
    def text():
        return str("more.txt" in os.listdir(HERE))
""",
    "a variable of the environment": """
    @functools.cache
    def text():
        return os.environ.get("KEPT_READS", "")
""",
}
END = """
    @memo
    def times(n):
        print("times", n)
        return text() * n

    @memo
    def before(n):
        print("before", n)
        return text() + str(n)

    print(before(0), times(1), times(2))
"""
RAN = ["before 0", "times 1", "times 2"]


@pytest.mark.parametrize("cache", CACHES)
def test_all_who_take_from_a_cache_run_again_when_what_filled_it_is_another(project, cache):
    """Not only the first of them, in whose evaluation it was read."""
    project.write("data.txt", "a\n")
    first = project.script(BEGIN + CACHES[cache] + END).quiet
    assert first[:3] == RAN
    assert project.run().quiet == first[3:]
    project.write("data.txt", "b\n")
    project.write("more.txt", "")
    again = project.run(HITSAVE_NOTICES="off", KEPT_READS="c").quiet
    assert again[:3] == RAN
    assert again[3:] != first[3:]
    assert project.run(KEPT_READS="c").quiet == again[3:]


def test_a_cache_that_the_script_filled_counts_by_what_was_read_for_it(project):
    """Nothing was evaluated when the file was read."""
    project.write("data.txt", "a\n")
    first = project.script(BEGIN + CACHES["a function's cache"] + END.replace("    print(before", "    text()\n    print(before")).quiet
    assert first == [*RAN, "a0 a aa"]
    assert project.run().quiet == ["a0 a aa"]
    project.write("data.txt", "b\n")
    assert project.run(HITSAVE_NOTICES="off").quiet == [*RAN, "b0 b bb"]


READER = """
    @memo
    def shout(name):
        print("shout", name)
        return load(name).upper() + suffix(len(name))

    @functools.lru_cache
    def suffix(n):
        return "!" * n

    def load(name):
        return (HERE / name).read_text().strip()

    print([shout(name) for name in ("a.txt", "b.txt", "c.txt")])
"""


def test_what_others_read_without_keeping_it_does_not_count(project):
    """A reader that all share, and a cache that reads nothing: each evaluation counts by its own file."""
    for name in ("a.txt", "b.txt", "c.txt"):
        project.write(name, name[0])
    assert project.script(BEGIN + READER).quiet[-1] == "['A!!!!!', 'B!!!!!', 'C!!!!!']"
    project.write("a.txt", "x")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["shout a.txt", "['X!!!!!', 'B!!!!!', 'C!!!!!']"]


def test_a_file_that_was_opened_so_often_that_nobody_looks_who_opens_it_counts(project):
    """Whoever opens it then."""
    project.write("data.txt", "a\n")
    often = END.replace("    print(before", f"    for _ in range(150):\n        {FILE}\n    text()\n    print(before")
    assert project.script(BEGIN + CACHES["a function's cache"] + often).quiet == [*RAN, "a0 a aa"]
    assert project.run().quiet == ["a0 a aa"]
    project.write("data.txt", "b\n")
    assert project.run(HITSAVE_NOTICES="off").quiet == [*RAN, "b0 b bb"]
