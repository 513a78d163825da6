"""Files, folders and environment variables that a function reads are inputs, however it reads them."""

from __future__ import annotations

READERS = """
    import glob, os, pathlib, sys, tempfile
    import numpy, pandas
    from hitsave import memo

    @memo
    def as_text(path):
        print("text")
        with open(path) as file:
            return file.read()

    @memo
    def as_bytes(path):
        print("bytes")
        with open(path, "rb") as file:
            return len(file.read())

    @memo
    def by_pathlib(path):
        print("pathlib")
        return pathlib.Path(path).read_text()

    @memo
    def by_descriptor(path):
        print("descriptor")
        file = os.open(path, os.O_RDONLY)
        try:
            return os.read(file, 100)
        finally:
            os.close(file)

    @memo
    def an_array(path):
        print("array")
        return numpy.load(path).sum()

    @memo
    def a_frame(path):
        print("frame")
        return pandas.read_csv(path)["a"].sum()

    @memo
    def names(folder):
        print("names")
        return sorted(os.listdir(folder))

    @memo
    def globbed(folder):
        print("glob")
        return sorted(glob.glob(folder + "/*.txt"))

    @memo
    def deep(folder):
        print("deep")
        return sorted(str(path) for path in pathlib.Path(folder).rglob("*.txt"))

    @memo
    def optional(path):
        print("optional")
        try:
            return open(path).read()
        except FileNotFoundError:
            return None

    def in_helper():
        return open("data/in.txt").read()

    @memo
    def through_helper():
        print("helper")
        return in_helper()

    def round():
        print(as_text("data/in.txt"), as_bytes("data/in.txt"), by_pathlib("data/in.txt"), by_descriptor("data/in.txt"), through_helper())
        print(int(an_array("data/in.npy")), int(a_frame("data/in.csv")))
        print(names("data/list"), globbed("data/list"), deep("data/list"))
        print(optional("data/list/late.md"))

    def state(number):
        os.makedirs("data/list/inner", exist_ok=True)
        pathlib.Path("data/in.txt").write_text(f"text {number}")
        numpy.save("data/in.npy", numpy.arange(3 + number))
        pandas.DataFrame({"a": [1, 2 + number]}).to_csv("data/in.csv")
        for kind in ("list/{}.txt", "list/inner/{}.txt"):
            pathlib.Path("data/" + kind.format(number)).write_text("")
            pathlib.Path("data/" + kind.format(1 - number)).unlink(missing_ok=True)
        if number:
            pathlib.Path("data/list/late.md").write_text("there")
        else:
            pathlib.Path("data/list/late.md").unlink(missing_ok=True)
"""
ALL = ["text", "bytes", "pathlib", "descriptor", "helper", "array", "frame", "names", "glob", "deep", "optional"]


def ran(said) -> list[str]:
    """Which of the functions ran, in their order."""
    return [line for line in ALL if line in said.printed]


def results(said) -> list[str]:
    """What they gave."""
    return [line for line in said.printed if line not in ALL]


def test_a_file_that_changes_is_noticed_and_its_old_content_remembered(project):
    """Text and bytes, names in folders, what was not there; in one process and in the next."""
    calls = "\n    {}\n"
    first = project.script(READERS + calls.format("state(0); round(); round()"), HITSAVE_NOTICES="off")
    assert (ran(first), first.warnings, first.rest) == (ALL, [], "")
    assert results(first)[4:] == results(first)[:4]
    before = results(first)[:4]
    assert before == [
        "text 0 6 text 0 b'text 0' text 0",
        "3 3",
        "['0.txt', 'inner'] ['data/list/0.txt'] ['data/list/0.txt', 'data/list/inner/0.txt']",
        "None",
    ]
    again = project.script(READERS + calls.format("round(); state(1); round(); state(0); round()"), HITSAVE_NOTICES="off")
    after = [
        "text 1 6 text 1 b'text 1' text 1",
        "6 4",
        "['1.txt', 'inner', 'late.md'] ['data/list/1.txt'] ['data/list/1.txt', 'data/list/inner/1.txt']",
        "there",
    ]
    assert results(again) == [*before, *after, *before]
    assert sorted(line for line in again.printed if line in ALL) == sorted(ALL)  # each once, for the middle round
    assert (again.warnings, again.rest) == ([], "")


def test_what_a_function_writes_itself_is_not_its_input(project):
    """Its output, its temporary files, what it appends to."""
    text = """
        import os, pathlib, tempfile
        from hitsave import memo

        @memo
        def writes(path):
            print("writes")
            pathlib.Path(path).write_text("x")
            return pathlib.Path(path).read_text()

        @memo
        def uses_temporary():
            print("temporary")
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "file")
                pathlib.Path(path).write_text("hello")
                return pathlib.Path(path).read_text(), len(os.listdir(folder))

        @memo
        def appends(path, line):
            print("appends")
            with open(path, "a") as file:
                file.write(line)
            return True

        print(writes("out.txt"), uses_temporary(), appends("log.txt", "one"))
    """
    assert project.script(text).quiet == ["writes", "temporary", "appends", "x ('hello', 1) True"]
    project.write("out.txt", "changed by somebody")
    project.write("log.txt", "")
    assert project.run().quiet == ["x ('hello', 1) True"]


