"""Coroutines: what other tasks do while one waits is no part of its evaluation; what its own tasks do is."""

from __future__ import annotations

TASKS = """
    import asyncio, gc
    from hitsave import memo

    def other(path):
        with open(path) as file:
            return file.read()

    def dispatched(path):
        with open(path) as file:
            return file.read()

    async def child(name):
        await asyncio.sleep(0.01)
        return next(f for f in gc.get_objects() if type(f).__name__ == "function" and f.__name__ == name)("mine.txt")

    @memo
    async def slow(name):
        print("runs")
        first = asyncio.create_task(child(name))
        await asyncio.sleep(0.05)
        return await first

    async def neighbour():
        for _ in range(8):
            await asyncio.sleep(0.005)
            other("theirs.txt")

    async def main():
        print((await asyncio.gather(slow("dispatched"), neighbour()))[0])

    asyncio.run(main())
"""


def test_what_other_tasks_do_meanwhile_does_not_count(project):
    """Not their code, nor the files that they read, nor whoever awaits the coroutine."""
    project.write("mine.txt", "mine")
    project.write("theirs.txt", "theirs")
    project.script(TASKS)
    project.write("theirs.txt", "other words")
    edited = TASKS.replace("range(8)", "range(7)").replace("file.read()", "file.read() or None", 1).replace("print((await", "print(0 or (await")
    assert project.script(edited).quiet == ["mine"]


def test_what_its_own_tasks_do_counts(project):
    """Though no analysis can see what they dispatch to."""
    project.write("mine.txt", "mine")
    project.write("theirs.txt", "theirs")
    project.script(TASKS)
    project.write("mine.txt", "new")
    assert project.script(TASKS, HITSAVE_NOTICES="off").quiet == ["runs", "new"]
    head, _, tail = TASKS.partition("def dispatched")
    assert project.script(head + "def dispatched" + tail.replace("file.read()", "file.read() * 2", 1), HITSAVE_NOTICES="off").quiet == [
        "runs",
        "newnew",
    ]


def test_an_exception_or_a_cancellation_reaches_the_function(project):
    """It may catch it, and its own passes through; nothing of that is stored."""
    said = project.script(
        """
        import asyncio
        from hitsave import memo

        @memo
        async def waiting(n):
            print("starts", n)
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                print("cancelled")
                raise
            finally:
                print("ends")

        @memo
        async def patient(n):
            try:
                await asyncio.wait_for(asyncio.sleep(10), 0.01)
            except TimeoutError:
                return n

        async def main():
            for _ in range(2):
                task = asyncio.create_task(waiting(1))
                await asyncio.sleep(0.05)
                task.cancel()
                try:
                    await task
                except asyncio.CancelledError:
                    print("is", task.cancelled())
            print(await patient(3))

        asyncio.run(main())
        """
    )
    assert said.quiet == ["starts 1", "cancelled", "ends", "is True"] * 2 + ["3"]
