"""Threads, tasks and processes that want the same result: it is computed once, and nobody waits for himself."""

from __future__ import annotations

import subprocess

SLOW = """
    import threading, time
    from concurrent.futures import ThreadPoolExecutor
    from hitsave import disabled, memo

    @memo
    def slow(x):
        print(f"runs {x}\\n", end="", flush=True)  # one write, which other threads' can't come between
        time.sleep(0.3)
        return [x]
"""


def test_threads_compute_a_result_once(project):
    """All get it, each a copy of its own; other results are computed at the same time."""
    said = project.script(
        SLOW
        + """
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(slow, [1, 2] * 3))
    print(results, len({id(result) for result in results}))
    """
    )
    assert sorted(said.quiet) == ["[[1], [2], [1], [2], [1], [2]] 6", "runs 1", "runs 2"]


def test_processes_compute_a_result_once(project):
    """Whether started side by side, forked or spawned."""
    project.write("main.py", SLOW + "\n    if __name__ == '__main__':\n        print(slow(1))\n")
    running = [subprocess.Popen(project.command(), cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert sorted("".join(process.communicate()[0] for process in running).splitlines()) == ["[1]", "[1]", "[1]", "runs 1"]
    project.write(
        "pools.py",
        """
        import multiprocessing
        from main import slow

        if __name__ == "__main__":
            for number, how in enumerate(["fork", "spawn"], 10):
                with multiprocessing.get_context(how).Pool(2) as pool:
                    print(how, pool.map(slow, [number] * 2, chunksize=1))
        """,
    )
    assert project.run("pools.py").quiet == ["runs 10", "fork [[10], [10]]", "runs 11", "spawn [[11], [11]]"]


def test_an_evaluation_may_wait_for_others_that_it_needs(project):
    """For itself on smaller arguments, for what its own threads compute, and for what others compute at the same time."""
    said = project.script(
        SLOW
        + """
    @memo
    def factorial(n):
        print("factorial", n, flush=True)
        return n * factorial(n - 1) if n else 1

    @memo
    def pooled(n):
        with ThreadPoolExecutor(2) as pool:
            return sum(result[0] for result in pool.map(slow, [n, n]))

    print(factorial(3), factorial(2), factorial(4))
    print(pooled(7), pooled(7))

    @memo
    def crossing(a, b):
        time.sleep(0.1)
        return a + (crossing(b, a) if a < b else 0)

    with ThreadPoolExecutor(2) as pool:
        print(list(pool.map(crossing, [1, 2], [2, 1])))
    """
    )
    assert said.quiet == [
        *("factorial 3", "factorial 2", "factorial 1", "factorial 0", "factorial 4", "6 2 24"),
        *("runs 7", "14 14"),
        "[3, 2]",
    ]


def test_switching_off_holds_for_one_thread_or_task(project):
    """Others go on being looked up."""
    said = project.script(
        SLOW
        + """
    import asyncio
    slow(1)

    @memo
    async def waits(x):
        print("waits", x)
        return x

    inside, looked = threading.Event(), threading.Event()
    def other():
        inside.wait()
        print("other", slow(1))
        looked.set()
    thread = threading.Thread(target=other)
    thread.start()
    with disabled():
        inside.set()
        looked.wait()
        print("off", slow(1))
        with disabled():
            pass
        print("still off", slow(1))
    print("on", slow(1))
    thread.join()

    async def main():
        await waits(1)
        async def off():
            with disabled():
                await asyncio.sleep(0.02)
                return await waits(1)
        async def on():
            await asyncio.sleep(0.01)
            return await waits(1)
        print(await asyncio.gather(off(), on(), on()))

    asyncio.run(main())
    """
    )
    assert said.quiet == [
        *("runs 1", "other [1]"),
        *("runs 1", "off [1]", "runs 1", "still off [1]", "on [1]"),
        *("waits 1", "waits 1", "[1, 1, 1]"),
    ]


def test_a_fork_in_the_middle_of_an_evaluation_is_the_parents_affair(project):
    """What the child goes on to return is not stored; the child can use the store as any process."""
    said = project.script(
        SLOW
        + """
    import os

    @memo
    def forks(x):
        child = os.fork()
        if child == 0:
            return "child"
        return os.waitpid(child, 0)[1] >> 8

    result = forks(1)
    if result == "child":
        print(slow(5), slow(5), flush=True)
        os._exit(9)
    print(result, [entry.symbol for entry in forks.entries()], forks(1), slow(5))
    """
    )
    assert said.quiet == ["runs 5", "[5] [5]", "9 ['main:forks'] 9 [5]"]


def test_a_fork_while_another_thread_looks_something_up(project):
    """The child does not wait for a thread that it does not have, nor does it go on with half of what that one found: the fork comes when it is done."""
    said = project.script(
        SLOW
        + """
    import os

    inside = threading.Event()

    from hitsave.runtime.engine import engine
    def hold():
        with engine().lock:  # as a thread does that analyses code
            inside.set()
            time.sleep(1)
            print("analysed", flush=True)

    import warnings
    warnings.simplefilter("ignore", DeprecationWarning)  # Python's own, of a fork beside threads
    slow(1)
    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait()
    child = os.fork()
    if child == 0:
        print(slow(1), slow(2), flush=True)
        os._exit(0)
    print(os.waitpid(child, 0)[1])
    thread.join()
    print(slow(2))
    """
    )
    assert said.quiet == ["runs 1", "analysed", "runs 2", "[1] [2]", "0", "[2]"]


def test_a_fork_while_another_thread_loads_what_calls_need(project):
    """Python leaves a child the locks of modules that are being imported, locked for ever; so a fork waits for what HitSave imports."""
    said = project.script(
        SLOW
        + """
    import os, sys, warnings

    warnings.simplefilter("ignore", DeprecationWarning)  # Python's own, of a fork beside threads
    thread = threading.Thread(target=lambda: print(f"{slow(1)}\\n", end="", flush=True))
    thread.start()
    while "hitsave.runtime.running" not in sys.modules:
        time.sleep(0.0001)
    child = os.fork()
    if child == 0:
        threading.Timer(20, lambda: os._exit(9)).start()
        print(f"{slow(2)}\\n", end="", flush=True)
        os._exit(0)
    print(f"{os.waitpid(child, 0)[1]}\\n", end="", flush=True)
    thread.join()
    """
    )
    assert sorted(said.quiet) == ["0", "[1]", "[2]", "runs 1", "runs 2"]


def test_tasks_compute_a_result_once(project):
    """Where one is cancelled, the next computes it. Tasks within an evaluation wait for nobody."""
    said = project.script("""
        import asyncio
        from hitsave import memo

        @memo
        async def slow(x):
            print("runs", x)
            await asyncio.sleep(0.1)
            return [x]

        @memo
        async def outer(x):
            return await slow(x) + (await asyncio.gather(slow(x), slow(x)))[0]

        async def main():
            results = await asyncio.gather(*[slow(1) for _ in range(4)])
            print(results, len({id(result) for result in results}))
            tasks = [asyncio.create_task(slow(2)) for _ in range(3)]
            await asyncio.sleep(0.05)
            tasks[0].cancel()
            print([r if isinstance(r, list) else type(r).__name__ for r in await asyncio.gather(*tasks, return_exceptions=True)])
            print(slow.is_cached(2))
            print(await outer(3), await outer(3))
            alone = asyncio.create_task(slow(4))
            await asyncio.sleep(0.05)
            alone.cancel()
            try:
                await alone
            except asyncio.CancelledError:
                print("cancelled", slow.is_cached(4))

        asyncio.run(main())
        asyncio.run(main())
    """)
    assert said.quiet == [
        *("runs 1", "[[1], [1], [1], [1]] 4"),
        *("runs 2", "runs 2", "['CancelledError', [2], [2]]", "True"),
        *("runs 3", "[3, 3] [3, 3]"),
        *("runs 4", "cancelled False"),
        *("[[1], [1], [1], [1]] 4", "[[2], [2], [2]]", "True", "[3, 3] [3, 3]", "runs 4", "cancelled False"),
    ]


def test_nobody_waits_for_what_will_not_be_stored(project):
    """Threads and tasks whose results can't be stored run side by side, as they would have."""
    said = project.script("""
        import asyncio, threading
        from concurrent.futures import ThreadPoolExecutor
        from hitsave import memo

        together = threading.Barrier(3, timeout=30)

        @memo(ignore="meet")
        def locked(meet):
            if meet:
                together.wait()
            return threading.Lock()

        @memo(ignore="met")
        async def waits(met):
            met.append(1)
            while len(met) < 3:
                await asyncio.sleep(0.001)
            return threading.Lock()

        locked(False)
        with ThreadPoolExecutor(3) as pool:
            print([type(lock).__name__ for lock in pool.map(locked, [True] * 3)])

        async def main():
            met = []
            await waits([1, 1])
            print(len(await asyncio.wait_for(asyncio.gather(*[waits(met) for _ in range(3)]), 30)))

        asyncio.run(main())
    """)
    assert said.printed == ["['lock', 'lock', 'lock']", "3"]
    assert [warning.partition(":")[0] for warning in said.warnings] == ["The result of locked() is not stored", "The result of waits() is not stored"]
