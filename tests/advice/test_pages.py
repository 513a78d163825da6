"""Each rule has a page, whose examples are true."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from hitsave.advice.rules import RULES
from hitsave.cli.main import main
from tests.conftest import ROOT

PAGES = ROOT / "docs/rules"
HEADINGS = ["What it finds", "Why that is bad", "Example", "Instead", "Ignoring it"]
RECORDED = {"HS011", "HS014"}


def blocks(code: str) -> tuple[str, str]:
    """The example of a rule's page, and what is better."""
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    bad, good = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    return bad, good


def linted(folder: Path, capsys, *options: str) -> list[str]:
    """The rules that `hitsave lint` finds in a folder."""
    capsys.readouterr()
    main(["lint", "--json", *options])
    return [finding["rule"] for finding in json.loads(capsys.readouterr().out)["findings"]]


@pytest.mark.parametrize("code", RULES)
def test_the_page_has_its_parts(code):
    """In one order, and the rule's own words."""
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS
    assert text.startswith(f"# {code}: {RULES[code].name}\n\nA memoised function {RULES[code].title}.\n")
    assert RULES[code].page == PAGES / f"{code}.md"


@pytest.mark.parametrize("code", [c for c in RULES if c not in RECORDED])
def test_the_example_has_the_finding_and_the_better_one_has_none(code, tmp_path, monkeypatch, capsys):
    """A warning or a note of that rule, and nothing of any; a comment takes it away."""
    bad, good = blocks(code)
    (tmp_path / "pyproject.toml").write_text("[tool.hitsave]\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(bad, encoding="utf-8")
    found = linted(tmp_path, capsys)
    assert set(found) == {code}
    (tmp_path / "app.py").write_text(re.sub(r"^(def .*:)$", rf"\1  # hitsave: ignore[{code}]", bad, flags=re.MULTILINE), encoding="utf-8")
    assert linted(tmp_path, capsys) == []
    (tmp_path / "app.py").write_text(good, encoding="utf-8")
    assert [f for f in linted(tmp_path, capsys) if f != "HS007"] == []


@pytest.mark.parametrize("code", sorted(RECORDED))
def test_examples_of_recorded_times_are_true_when_they_have_run(code, tmp_path, monkeypatch, capsys, run_python):
    """They run in processes of their own, the better one in a project of its own."""
    for name, text in zip(("bad", "good"), blocks(code), strict=True):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "pyproject.toml").write_text("[tool.hitsave]\n")
        (folder / f"{name}_{code.lower()}.py").write_text(text, encoding="utf-8")
        ran = run_python(f"import sys; sys.path.insert(0, '')\nimport {name}_{code.lower()}", cwd=folder, HITSAVE_NOTICES="off")
        assert (ran.status, ran.stderr) == (0, "")
        monkeypatch.chdir(folder)
        assert [f for f in linted(folder, capsys) if f == code] == [code] * (name == "bad")


def test_the_list_of_rules_names_each():
    """With its title and a link."""
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[(HS\d+)\]\((HS\d+)\.md\)", text, re.MULTILINE) == [(c, c) for c in RULES]
    assert all(f"a memoised function {rule.title}" in text for rule in RULES.values())


def test_the_ignoring_example_of_the_list_is_true(tmp_path, monkeypatch, capsys):
    """Its comment takes the finding away."""
    (block,) = re.findall(r"```python\n(.*?)```", (PAGES / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "pyproject.toml").write_text("[tool.hitsave]\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(block, encoding="utf-8")
    assert linted(tmp_path, capsys) == []
    (tmp_path / "app.py").write_text(block.replace("# hitsave", "# was"), encoding="utf-8")
    assert linted(tmp_path, capsys) == ["HS004"]


def test_an_installation_has_the_pages_beside_the_rules():
    """`hitsave lint --explain` prints them where there is no checkout."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert build["wheel"]["force-include"] == {"docs/rules": "hitsave/advice/pages"}
    assert "/docs/rules" in build["sdist"]["include"]