def test_a_file_that_is_read_and_changed_is_a_change_of_the_world(project):
    """A counter in a file: the result depends on what was there, and a hit could not change it."""
    said = project.script(
        """
        from hitsave import memo

        @memo
        def counts(path):
            print("runs")
            with open(path, "r+") as file:
                number = int(file.read()) + 1
                file.seek(0)
                file.write(str(number))
            return number

        @memo
        def looks(path):
            print("looks")
            with open(path, "r+") as file:
                return file.read()

        open("count.txt", "w").write("3")
        print(counts("count.txt"), counts("count.txt"))
        print(looks("count.txt"), looks("count.txt"))
        open("count.txt", "w").write("8")
        print(looks("count.txt"))
    """,
        HITSAVE_NOTICES="off",
    )
    assert said.printed == ["runs", "runs", "4 5", "looks", "5 5", "looks", "8"]
    assert said.warned.startswith(f"The result of counts() is not stored: {project.root / 'count.txt'} changed while the function ran")


def test_a_file_that_changes_while_it_is_read_is_said(project):
    """The result may be of either state, so it is not stored."""
    said = project.script("""
        import os
        from hitsave import memo

        @memo
        def reads(path, folder):
            print("runs")
            text = open(path).read()
            names = os.listdir(folder)
            os.system("echo more >> in.txt; touch new")  # somebody else
            return text, len(names)

        open("in.txt", "w").write("text")
        reads("in.txt", "/")
        reads("in.txt", "/")
    """)
    assert said.printed == ["runs", "runs"]
    assert said.warned.startswith(f"The result of reads() is not stored: {project.root / 'in.txt'} changed while the function ran")


def test_a_relative_name_depends_on_the_current_folder(project):
    """Another folder has another file of that name. A function that goes where it wants to be does not depend on where it began."""
    project.write("one/data.txt", "in one")
    project.write("two/data.txt", "in two")
    text = """
        import os, sys
        from hitsave import memo

        ROOT = os.path.dirname(os.path.abspath(__file__))

        @memo
        def reads():
            print("reads")
            return open("data.txt").read(), os.listdir(".")

        @memo
        def goes():
            print("goes")
            before = os.getcwd()
            os.chdir(os.path.join(ROOT, "one"))
            try:
                return open("data.txt").read()
            finally:
                os.chdir(before)

        @memo
        def absolute():
            print("absolute")
            return open(os.path.join(ROOT, "one", "data.txt")).read()

        for folder in ("two", "one", "two"):
            os.chdir(os.path.join(ROOT, folder))
            print(reads(), goes(), absolute())
        print(reads.explain())
        os.chdir(ROOT)
        print(reads.explain())
    """
    in_one, in_two = "('in one', ['data.txt']) in one in one", "('in two', ['data.txt']) in one in one"
    said = project.script(text, HITSAVE_NOTICES="off")
    assert said.quiet == ["reads", "goes", "absolute", in_two, "reads", in_one, in_two, "fresh", "stale: the current folder is another"]


def test_environment_variables_are_inputs(project):
    """In whatever way they are asked for; those that are not looked at don't matter."""
    text = """
        import os
        from hitsave import memo

        @memo
        def item():
            print("item")
            return os.environ["UNIT"]

        @memo
        def got():
            print("got")
            return os.environ.get("UNIT", "none")

        @memo
        def by_getenv():
            print("getenv")
            return os.getenv("UNIT")

        @memo
        def asked():
            print("asked")
            return "UNIT" in os.environ

        @memo
        def everything():
            print("everything")
            return sorted(name for name in os.environ if name.startswith("UNIT"))

        print(item(), got(), by_getenv(), asked(), everything())
    """
    first = project.script(text, UNIT="m", HITSAVE_NOTICES="off").quiet
    assert first == ["item", "got", "getenv", "asked", "everything", "m m m True ['UNIT']"]
    assert project.run(UNIT="m", HITSAVE_NOTICES="off").quiet == first[-1:]
    other = project.run(UNIT="s", UNITS="other", HITSAVE_NOTICES="off").quiet
    assert other == ["item", "got", "getenv", "asked", "everything", "s s s True ['UNIT', 'UNITS']"]
    assert project.run(UNIT="m", HITSAVE_NOTICES="off").quiet == first[-1:]


def test_files_that_inner_functions_read_are_inputs_of_the_outer(project):
    """Whether the inner one was computed, or its stored result was used."""
    project.write("in.txt", "one")
    text = """
        from hitsave import memo

        @memo
        def inner(path):
            print("inner")
            return open(path).read()

        @memo
        def outer(path, n):
            print("outer", n)
            return inner(path) * n

        print(outer("in.txt", 1), outer("in.txt", 2))
    """
    assert project.script(text).quiet == ["outer 1", "inner", "outer 2", "one oneone"]
    project.write("in.txt", "two")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["outer 1", "inner", "outer 2", "two twotwo"]
    project.write("in.txt", "one")
    assert project.run().quiet == ["one oneone"]


def test_who_looks_for_modules_or_distributions_does_not_read_the_projects_folder(project):
    """Both list every folder of the import path; a new file beside the script is nobody's input for that."""
    text = """
        import importlib, importlib.metadata, os
        from hitsave import memo

        @memo
        def versions():
            print("runs")
            importlib.invalidate_caches()
            import colorsys
            return len(importlib.metadata.version("numpy")) > 0

        versions()
    """
    assert project.script(text).quiet == ["runs"]
    project.write("results.csv", "1")
    assert project.run().quiet == []
