"""Where files are: what code asks of the folder that it is in, by lists of files and by relative paths that it makes absolute."""

from __future__ import annotations

import sys

import pytest


def test_a_list_of_files_counts_where_only_their_content_was_written(project):
    """And where Python kept bytecode beside them: neither makes the list another."""
    text = """
        import importlib.util, pathlib
        from hitsave import memo

        HERE = pathlib.Path(__file__).parent

        def load(path):
            spec = importlib.util.spec_from_file_location(path.stem, path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module

        @memo
        def plugins():
            print("plugins")
            return {path.stem: load(path).run() for path in sorted((HERE / "plugins").glob("*.py"))}

        @memo
        def summed():
            print("summed")
            found = sum(int(path.read_text()) for path in (HERE / "data").glob("*.csv"))
            (HERE / "data" / "sum.json").write_text(str(found))
            return found

        print(plugins(), summed())
    """
    project.write("plugins/a.py", "def run():\n    return 1\n")
    project.write("data/a.csv", "1")
    project.write("data/sum.json", "")
    cached = {"PYTHONDONTWRITEBYTECODE": "", "HITSAVE_NOTICES": "off"}
    assert project.script(text, **cached).quiet == ["plugins", "summed", "{'a': 1} 1"]
    assert (project.root / "plugins" / "__pycache__").is_dir()
    assert project.run("main.py", **cached).quiet == ["{'a': 1} 1"]
    project.write("plugins/b.py", "def run():\n    return 2\n")
    project.write("data/b.csv", "2")
    assert project.run("main.py", **cached).quiet == ["plugins", "summed", "{'a': 1, 'b': 2} 3"]
    assert project.run("main.py", **cached).quiet == ["{'a': 1, 'b': 2} 3"]


PLACES = """
    import os
    from pathlib import Path
    from hitsave import memo

    @memo
    def read(path):
        print("read")
        return Path(path).resolve().read_text()

    @memo
    def opened(path):
        print("opened")
        return open(os.path.abspath(path)).read()

    @memo
    def placed(path):
        print("placed")
        return os.path.basename(os.path.realpath(path)), Path(path).absolute().name

    @memo
    def from_here(path):
        print("from_here")
        return os.path.relpath(path).count("..")

    print(read("data.txt"), opened("data.txt"), placed("."), from_here("/"))
    print(read(os.path.abspath("data.txt")), os.path.relpath("/a/b", "/a"))
"""


def test_the_current_folder_counts_where_a_relative_path_is_made_absolute(project):
    """The file that is opened is named in full then, and is another in another folder. A path that is absolute leads to the same one from everywhere."""
    project.write("main.py", PLACES)
    project.write("data.txt", "above")
    project.write("other/data.txt", "below")
    main = str(project.root / "main.py")
    above, here = len(project.root.parts) - 1, project.root.name
    first = project.run("main.py").quiet
    assert first == ["read", "opened", "placed", "from_here", f"above above {(here, here)} {above}", "read", "above b"]
    assert project.run("main.py").quiet == [first[4], "above b"]
    said = project.run(main, cwd=project.root / "other", HITSAVE_NOTICES="off")
    assert said.printed == ["read", "opened", "placed", "from_here", f"below below ('other', 'other') {above + 1}", "read", "below b"]


@pytest.mark.skipif(
    sys.version_info < (3, 12),
    reason="Python 3.11 does not tell what a library's function is given, so that code which names one counts with the folder",
)
def test_the_current_folder_does_not_count_for_absolute_paths(project):
    """Though the same functions are asked."""
    text = """
        import os
        from pathlib import Path
        from hitsave import memo

        @memo
        def name(n):
            print("name")
            return os.path.basename(os.path.abspath(__file__)), Path(__file__).resolve().name, os.path.relpath(__file__, os.path.dirname(__file__))

        print(name(1))
    """
    project.write("main.py", text)
    (project.root / "other").mkdir()
    answer = "('main.py', 'main.py', 'main.py')"
    assert project.run("main.py").quiet == ["name", answer]
    assert project.run(str(project.root / "main.py"), cwd=project.root / "other").quiet == [answer]
