"""What a function keeps between its calls: caches are filled and do no harm, anything else that it changes keeps its result from being stored."""

from __future__ import annotations

CACHES = """
    import functools
    from hitsave import memo

    _squares = {}
    _settings = None
    _seen = set()

    def square(n):
        if n not in _squares:
            _squares[n] = n * n
        return _squares[n]

    def settings():
        global _settings
        if _settings is None:
            _settings = {"rate": 5}
        return _settings

    @functools.lru_cache
    def cached(x):
        return x + 1

    class Model:
        made = {}
        default = None

        def __init__(self, k):
            self.k = k
            self._fitted = None

        @functools.cached_property
        def heavy(self):
            return self.k * 10

        @functools.lru_cache
        def by_method(self, x):
            return self.k * x

        def fitted(self):
            if self._fitted is None:
                self._fitted = [self.k]
            return self._fitted

        @classmethod
        def of(cls, k):
            if k not in cls.made:
                cls.made[k] = cls(k)
            return cls.made[k]

        @classmethod
        def the_default(cls):
            if cls.default is None:
                cls.default = cls(7)
            return cls.default

    MODEL = Model(3)

    @memo
    def by_dictionary(x):
        print("dictionary", x)
        return square(x)

    @memo
    def by_singleton(x):
        print("singleton", x)
        return settings()["rate"] * x

    @memo
    def by_set(x):
        print("set", x)
        _seen.add(x)
        return x

    @memo
    def by_lru_cache(x):
        print("lru", x)
        return cached(x)

    @memo
    def by_cached_property(x):
        print("property", x)
        return MODEL.heavy + x + MODEL.by_method(x)

    @memo
    def by_attribute(x):
        print("attribute", x)
        return MODEL.fitted() * x

    @memo
    def by_class(x):
        print("class", x)
        return Model.of(x).heavy

    @memo
    def by_class_attribute(x):
        print("class attribute", x)
        return Model.the_default().heavy + x

    @memo
    def taking(model):
        print("taking")
        return model.heavy

    functions = [by_dictionary, by_singleton, by_set, by_lru_cache, by_cached_property, by_attribute, by_class, by_class_attribute]
    for f in functions:
        print(f(1), f(2), f(1), f(2))
    model = Model(4)
    print(taking(model), taking(model), taking(Model(4)))
"""
RESULTS = ["1 4 1 4", "5 10 5 10", "1 2 1 2", "2 3 2 3", "34 38 34 38", "[3] [3, 3] [3] [3, 3]", "10 20 10 20", "71 72 71 72", "40 40 40"]


def test_caches_that_fill_are_seen_through(project):
    """Of every kind: each result is computed once, in the first run and in all that follow, whatever was filled by then."""
    first = project.script(CACHES).quiet
    assert [line for line in first if line in RESULTS] == RESULTS
    assert len(first) == len(set(first)) == len(RESULTS) + 2 * 8 + 1
    assert project.run().quiet == RESULTS
    assert project.run().quiet == RESULTS


def test_a_cache_that_changes_by_other_hands_is_a_change(project):
    """A filled cache stands for an empty one only as it was filled."""
    said = project.script(
        CACHES
        + """
    _squares[2] = -1
    print("poisoned", by_dictionary(2))
    print(by_dictionary(2))
    _settings["rate"] = 6
    print("other rate", by_singleton(1))
    MODEL.k = 5
    del MODEL.heavy
    print("other model", by_cached_property(1), taking(Model(5)))
    """,
        HITSAVE_NOTICES="off",
    )
    ending = said.printed[said.printed.index("dictionary 2", 5) :]
    assert ending == [
        *("dictionary 2", "poisoned -1", "-1"),
        *("singleton 1", "other rate 6"),
        *("property 1", "taking", "other model 54 50"),
    ]


COUNTERS = """
    from hitsave import memo

    count = 0
    log = []
    state = {"n": 0, "best": None}

    class Meter:
        total = 0

        def __init__(self):
            self.readings = []

        @memo
        def read(self, x):
            self.readings.append(x)
            return len(self.readings)

        @memo
        def add(self, x):
            Meter.total += x
            return Meter.total

    @memo
    def numbered(x):
        global count
        count += 1
        return f"{x} is number {count}"

    @memo
    def logged(x):
        log.append(x)
        return len(log)

    @memo
    def best(x):
        state["n"] += 1
        return state["n"], x

    @memo
    def sorts(numbers):
        numbers.sort()
        return numbers[0]

    def enclosing():
        calls = []
        @memo
        def inner(x):
            calls.append(x)
            return list(calls)
        return inner

    meter, inner = Meter(), enclosing()
    print(numbered("a"), numbered("a"), numbered("b"))
    print(logged(1), logged(1), best(1), best(1))
    print(meter.read(5), meter.read(5), meter.add(1), meter.add(1))
    print(inner(1), inner(1))
    numbers = [3, 1]
    print(sorts(numbers), numbers, sorts(numbers))
"""


