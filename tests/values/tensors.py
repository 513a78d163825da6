"""torch's values, of torch itself: digests and Views. It takes gigabytes, so ``./dev torch`` installs it and runs these, and nothing else does."""

from __future__ import annotations

import copy
import json

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from hitsave.errors import UndigestibleError
from hitsave.values.views.bounds import MOST_BYTES, MOST_WORK, Allowance
from hitsave.values.views.document import views_of

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # what is sparse, nested or quantised calls itself a prototype


def view(value):
    """The View of one value, as a reader has it."""
    return json.loads(views_of("f", value, [], allowance=Allowance(clock=lambda: 0.0)).content)["result"]


class Answering(torch.Tensor):
    """Whatever is asked of it runs code of the user's."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        raise AssertionError(f"{function} was asked")


def of_every_kind():
    """By a name: tensors, and what goes with them."""
    base = torch.randn(200, 100)
    with torch.inference_mode():
        yield "inference", torch.randn(3)
    with FakeTensorMode():
        yield "fake", torch.randn(3)
    for name in ("float16", "bfloat16", "float64", "float8_e4m3fn", "uint8", "uint16", "int64", "bool", "complex64"):
        yield name, torch.ones(50).to(getattr(torch, name))
    yield "half bytes", torch.empty(4, dtype=torch.float4_e2m1fn_x2)
    yield "scalar", torch.tensor(1.5)
    yield "empty", torch.empty(0, 3)
    yield "large", torch.zeros(3000, 3000)
    yield "expanded", torch.zeros(1).expand(10**10)
    yield "strided", base.t()[::3]
    yield "conjugate", torch.randn(3, dtype=torch.complex64).conj().imag
    yield "subclass", base.as_subclass(Answering)
    yield "sparse", torch.eye(4).to_sparse()
    yield "compressed", torch.eye(4).to_sparse_csr()
    yield "meta", torch.empty(5, device="meta")
    yield "nested", torch.nested.nested_tensor([torch.randn(2), torch.randn(3)])
    yield "ragged", torch.nested.nested_tensor([torch.randn(2), torch.randn(3)], layout=torch.jagged)
    yield "quantised", torch.quantize_per_tensor(torch.randn(4), 0.1, 0, torch.quint8)
    yield "parameter", torch.nn.Parameter(base)
    yield "module", torch.nn.Sequential(*(torch.nn.Linear(100, 100) for _ in range(60)))
    yield "state", torch.nn.Linear(3, 2).state_dict()
    yield "optimiser", torch.optim.Adam(torch.nn.Linear(3, 2).parameters())
    yield "distribution", torch.distributions.Normal(0.0, 1.0)
    yield "batch", [torch.randn(100, 100) for _ in range(100)]
    yield "words", [torch.float32, torch.device("cpu"), torch.Size([1]), torch.strided]
    yield "generator", torch.Generator()


def test_no_view_fails_or_is_over_its_bounds():
    """Of no kind of tensor; and nothing of it runs code of a subclass."""
    for name, value in of_every_kind():
        allowance = Allowance(clock=lambda: 0.0)
        made = views_of("f", value, [], allowance=allowance).content
        assert b'"failed"' not in made, (name, made[:300])
        assert len(made) <= MOST_BYTES + 200, name
        assert allowance.spent <= 200_000 < MOST_WORK, (name, allowance.spent)


def test_tensors_are_shown_as_arrays():
    """With the device and whether they have a gradient; integers are exact, truths are counted."""
    shown = view(torch.nn.Parameter(torch.tensor([[1.0, float("nan")], [float("inf"), 3.0]])))
    assert (shown["kind"], shown["type"], shown["dtype"], shown["shape"]) == ("array", "torch.nn.parameter.Parameter", "torch.float32", [2, 2])
    assert (shown["device"], shown["gradient"], shown["corner"]) == ("cpu", True, [[1.0, "nan"], ["inf", 3.0]])
    assert {name: shown["statistics"][name] for name in ("nan", "infinite", "min", "max", "mean")} == {
        "nan": 1,
        "infinite": 1,
        "min": 1.0,
        "max": 3.0,
        "mean": 2.0,
    }
    assert view(torch.tensor([2**60]))["statistics"]["max"] == str(2**60)
    assert view(torch.tensor([True, False]))["statistics"] == {"of": 2, "exact": True, "true": 1}
    assert view(torch.randn(3).bfloat16())["statistics"]["exact"]
    assert view(torch.eye(2).as_subclass(Answering))["corner"] == [[1.0, 0.0], [0.0, 1.0]]


def test_what_has_no_elements_here_is_named():
    """Sparse and meta tensors by their layout; those whose class answers for them are not asked."""
    assert view(torch.eye(4).to_sparse())["layout"] == "torch.sparse_coo"
    assert view(torch.empty(5, device="meta"))["device"] == "meta"
    with FakeTensorMode():
        fake = torch.randn(3)
    assert view(fake) == {"kind": "lazy", "type": "torch._subclasses.fake_tensor.FakeTensor"}
    assert view([torch.float32, torch.device("cpu")])["items"][0] == {"kind": "value", "type": "torch.dtype", "text": "torch.float32"}


def test_modules_show_what_they_learned_and_are_made_of():
    """By name, and none of torch's own bookkeeping."""
    shown = view(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2)))
    assert [name for name, _ in shown["fields"]] == ["0", "1", "training"]
    linear, norm = shown["fields"][0][1], shown["fields"][1][1]
    assert [name for name, _ in linear["fields"]] == ["weight", "bias", "training", "in_features", "out_features"]
    assert linear["fields"][0][1]["shape"] == [2, 3]
    assert "running_mean" in dict(norm["fields"])


