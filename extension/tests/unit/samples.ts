// Answers of a server, for tests of what is made of them.

import type * as contract from "../../src/contract";

export const NO_COUNTS: contract.Counts = { fresh: 0, stale: 0, cannot_tell: 0, running: 0, failed: 0, never_run: 0 };

export function place(text: string): contract.Place {
  return {
    uri: `file:///project/${text.split(":")[0]}`,
    range: { start: { line: 0, character: 4 }, end: { line: 0, character: 9 } },
    text,
  };
}

export function aFunction(name: string, known: Partial<contract.Function> = {}): contract.Function {
  return {
    symbol: `train:${name}`,
    name,
    kind: "memo",
    place: place("train.py:12"),
    state: "fresh",
    label: "cached ×2 · 4.1 s",
    detail: `${name}: two results are good`,
    counts: { ...NO_COUNTS, fresh: 2 },
    entries: 2,
    seconds: 8.2,
    ...known,
  };
}

export function aReason(known: Partial<contract.Reason> = {}): contract.Reason {
  return {
    kind: "code",
    subject: "util:scaled",
    message: "scaled() changed",
    text: "scaled() changed, util.py:3, reached through train → scaled",
    place: place("util.py:3"),
    chain: ["train:train", "util:scaled"],
    diff: true,
    ...known,
  };
}

export function anEntry(id: string, known: Partial<contract.Entry> = {}): contract.Entry {
  return {
    id,
    short: id,
    state: "fresh",
    label: "4.1 s · 3 min ago",
    detail: "train(lr=0.1) took 4.1 s",
    call: `train(lr=${id})`,
    kind: "memo",
    pinned: false,
    created: 0,
    seconds: 4.1,
    saved: 0,
    hits: 0,
    size: 100,
    reasons: [],
    ...known,
  };
}

export function aProject(name: string, known: Partial<contract.Project> = {}): contract.Project {
  const file: contract.File = { uri: `file:///${name}/train.py`, path: "train.py", problem: "", functions: [aFunction("train")] };
  return { root: `/${name}`, name, store: "/store", problem: "", advice: "", files: [file], gone: [], ...known };
}

export function aStatus(known: Partial<contract.Status> = {}): contract.Status {
  return {
    contract: 1,
    version: "0.1.0",
    python: "3.13",
    health: "ok",
    message: "",
    functions: { ...NO_COUNTS, fresh: 3, stale: 1, never_run: 2 },
    stores: [
      {
        folder: "/store",
        exists: true,
        entries: 12,
        experiments: 3,
        size: 12_400_000,
        seconds: 90,
        hits: 4,
        saved: 200,
        problem: "",
        advice: "",
      },
    ],
    problems: [],
    canAccept: false,
    ...known,
  };
}
