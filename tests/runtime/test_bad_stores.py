"""Stores that can't be used: calls give their own results, computed once each, with one warning that says what to do."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess

import pytest

TWICE = """
    from hitsave import memo

    @memo
    def doubled(x):
        print("runs", x)
        return 2 * x

    @memo
    def failing(x):
        print("runs")
        raise KeyError(x)

    print(doubled(4), doubled(4), doubled(5))
    try:
        failing(1)
    except KeyError as error:
        print(repr(error), error.__context__)
"""
UNCACHED = ["runs 4", "runs 4", "runs 5", "8 8 10", "runs", "KeyError(1) None"]
REMEMBERED = ["runs 4", "runs 5", "8 8 10", "runs", "KeyError(1) None"]
ALL_HITS = ["8 8 10", "runs", "KeyError(1) None"]

strictly = pytest.mark.parametrize("options", [(), ("-W", "error")], ids=["", "-W error"])


@pytest.fixture
def store(project, store_dir):
    """A store that has the results of an earlier run, and its folder."""
    assert project.script(TWICE).quiet == REMEMBERED
    return store_dir


@strictly
def test_a_store_that_is_a_file(project, store_dir, options):
    """HITSAVE_DIR may name one by mistake."""
    store_dir.write_text("not a folder")
    said = project.script(TWICE, *options)
    assert said.printed == UNCACHED
    assert said.warned == f"{store_dir} is not a folder. Set HITSAVE_DIR to a folder. Results are computed and not remembered."
    assert store_dir.read_text() == "not a folder"


@strictly
def test_a_store_below_a_file(project, store_dir, options):
    """Nor can a folder be made there."""
    store_dir.write_text("not a folder")
    said = project.script(TWICE, *options, HITSAVE_DIR=str(store_dir / "below"))
    assert said.printed == UNCACHED
    assert str(store_dir) in said.warned


@strictly
def test_a_store_that_others_can_write(project, store, options):
    """They could have put anything there, for us to unpickle."""
    store.chmod(0o777)
    said = project.run(*options, "main.py")
    assert said.printed == UNCACHED
    assert said.warned.startswith(f"Other users can write the store's folder {store}, ")
    assert f"chmod go-w {store}" in said.warned
    store.chmod(0o700)
    assert project.run().quiet == ALL_HITS


@strictly
def test_a_store_from_a_newer_version(project, store, options):
    """It is left as it is."""
    with sqlite3.connect(store / "hitsave.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
        database.execute("INSERT INTO schema VALUES (99, 99, 0)")
    database.close()
    said = project.run(*options, "main.py")
    assert said.printed == UNCACHED
    assert "was written by a newer HitSave" in said.warned
    assert "Upgrade" in said.warned


@strictly
def test_a_store_that_is_no_database(project, store, options):
    """Where nothing of it can be read, a new one is begun; the file is kept beside it."""
    for file in store.glob("hitsave.sqlite*"):
        file.write_bytes(b"not a database" * 400)
    said = project.run(*options, "main.py")
    assert said.printed == REMEMBERED
    assert "was damaged; what of it was good is in a new one, and the old one in hitsave.sqlite.damaged" in said.warned
    assert (store / "hitsave.sqlite.damaged").read_bytes().startswith(b"not a database")
    assert project.run().quiet == ALL_HITS


@strictly
def test_a_folder_with_something_else_in_the_databases_place(project, store_dir, options):
    """Somebody else's file is not touched."""
    store_dir.mkdir(mode=0o700)
    (store_dir / "hitsave.sqlite").write_bytes(b"not a database" * 400)
    (store_dir / "hitsave.sqlite").chmod(0o600)
    said = project.script(TWICE, *options)
    assert said.printed == UNCACHED
    assert "its hitsave.sqlite is not a database. Move that file away" in said.warned
    assert (store_dir / "hitsave.sqlite").read_bytes().startswith(b"not a database")


@pytest.fixture
def sealed(store):
    """The store in a folder that can't be written: on a read-only disk, or without permission."""
    if os.geteuid() == 0:
        if subprocess.run(["mount", "--bind", store, store], capture_output=True, check=False).returncode != 0:
            pytest.skip("can't mount here, and root may write everything")
        subprocess.run(["mount", "-o", "remount,ro,bind", store, store], check=True)
        yield store
        subprocess.run(["umount", store], check=True)
    else:
        store.chmod(0o500)
        yield store
        store.chmod(0o700)


