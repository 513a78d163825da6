"""What a memoised function's own options and annotations answer: chance that begins at a seed, output that is shown again, files that are put back."""

from __future__ import annotations

from typing import Final

from hitsave.advice.judging import GENERATORS, Verdict
from hitsave.advice.known import TELLS
from hitsave.advice.meaning import Meanings, Outside, Placed
from hitsave.advice.sights import Use

_GENERATORS_OF_THE_PROCESS: Final = ("random.", "numpy.random.", "torch.", "sklearn.", "scipy.", "pandas.")
_OWN_SEEDS: Final = GENERATORS - {"sklearn.utils.check_random_state", "scipy._lib._util.check_random_state"} | {"random.SystemRandom"}
_OUTPUT: Final = "hitsave.OutputFile"


class Answered:
    """Tells of findings in what `root` reaches whether it answers them."""

    def __init__(self, root: Placed, meanings: Meanings) -> None:
        deed = root.deed
        self._root = root.symbol
        self._is_seeded = "seed" in deed.options
        self._shows_output = "replay_output" in deed.options
        self._outputs = {
            parameter.name
            for parameter in deed.parameters
            if parameter.annotation is not None
            and any(isinstance(m, Outside) and m.name.startswith(_OUTPUT) for m in meanings.of(root.symbol.module, parameter.annotation, None, None))
        }

    def __call__(self, placed: Placed, verdict: Verdict, use: Use | None, name: str) -> bool:
        """Whether a verdict on a use of `name` ("" for a method of who knows what) in a reached function is answered."""
        match verdict.code:
            case "HS002":
                # A generator that the function makes itself begins at no seed but its own.
                return self._is_seeded and (
                    not name or (name.startswith(_GENERATORS_OF_THE_PROCESS) and (name not in _OWN_SEEDS and "()" not in name))
                )
            case "HS007":
                if self._shows_output and verdict.words.startswith(TELLS):
                    return True
                if not self._outputs:
                    return False
                return use is None or (placed.symbol == self._root and not self._outputs.isdisjoint(_owners(use)))
            case "HS006":
                return use is not None and placed.symbol == self._root and use.receiver in self._outputs
            case _:
                return False


def _owners(use: Use) -> set[str | None]:
    """The parameters that a call is given, or is made on."""
    return {use.receiver, *(argument.owner for argument in use.arguments or ())} - {None}
