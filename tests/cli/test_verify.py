"""`hitsave verify` runs a program, and checks what it finds in the store."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.conftest import ROOT


def run(project, *arguments):
    """Run Python in the project."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "server")])}
    return subprocess.run([sys.executable, *arguments], cwd=project.root, env=environment, capture_output=True, text=True, check=False)


def test_hits_are_computed_again_and_counted(project):
    """What the program prints and how it ends is the program's own."""
    project.write({"app.py": "import sys\nfrom hitsave import memo\n@memo\ndef f(n):\n    return n\nprint(f(1), sys.argv[1:])\nsys.exit(3)\n"})
    run(project, "app.py")
    done = run(project, "-m", "hitsave", "verify", "app.py", "--", "--fast")
    assert (done.returncode, done.stdout) == (3, "1 ['--fast']\n")
    assert done.stderr == "hitsave: verified 1 of 1 hit: all as stored\n"


def test_json_has_what_all_processes_found(project):
    """Each difference with its entry and call; what the program prints is not mixed in."""
    text = """\
import os, sys, time
from hitsave import memo

@memo
def clock(n):
    return time.time_ns()

@memo
def double(n):
    return 2 * n

clock(1), double(1), double(2)
if not sys.argv[1:] and os.fork() == 0:
    double(1)
    sys.exit()
if not sys.argv[1:]:
    os.wait()
print("done")
"""
    project.write({"app.py": text})
    run(project, "app.py", "once")
    done = run(project, "-m", "hitsave", "verify", "--json", "app.py")
    told = json.loads(done.stdout)
    assert (told["status"], told["processes"], told["hits"], told["same"], told["incomparable"]) == (0, 2, 4, 3, 0)
    (different,) = told["different"]
    assert (different["symbol"], different["call"], different["removed"]) == ("app:clock", "clock(n=1)", True)
    assert "done" in done.stderr


def test_a_program_without_hits_is_told_as_such(project):
    """No process had anything to tell."""
    project.write({"app.py": "print(1)\n"})
    told = json.loads(run(project, "-m", "hitsave", "verify", "--json", "app.py").stdout)
    assert (told["processes"], told["hits"], told["different"]) == (0, 0, [])
