"""The child process of a scenario: starts the script as Python would, and reports which memoised functions ran and how each call was answered.

Executed in a namespace of its own, so that ``__main__`` holds the script's names and no others; ``sys.argv[1:]`` are this file, the report's path and the script's.
All is seen from outside, in every thread, and in children that are forked; not in those that are spawned: by sys.monitoring, which costs nothing for
code of no interest, or on Python 3.11 by a profile function.
Nothing of HitSave is imported before the script asks for it, and nothing in it is replaced.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import warnings

report_path, script = sys.argv[2:4]
ran: list[str] = []
resumed: dict[int, object] = {}
answers: list[tuple[str, str, str]] = []
warned: list[str] = []
parent = os.getpid()
children = os.open(report_path + ".children", os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_TRUNC)
"""Where forked children write what ran in them: opened before, because opening is an event that HitSave sees."""

TOOL = 0  # the tool number that is meant for debuggers

RESUMABLE = 0x20 | 0x80 | 0x200
"""Flags of the code of generators and coroutines, which are called again with the same frame when they go on."""


roles: dict[int, str] = {}
"""By identity of code, for all code met so far: the name of a decorated function, or what of HitSave's it is, or nothing of interest."""
met: list[object] = []
"""That code, so that no other gets its identity."""


def role_of(code, module):
    """What code is to us when it is first met."""
    if module.startswith("hitsave.runtime.") and code.co_qualname in {"Memoised.__init__", "look_up"}:
        return f"<{code.co_qualname}>"
    return ""


def met_role(code, frame):
    """What code is to us."""
    role = roles.get(id(code))
    if role is None:
        met.append(code)
        role = roles[id(code)] = role_of(code, str(frame.f_globals.get("__name__")))
    return role


def started(role, frame):
    """Code of interest begins to run: note which functions are decorated, and each start of one of them."""
    if role == "<Memoised.__init__>":
        function = frame.f_locals["function"]
        if hasattr(function, "__code__"):
            if id(function.__code__) in roles and hasattr(sys, "monitoring"):
                sys.monitoring.restart_events()  # it ran before it was decorated, when it was of no interest
            met.append(function.__code__)
            roles[id(function.__code__)] = function.__qualname__
    elif role != "<look_up>":
        note_run(role)


def profile(frame, event, value):
    """As a profile function, which is told of generators that go on as if they started."""
    role = met_role(frame.f_code, frame)
    if role == "<look_up>" and event == "return":
        note_answer(frame.f_locals["memo"], value)
    elif role and event == "call" and id(frame) not in resumed:
        started(role, frame)
        if role[0] != "<" and frame.f_code.co_flags & RESUMABLE:
            resumed[id(frame)] = frame


def watch():
    """See what runs from now on."""
    if not hasattr(sys, "monitoring"):
        threading.setprofile(profile)
        sys.setprofile(profile)
        return
    events = sys.monitoring.events

    def start(code, _offset):
        frame = sys._getframe(1)
        role = met_role(code, frame)
        if not role:
            return sys.monitoring.DISABLE
        started(role, frame)
        return None

    def end(code, _offset, value):
        if roles.get(id(code)) != "<look_up>":
            return sys.monitoring.DISABLE
        note_answer(sys._getframe(1).f_locals["memo"], value)
        return None

    sys.monitoring.use_tool_id(TOOL, "scenario")
    sys.monitoring.register_callback(TOOL, events.PY_START, start)
    sys.monitoring.register_callback(TOOL, events.PY_RETURN, end)
    sys.monitoring.set_events(TOOL, events.PY_START | events.PY_RETURN)


def unwatch():
    """See nothing more."""
    if hasattr(sys, "monitoring"):
        sys.monitoring.set_events(TOOL, 0)
    else:
        sys.setprofile(None)
        threading.setprofile(None)


def note_run(name):
    """A memoised function began to run; a forked child tells its parent."""
    if os.getpid() == parent:
        ran.append(name)
    else:
        os.write(children, f"{name}\n".encode())


def note_answer(memo, found):
    """One look-up: symbol, key, answer."""
    kind = type(found).__name__
    if kind == "Hit":
        answers.append((found.entry.symbol, str(found.entry.key), "hit"))
    elif kind == "Miss":
        answers.append((str(found.root), str(found.inputs.key), "miss"))
    else:
        answers.append((memo.name, "", f"uncached: {found.why}"))


def note_warning(message, category, *place, **more):
    """HitSave's warnings are reported; others are shown as they would be."""
    warned.append(str(message)) if category.__name__ == "HitSaveWarning" else show(message, category, *place, **more)


show, warnings.showwarning = warnings.showwarning, note_warning
main = sys.modules["__main__"]
main.__file__ = script
sys.argv = [script]
sys.path[0] = script.rpartition("/")[0]
with open(script, encoding="utf-8") as file:
    compiled = compile(file.read(), script, "exec", dont_inherit=True)
path = list(sys.path)
watch()
try:
    exec(compiled, vars(main))
finally:
    unwatch()
    with open(report_path + ".children", encoding="utf-8") as file:
        ran += file.read().split()
    with open(report_path, "w", encoding="utf-8") as file:
        json.dump({"ran": ran, "answers": answers, "warned": warned, "path": path}, file)
