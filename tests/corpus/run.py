#!/usr/bin/env python3
"""Edit-and-rerun cases for a memoiser: does it serve a wrong value, does it run again for nothing?

    python run.py PYTHON [--cases FILE.json] [--only TEXT] [--category NAME] [--jobs 2] [--list] [-v]

PYTHON is an interpreter that has hitsave installed (and numpy, pandas for the cases that need them).
Each case is a small project, an edit, a driver and an expectation. Three fresh processes share one store:
`before` (as written), `same` (nothing changed), `after` (edited). The truth is the same three steps undecorated.

expect      must_rerun  the edit changes the true result: an old value is WRONG
            must_hit    the edit can't matter: running the body again is a needless run
            ideal_hit   neutral, but seeing it takes cleverness
            either      only the returned value is checked
verdicts    ok | STALE, WRONG (a wrong value was returned) | needless | ideal_miss | never_hits | unsupported | error
"""

from __future__ import annotations
import argparse, collections, concurrent.futures, hashlib, json, os, pathlib, shutil, subprocess, sys, tempfile, time

SEEDS = {"before": "11", "same": "222", "after": "3333"}
SHIM = "from memo_shim import memo"
DECORATORS = {"hitsave": "from hitsave import memo", "none": "memo = lambda f: f"}

CHILD = r"""
import json, os, sys, threading, traceback, types
req = json.loads(sys.argv[1])
out = {"ran": 0, "result": None, "error": None}
proj, watch = req["project"], set(req["watch"])
os.chdir(req["cwd"] or proj)
sys.path[:0] = [proj, req["ext"], req["site"]]
sys.argv = [os.path.join(proj, req["script"] or "driver.py")]
sys.setrecursionlimit(20000)
roots = (proj, "<ipython", "<cell")
def profile(frame, event, arg):
    if event == "call":
        code = frame.f_code
        if code.co_name in watch and code.co_filename.startswith(roots):
            out["ran"] += 1
try:
    threading.setprofile(profile); sys.setprofile(profile)
    try:
        if req["script"]:
            import runpy
            res = runpy.run_path(os.path.join(proj, req["script"]), run_name="__main__")["RESULT"]
        else:
            ns = {"__name__": "driver"}
            exec(compile(req["drive"], "<driver>", "exec"), ns)
            res = ns["result"]
    finally:
        sys.setprofile(None); threading.setprofile(None)
    out["result"] = repr(res)
except BaseException as e:
    out["error"] = f"{type(e).__name__}: {str(e)[:300]}"
    out["traceback"] = traceback.format_exc()[-2000:]
with open(req["out"], "w") as f:
    json.dump(out, f)
"""


def apply_edit(files, edit):
    files = dict(files)
    for path, old, *new in edit:
        if old == "DELETE":
            del files[path]
        elif old is None:
            files[path] = (SHIM + "\n" if "@memo" in new[0] and "memo_shim" not in new[0] else "") + new[0]
        else:
            assert old in files[path], (path, old)
            files[path] = files[path].replace(old, new[0])
    return files


def place(root, path):
    for prefix, folder in (("SITE/", "site-packages"), ("EXT/", "ext_src")):
        if path.startswith(prefix):
            return root / folder / path[len(prefix) :]
    return root / "proj" / path


