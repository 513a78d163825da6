"""C libraries that `ctypes` loads count by their files, wherever they are loaded, and by what is said of their functions."""

from __future__ import annotations

import shutil
import subprocess

import pytest

APP = """
    import ctypes
    from hitsave import memo

    HERE = __file__.rpartition("/")[0]
    LIBRARY = ctypes.CDLL(HERE + "/libfactor.so")
    LIBRARY.scaled.restype = ctypes.c_int

    @memo
    def by_variable(n):
        print("variable")
        return LIBRARY.scaled(n)

    @memo
    def by_itself(n):
        print("itself")
        return ctypes.CDLL(HERE + "/libfactor.so").scaled(n)

    @memo
    def of_the_system(n):
        print("system")
        return ctypes.CDLL(None).abs(-n)

    print(by_variable(3), by_itself(3), of_the_system(3))
"""


@pytest.fixture
def built(project):
    """A project with a library of its own; gives what builds it."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("there is no C compiler")

    def build(factor: int) -> None:
        source = project.write("factor.c", f"int scaled(int n) {{ return {factor} * n; }}\n")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", str(source.with_name("libfactor.so")), str(source)], check=True)

    build(2)
    project.build = build
    return project


def test_a_library_that_is_built_again_is_a_change(built):
    """Of itself only; built to the same, it is none."""
    assert built.script(APP).quiet == ["variable", "itself", "system", "6 6 3"]
    assert built.run().quiet == ["6 6 3"]
    built.build(5)
    assert built.run(HITSAVE_NOTICES="off").quiet == ["variable", "itself", "15 15 3"]
    built.build(2)
    assert built.run().quiet == ["6 6 3"]


def test_what_is_said_of_its_functions_counts(built):
    """What a function gives is read by it."""
    assert built.script(APP).quiet == ["variable", "itself", "system", "6 6 3"]
    assert built.script(APP.replace("ctypes.c_int", "ctypes.c_bool"), HITSAVE_NOTICES="off").quiet == ["variable", "True 6 3"]
