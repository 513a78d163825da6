"""numpy: arrays by type, shape and elements in C order; how they lie in memory doesn't count.

Elements count by their bits: unlike NaN in plain values, two NaN of different bits differ. Padding, which has no value, is left out.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import sys
from typing import Any, Final

from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, NoFormError, Rule, buffer, form, header

np: Any = sys.modules["numpy"]

_OF_POLYNOMIALS: Final = frozenset({"coef", "domain", "window", "symbol", "_symbol"})
_USER_DTYPES: Final = 256
_PADDED_FLOATS: Final = np.finfo(np.longdouble).nmant == 63
"""Whether `longdouble` is x87's: ten bytes, and up to six of padding."""


def array_form(value: Any, names: CodeNames) -> Form:
    """The form of an array, or of what a subclass has of one."""
    array = value if type(value) is np.ndarray else np.ndarray.view(value, np.ndarray)
    head = header("ndarray", describe(array.dtype, names), array.shape)
    if array.dtype.names is not None:
        # Field by field: between fields there may be padding.
        fields = array.dtype.names
        return Form(head, [array[name] for name in fields], tuple(f'["{name}"]' for name in fields))
    return Form(head, (_elements(array),), ("",))


def _elements(array: Any) -> Any:
    dtype = array.dtype
    if dtype.kind in "OT" or dtype.num < 0:
        return array.ravel(order="C").tolist()
    if array.size == 0 or dtype.itemsize == 0:
        return buffer(b"")
    content = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    if _PADDED_FLOATS and dtype.char in "gG":
        content = np.ascontiguousarray(content.reshape(-1, np.dtype(np.longdouble).itemsize)[:, :10]).reshape(-1)
    return buffer(memoryview(content))


def describe(dtype: Any, names: CodeNames) -> Any:
    """A dtype as a plain value: what makes it the type that it is, its byte order included."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return "array", describe(base, names), shape
    if dtype.names is not None:
        fields = [(name, *dtype.fields[name]) for name in dtype.names]
        return "struct", dtype.itemsize, tuple((name, at, describe(kind, names), *(str(part) for part in title)) for name, kind, at, *title in fields)
    if dtype.kind == "T":
        return "StringDType"
    if dtype.num >= _USER_DTYPES or dtype.num < 0:
        return dtype.str, names.class_(dtype.type), str(dtype)
    return dtype.str


def _scalar(value: Any, _: CodeNames) -> Form:
    # The class by its name, because two of them may have the same bits (longlong and int64).
    kind = next(cls for cls in type(value).__mro__ if cls.__module__ == "numpy")
    return form("numpy scalar", kind.__name__, children=(np.generic.__array__(value),), steps=("",))


def _dtype(value: Any, names: CodeNames) -> Form:
    return form("dtype", describe(value, names))


def _masked(value: Any, names: CodeNames) -> Form:
    kept = vars(value)
    filler = kept.get("_fill_value")
    if filler is None:  # it is filled in when somebody asks for it
        filler = np.array(np.ma.default_fill_value(np.ndarray.view(value, np.ndarray).dtype))
    parts = (kept.get("_mask"), filler, kept.get("_hardmask"), kept.get("_optinfo"))
    return form("masked array", children=(array_form(value, names), *parts), steps=("", ".mask", ".fill_value", "", ""))


def _memory_map(value: Any, names: CodeNames) -> Form:
    return form("memmap", str(vars(value).get("mode")), children=(array_form(value, names),), steps=("",))


def _generator(value: Any, _: CodeNames) -> Form:
    return form("numpy Generator", children=(value.bit_generator,), steps=(".bit_generator",))


def _bit_generator(value: Any, _: CodeNames) -> Form:
    # The seed sequence counts, since generators are spawned from it.
    seed = value.seed_seq if hasattr(value, "seed_seq") else getattr(value, "_seed_seq", None)
    return form("BitGenerator", children=(value.state, seed), steps=(".state", ".seed_seq"))


def _seed_sequence(value: Any, _: CodeNames) -> Form:
    return form("SeedSequence", children=(value.state,), steps=(".state",))


def _random_state(value: Any, _: CodeNames) -> Form:
    return form("RandomState", children=(value.get_state(legacy=False),), steps=(".get_state()",))


def _polynomial(value: Any, names: CodeNames) -> Form:
    # Pickling makes attributes of what is the class's: the domain and the window.
    more = {name: item for name, item in vars(value).items() if name not in _OF_POLYNOMIALS}
    children = (value.coef, value.domain, value.window, more)
    return form("polynomial", names.class_(type(value)), str(value.symbol), children=children, steps=(".coef", ".domain", ".window", ""))


def _iterator(_value: Any, _names: CodeNames) -> Form:
    raise NoFormError("An iterator is used up by looking at it; pass the array")


RULES: Final = {
    "numpy:ndarray": Rule(array_form),
    "numpy:generic": Rule(_scalar, covers=True),
    "numpy:dtype": Rule(_dtype, covers=True),
    "numpy:MaskedArray": Rule(_masked, whole=True),
    "numpy:memmap": Rule(_memory_map, whole=True),
    "numpy:Generator": Rule(_generator),
    "numpy:BitGenerator": Rule(_bit_generator, covers=True),
    "numpy:SeedSequence": Rule(_seed_sequence, covers=True),
    "numpy:RandomState": Rule(_random_state),
    **{f"numpy:{name}": Rule(_polynomial, whole=True) for name in ("Polynomial", "Chebyshev", "Legendre", "Laguerre", "Hermite", "HermiteE")},
    "numpy:flatiter": Rule(_iterator),
    "numpy:nditer": Rule(_iterator),
}
