"""Plug-ins that are registered and called in order."""

from __future__ import annotations

import sys

from hitsave import memo

import pluggy


hookspec = pluggy.HookspecMarker("app")
hookimpl = pluggy.HookimplMarker("app")


class Spec:
    """What may be hooked."""

    @hookspec
    def collect(self, n):
        """All answers."""

    @hookspec(firstresult=True)
    def choose(self, n):
        """The first answer."""


class First:
    """Answers early."""

    @hookimpl(tryfirst=True)
    def collect(self, n):
        """N + 1."""
        return n + 1

    @hookimpl
    def choose(self, n):
        """Only large numbers."""
        return n * 2 if n > 10 else None


class Around:
    """Wraps the others."""

    @hookimpl(wrapper=True)
    def collect(self, n):
        """Reversed."""
        found = yield
        return [n, *reversed(found)]

    @hookimpl(trylast=True)
    def choose(self, n):
        """Any number."""
        return -n


@memo
def collected(n):
    """Of all plug-ins."""
    sys.audit("mutation.ran", "collected")
    manager = pluggy.PluginManager("app")
    manager.add_hookspecs(Spec)
    for plugin in (First(), Around(), First()):
        manager.register(plugin)
    return manager.hook.collect(n=n), manager.hook.choose(n=n), len(manager.get_plugins())


@memo
def blocked(n):
    """With one plug-in blocked and one taken off again."""
    sys.audit("mutation.ran", "blocked")
    manager = pluggy.PluginManager("app")
    manager.add_hookspecs(Spec)
    manager.set_blocked("bad")
    first = First()
    manager.register(first, name="one")
    manager.register(Around(), name="bad")
    manager.unregister(name="one")
    manager.register(first, name="two")
    return manager.hook.collect(n=n), manager.hook.choose(n=n), manager.has_plugin("bad"), sorted(name for name, _ in manager.list_name_plugin())


CALLS = [(collected, (3,)), (collected, (30,)), (blocked, (4,))]
