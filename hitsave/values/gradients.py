"""Gradients of tensors, which torch's own pickling drops: a stored result that had them gives them back."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# torch may not be installed, so nothing here has a type that is known.
from __future__ import annotations

import copyreg
import sys
from typing import Any


def reducers_with_gradients() -> dict[type, Any] | None:
    """What a pickler's ``dispatch_table`` is to be, None where torch is not loaded."""
    torch: Any = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "nn"):
        return None
    return {**copyreg.dispatch_table, torch.Tensor: _reduced, torch.nn.Parameter: _reduced}


def _reduced(tensor: Any) -> Any:
    reduced = tensor.__reduce_ex__(5)
    gradient = tensor.grad if tensor.is_leaf else None
    if gradient is None:
        return reduced
    make, arguments, *state = reduced
    return with_gradient, (make, arguments, gradient), *state


def with_gradient(make: Any, arguments: Any, gradient: Any) -> Any:
    """A tensor as it was pickled, and its gradient. Stored values name this function: it stays where it is."""
    tensor = make(*arguments)
    tensor.grad = gradient
    return tensor
