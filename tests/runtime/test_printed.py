"""What experiments print is kept with their runs."""

from __future__ import annotations

import os

from hitsave.panel.logs import output
from hitsave.storage.store import Store

PROGRAM = """
import logging, sys, threading
import hitsave

logging.basicConfig(stream=sys.stderr, format="%(message)s")
stdout, write = sys.stdout, sys.stdout.write

@hitsave.experiment
def inner(n):
    print("inner", n)
    return n

@hitsave.experiment
def outer(n):
    print("begins")
    assert sys.stdout is stdout
    inner(n)
    logging.warning("a warning")
    thread = threading.Thread(target=print, args=("from a thread",))
    thread.start()
    thread.join()
    print("x" * 40_000 if n == 2 else "ends \\ud800")
    if n == 3:
        raise ValueError("it failed")
    return n

sys.stdout.reconfigure(errors="replace")
print("before")
for n in (1, 2, 3):
    try:
        outer(n)
    except ValueError:
        pass
print("after")
assert "write" not in vars(sys.stdout), "the stream is as it was"
"""


def printed_by(store_dir, symbol):
    with Store.open(store_dir, readonly=True) as store:
        return [output(store.logged(entry.id)) for entry in reversed(store.list(limit=None)) if entry.symbol.endswith(f":{symbol}")]


def test_the_end_of_what_an_experiment_prints_is_kept_with_its_run(tmp_path, store_dir, run_python):
    """Standard output and error, of its threads too, and of one that fails; what an experiment in it prints is that one's. The program's own output is what it would be."""
    (tmp_path / "lab.py").write_text(PROGRAM)
    done = run_python("import runpy; runpy.run_path('lab.py', run_name='__main__')", cwd=tmp_path, HITSAVE_DIR=str(store_dir))
    assert done.status == 0, done.stderr
    assert done.stdout.splitlines()[:4] == ["before", "begins", "inner 1", "from a thread"]
    assert done.stdout.splitlines()[-1] == "after"
    first, second, third = printed_by(store_dir, "outer")
    assert first == ("begins\na warning\nfrom a thread\nends \\ud800\n", False)
    assert (len(second[0]), second[0][-3:], second[1]) == (32_768, "xx\n", True)
    assert third[0].endswith("ends \\ud800\n")
    assert printed_by(store_dir, "inner") == [("inner 1\n", False), ("inner 2\n", False), ("inner 3\n", False)]


def test_where_values_are_not_pictured_no_output_is_kept(tmp_path, store_dir, run_python):
    """The setting `views` is about all that is shown of a run."""
    (tmp_path / "pyproject.toml").write_text("[tool.hitsave]\nviews = false\n")
    (tmp_path / "lab.py").write_text(PROGRAM)
    done = run_python("import runpy; runpy.run_path('lab.py', run_name='__main__')", cwd=tmp_path, HITSAVE_DIR=str(store_dir))
    assert done.status == 0, done.stderr
    assert printed_by(store_dir, "inner") == [("", False)] * 3
    assert os.path.isdir(store_dir)