def test_counters_and_logs_give_what_they_would_have_given(project):
    """In each process anew. What changed is named once a function, with what to do."""
    printed = [
        "a is number 1 a is number 2 b is number 3",
        "1 2 (1, 1) (2, 1)",
        "1 2 1 2",
        "[1] [1, 1]",
        "1 [1, 3] 1",
    ]
    for _ in range(2):
        said = project.script(COUNTERS)
        assert (said.printed, said.notices, said.rest) == (printed, [], "")
        logged, best, read, inner, sorts = said.warnings
        assert logged == (
            "The result of logged() is not stored: log changed while it ran, which a stored result could not do again (rule HS006). "
            "Return what is to be kept, and let the caller keep it."
        )
        assert "best() is not stored: state changed while it ran" in best
        assert "Meter.read() is not stored: the function changed its argument self while it ran" in read
        assert "enclosing.<locals>.inner() is not stored: calls changed while it ran" in inner
        assert sorts.endswith(
            "the function changed its argument numbers while it ran, which a stored result could not do again. Change a copy, and return what is to be kept."
        )


def test_a_variable_that_another_thread_changes_meanwhile_is_said(project):
    """The result may be of either value, so it is not stored."""
    said = project.script("""
        import threading, time
        from hitsave import memo

        RATE = [1]

        @memo
        def slow(x, ready, go):
            ready.set()
            go.wait()
            return x * RATE[0]

        ready, go = threading.Event(), threading.Event()
        def meddle():
            ready.wait()
            RATE[0] = 2
            go.set()
        threading.Thread(target=meddle).start()
        print(slow(3, ready, go))
        print(slow(3, ready, go), slow(3, ready, go))
    """)
    assert said.printed == ["6", "6 6"]
    assert said.warned.startswith("The result of slow() is not stored: RATE changed while it ran")
    assert project.entries() == 1


RINGS = """
    from collections import deque
    from hitsave import memo

    class Node:
        __slots__ = ("name", "owner", "found", "rules")

        def __init__(self, name, owner):
            self.name, self.owner, self.found, self.rules = name, owner, None, {}

    class Tree:
        def __init__(self):
            self.nodes = [Node("a", self), Node("b", self)]
            self.by_name = {"sizes": {}}

        def find(self, name):
            node = self.nodes[0]
            if node.found is None:
                node.found = [self.find]
            node.rules.setdefault(name, self)
            return self.by_name["sizes"].setdefault(name, len(name))

    class Recent:
        def __init__(self):
            self.held, self.order = {}, deque()
            self._append = self.order.append

        def __getitem__(self, key):
            value = self.held[key]
            self.order.remove(key)
            self._append(key)
            return value

        def __setitem__(self, key, value):
            self.held[key] = value
            self._append(key)

    TREE = Tree()
    ALIAS = [TREE]
    RECENT = Recent()

    def square(x):
        try:
            return RECENT[x]
        except KeyError:
            RECENT[x] = x * x
            return x * x

    @memo
    def by_tree(name):
        print("tree", name)
        return TREE.find(name)

    @memo
    def by_alias(name):
        print("alias", name)
        return ALIAS[0].find(name)

    @memo
    def by_recent(x):
        print("recent", x)
        return square(x) + square(1)

    print([f(a) for f in (by_tree, by_alias) for a in ("a", "bb", "a")], [by_recent(n) for n in (1, 2, 3, 2)])
"""


def test_caches_are_seen_through_in_cycles_in_slots_and_on_every_way_to_them(project):
    """What one function filled is unfilled for another one too, in the process that filled it and in those that did not."""
    ran = ["tree a", "tree bb", "alias a", "alias bb", "recent 1", "recent 2", "recent 3"]
    results = ["[1, 2, 1, 1, 2, 1] [2, 5, 10, 5]"]
    assert project.script(RINGS).quiet == [*ran, *results]
    assert project.run().quiet == results
    project.edit("main.py", "print([f(a)", "by_alias('ccc')\nprint([f(a)")
    assert project.run().quiet == ["alias ccc", *results]
    project.edit("main.py", "by_alias('ccc')\n", "by_alias('cccc')\nTREE.by_name['sizes']['cccc'] = 7\n")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["alias cccc", *ran[:4], *results]
