"""``HITSAVE`` and `hitsave.disabled`: whether results are looked up and kept."""

from __future__ import annotations

TEXT = """
    from hitsave import disabled, memo

    @memo
    def f(x):
        print("runs", x)
        return x

    print(f(1), f(1), f(2))
"""


def test_hitsave_can_be_switched_from_outside(project, store_dir):
    """Off, looking up only, computing everything anew."""
    assert project.run("-c", "import main", HITSAVE="off", cwd=project.write("main.py", TEXT).parent).quiet == ["runs 1", "runs 1", "runs 2", "1 1 2"]
    assert not store_dir.exists()
    assert project.run(HITSAVE="readonly").quiet == ["runs 1", "runs 1", "runs 2", "1 1 2"]
    assert not store_dir.exists()
    assert project.run(HITSAVE="on").quiet == ["runs 1", "runs 2", "1 1 2"]
    assert project.run(HITSAVE="readonly").quiet == ["1 1 2"]
    assert project.run(HITSAVE="OFF").quiet == ["runs 1", "runs 1", "runs 2", "1 1 2"]
    assert project.run(HITSAVE="0").quiet == ["runs 1", "runs 1", "runs 2", "1 1 2"]
    assert project.run(HITSAVE="").quiet == ["1 1 2"]
    assert project.entries() == 2
    assert project.run(HITSAVE="refresh").quiet == ["runs 1", "runs 1", "runs 2", "1 1 2"]
    assert project.entries() == 2


def test_a_mode_that_does_not_exist_is_said_once(project):
    """With those that do."""
    said = project.script(TEXT, HITSAVE="of")
    assert said.printed == ["runs 1", "runs 2", "1 1 2"]
    assert said.warned.startswith("HITSAVE='of' is not one of on, off, readonly, refresh")


def test_readonly_stores_nothing_at_all(project, store_dir):
    """Not even that a result was used."""
    project.write("main.py", TEXT)
    project.run()
    before = (store_dir / "hitsave.sqlite").read_bytes()
    project.edit("main.py", "f(2))", "f(3))")
    assert project.run(HITSAVE="readonly").quiet == ["runs 3", "1 1 3"]
    assert project.entries() == 2
    assert (store_dir / "hitsave.sqlite").read_bytes() == before


def test_disabled_runs_functions_as_if_undecorated(project):
    """Within it nothing is looked up or stored, generators and coroutines included; what was called before it is finished as it began."""
    said = project.script(
        TEXT
        + """
    import asyncio

    @memo
    def items(n):
        print("starts")
        yield from range(n)

    @memo
    async def waits(x):
        print("waits")
        return x

    with disabled():
        print(f(1), f(5), list(items(2)), asyncio.run(waits(1)))
    print(f(1), f.is_cached(5), items.is_cached(2), waits.is_cached(1))
    """
    )
    assert said.quiet == ["runs 1", "runs 2", "1 1 2", "runs 1", "runs 5", "starts", "waits", "1 5 [0, 1] 1", "1 False False False"]
