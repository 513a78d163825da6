"""Generator functions: recorded when they are exhausted, replayed with all that a caller can do to them."""

from __future__ import annotations

GENERATORS = """
    from hitsave import memo

    def drained(running):
        items = []
        while True:
            try:
                items.append(next(running))
            except StopIteration as end:
                return items, end.value

    @memo
    def counting(n):
        print("starts", n)
        try:
            for i in range(n):
                try:
                    sent = yield i
                    if sent is not None:
                        print("got", sent)
                except KeyError as error:
                    print("caught", error)
                    yield "instead"
        finally:
            print("ends", n)
        return "returned"
"""


def test_a_generator_is_replayed_with_its_return_value(project):
    """Its body runs once, when the first item is asked for."""
    said = project.script(
        GENERATORS
        + """
    running = counting(2)
    print("made")
    print(drained(running))
    print(drained(counting(2)))
    def delegating():
        print((yield from counting(2)))
    print(list(delegating()))
    """
    )
    assert said.quiet == ["made", "starts 2", "ends 2", "([0, 1], 'returned')", "([0, 1], 'returned')", "returned", "[0, 1]"]
    assert project.script(GENERATORS + "\n    print(drained(counting(2)), type(counting(2)).__name__)").quiet == ["([0, 1], 'returned') generator"]


def test_a_generator_that_is_not_exhausted_is_not_stored(project):
    """Closed early, sent to, thrown into, forgotten, or broken: it does what it would have done."""
    said = project.script(
        GENERATORS
        + """
    @memo
    def breaking(n):
        print("starts")
        yield n
        raise OSError("its own")

    closed = counting(3)
    print(next(closed))
    closed.close()
    sent = counting(4)
    print(next(sent), sent.send("word"), drained(sent))
    thrown = counting(2)
    print(next(thrown), thrown.throw(KeyError("k")), drained(thrown))
    torn = counting(5)
    next(torn)
    try:
        torn.throw(ValueError("not caught"))
    except ValueError as error:
        print(repr(error))
    forgotten = counting(6)
    next(forgotten)
    del forgotten
    for _ in range(2):
        try:
            list(breaking(1))
        except OSError as error:
            print(repr(error), error.__context__)
    try:
        counting(7).send("too early")
    except TypeError as error:
        print(error)
    print([counting.is_cached(n) for n in range(2, 8)], breaking.is_cached(1))
    """
    )
    assert said.quiet == [
        *("starts 3", "0", "ends 3"),
        *("starts 4", "got word", "ends 4", "0 1 ([2, 3], 'returned')"),
        *("starts 2", "caught 'k'", "ends 2", "0 instead ([1], 'returned')"),
        *("starts 5", "ends 5", "ValueError('not caught')"),
        *("starts 6", "ends 6"),
        *("starts", "OSError('its own') None") * 2,
        "can't send non-None value to a just-started generator",
        "[False, False, False, False, False, False] False",
    ]
    assert project.entries() == 0


def test_what_is_sent_into_a_replay_reaches_the_function(project):
    """It is brought to the place that the replay had come to, and goes on from there."""
    said = project.script(
        GENERATORS
        + """
    drained(counting(3))
    print("stored")
    sent = counting(3)
    print(next(sent), next(sent), sent.send("word"), drained(sent))
    thrown = counting(3)
    print(next(thrown), thrown.throw(KeyError("k")), next(thrown))
    thrown.close()
    torn = counting(3)
    next(torn)
    try:
        torn.throw(ValueError("not caught"))
    except ValueError as error:
        print(repr(error))
    closed = counting(3)
    next(closed)
    closed.close()
    print(counting.is_cached(3), drained(counting(3)))
    """
    )
    assert said.quiet == [
        *("starts 3", "ends 3", "stored"),
        *("starts 3", "got word", "ends 3", "0 1 2 ([], 'returned')"),
        *("starts 3", "caught 'k'", "0 instead 1", "ends 3"),
        *("starts 3", "ends 3", "ValueError('not caught')"),
        "True ([0, 1, 2], 'returned')",
    ]


