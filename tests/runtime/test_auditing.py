"""A file that is opened over and over is told once, and never so seldom that an evaluation doesn't learn of it."""

from __future__ import annotations

import io
import sys

import pytest

from hitsave.runtime import auditing


@pytest.fixture
def told():
    """Everything that listeners were told of files that are opened; they have nothing more to hear of the same."""
    heard = []

    def listener(args):
        heard.append(args)
        return True

    before = auditing._listeners.get("open", ())
    for other in before:
        auditing.ignore("open", other)
    auditing.listen("open", listener)
    yield heard
    auditing.ignore("open", listener)
    for other in before:
        auditing.listen("open", other)


def test_the_same_is_told_once_until_it_may_say_something_new(told):
    """Other arguments, and another listener, are something new."""
    for mode in "rrww":
        sys.audit("open", "a file", mode, 0)
    assert told == [("a file", "r", 0), ("a file", "w", 0)]
    auditing.unsettle()
    sys.audit("open", "a file", "r", 0)
    assert told[2:] == [("a file", "r", 0)]
    later = []
    auditing.listen("open", later.append)
    try:
        sys.audit("open", "a file", "r", 0)
        sys.audit("open", "a file", "r", 0)
    finally:
        auditing.ignore("open", later.append)
    assert later == [("a file", "r", 0)] * 2  # it never says that it has heard enough


def test_what_was_unsettled_while_it_was_told_is_told_again(told):
    """A thread that tells the listeners of before does not settle anything for those of after."""

    def interrupting(args):
        auditing.unsettle()
        return True

    auditing.listen("open", interrupting)
    try:
        sys.audit("open", "a file", "r", 0)
    finally:
        auditing.ignore("open", interrupting)
    sys.audit("open", "a file", "r", 0)
    assert told == [("a file", "r", 0)] * 2


def test_what_is_settled_has_a_bound(told):
    """A program that opens ever more files keeps no list of them."""
    for number in range(2 * auditing._MOST_SETTLED + 5):
        sys.audit("open", str(number), "r", 0)
    assert len(auditing._settled[0]) == 5


def test_an_object_that_is_opened_is_told_as_the_path_that_it_is(told, tmp_path):
    """It may have no hash, and be another path the next time."""

    class Turning:
        __hash__ = None
        name = "one"

        def __fspath__(self):
            return str(tmp_path / self.name)

    turning = Turning()
    for turning.name in ["one", "two"]:
        (tmp_path / turning.name).touch()
        told.clear()
        io.FileIO(turning).close()
        assert [args[0] for args in told] == [str(tmp_path / turning.name)]


def test_a_file_that_was_opened_often_is_an_input_of_what_opens_it_later(project):
    """Before the first evaluation, in an evaluation before, in one around it and in one within, in another current folder; and by an object without a hash."""
    text = """
        import io, os
        from dataclasses import dataclass
        from hitsave import memo

        @dataclass
        class Named:
            name: str

            def __fspath__(self):
                return self.name

        def read(name="data.txt"):
            return open(name).read()

        def read_at_last():
            with io.FileIO(Named("data.txt")) as file:
                return file.read()

        @memo
        def first():
            print("first")
            return [read() for _ in range(300)][0]

        @memo
        def inner():
            print("inner")
            return read()

        @memo
        def outer():
            print("outer")
            return read(), inner(), read()

        @memo
        def elsewhere():
            print("elsewhere")
            here = os.getcwd()
            os.chdir("below")
            try:
                return [read() for _ in range(300)][0]
            finally:
                os.chdir(here)

        @memo
        def unhashable():
            print("unhashable")
            return read_at_last()

        for _ in range(300):
            read()
        print(first(), outer(), elsewhere(), unhashable())
    """
    names = ["first", "outer", "inner", "elsewhere", "unhashable"]
    project.write("data.txt", "1")
    project.write("below/data.txt", "below")
    assert project.script(text, HITSAVE_NOTICES="off").quiet == [*names, "1 ('1', '1', '1') below b'1'"]
    assert project.script(text, HITSAVE_NOTICES="off").quiet == ["1 ('1', '1', '1') below b'1'"]
    project.write("data.txt", "2")
    assert project.script(text, HITSAVE_NOTICES="off").quiet == ["first", "outer", "inner", "unhashable", "2 ('2', '2', '2') below b'2'"]
    project.write("below/data.txt", "above")
    assert project.script(text, HITSAVE_NOTICES="off").quiet == ["elsewhere", "2 ('2', '2', '2') above b'2'"]
