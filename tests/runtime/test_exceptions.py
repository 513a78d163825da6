"""What a function raises is its own affair: it passes through untouched, and nothing is stored."""

from __future__ import annotations

import signal
import subprocess
import time


def test_exceptions_pass_through_untouched(project):
    """Each call raises anew; the traceback ends in the function, and has no other exception around it."""
    said = project.script("""
        import sys, traceback
        from hitsave import memo

        class Own(Exception):
            pass

        @memo
        def failing(x):
            print("runs", x)
            if x == 1:
                raise Own(x)
            if x == 2:
                sys.exit(5)
            if x == 3:
                raise KeyboardInterrupt
            try:
                raise KeyError("inner")
            except KeyError as error:
                raise Own("outer") from error

        for x in (1, 1, 2, 3, 4):
            try:
                failing(x)
            except BaseException as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                print(repr(error), repr(error.__cause__), error.__context__ is error.__cause__, last.name)
        print(failing.entries(), failing.is_cached(1))
    """)
    assert said.quiet == [
        *("runs 1", "Own(1) None True failing") * 2,
        *("runs 2", "SystemExit(5) None True failing"),
        *("runs 3", "KeyboardInterrupt() None True failing"),
        *("runs 4", "Own('outer') KeyError('inner') True failing"),
        "[] False",
    ]
    assert project.entries() == 0


def test_a_function_that_failed_is_remembered_once_it_does_not(project):
    """A failure leaves nothing behind that would be in the way: no lock, no recording."""
    said = project.script("""
        import threading
        from pathlib import Path
        from hitsave import memo

        @memo
        def reads():
            print("runs")
            return Path("data.txt").read_text()

        for _ in range(2):
            try:
                reads()
            except FileNotFoundError:
                print("not there")
        Path("data.txt").write_text("there")
        print(reads(), reads())
        threads = [threading.Thread(target=lambda: print(reads())) for _ in range(2)]
        for thread in threads:
            thread.start()
            thread.join()
    """)
    assert said.quiet == ["runs", "not there", "runs", "not there", "runs", "there there", "there", "there"]


def test_an_interrupted_run_is_not_stored(project):
    """Ctrl-C in the middle: the next run computes, and need not wait for anybody."""
    project.write(
        "main.py",
        """
        import signal, sys, time
        from hitsave import memo

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs these tests in the background ignores it

        @memo
        def slow(x):
            print("runs", flush=True)
            if sys.argv[1:]:
                time.sleep(60)
            return x

        print(slow(1))
        """,
    )
    started = subprocess.Popen(
        project.command("main.py", "slowly"), cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "runs\n"
    started.send_signal(signal.SIGINT)
    _, errors = started.communicate(timeout=60)
    assert errors.endswith("KeyboardInterrupt\n")
    assert errors.count("Traceback") == 1
    began = time.monotonic()
    assert project.run().quiet == ["runs", "1"]
    assert time.monotonic() - began < 50
    assert project.run().quiet == ["1"]


def test_a_result_that_is_an_exception_is_a_result(project):
    """What is returned is stored, whatever it is: None, an exception, NotImplemented, a function's own class."""
    text = """
        from hitsave import memo

        class Answer:
            def __eq__(self, other):
                return type(other) is Answer

        @memo
        def giving(what):
            print("runs")
            return {"none": None, "error": ValueError("given"), "not": NotImplemented, "type": Answer, "dots": ..., "own": Answer()}[what]

        print([repr(giving(w)) for w in ("none", "error", "not", "dots")], giving("type") is Answer, giving("own") == Answer())
    """
    results = "['None', \"ValueError('given')\", 'NotImplemented', 'Ellipsis'] True True"
    assert project.script(text).quiet == ["runs"] * 6 + [results]
    assert project.run().quiet == [results]


def test_the_traceback_of_a_failed_experiment_begins_with_the_users_code(project):
    """Of functions, coroutines and generators, with what it was caused by."""
    text = """
        import asyncio
        from hitsave import experiment

        def divide(x):
            try:
                return 1 / x
            except ZeroDivisionError as error:
                raise ValueError("no") from error

        @experiment
        def trial(x):
            return divide(x)

        @experiment
        async def later(x):
            return divide(x)

        @experiment
        def each(x):
            yield divide(x)

        for run in (lambda: trial(0), lambda: asyncio.run(later(0)), lambda: list(each(0))):
            try:
                run()
            except ValueError:
                pass
    """
    assert project.script(text).quiet == []
    from hitsave.storage.store import Store

    with Store.open(project.store, readonly=True) as store:
        errors = [store.content("error", entry.error).decode() for entry in store.list(limit=None)]
    assert len(errors) == 3
    for error in errors:
        assert "/hitsave/" not in error
        assert "ZeroDivisionError" in error
        assert "direct cause" in error
        assert error.endswith("ValueError: no\n")
        assert "in divide" in error.splitlines()[-3]
