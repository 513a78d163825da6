"""The child process of a scenario: starts the script as Python would, and reports which memoised functions ran and how each call was answered.

Executed in a namespace of its own, so that ``__main__`` holds the script's names and no others; ``sys.argv[1:]`` are this file, the report's path and the script's.
All is seen from outside, by a profile function: nothing of HitSave is imported before the script asks for it, and nothing in it is replaced.
"""

from __future__ import annotations

import json
import sys
import warnings

report_path, script = sys.argv[2:4]
codes: dict[object, str] = {}
ran: list[str] = []
resumed: dict[int, object] = {}
answers: list[tuple[str, str, str]] = []
warned: list[str] = []

RESUMABLE = 0x20 | 0x80 | 0x200
"""Flags of the code of generators and coroutines, which are called again with the same frame when they go on."""


def profile(frame, event, value):
    """Note which functions are decorated, each start of one of them, and what the look-up of each call gives."""
    code = frame.f_code
    if event == "call":
        if code in codes and id(frame) not in resumed:
            ran.append(codes[code])
            if code.co_flags & RESUMABLE:
                resumed[id(frame)] = frame
        elif code.co_qualname == "Memoised.__init__" and frame.f_globals["__name__"] == "hitsave.runtime.memo":
            function = frame.f_locals["function"]
            if hasattr(function, "__code__"):
                codes[function.__code__] = function.__qualname__
    elif event == "return" and code.co_qualname == "look_up" and frame.f_globals["__name__"].startswith("hitsave.runtime."):
        note_answer(frame.f_locals["memo"], value)


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
sys.setprofile(profile)
try:
    exec(compiled, vars(main))
finally:
    sys.setprofile(None)
    with open(report_path, "w", encoding="utf-8") as file:
        json.dump({"ran": ran, "answers": answers, "warned": warned, "path": path}, file)
