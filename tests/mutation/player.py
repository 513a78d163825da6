"""One process of a subject: imports its driver, makes its calls, and writes down what they gave and which lines ran.

    python player.py OUT plain|memo|explain [--trace] [--deep]

`plain` takes the decorators away, `memo` runs the driver as it is, `explain` asks of every call whether it would hit, and runs nothing.
With `--deep`, every call is made some frames further down: what runs until the stack is full gives something else there, as it may below HitSave.
The file is copied into the project that is played, so that it is the script of a project like any other. It imports nothing of the tests.
"""

from __future__ import annotations

import json
import os
import re
import sys
from functools import partial
from types import FrameType, ModuleType
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
FRAMES = 25
EVENT = "mutation.ran"
"""The audit event that a driver's functions raise when they run; nothing is printed or changed by it."""


def undecorated() -> ModuleType:
    """A stand-in for `hitsave` whose `memo` does nothing."""
    module = ModuleType("hitsave")
    module.memo = lambda function: function  # type: ignore[attr-defined]
    return module


def show(value: object) -> str:
    """A value as text that is the same in every process."""
    return re.sub(r"0x[0-9a-f]{6,}", "0x…", repr(value))


def deeper(call: Any, frames: int) -> Any:
    """The value of a call that is made this many frames further down."""
    return deeper(call, frames - 1) if frames else call()


def main(out: str, mode: str, *, traced: bool, frames: int) -> None:
    """Play, and write the outcome to `out` as JSON."""
    lines: dict[str, dict[str, set[int]]] = {"import": {}, "calls": {}}
    phase = "import"
    ran: list[str] = []

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        file = frame.f_code.co_filename
        if not file.startswith(HERE):
            return None
        if event in {"line", "call"}:
            lines[phase].setdefault(file[len(HERE) :], set()).add(frame.f_lineno)
        return trace

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event == EVENT:
            ran.append(args[0])

    if mode == "plain":
        sys.modules["hitsave"] = undecorated()
    sys.addaudithook(audit)
    if traced:
        sys.settrace(trace)
    outcome: dict[str, Any] = {"failed": None, "calls": []}
    try:
        import driver
    except BaseException as problem:  # noqa: BLE001 - a mutant may do anything
        outcome["failed"] = f"{type(problem).__name__}: {problem}"
    else:
        phase = "calls"
        for function, arguments in driver.CALLS:
            ran.clear()
            try:
                shown = show(function.explain(*arguments) if mode == "explain" else deeper(partial(function, *arguments), frames))
            except Exception as problem:  # noqa: BLE001 - an exception is a truth too
                shown = f"raised {type(problem).__name__}: {show(str(problem))}"
            outcome["calls"].append([function.__name__, shown, function.__name__ in ran])
    sys.settrace(None)
    outcome["lines"] = {when: {file: sorted(found) for file, found in files.items()} for when, files in lines.items()}
    with open(out, "w", encoding="utf-8", errors="surrogateescape") as file:
        json.dump(outcome, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], traced="--trace" in sys.argv, frames=FRAMES if "--deep" in sys.argv else 0)
