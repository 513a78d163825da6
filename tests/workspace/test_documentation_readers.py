"""Which installed code may read documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from hitsave.workspace.documentation_readers import may_read_documentation


@pytest.mark.parametrize(
    ("name", "text", "may"),
    [
        ("wide.py", "def width(text):\n    return len(text)\n", False),
        ("shown.py", "def shown(f):\n    return f.__doc__\n", True),
        ("typed.py", "from typing import get_type_hints\n", True),
        ("looked.py", "import inspect\n", True),
        ("named.py", "inspector = designature = 1\n", False),
        ("fast.abi3.so", "\x7fELF\x00width\x00len\x00", False),
        ("slow.so", "\x7fELF\x00__doc__\x00", True),
        ("data.txt", "__doc__", False),
        ("__pycache__/wide.pyc", "__doc__", False),
    ],
)
def test_code_without_the_words_reads_nothing(tmp_path: Path, name: str, text: str, may: bool):
    """Whatever the file: text, or compiled code, which has the names that it asks for in it; what is no code doesn't count."""
    (tmp_path / "__init__.py").write_text("")
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    assert may_read_documentation([str(tmp_path)]) is may


def test_what_can_not_be_looked_through_may_read_anything(tmp_path: Path):
    """Nothing at all, more files than are worth it, and files that can't be read."""
    assert may_read_documentation([])
    assert may_read_documentation([str(tmp_path / "gone.py")])
    for number in range(201):
        (tmp_path / f"part{number}.py").touch()
    assert may_read_documentation([str(tmp_path)])