def test_items_that_change_after_they_were_given_are_not_stored(project):
    """Whether the function or its caller changes them, giving them again could not do so again. Those of a replay are the caller's own."""
    text = """
        from hitsave import memo

        @memo
        def rows(n):
            print("runs")
            for i in range(n):
                yield {"row": i}

        @memo
        def growing(n):
            print("grows")
            found = []
            for i in range(n):
                found.append(i)
                yield found

        print([dict(row, seen=True) for row in rows(2)])
        for row in rows(2):
            row["mine"] = 1
        print(list(rows(2)))
        print(list(growing(2)), list(growing(2)))
        for row in rows(3):
            row["mine"] = 1
        print(list(rows(3)))
    """
    said = project.script(text)
    assert said.printed == [
        *("runs", "[{'row': 0, 'seen': True}, {'row': 1, 'seen': True}]", "[{'row': 0}, {'row': 1}]"),
        *("grows", "grows", "[[0, 1], [0, 1]] [[0, 1], [0, 1]]"),
        *("runs", "runs", "[{'row': 0}, {'row': 1}, {'row': 2}]"),
    ]
    growing, rows = said.warnings
    assert growing.startswith("The result of growing() is not stored: item 0 was changed after the function gave it, ")
    assert rows.startswith("The result of rows() is not stored: item 0 was changed after the function gave it, ")


def test_what_the_caller_does_between_items_is_no_part_of_the_evaluation(project):
    """Files that it reads or writes, other memoised functions that it calls, and its own code."""
    project.write("in.txt", "one\ntwo\n")
    project.write("other.txt", "before")
    text = """
        import os
        from hitsave import memo

        @memo
        def lines(path):
            print("reads", path)
            with open(path) as file:
                yield from file.read().split()

        @memo
        def length(text):
            print("measures", text, os.environ.get("UNIT"))
            return len(text + open("other.txt").read())

        def shown(line):
            return length(line)

        print([shown(line) for line in lines("in.txt")])
    """
    assert project.script(text).quiet == ["reads in.txt", "measures one None", "measures two None", "[9, 9]"]
    project.write("other.txt", "after")
    assert project.run(HITSAVE_NOTICES="off", UNIT="m").quiet == ["measures one m", "measures two m", "[8, 8]"]
    project.write("in.txt", "one\ntwo\nthree\n")
    assert project.run(HITSAVE_NOTICES="off", UNIT="m").quiet == ["reads in.txt", "measures three m", "[8, 8, 10]"]
    project.edit("main.py", "return length(line)", "return -length(line)")
    assert project.run(HITSAVE_NOTICES="off", UNIT="m").quiet == ["[-8, -8, -10]"]


def test_asynchronous_generators_are_recorded_and_replayed_alike(project):
    """With all that can be done to them."""
    said = project.script("""
        import asyncio
        from hitsave import memo

        @memo
        async def counting(n):
            print("starts", n)
            try:
                for i in range(n):
                    await asyncio.sleep(0)
                    try:
                        sent = yield i
                        if sent is not None:
                            print("got", sent)
                    except KeyError as error:
                        print("caught", error)
                        yield "instead"
            finally:
                print("ends", n)

        async def drained(running):
            return [item async for item in running]

        async def main():
            print(await drained(counting(2)), await drained(counting(2)))
            sent = counting(2)
            print(await anext(sent), await sent.asend("word"), await drained(sent))
            thrown = counting(2)
            print(await anext(thrown), await thrown.athrow(KeyError("k")), await drained(thrown))
            closed = counting(3)
            await anext(closed)
            await closed.aclose()
            torn = counting(4)
            await anext(torn)
            try:
                await torn.athrow(ValueError("not caught"))
            except ValueError as error:
                print(repr(error))
            sent = counting(5)
            print(await anext(sent), await sent.asend("word"), await drained(sent))
            print([counting.is_cached(n) for n in range(2, 6)])

        asyncio.run(main())
    """)
    assert said.quiet == [
        *("starts 2", "ends 2", "[0, 1] [0, 1]"),
        *("starts 2", "got word", "ends 2", "0 1 []"),
        *("starts 2", "caught 'k'", "ends 2", "0 instead [1]"),
        *("starts 3", "ends 3"),
        *("starts 4", "ends 4", "ValueError('not caught')"),
        *("starts 5", "got word", "ends 5", "0 1 [2, 3, 4]"),
        "[True, False, False, False]",
    ]
