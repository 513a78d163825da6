"""`@memo(replay_output=True)`: what was printed and logged is shown again on a hit."""

from __future__ import annotations

TALKING = """
    import logging, sys
    from hitsave import memo

    logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(name)s %(message)s", level=logging.INFO)

    @memo(replay_output=True)
    def f(n):
        print("out", n)
        print("err", n, file=sys.stderr)
        logging.getLogger("app").info("logged %s", n)
        logging.getLogger("app").debug("nobody hears this")
        sys.stdout.writelines(["a", "b\\n"])
        return n
"""


def test_a_hit_says_what_was_said(project):
    """To the stream that it went to, records by way of the loggers, after a line that marks it."""
    project.write("main.py", TALKING + "    f(1)")
    first = project.run("main.py")
    assert (first.printed, first.rest, first.notices) == (["out 1", "INFO app logged 1", "ab"], "err 1", [])
    again = project.run("main.py")
    assert (again.printed, again.rest) == (first.printed, first.rest)
    (notice,) = again.notices
    assert notice.startswith("f() is not run again; on 20")
    assert notice.endswith(" it said:")
    quiet = project.run("main.py", HITSAVE_NOTICES="off")
    assert (quiet.printed, quiet.rest, quiet.notices) == (first.printed, first.rest, [])


def test_records_are_heard_by_those_who_listen_now(project):
    """A level that was raised since silences them; a record that is shown again says so."""
    project.write("main.py", TALKING + "    f(1)")
    project.run("main.py")
    more = """
    logging.getLogger("app").setLevel(logging.WARNING)
    f(1)
    logging.getLogger("app").setLevel(logging.INFO)
    logging.getLogger("app").addFilter(lambda record: print(record.hitsave_replayed) or True)
    f(1)
    """
    printed = project.script(TALKING + more).printed
    assert printed == ["out 1", "ab", "out 1", "True", "INFO app logged 1", "ab"]


def test_what_an_inner_call_says_is_part_of_what_an_outer_one_said(project):
    """Also where the inner one was a hit, and said it again."""
    outer = """
    @memo(replay_output=True)
    def outer():
        print("outer")
        return f(1)

    """
    project.write("main.py", TALKING + "    f(1)" + outer + "print('--')\n    outer()")
    project.run("main.py")
    again = project.run("main.py").printed
    assert again == ["out 1", "INFO app logged 1", "ab", "--", "outer", "out 1", "INFO app logged 1", "ab"]


def test_nothing_is_kept_unless_asked_for(project):
    """A hit is silent, and so is one of an entry that was stored before it was asked for; standard streams are as they were."""
    project.write("main.py", TALKING.replace("@memo(replay_output=True)", "@memo") + "    f(1)\n    print(type(sys.stdout).__name__)")
    project.run("main.py")
    assert project.run("main.py").quiet == ["TextIOWrapper"]
    project.edit("main.py", "@memo", "@memo(replay_output=True)")
    assert project.run("main.py").quiet == ["TextIOWrapper"]


def test_of_much_the_beginning_and_the_end_are_kept(project):
    """And it is said how much is left out."""
    text = """
        from hitsave import memo

        @memo(replay_output=True)
        def f():
            for n in range(100_000):
                print(f"line {n}")
            print("x" * 1_000_000)
            print("the end")

        f()
        """
    project.script(text, HITSAVE_NOTICES="off")
    printed = project.run("main.py", HITSAVE_NOTICES="off").printed
    assert (printed[0], printed[1], printed[-1]) == ("line 0", "line 1", "the end")
    assert any("characters are left out here" in line for line in printed)
    assert sum(map(len, printed)) < 300_000


def test_what_raises_and_streams_that_are_replaced_do_no_harm(project):
    """A stream that the function puts in the place of one, a message that can't be made, an exception on the way."""
    said = project.script("""
        import contextlib, io, logging, sys
        from hitsave import memo

        logging.basicConfig(level=logging.CRITICAL)
        logging.raiseExceptions = False

        @memo(replay_output=True)
        def f(n):
            with contextlib.redirect_stdout(io.StringIO()) as kept:
                print("kept")
            logging.getLogger().critical("%s %s", 1)
            if n:
                raise ValueError(n)
            return kept.getvalue()

        print(f(0).strip(), f(0).strip())
        try:
            f(1)
        except ValueError:
            print(type(sys.stdout).__name__)
        """)
    assert said.printed == ["kept kept", "TextIOWrapper"]


def test_a_generator_says_it_with_its_first_item(project):
    """What its caller prints between two items is not its own."""
    text = """
        from hitsave import memo

        @memo(replay_output=True)
        def items():
            for n in range(2):
                print("made", n)
                yield n

        for item in items():
            print("took", item)
        """
    assert project.script(text).quiet == ["made 0", "took 0", "made 1", "took 1"]
    assert project.run("main.py").printed == ["made 0", "made 1", "took 0", "took 1"]
