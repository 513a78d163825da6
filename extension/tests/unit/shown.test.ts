import { expect, test } from "vitest";
import type { Interpreter } from "../../src/interpreter/interpreter";
import { shown } from "../../src/shown";
import type { SessionState } from "../../src/state";
import { aStatus, NO_COUNTS } from "./samples";

const interpreter: Interpreter = {
  path: "/env/bin/python",
  origin: "folder",
  version: "3.13.1",
  hitsave: "0.1.0",
  pip: true,
  managed: false,
};

test("a healthy server says its counts and the size of what is stored", () => {
  const now = shown({ kind: "running", interpreter, status: aStatus() });
  expect(now.text).toBe("$(database) HitSave 3 cached, 1 stale · 12 MB");
  expect(now.lines).toEqual([
    "6 functions: 3 cached, 1 stale, 2 never run.",
    "/store: 12 results, 12 MB; 3 min 20 s of computing saved.",
    "HitSave 0.1.0 on Python 3.13.1, /env/bin/python.",
  ]);
});

test("with nothing memoised the item is only a name", () => {
  const now = shown({ kind: "running", interpreter, status: aStatus({ functions: NO_COUNTS, stores: [] }) });
  expect(now.text).toBe("$(database) HitSave");
  expect(now.lines[0]).toBe("No memoised functions here.");
});

test("a problem comes first, with what to do", () => {
  const problems = [{ message: "The store can’t be read.", advice: "Run hitsave fsck.", place: null }];
  const now = shown({ kind: "running", interpreter, status: aStatus({ health: "error", message: "store unreadable", problems }) });
  expect(now.text).toBe("$(error) HitSave: store unreadable");
  expect(now.severity).toBe("error");
  expect(now.lines[0]).toBe("The store can’t be read. Run hitsave fsck.");
});

test("every state has words beside its icon, and a line that says more", () => {
  const states: SessionState[] = [
    { kind: "noFolder" },
    { kind: "untrusted" },
    { kind: "looking" },
    { kind: "noPython", wanted: "python3", origin: "path", why: "spawn python3 ENOENT" },
    { kind: "missing", interpreter, missing: "hitsave" },
    { kind: "missing", interpreter, missing: "python" },
    { kind: "missing", interpreter, missing: "lsp" },
    { kind: "missing", interpreter, missing: "user" },
    { kind: "starting", interpreter },
    { kind: "mismatch", interpreter, contract: 2 },
    { kind: "stopped", interpreter, times: 3, lastWords: "MemoryError" },
    { kind: "running", interpreter, status: aStatus() },
  ];
  for (const state of states) {
    const now = shown(state);
    expect(now.text.replace(/\$\([^)]*\) ?/g, "")).toMatch(/^HitSave/);
    expect(now.lines.join("")).not.toBe("");
  }
});

test("a server that died says its last words and the way back", () => {
  const now = shown({ kind: "stopped", interpreter, times: 3, lastWords: "ModuleNotFoundError: No module named 'pygls'" });
  expect(now.text).toBe("$(error) HitSave: stopped");
  expect(now.lines).toEqual([
    "The language server ended 3 times and is left alone now.",
    "Its last words: ModuleNotFoundError: No module named 'pygls'",
    "Restart it from the menu; if it ends again, the log says more.",
  ]);
});
