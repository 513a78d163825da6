"""A sweep of 64 runs on 8 workers, of each kind, that is started twice at the same moment."""

from __future__ import annotations

import subprocess

FUNCTIONS = """
    from hitsave import memo

    def note(letter):
        with open("ran.txt", "a") as file:
            file.write(letter)

    @memo
    def prepared(size):
        note("p")
        return list(range(size))

    @memo
    def trained(rate):
        note("t")
        return rate * sum(prepared(10))
"""
SWEEP = """
    import multiprocessing, sys
    from concurrent.futures import ProcessPoolExecutor
    from functions import trained

    def pooled(how, items):
        if how == "futures":
            with ProcessPoolExecutor(8) as pool:
                return list(pool.map(trained, items))
        if how == "joblib":
            from joblib import Parallel, delayed
            return Parallel(n_jobs=8)(delayed(trained)(item) for item in items)
        if how == "dask":
            from dask.distributed import Client, LocalCluster
            with LocalCluster(n_workers=8, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster, Client(cluster) as client:
                return client.gather(client.map(trained, items))
        with multiprocessing.get_context(how).Pool(8) as pool:
            return pool.map(trained, items, chunksize=1)

    if __name__ == "__main__":
        rates = [n / 64 for n in range(64)]
        print(pooled(sys.argv[1], rates) == [45 * rate for rate in rates], all(map(trained.is_cached, rates)), len(trained.entries()))
"""


def sweep_twice(project, how):
    """Run the sweep in two processes that start together; each has all results, its parent finds them under its own keys, and each call was computed once."""
    project.write("functions.py", FUNCTIONS)
    project.write("main.py", SWEEP)
    both = [
        subprocess.Popen(
            project.command("main.py", how),
            cwd=project.root,
            env=project.environment(HITSAVE_NOTICES="off"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=300) for process in both]
    assert [out.split() for out, _ in said] == [["True", "True", "64"]] * 2, said
    ran = (project.root / "ran.txt").read_text()
    assert (ran.count("p"), ran.count("t")) == (1, 64)
