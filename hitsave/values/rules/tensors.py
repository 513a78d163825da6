"""torch: tensors by type, shape and elements, wherever they are. scipy: sparse matrices by the arrays that they are made of."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import sys
from typing import Any, Final

from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, NoFormError, Rule, buffer, form, header

_SPARSE_PARTS: Final = ("data", "indices", "indptr", "coords", "row", "col", "offsets", "rows", "_dict")


def _tensor(value: Any, _: CodeNames) -> Form:
    torch: Any = sys.modules["torch"]
    if value.layout in {torch.sparse_coo, torch.sparse_csr, torch.sparse_csc}:
        return _sparse_tensor(torch, value)
    if value.layout is not torch.strided or value.is_quantized or value.is_meta:
        raise NoFormError("Only dense and sparse tensors have a digest; pass what it is made from")
    content = torch.Tensor.detach(value).cpu().resolve_conj().resolve_neg().contiguous().reshape(-1)
    content = buffer(memoryview(content.view(torch.uint8).numpy())) if content.numel() else buffer(b"")
    gradient = value.grad if value.is_leaf else None
    return Form(header("tensor", str(value.dtype), tuple(value.shape), bool(value.requires_grad)), (content, gradient), ("", ".grad"))


def _sparse_tensor(torch: Any, value: Any) -> Form:
    layout, tensor = str(value.layout), torch.Tensor.detach(value)
    if value.layout is torch.sparse_coo:
        # Before it is coalesced, an element may be a sum of several, in any order.
        tensor = tensor.coalesce()
        parts = ("indices", "values")
    else:
        parts = ("crow_indices", "col_indices", "values") if value.layout is torch.sparse_csr else ("ccol_indices", "row_indices", "values")
    children = (*(getattr(tensor, part)() for part in parts), value.grad if value.is_leaf else None)
    steps = (*(f".{part}()" for part in parts), ".grad")
    return form("sparse tensor", layout, tuple(value.shape), bool(value.requires_grad), children=children, steps=steps)


def _generator(value: Any, _: CodeNames) -> Form:
    return form("torch Generator", str(value.device), children=(value.get_state(),), steps=(".get_state()",))


def _sparse(value: Any, _: CodeNames) -> Form:
    kept = vars(value)
    parts = [part for part in _SPARSE_PARTS if part in kept]
    kind = next(cls.__name__ for cls in type(value).__mro__ if cls.__module__.startswith("scipy."))
    return form(
        "sparse",
        kind,
        tuple(int(n) for n in value.shape),
        tuple(parts),
        children=[kept[part] for part in parts],
        steps=tuple(f".{part}" for part in parts),
    )


RULES: Final = {
    "torch:Tensor": Rule(_tensor),
    "torch:Generator": Rule(_generator, covers=True),
    **{
        f"scipy:{form}_{kind}": Rule(_sparse, whole=True)
        for form in ("csr", "csc", "coo", "bsr", "dia", "dok", "lil")
        for kind in ("matrix", "array")
    },
}