@strictly
def test_a_store_that_can_only_be_read(project, sealed, options):
    """What is there is used; what is new can't be stored, which is said once."""
    assert project.run(*options, "main.py").printed == ALL_HITS
    project.edit("main.py", "doubled(5)", "doubled(6), doubled(6)")
    said = project.run(*options, "main.py")
    assert said.printed == ["runs 6", "runs 6", "8 8 12 12", "runs", "KeyError(1) None"]
    assert "can't be written" in said.warned
    assert "HITSAVE_DIR" in said.warned


FULL = """
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
    from hitsave import memo

    @memo
    def large(size):
        print("runs", size)
        return bytes(range(256)) * size

    for size in [1, 40_000, 40_000, 1]:
        print(len(large(size)))
"""


@pytest.mark.parametrize("limit", [1, 20_000, 400_000])
@strictly
def test_a_disk_that_is_full(project, store_dir, options, limit):
    """Whether it is full at once or only for large results: each call gives its own result, and what failed is said."""
    assert resource.RLIMIT_FSIZE
    said = project.script(FULL.format(limit=limit), *options)
    assert [line for line in said.printed if not line.startswith("runs")] == ["256", "10240000", "10240000", "256"]
    assert said.printed.count("runs 40000") == 2
    assert said.printed.count("runs 1") == (1 if limit == 400_000 else 2)
    assert "Free some space" in said.warned or "disk is full" in said.warned
    assert "HITSAVE_DIR" in said.warned
    after = project.script(FULL.replace("resource.setrlimit", "# ").format(limit=limit)).quiet
    assert after.count("runs 40000") == 1


def test_a_store_that_is_deleted_while_it_is_used(project, store_dir):
    """It may be deleted at any time: what is new is stored in a new one."""
    said = project.script("""
        import os, shutil
        from hitsave import memo

        @memo
        def doubled(x):
            print("runs", x)
            return 2 * x

        print(doubled(4))
        shutil.rmtree(os.environ["HITSAVE_DIR"])
        print(doubled(5))
        print(doubled(5))
    """)
    assert said.quiet == ["runs 4", "8", "runs 5", "10", "10"]
    assert project.entries() == 1


def test_settings_that_cannot_be_read(project):
    """The defaults stand in for them, with one warning."""
    project.write("pyproject.toml", "[project]\nname = 'x'\n[tool.hitsave\n")
    said = project.script(TWICE)
    assert said.printed == REMEMBERED
    assert "pyproject.toml is not valid TOML" in said.warned
    assert said.warned.endswith(" Default settings are used.")


def test_a_database_that_is_damaged(project, store):
    """The first call mends it, which is said once; from then on results are remembered again."""
    os.truncate(store / "hitsave.sqlite", 20_000)
    for log in store.glob("hitsave.sqlite-*"):
        log.unlink()
    said = project.run()
    assert [line for line in said.printed if line not in {"runs 4", "runs 5"}] == ALL_HITS
    assert "was damaged; what of it was good is in a new one" in said.warned
    assert project.run().quiet == ALL_HITS


@strictly
def test_too_many_open_files(project, store, options):
    """Not even HitSave itself can be loaded then: functions run, and the next call tries again."""
    script = """
    import os, resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    files = []
    def use_up():
        try:
            while True:
                files.append(os.dup(0))
        except OSError:
            pass
    """
    said = project.script(script + TWICE.replace("print(doubled(4)", "use_up()\n    print(doubled(4)"), *options)
    assert said.printed == UNCACHED
    assert "doubled() runs uncached" in said.warned
    assert "Too many open files" in said.warned or "too many files are open" in said.warned
    later = "use_up()\n    print(doubled(7))\n    for file in files: os.close(file)\n    print(doubled(7), doubled(7)"
    said = project.script(script + TWICE.replace("print(doubled(4), doubled(4), doubled(5)", later), *options)
    assert said.printed[:4] == ["runs 7", "14", "runs 7", "14 14"]
