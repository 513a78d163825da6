"""torch: tensors as arrays are shown, modules by what they learned and what they are made of."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from hitsave.values.classes import display_name, full_name, namespace
from hitsave.values.views.containers import pairs
from hitsave.values.views.samples import cell, corner, steps, summary
from hitsave.values.views.shapes import Shape, size_of

if TYPE_CHECKING:
    from hitsave.values.views.looking import Look

_WORDS: Final = frozenset({"torch:dtype", "torch:device", "torch:layout", "torch:memory_format"})
_REGISTERED: Final = ("_parameters", "_buffers", "_modules")
"""Where a module keeps what was assigned to it."""


def look(look: Look, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape | None:
    """The View of a tensor, a module, a dtype or a device; None of anything else of the library."""
    if full_name(kind) in _WORDS:
        return {"kind": "value", "type": display_name(kind), "text": str(value)[:200]}
    for base in mro:
        match full_name(base):
            case "torch:Tensor":
                return _tensor(look, value, kind, mro, room)
            case "torch.nn.modules.module:Module":
                return _module(look, value, kind, room)
            case _:
                continue
    return None


def _tensor(look: Look, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape:
    torch: Any = sys.modules["torch"]
    dispatched = next(namespace(base)["__torch_dispatch__"] for base in mro if "__torch_dispatch__" in namespace(base))
    if (
        dispatched is not namespace(torch.Tensor)["__torch_dispatch__"]
    ):  # whatever is asked of it is answered by its class: fake, nested, spread over machines
        return {"kind": "lazy", "type": display_name(kind)[:200]}
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():  # noqa: SLF001 - documented, and the only way to have a subclass' own `__torch_function__` left out
        tensor = torch.Tensor.detach(value)
        shape: Shape = {"kind": "array", "type": display_name(kind)[:200], "dtype": str(tensor.dtype)}
        if tensor.is_nested:
            return shape | {"shape": [], "layout": "nested"}
        shape |= {
            "shape": [int(n) for n in tensor.shape],
            "device": str(tensor.device),
            "gradient": bool(torch.Tensor.requires_grad.__get__(value)),
        }
        if tensor.layout is not torch.strided or tensor.is_quantized or tensor.is_meta or not tensor.numel():
            return shape | {"layout": str(tensor.layout)}
        shape["bytes"] = int(tensor.numel() * tensor.element_size())
        # Types that have no arithmetic, as those of half a byte, are known by what they raise.
        with suppress(RuntimeError):
            if look.most_items:
                look.allowance.spend(100)
                cells = _cells(tensor[corner(tuple(tensor.shape))].cpu().tolist())
                if size_of(shape) + size_of(cells) < room - 1_200:
                    shape["corner"] = cells
            if look.most_items and room > 2_000 and "numpy" in sys.modules and not tensor.is_complex():
                shape["statistics"] = _statistics(look, torch, tensor)
    return shape


def _statistics(look: Look, torch: Any, tensor: Any) -> Shape:
    taken = tensor[steps(tuple(tensor.shape), look.sample())]
    look.allowance.spend(int(taken.numel()))
    if tensor.dtype is torch.bool:
        return {"of": int(taken.numel()), "exact": taken.numel() == tensor.numel(), "true": int(taken.sum())}
    taken = taken.cpu()
    return summary((taken.double() if tensor.is_floating_point() else taken).numpy(), int(tensor.numel()))


def _cells(value: Any) -> Any:
    return [_cells(item) for item in value] if isinstance(value, list) else cell(value)


def _module(look: Look, value: Any, kind: type, room: int) -> Shape | None:
    kept = vars(value)
    if not all(type(kept.get(name)) is dict for name in _REGISTERED):
        return None  # one that does not call `Module.__init__`, or is of a version that keeps these otherwise
    fields = [item for name in _REGISTERED for item in dict.items(kept[name])]
    fields += [(name, content) for name, content in dict.items(kept) if type(name) is str and not name.startswith("_")]
    with look.inside(value):
        return pairs(look, {"kind": "object", "type": display_name(kind)[:200], "length": len(fields)}, "fields", fields, room, named=True)
