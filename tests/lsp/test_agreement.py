"""What the editor shows of a result made before an edit is what the run after it does: cached → it is used, stale → the function runs.

The scenarios are played once more here, with their edits typed into the editor before they are saved; so are the corpus' cases that edit the project's text.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hitsave.storage.store import Store
from hitsave_server.lsp.picture import Trouble
from tests.lsp.showing import UNKNOWN, Shown
from tests.scenarios.playing import Player
from tests.scenarios.story import State, scenarios_of
from tests.scenarios.textual import remembered

TESTS = Path(__file__).resolve().parents[1]
SCENARIOS = {s.name: s for path in sorted((TESTS / "scenarios").glob("*.md")) if path.name != "README.md" for s in scenarios_of(path)}


class ShownPlayer(Player):
    """Plays a scenario with an editor open on it; `compared` are (what was shown, what was done), `disagreements` sentences."""

    def __init__(self, scenario, base):
        super().__init__(scenario, base)
        self.shown: Shown | None = None
        self.expected = None
        self.known: dict[str, str] = {}
        self.compared: list[tuple[str, str]] = []
        self.disagreements: list[str] = []

    def step(self, step):
        self.expected = step.expected
        self.write(step.state)
        self.path = self.run(step.state.start).path

    def write(self, state: State) -> None:
        was = self.state
        if self.shown is not None and state.folder != was.folder:
            self.shown.close()
            self.shown = None
        typed = None
        if self.shown is not None:
            self.shown.analysis.store_changed()
            edited = {p for p in was.files.keys() | state.files.keys() if was.files.get(p) != state.files.get(p)}
            if all(p.endswith(".py") and p in was.files and p in state.files and not p.startswith("site-packages/") for p in edited):
                self.shown.type({p: state.files[p] for p in edited})
                typed = self.shown.states()
        super().write(state)
        if self.shown is not None:
            self.shown.save()
        elif remembered(self.store):
            self.shown = Shown(self.folder, self.person())
        self.known = self.shown.states() if self.shown is not None else {}
        if typed is not None and typed != self.known:
            self.disagreements.append(f"typed: {typed}, saved: {self.known}")

    def person(self) -> dict[str, str]:
        """The environment of someone who runs the script."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("HITSAVE", "PYTEST", "PYTHON"))}
        return {**own, "HITSAVE_DIR": str(self.base / "store")}

    def run(self, script):
        before = remembered(self.store)
        run = super().run(script)
        assert self.expected is not None
        asked: dict[tuple[str, str], str] = {}
        for symbol, key, answer in run.answers:
            asked.setdefault((symbol, key), answer)
        for (symbol, key), answer in asked.items():
            states = [self.known.get(b.entry.id, UNKNOWN) for b in before if str(b.entry.key) == key]
            if not states or symbol.partition(":")[2] in self.expected.says:
                continue
            state = "fresh" if "fresh" in states else states[0]
            self.compared.append((state, answer))
            if state != "cannot_tell" and (state == "fresh") != (answer == "hit"):
                self.disagreements.append(f"of {symbol} was shown {state}; the run: {answer}")
        return run


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SCENARIOS))
def test_scenario(name, tmp_path):
    """Shown as the run then does, typed and saved alike; can't tell only where the scenario declares it."""
    player = ShownPlayer(SCENARIOS[name], tmp_path)
    player.play()
    if player.shown is not None:
        player.shown.close()
    assert player.disagreements == []
    assert [shown for shown, _ in player.compared if shown == "cannot_tell"] == []


# --- the corpus -------------------------------------------------------------------------------------------------------


