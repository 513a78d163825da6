"""The child process of a scenario: starts the script as Python would, and reports which memoised functions ran and how each call was answered.

Executed in a namespace of its own, so that ``__main__`` holds the script's names and no others; ``sys.argv[1:]`` are this file, the report's path and the script's.
All is seen from outside, by a profile function, in every thread, and in children that are forked; not in those that are spawned.
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


def profile(frame, event, value):
    """Note which functions are decorated, each start of one of them, and what the look-up of each call gives."""
    code = frame.f_code
    role = roles.get(id(code))
    if role is None:
        met.append(code)
        role = roles[id(code)] = role_of(code, str(frame.f_globals.get("__name__")))
    if not role:
        return
    if role == "<look_up>":
        if event == "return":
            note_answer(frame.f_locals["memo"], value)
    elif event == "call":
        if role == "<Memoised.__init__>":
            function = frame.f_locals["function"]
            if hasattr(function, "__code__"):
                met.append(function.__code__)
                roles[id(function.__code__)] = function.__qualname__
        elif id(frame) not in resumed:
            note_run(role)
            if code.co_flags & RESUMABLE:
                resumed[id(frame)] = frame


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
threading.setprofile(profile)
sys.setprofile(profile)
try:
    exec(compiled, vars(main))
finally:
    sys.setprofile(None)
    threading.setprofile(None)
    with open(report_path + ".children", encoding="utf-8") as file:
        ran += file.read().split()
    with open(report_path, "w", encoding="utf-8") as file:
        json.dump({"ran": ran, "answers": answers, "warned": warned, "path": path}, file)
