"""Files that say what the machine is are no inputs; data that lies beside them is."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from hitsave.runtime.machine_files import is_of_the_machine


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="there is no memory that is a folder")
def test_a_file_in_memory_that_is_a_folder_is_a_file(project):
    """It lies beside devices, which have no content."""
    text = """
        from hitsave import memo

        @memo
        def read(path):
            print("runs")
            with open("/dev/null") as nothing:
                return open(path).read() + nothing.read()

        print(read(PATH))
    """
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        path = Path(folder, "data.txt")
        path.write_text("one")
        script = text.replace("PATH", repr(str(path)))
        assert project.script(script).quiet == ["runs", "one"]
        assert project.run().quiet == ["one"]
        path.write_text("two")
        assert project.run(HITSAVE_NOTICES="off").quiet == ["runs", "two"]


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("/etc/app/settings.toml", False),
        ("/etc/ssl/cert.pem", True),
        ("/etc/localtime", True),
        ("/run/media/someone/disk/data.csv", False),
        ("/run/systemd/resolve/stub-resolv.conf", True),
        ("/proc/cpuinfo", True),
        ("/dev/urandom", True),
        ("/home/someone/run/data.csv", False),
    ],
)
def test_files_that_say_what_the_machine_is_are_no_inputs(path, is_one):
    """Libraries read them wherever they run; what lies beside them may be data or configuration."""
    assert is_of_the_machine(path) == is_one
