"""`hitsave verify` runs a program, and checks what it finds in the store."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import ROOT


def test_hits_are_computed_again_and_counted(project):
    """What the program prints and how it ends is the program's own."""
    project.write({"app.py": "import sys\nfrom hitsave import memo\n@memo\ndef f(n):\n    return n\nprint(f(1), sys.argv[1:])\nsys.exit(3)\n"})
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "server")])}
    subprocess.run([sys.executable, "app.py"], cwd=project.root, env=environment, capture_output=True, check=False)
    command = [sys.executable, "-m", "hitsave", "verify", "app.py", "--", "--fast"]
    done = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "1 ['--fast']\n")
    assert done.stderr == "hitsave: verified 1 of 1 hit: all as stored\n"