def load_run():
    """The corpus' own script, which is kept as it was given."""
    spec = importlib.util.spec_from_file_location("corpus_run", TESTS / "corpus" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CORPUS = load_run()
CASES = {case["id"]: case for case in json.loads((TESTS / "corpus" / "cases.json").read_text(encoding="utf-8"))}


def edits_text(case) -> bool:
    """Whether the edit is one of the project's text, which an editor could show, and nothing else is another afterwards."""
    paths = [path for path, *_ in case["edit"]]
    unchanged = not (case["relocate"] or case["cwd_after"] or case["drive_after"]) and case["env_before"] == case["env_after"]
    return bool(paths) and unchanged and all(path.endswith((".py", ".ipynb")) and not path.startswith(("SITE/", "EXT/")) for path in paths)


DECIDED_BY_A_RUN = {
    "glob_computed": "K = A * 10 is unchanged where A = 1 became A = 2: shown as cached if K is unchanged, which the hover says, and only a run can look",
}
"""Cases of which text alone says something else than a run, each with its reason."""
CAN_NOT_TELL = {"fn_operator_swap", "glob_fn_list_pipeline", "glob_instance_ctor_arg", "glob_loop_built", "glob_numpy"}
"""Cases in which a variable's text changed whose value code computes: only a run can tell. At most one in twenty."""


class Case:
    """One case of the corpus, in folder `root`."""

    def __init__(self, case, root: Path) -> None:
        self.case, self.root, self.project = case, root, root / "proj"
        self.files = {path: self._own(text) for path, text in case["files"].items()}
        self.edited = {path: self._own(text) for path, text in CORPUS.apply_edit(case["files"], case["edit"]).items()}
        person = {name: value for name, value in os.environ.items() if not name.startswith(("HITSAVE", "PYTEST"))}
        paths = [str(TESTS.parent), str(TESTS.parent / "server"), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        own = {"HITSAVE_DIR": str(root / "store"), "HOME": str(root / "home"), "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
        self.environment = {**person, **own, **case["env_before"]}

    def _own(self, text: str) -> str:
        return text.replace(CORPUS.SHIM, CORPUS.DECORATORS["hitsave"])

    def run(self, step: str) -> dict:
        """One run; what it reports."""
        out = self.root / f"{step}.json"
        case = self.case
        request = {
            "project": str(self.project),
            "ext": str(self.root / "ext_src"),
            "site": str(self.root / "site-packages"),
            "watch": case["watch"],
            "cwd": None,
            "script": case["script"],
            "drive": self._own(case["drive"]),
            "out": str(out),
        }
        environment = {**self.environment, "PYTHONHASHSEED": CORPUS.SEEDS[step]}
        subprocess.run(
            [sys.executable, "-c", CORPUS.CHILD, json.dumps(request)],
            env=environment,
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return json.loads(out.read_text())


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if edits_text(case)])
def test_case(name, tmp_path, record_property):
    """Shown while the edit is typed as the run then does, with the same arguments."""
    case = Case(CASES[name], tmp_path)
    for library in CASES[name]["needs"]:
        pytest.importorskip(library)
    CORPUS.write_tree(tmp_path, case.files, {}, keep_mtime=False)
    case.run("before")
    store = Store.open(tmp_path / "store", readonly=True)
    before = remembered(store)
    shown = Shown(case.project, case.environment)
    assert not isinstance(shown.analysis.store_trouble, Trouble)
    typed = {p: t for p, t in case.edited.items() if case.files.get(p) != t and p in case.files}
    only_typed = typed.keys() == {p for p in case.files.keys() | case.edited.keys() if case.files.get(p) != case.edited.get(p)}
    if only_typed:
        shown.type(typed)
        unsaved = shown.states()
    time.sleep(0.002)
    CORPUS.write_tree(tmp_path, case.edited, case.files, CASES[name]["keep_mtime"])
    shown.save()
    states = shown.states()
    if only_typed:
        assert unsaved == states
    why = {b.entry.id: shown.reasons(b.entry.id) for b in before}
    shown.close()
    report = case.run("after")
    store.close()
    if report["error"]:
        pytest.skip(f"the edited project fails by itself: {report['error']}")
    with Store.open(tmp_path / "store", readonly=True) as again:
        after = remembered(again)
    new = [a for a in after if a.entry.id not in {b.entry.id for b in before}]
    for stored in before:
        state = states.get(stored.entry.id, UNKNOWN)
        ran = [n for n in new if n.entry.key == stored.entry.key]
        same_call = ran or (not report["ran"] and not new)
        if not same_call:
            continue
        done = "ran" if ran else "hit"
        record_property("shown", json.dumps([name, state, done, why[stored.entry.id]]))
        if name in DECIDED_BY_A_RUN:
            continue
        if state == "cannot_tell":
            assert name in CAN_NOT_TELL, why[stored.entry.id]
            continue
        assert (state == "fresh") == (done == "hit"), (stored.entry.symbol, state, done, why[stored.entry.id])


def test_few_cases_can_not_be_told():
    """The list is the score."""
    comparable = [name for name, case in CASES.items() if edits_text(case)]
    assert CAN_NOT_TELL | DECIDED_BY_A_RUN.keys() <= {*comparable}
    assert len(CAN_NOT_TELL) <= 0.05 * len(comparable)
