"""The child process of a scenario: starts the script as Python would, and reports which memoised functions ran and how each call was answered.

Executed in a namespace of its own, so that ``__main__`` holds the script's names and no others; ``sys.argv[1:]`` are this file, the report's path and the script's.
Whether a function ran is seen from outside of HitSave, by a profile function that knows the code objects that were decorated.
"""

from __future__ import annotations

import json
import sys
import warnings

report_path, script = sys.argv[2:4]
from hitsave.errors import HitSaveWarning  # noqa: E402
from hitsave.runtime import evaluate, memo  # noqa: E402

codes: dict[object, str] = {}
ran: list[str] = []
resumed: dict[int, object] = {}
answers: list[tuple[str, str, str]] = []
warned: list[str] = []


def noting_functions(make):
    """As `Memoised.__init__`, and the function's code is one to look for."""

    def init(self, function, *args, **kwargs):
        make(self, function, *args, **kwargs)
        code = getattr(function, "__code__", None)
        if code is not None:
            codes[code] = self.name

    return init


def noting_answers(look_up):
    """As `look_up`, and its answer is noted with its key."""

    def noted(*args, **kwargs):
        found = look_up(*args, **kwargs)
        if isinstance(found, evaluate.Hit):
            answers.append((found.entry.symbol, str(found.entry.key), "hit"))
        elif isinstance(found, evaluate.Miss):
            answers.append((str(found.root), str(found.inputs.key), "miss"))
        else:
            answers.append((args[0].name, "", f"uncached: {found.why}"))
        return found

    return noted


def profile(frame, event, _argument):
    """Note each start of a memoised function; a generator that goes on is no start."""
    if event == "call" and frame.f_code in codes and id(frame) not in resumed:
        ran.append(codes[frame.f_code])
        if frame.f_code.co_flags & 0x2A0:  # generators and coroutines, which are called again with the same frame
            resumed[id(frame)] = frame


def note_warning(message, category, *place, **more):
    """HitSave's warnings are reported; others are shown as they would be."""
    warned.append(str(message)) if issubclass(category, HitSaveWarning) else show(message, category, *place, **more)


memo.Memoised.__init__ = noting_functions(memo.Memoised.__init__)
evaluate.look_up = noting_answers(evaluate.look_up)
show, warnings.showwarning = warnings.showwarning, note_warning

main = sys.modules["__main__"]
main.__file__ = script
sys.argv = [script]
sys.path[0] = script.rpartition("/")[0]
with open(script, encoding="utf-8") as file:
    compiled = compile(file.read(), script, "exec")
path = list(sys.path)
sys.setprofile(profile)
try:
    exec(compiled, vars(main))
finally:
    sys.setprofile(None)
    with open(report_path, "w", encoding="utf-8") as file:
        json.dump({"ran": ran, "answers": answers, "warned": warned, "path": path}, file)
