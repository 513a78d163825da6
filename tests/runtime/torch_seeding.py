"""`@memo(seed=…)` with torch itself, which `./dev torch` installs."""

from __future__ import annotations


def test_torch_is_seeded_where_it_is_loaded(project):
    """As `torch.manual_seed` does it."""
    printed = project.script("""
        import torch
        from hitsave import memo

        @memo(seed=3)
        def f():
            return torch.rand(2).tolist()

        torch.manual_seed(9)
        before = torch.rand(1).item()
        torch.manual_seed(9)
        found = f()
        print(torch.rand(1).item() == before)
        torch.manual_seed(3)
        print(torch.rand(2).tolist() == found)
        """).quiet
    assert printed == ["True", "True"]
