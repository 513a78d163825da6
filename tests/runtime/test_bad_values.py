"""Values that can't be digested or stored: the call gives its own result, computed once, with one warning."""

from __future__ import annotations

import pytest

UNDIGESTIBLE = """
    import socket
    from hitsave import memo

    @memo
    def of_file(file):
        print("runs")
        return file.read()

    @memo
    def of_generator(numbers):
        print("runs")
        return sum(numbers)

    @memo
    def of_socket(rows, how={}):
        print("runs")
        return how["over"].fileno() >= 0

    @memo
    def never(numbers):
        print("runs")
        raise KeyError("its own")

    with open("data.txt") as file:
        print(of_file(file))
    print(of_generator(n for n in range(4)))
    print(of_generator(n for n in range(4)))
    with socket.socket() as over:
        print(of_socket([1], how={"over": over}))
        print(of_socket([1], how={"over": over}))
    for _ in range(2):
        try:
            never(n for n in range(4))
        except KeyError as error:
            print(repr(error), error.__context__)
"""


@pytest.mark.parametrize("options", [(), ("-W", "error")], ids=["", "-W error"])
def test_an_argument_that_has_no_digest_is_named(project, options):
    """Each function says once which of its arguments it is, and what to do; what it gets is as it was given."""
    project.write("data.txt", "text")
    said = project.script(UNDIGESTIBLE, *options)
    assert said.printed == [*("runs", "text"), *("runs", "6") * 2, *("runs", "True") * 2, *("runs", "KeyError('its own') None") * 2]
    of_file, of_generator, of_socket, never = said.warnings
    assert of_file.startswith("of_file() runs uncached: file is a _io.TextIOWrapper, which can't be digested. ")
    assert of_generator.startswith("of_generator() runs uncached: numbers is a generator, which can't be digested. ")
    assert of_socket.startswith('of_socket() runs uncached: how["over"] is a socket.socket, which can\'t be digested. ')
    assert never.startswith("never() runs uncached: numbers is a generator, which can't be digested. ")
    assert all("If it can't change the result, leave it out: @memo(ignore=" in warning for warning in said.warnings)
    assert said.rest == ""
    assert project.entries() == 0


def test_a_capture_that_has_no_digest_is_named(project):
    """What a function reads besides its arguments is digested as they are."""
    said = project.script("""
        from hitsave import memo

        CONFIG = {"rate": 2, "log": open("log.txt", "a")}

        @memo
        def scaled(x):
            print("runs")
            return x * CONFIG["rate"]

        def enclosing(numbers):
            @memo
            def total():
                print("runs")
                return sum(numbers)
            return total

        print(scaled(2), scaled(2))
        print(enclosing(n for n in range(3))())
    """)
    assert said.printed == ["runs", "runs", "4 4", "runs", "3"]
    scaled, total = said.warnings
    assert scaled.startswith('The result of scaled() is not stored: CONFIG["log"] is a _io.TextIOWrapper, which can\'t be digested. ')
    assert total.startswith("The result of enclosing.<locals>.total() is not stored: numbers is a generator, which can't be digested. ")
    assert project.entries() == 0


UNSTORABLE = """
    import threading
    from hitsave import memo

    @memo
    def locked():
        print("runs")
        return {"lock": threading.Lock()}

    @memo
    def generating():
        print("runs")
        return (n for n in "ab")

    class Shy:
        def __reduce__(self):
            raise RuntimeError("not me")

    @memo
    def shy():
        print("runs")
        return Shy()

    for _ in range(2):
        print(locked()["lock"].locked())
        print(list(generating()))
        print(type(shy()).__name__)
"""


@pytest.mark.parametrize("options", [(), ("-W", "error")], ids=["", "-W error"])
def test_a_result_that_cannot_be_stored_is_returned(project, options):
    """Whatever stands in the way of pickling it; said once a function."""
    said = project.script(UNSTORABLE, *options)
    assert said.printed == ["runs", "False", "runs", "['a', 'b']", "runs", "Shy"] * 2
    assert [warning.partition(":")[0] for warning in said.warnings] == [
        "The result of locked() is not stored",
        "The result of generating() is not stored",
        "The result of shy() is not stored",
    ]
    assert len(said.warnings) == 3
    assert said.rest == ""
    assert project.entries() == 0


def test_a_result_that_cannot_be_loaded_is_computed_again(project):
    """A class may be gone, or may fail to be rebuilt, in the process that reads."""
    project.write(
        "shapes.py",
        """
        class Shape:
            def __init__(self, sides=0):
                self.sides = sides

            def __setstate__(self, state):
                import os
                if os.environ.get("BROKEN"):
                    raise OSError("no state today")
                self.sides = state["sides"]
        """,
    )
    text = """
        from hitsave import memo
        from shapes import Shape

        @memo
        def square():
            print("runs")
            return Shape(4)

        print(square().sides)
        print(square().sides)
    """
    assert project.script(text).quiet == ["runs", "4", "4"]
    broken = project.run(BROKEN="1")
    assert broken.printed == ["runs", "4", "runs", "4"]
    assert broken.warned == "A stored result of square() can't be loaded (OSError: no state today); it is computed again."
    assert project.run().quiet == ["4", "4"]
