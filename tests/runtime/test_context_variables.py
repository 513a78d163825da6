"""What a context variable is set to is an input of what reads it."""

from __future__ import annotations

TEXT = """
    import asyncio, contextvars
    from hitsave import memo

    factor = contextvars.ContextVar("factor", default=2)
    bare = contextvars.ContextVar("bare")

    @memo
    def scaled(x):
        print("scaled")
        return factor.get() * x, bare.get(None)

    @memo
    def within(x):
        print("within")
        token = factor.set(100)
        try:
            return factor.get() * x
        finally:
            factor.reset(token)

    def under(value):
        factor.set(value)
        return scaled(1)

    async def task(value):
        factor.set(value)
        await asyncio.sleep(0)
        return scaled(1)

    async def tasks():
        return await asyncio.gather(task(3), task(5), task(3))

    def main():
        for _ in range(5):
            print(scaled(1), within(1), contextvars.copy_context().run(under, 3), asyncio.run(tasks()))

    if __name__ == "__main__":
        main()
"""


def test_what_a_context_variable_is_set_to_counts(project):
    """In each context its own; what a call sets and resets changes nothing."""
    line = "(2, None) 100 (3, None) [(3, None), (5, None), (3, None)]"
    first = project.script(TEXT, HITSAVE_NOTICES="off").quiet
    assert first == ["scaled", "within", "scaled", "scaled", line, *[line] * 4]
    assert project.run().quiet == [line] * 5
    project.edit("main.py", "\n    main()", "\n    factor.set(7)\n    main()")
    again = project.run(HITSAVE_NOTICES="off").quiet
    assert again == ["scaled", "within", "(7, None) 100 (3, None) [(3, None), (5, None), (3, None)]", *again[3:]]
    assert set(again[3:]) == {again[2]}
    project.edit("main.py", "default=2", "default=9")
    assert project.run(HITSAVE_NOTICES="off").printed[0] == "scaled"
