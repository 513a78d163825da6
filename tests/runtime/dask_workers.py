"""Dask's workers, as other processes that work for an evaluation. ``./dev frameworks`` installs Dask and runs these, and nothing else does."""

from __future__ import annotations

from tests.runtime.sweeping import sweep_twice
from tests.runtime.test_elsewhere import WORK

MAIN = """
    from dask.distributed import Client, LocalCluster
    from hitsave import experiment
    from hitsave.storage.packing import unpack
    import work

    @experiment
    def run(function):
        print("runs")
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster, Client(cluster) as client:
            return client.gather(client.map(function, [1, 2]))

    if __name__ == "__main__":
        print(run(work.measured), run(work.inner))
        logged = [unpack(entry.metrics) for entry in run.entries() if entry.metrics]
        print(next(each["n"][1:] for each in logged if "n" in each))
"""


def test_a_sweep_that_is_run_twice_at_the_same_moment_is_computed_once(project):
    """The function travels to the workers, which find it, and its results, under the names of their parent."""
    sweep_twice(project, "dask")


def test_what_workers_read_and_run_and_log_belongs_to_the_function_that_started_them(project):
    """An edit of a file that only they read, or of a module that only they imported, runs the function again; nothing else does."""
    project.write("work.py", WORK)
    project.write("plugin.py", "def marked(n):\n    return f'-{n}'\n")
    project.write("data.txt", "a")
    project.write("main.py", MAIN)

    def said():
        return project.run("-m", "main", HITSAVE_NOTICES="off").printed

    assert said() == ["runs", "runs", "['a-1', 'a-2'] ['a', 'aa']", "[1.0, 2.0, 2]"]
    assert said() == ["['a-1', 'a-2'] ['a', 'aa']", "[1.0, 2.0, 2]"]
    project.write("data.txt", "b")
    assert said() == ["runs", "runs", "['b-1', 'b-2'] ['b', 'bb']", "[1.0, 2.0, 2]"]
    project.edit("plugin.py", "-{n}", "+{n}")
    assert said() == ["runs", "['b+1', 'b+2'] ['b', 'bb']", "[1.0, 2.0, 2]"]
    assert said() == ["['b+1', 'b+2'] ['b', 'bb']", "[1.0, 2.0, 2]"]


def test_objects_of_the_main_script_count_by_their_code_and_by_what_it_reads(project):
    """A worker has the script, and is sent copies of its classes: where these read other values than the worker's own, the call runs uncached."""
    project.write(
        "main.py",
        """
        import sys
        from dask.distributed import Client, LocalCluster
        from hitsave import memo

        FACTOR = 1

        class Setting:
            def __init__(self, rate):
                self.rate = rate

            def scaled(self):
                return self.rate * FACTOR

        @memo
        def score(setting):
            with open("ran.txt", "a") as file:
                file.write("x")
            return setting.scaled()

        if __name__ == "__main__":
            FACTOR = int(sys.argv[1])
            with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster, Client(cluster) as client:
                print(client.gather(client.map(score, [Setting(2), Setting(3)])), open("ran.txt").read())
        """,
    )
    said = [project.run("main.py", factor, HITSAVE_NOTICES="off").printed for factor in "113"]
    assert said == [["[2, 3] xx"], ["[2, 3] xx"], ["[6, 9] xxxx"]]
