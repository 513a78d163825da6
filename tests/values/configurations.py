"""OmegaConf's configurations, which ``./dev frameworks`` installs: what they say counts, and what that means where they are."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field

from omegaconf import OmegaConf


@dataclass
class Model:
    rate: float = 0.1
    layers: list[int] = field(default_factory=lambda: [1, 2])


@dataclass
class Other:
    rate: float = 0.1
    layers: list[int] = field(default_factory=lambda: [1, 2])


def made(**more):
    return OmegaConf.create({"factor": 2, "model": {"layers": [1, 2], "width": "${factor}"}, **more})


def test_a_part_of_a_configuration_counts_by_itself(digest):
    """Not by what else is in the whole, unless an interpolation leads there; not by whether it was stored or read from."""
    whole = made()
    assert digest(whole.model) == digest(made(verbose=True).model) == digest(pickle.loads(pickle.dumps(whole)).model)
    assert digest(whole.model) != digest(made(factor=3).model)
    assert digest(whole) != digest(made(verbose=True))
    assert whole.model.layers[0] == 1
    assert digest(whole) == digest(made())


def test_what_tells_configurations_apart_counts(digest):
    """Classes, flags, what is missing, and an interpolation as such: it could lead elsewhere once something is set."""
    closed = made()
    OmegaConf.set_readonly(closed, True)
    values = [
        made(), closed, OmegaConf.structured(Model), OmegaConf.structured(Model(rate=0.2)), OmegaConf.structured(Other), OmegaConf.create({"rate": 0.1, "layers": [1, 2]}),
        OmegaConf.create([1, 2]), OmegaConf.create([1, 3]), OmegaConf.create({"a": "???"}), OmegaConf.create({"a": None}), OmegaConf.create({"a": 1, "b": 1}), OmegaConf.create({"a": 1, "b": "${a}"}),
        OmegaConf.create({"b": "${nothing}"}),
    ]  # fmt: skip
    assert len({digest(each) for each in values}) == len(values)


def test_what_a_resolver_gives_counts(digest):
    """It is code, which nothing in the configuration names."""
    found = []
    for factor in (2, 3):
        OmegaConf.register_new_resolver("times", lambda n, factor=factor: int(n) * factor, replace=True)
        found.append(digest(OmegaConf.create({"n": "${times:4}"})))
    OmegaConf.clear_resolver("times")
    assert found[0] != found[1]