def test_looking_changes_nothing():
    """No gradient, no hook, no version; what was lazy is lazy still."""
    weight = torch.nn.Parameter(torch.randn(3))
    version = weight._version
    view([weight, weight * 2])
    assert (weight.grad, weight._version, weight.requires_grad) == (None, version, True)


def test_a_tensors_digest_is_of_its_elements(digest):
    """Wherever they lie in memory; type, shape and whether it has a gradient count."""
    one = torch.randn(4, 4)
    assert digest(one) == digest(one.clone()) == digest(one.t().contiguous().t())
    others = [one.double(), one.reshape(2, 8), torch.nn.Parameter(one), one + 1]
    assert digest(one) not in [digest(other) for other in others]


def test_a_modules_digest_is_of_what_it_learned(digest):
    """A copy has the same, one that learned on has another."""
    module = torch.nn.Linear(2, 2)
    same, other = copy.deepcopy(module), copy.deepcopy(module)
    with torch.no_grad():
        other.weight.add_(1)
    assert digest(module) == digest(same)
    assert digest(module) not in {digest(other), digest(copy.deepcopy(module).eval())}


def test_sparse_tensors_count_by_layout_indices_and_values(digest):
    """However they came to be; entries that are there twice stand for their sum."""
    eye = torch.eye(4)
    twice = torch.sparse_coo_tensor([[0, 0, 1, 2, 3], [0, 0, 1, 2, 3]], [0.25, 0.75, 1.0, 1.0, 1.0], (4, 4))
    assert digest(eye.to_sparse()) == digest(twice) == digest(eye.clone().to_sparse())
    others = [eye, eye.to_sparse() * 2, eye.to_sparse_csr(), eye.to_sparse_csc(), torch.eye(5).to_sparse(), eye.double().to_sparse()]
    assert len({digest(eye.to_sparse()), *map(digest, others)}) == 7


def test_what_is_neither_dense_nor_sparse_has_no_digest(digest):
    """And the error says what to do."""
    with pytest.raises(UndigestibleError, match="pass what it is made from"):
        digest(torch.eye(4).to_sparse_bsr((2, 2)))
