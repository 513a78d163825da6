"""What libraries keep in their objects for themselves: it comes and goes as the object is used or pickled, and says nothing of its value.

By the class that keeps it, as a library's classes are found by their names without importing the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LEFT_OUT: Final[Mapping[str, frozenset[str]]] = {
    "matplotlib.colors:Normalize": frozenset({"callbacks"}),  # who wants to be told of changes
    "omegaconf.base:Node": frozenset({"_flags_cache"}),  # filled by the first look at the configuration
    "sklearn.feature_extraction.text:_VectorizerMixin": frozenset({"_stop_words_id"}),  # an address, to say a warning once
    "sklearn.utils._bunch:Bunch": frozenset({"_deprecated_key_to_warnings"}),  # lost when it is pickled
    "torch.nn.modules.rnn:RNNBase": frozenset({"_flat_weight_refs"}),  # weak references to what `_flat_weights` has
}
"""Attributes that don't count."""

EMPTY_UNTIL_ASKED: Final[Mapping[str, frozenset[str]]] = {
    "xarray.core.variable:Variable": frozenset({"_attrs", "_encoding"}),
    "xarray.core.dataset:Dataset": frozenset({"_attrs", "_encoding"}),
    "xarray.core.datatree:DataTree": frozenset({"_attrs", "_encoding"}),
}
"""Slots that are None until somebody looks, and an empty dictionary from then on: they count as None."""