def write_tree(root, files, previous, keep_mtime):
    for folder in ("site-packages", "ext_src", "proj"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for path in set(previous) - set(files):
        gone = place(root, path)
        gone.unlink()
        if gone.parent.name.endswith("dist-info") and not any(gone.parent.iterdir()):
            gone.parent.rmdir()
    for path, text in files.items():
        if previous.get(path) == text:
            continue
        target = place(root, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        stat = target.stat() if target.exists() else None
        target.write_text(text, newline="")
        if keep_mtime and stat:
            os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def run_case(case, python, decorator, tmp):
    root = pathlib.Path(tempfile.mkdtemp(prefix=case["id"] + "-", dir=tmp))
    shim = lambda text: text.replace(SHIM, DECORATORS[decorator])
    before = {p: shim(t) for p, t in case["files"].items()}
    after = {p: shim(t) for p, t in apply_edit(case["files"], case["edit"]).items()}
    write_tree(root, before, {}, False)
    project, steps = root / "proj", {}
    for step in SEEDS:
        if step == "after":
            time.sleep(0.002)
            write_tree(root, after, before, case["keep_mtime"])
            if case["touch"]:
                os.utime(place(root, case["touch"]))
            if case["relocate"]:
                project = project.rename(root / "proj_moved")
        out = root / f"{step}.json"
        drive = case["drive_after"] if step == "after" and case["drive_after"] else case["drive"]
        request = dict(
            project=str(project),
            ext=str(root / "ext_src"),
            site=str(root / "site-packages"),
            watch=case["watch"],
            cwd=case["cwd_after"] if step == "after" else None,
            script=case["script"],
            drive=shim(drive),
            out=str(out),
        )
        env = dict(
            os.environ,
            PYTHONHASHSEED=SEEDS[step],
            PYTHONDONTWRITEBYTECODE="1",
            HITSAVE_DIR=str(root / "store"),
            HOME=str(root / "home"),
            XDG_CACHE_HOME=str(root / "home/.cache"),
            XDG_CONFIG_HOME=str(root / "home/.config"),
            **(case["env_after"] if step == "after" else case["env_before"]),
        )
        try:
            done = subprocess.run(
                [python, "-c", CHILD, json.dumps(request)],
                env=env,
                cwd=tmp,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                timeout=90,
            )
            steps[step] = json.loads(out.read_text()) if out.exists() else {"ran": 0, "result": None, "error": "crashed: " + done.stderr[-300:]}
            steps[step]["stderr"] = done.stderr[-1500:]
        except subprocess.TimeoutExpired:
            steps[step] = {"ran": 0, "result": None, "error": "no answer in 90 s"}
    shutil.rmtree(root, ignore_errors=True)
    return steps


def verdict(case, got, truth):
    for step in ("before", "same"):
        if got[step]["error"]:
            return "unsupported", f"{step}: {got[step]['error']}"
        if got[step]["result"] != truth[step]["result"]:
            return "WRONG", f"{step}: got {got[step]['result'][:80]}, true {truth[step]['result'][:80]}"
    if got["after"]["error"]:
        return "error", got["after"]["error"]
    if got["after"]["result"] != truth["after"]["result"]:
        kind = "STALE" if case["expect"] == "must_rerun" else "WRONG"
        return kind, f"after: got {got['after']['result'][:80]}, true {truth['after']['result'][:80]}"
    never = got["same"]["ran"] > 0 and not case["same_may_rerun"]
    if case["expect"] in ("must_hit", "ideal_hit") and (got["after"]["ran"] or never):
        return ("needless" if case["expect"] == "must_hit" else "ideal_miss"), "even unchanged" if never else "only after the edit"
    return ("never_hits", "ran again though nothing changed") if never else ("ok", "")


def main():
    here = pathlib.Path(__file__).resolve().parent
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("python")
    ap.add_argument("--cases", default=here / "cases.json")
    ap.add_argument("--only", default="")
    ap.add_argument("--category", default="")
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--list", action="store_true")
    ap.add_argument("--json")
    ap.add_argument("-v", action="store_true")
    o = ap.parse_args()
    cases = [c for c in json.loads(pathlib.Path(o.cases).read_text()) if o.only in c["id"] and o.category in c["category"]]
    have = lambda m: subprocess.run([o.python, "-c", f"import {m}"], capture_output=True).returncode == 0
    absent = {m for m in {m for c in cases for m in c["needs"]} if not have(m)}
    skipped = [c for c in cases if set(c["needs"]) & absent]
    cases = [c for c in cases if c not in skipped]
    if o.list:
        for c in cases:
            print(f"{c['id']:44} {c['category']:12} {c['expect']:10} {' '.join(c['tags'])}")
        return 0
    tmp = tempfile.mkdtemp(prefix="corpus-")
    memo_file = pathlib.Path(tempfile.gettempdir()) / (
        "corpus-truth-"
        + hashlib.sha1((json.dumps(cases) + o.python + str(pathlib.Path(o.python).parent.parent.stat().st_mtime)).encode()).hexdigest()
        + ".json"
    )
    with concurrent.futures.ThreadPoolExecutor(o.jobs) as pool:
        if memo_file.exists():
            truth = json.loads(memo_file.read_text())
        else:
            truth = dict(zip((c["id"] for c in cases), pool.map(lambda c: run_case(c, o.python, "none", tmp), cases)))
            memo_file.write_text(json.dumps(truth))
        broken = [i for i, t in truth.items() if any(t[s]["error"] for s in t)]
        for i in broken:
            print("NOT RUN", i, "the undecorated project fails here:", next(t["error"] for t in truth[i].values() if t["error"]))
        cases = [c for c in cases if c["id"] not in broken]
        results = {}
        for case, got in zip(cases, pool.map(lambda c: run_case(c, o.python, "hitsave", tmp), cases)):
            v, note = verdict(case, got, truth[case["id"]])
            results[case["id"]] = dict(verdict=v, note=note, category=case["category"], expect=case["expect"], tags=case["tags"])
            if v != "ok" or o.v:
                print(f"{v:12} {case['id']:44} {case['expect']:10} {note}", flush=True)
                if o.v:
                    for step, s in got.items():
                        print("\n".join(f"    {step}: {line}" for line in (s.get("traceback") or s.get("stderr") or "").splitlines()))
    shutil.rmtree(tmp, ignore_errors=True)
    if o.json:
        pathlib.Path(o.json).write_text(json.dumps(results, indent=1))
    count = collections.Counter(r["verdict"] for r in results.values())
    print(f"{len(results)} cases: " + ", ".join(f"{k} {n}" for k, n in count.most_common()) + f"; skipped {len(skipped)}, not run {len(broken)}")
    bad = len(broken) + sum(n for k, n in count.items() if k not in ("ok", "ideal_miss"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
