"""Tests get a throw-away store, so that what a patched function gave is never found by the program itself."""

from __future__ import annotations

import os

import pytest

APP = """
    from hitsave import memo

    def rate():
        return 2

    @memo
    def total(n):
        print("total runs")
        return n * rate()
"""
PYTEST = """
    import os, app

    def test_total():
        assert app.total(3) == 6

    def test_total_again():
        assert app.total(3) == 6
        print("store:", os.environ["HITSAVE_DIR"])
"""
UNITTEST = """
    import os, sys, threading, unittest, app
    from unittest import mock

    class Total(unittest.TestCase):
        def test_total(self):
            self.assertEqual(app.total(3), 6)

        def test_total_in_a_thread(self):
            results = []
            thread = threading.Thread(target=lambda: results.append(app.total(3)))
            thread.start()
            thread.join()
            self.assertEqual(results, [6])

        def test_zz_where(self):
            print("store:", os.environ.get("HITSAVE_DIR"))

    if __name__ == "__main__":
        unittest.main(exit=False)
        print("after:", app.total(3))
"""


@pytest.fixture
def tested(project):
    """A project with tests of both kinds."""
    project.write("app.py", APP)
    project.write("main.py", "import app\nprint(app.total(3))\n")
    project.write("test_app.py", PYTEST)
    project.write("case.py", UNITTEST)
    return project


def pytest_run(project, *arguments: str, **environment: str):
    """Run pytest in a process of its own, with the plugin as an installed HitSave would bring it."""
    command = ["-m", "pytest", "-p", "hitsave.pytest_plugin", "-p", "no:cacheprovider", "-q", "-s", *arguments]
    return project.run(*command, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", **environment)


def where(said) -> str:
    """The store that a test said it has."""
    return next(line.partition("store: ")[2] for line in said.printed if "store: " in line)


def test_tests_under_pytest_keep_out_of_the_programs_store(tested):
    """They compute for themselves once, in a folder that is gone afterwards; the program's store stays as it was."""
    said = pytest_run(tested)
    assert "".join(said.printed).count("total runs") == 1
    assert where(said) != str(tested.store)
    assert not os.path.exists(where(said))
    assert not tested.store.exists()
    tested.run()
    assert "".join(pytest_run(tested).printed).count("total runs") == 1
    assert tested.entries() == 1


@pytest.mark.parametrize(
    ("arguments", "environment", "ini"),
    [
        (["--hitsave-store=real"], {}, ""),
        ([], {"HITSAVE_TEST_STORE": "real"}, ""),
        ([], {}, "real"),
        (["--hitsave-store", "real"], {"HITSAVE_TEST_STORE": "throwaway"}, "kept"),
    ],
)
def test_the_programs_store_can_be_asked_for(tested, arguments, environment, ini):
    """By an option, the environment or pytest's settings, in this order."""
    if ini:
        tested.write("pytest.ini", f"[pytest]\nhitsave_store = {ini}\n")
    tested.run()
    said = pytest_run(tested, *arguments, **environment)
    assert "".join(said.printed).count("total runs") == 0
    assert where(said) == str(tested.store)


def test_a_folder_of_their_own_can_be_asked_for(tested):
    """It stays, so the next run of the tests finds what this one computed."""
    for runs in (1, 0):
        said = pytest_run(tested, "--hitsave-store=kept")
        assert "".join(said.printed).count("total runs") == runs
        assert where(said) == str(tested.root / "kept")
    assert not tested.store.exists()


def test_a_test_that_sets_its_own_store_has_it(tested):
    """HITSAVE_DIR, set while the tests run, is obeyed."""
    tested.write(
        "test_app.py",
        """
        import app

        def test_total(monkeypatch, tmp_path):
            monkeypatch.setenv("HITSAVE_DIR", str(tmp_path / "own"))
            assert app.total(3) == 6
            assert (tmp_path / "own" / "hitsave.sqlite").exists()
        """,
    )
    pytest_run(tested)


@pytest.mark.parametrize("option", [[], ["--hitsave-store=throwaway"]])
def test_workers_share_the_throw_away_store(tested, option):
    """With pytest-xdist, what one worker computed another one finds; nothing is left."""
    tested.write(
        "test_app.py",
        "import os, pytest, app\n@pytest.mark.parametrize('n', range(4))\ndef test_total(n, record_property):\n    assert app.total(3) == 6\n    open('seen', 'a').write(os.environ['HITSAVE_DIR'] + '\\n')\n",
    )
    tested.edit("app.py", 'print("total runs")', 'open("runs", "a").write("x")')
    pytest_run(tested, "-p", "xdist", "-n", "2", *option)
    (store,) = set((tested.root / "seen").read_text().split())
    assert (tested.root / "runs").read_text() == "x"
    assert store != str(tested.store)
    assert not os.path.exists(store)


def test_the_plugin_costs_those_nothing_who_do_not_use_hitsave(tested):
    """In a run of tests that touches no memoised function, nothing of HitSave's runtime is loaded."""
    tested.write(
        "test_app.py",
        "import sys\ndef test_nothing():\n    assert not [m for m in sys.modules if m.startswith(('hitsave.runtime', 'hitsave.codegraph', 'sqlite3'))]\n",
    )
    pytest_run(tested)


@pytest.mark.parametrize("command", [["-m", "unittest", "case"], ["case.py"], ["-m", "pytest", "-q", "-s", "case.py", "-p", "no:cacheprovider"]])
def test_unittest_and_pytest_without_the_plugin_are_noticed(tested, command):
    """A runner that is at work is seen by its frames on the stack; what comes after it in the process stays apart, too."""
    said = tested.run(*command, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert "".join(said.printed).count("total runs") == 1
    assert where(said) not in {str(tested.store), "None"}
    assert not os.path.exists(where(said))
    assert not tested.store.exists()


def test_unittest_can_ask_for_the_programs_store(tested):
    """By the environment, there being no option."""
    tested.run()
    assert "total runs" not in tested.run("-m", "unittest", "case", HITSAVE_TEST_STORE="real").printed


def test_a_program_that_uses_mock_is_no_test(tested):
    """Having unittest loaded makes no test run."""
    tested.write("main.py", "import unittest.mock, app\nwith unittest.mock.patch('app.rate', lambda: 2):\n    pass\nprint(app.total(3))\n")
    assert tested.run().printed == ["total runs", "6"]
    assert tested.run().printed == ["6"]
    assert tested.entries() == 1


def test_child_processes_of_tests_have_the_same_store(tested):
    """What a test starts is a test as well."""
    tested.write(
        "test_app.py",
        """
        import subprocess, sys, app

        def test_total():
            assert app.total(3) == 6
            print(subprocess.run([sys.executable, "main.py"], capture_output=True, text=True, check=True).stdout)
        """,
    )
    said = pytest_run(tested)
    assert "".join(said.printed).count("total runs") == 1
    assert not tested.store.exists()
