import { expect, test } from "vitest";
import type { FunctionNode, Node } from "../../src/tree/nodes";
import { contextValue, inEntry, inFile, inFunction, inProject, roots, spoken } from "../../src/tree/nodes";
import { aFunction, anEntry, aProject, aReason, NO_COUNTS } from "./samples";

function functionNode(known: Parameters<typeof aFunction>[1] = {}): FunctionNode {
  const file = inProject(aProject("p", { files: [{ uri: "", path: "train.py", problem: "", functions: [aFunction("train", known)] }] }))[0];
  const node = file?.kind === "file" ? inFile(file)[0] : undefined;
  if (node === undefined) {
    throw new Error("a file node has functions");
  }
  return node;
}

const said = (nodes: readonly Node[]): string[] => nodes.map((node) => `${node.label} | ${node.description}`);

test("one project is not a level of its own; several are", () => {
  expect(said(roots({ projects: [aProject("p")], complete: true }))).toEqual(["train.py | 1 cached"]);
  expect(said(roots({ projects: [aProject("p"), aProject("q")], complete: true }))).toEqual(["p | 1 cached", "q | 1 cached"]);
});

test("a project with nothing to show is not shown, so that an empty view can say what to do", () => {
  expect(roots({ projects: [aProject("p", { files: [] })], complete: true })).toEqual([]);
});

test("a project that can't be shown says why and what to do", () => {
  const project = aProject("p", { files: [], problem: "The store is of a newer version.", advice: "Update HitSave." });
  expect(said(roots({ projects: [project], complete: true }))).toEqual(["The store is of a newer version. | Update HitSave."]);
});

test("functions that only the store knows stand at the end, in words", () => {
  const project = aProject("p", { gone: [aFunction("old", { place: null, state: "stale" })] });
  expect(said(inProject(project))).toEqual(["train.py | 1 cached", "No longer in the code | 1 stale"]);
});

test("a function says its state in words and can be gone to", () => {
  const node = functionNode({ state: "stale", label: "stale: scaled() changed · ≈ 4 min to redo" });
  expect(said([node])).toEqual(["train | stale: scaled() changed · ≈ 4 min to redo"]);
  expect(contextValue(node)).toBe("function stale place loads diff");
  expect(contextValue(functionNode({ place: null, counts: NO_COUNTS, state: "never_run" }))).toBe("function never_run");
});

test("good results stand one by one, stale ones are rolled up with what made them stale", () => {
  const stale = { state: "stale" as const, reasons: [aReason()] };
  const entries = [anEntry("1"), anEntry("2", stale), anEntry("3", stale), anEntry("4", { state: "failed" })];
  expect(said(inFunction(functionNode(), { entries, more: true }))).toEqual([
    "train(lr=1) | 4.1 s · 3 min ago",
    "train(lr=4) | 4.1 s · 3 min ago",
    "2 results, stale | scaled() changed",
    "Show older results | ",
  ]);
});

test("a single stale result needs no roll", () => {
  const entries = [anEntry("1", { state: "stale", reasons: [aReason()] })];
  expect(said(inFunction(functionNode(), { entries, more: false }))).toEqual(["train(lr=1) | 4.1 s · 3 min ago"]);
});

test("nothing stored says what makes something appear", () => {
  expect(said(inFunction(functionNode(), { entries: [], more: false }))).toEqual([
    "Nothing is stored. | Call it once, and its result appears here.",
  ]);
});

test("an entry opens to its reasons, each with its place and its own target", () => {
  const [entry] = inFunction(functionNode(), { entries: [anEntry("1", { state: "stale", reasons: [aReason()] })], more: false });
  const reasons = entry?.kind === "entry" ? inEntry(entry) : [];
  expect(said(reasons)).toEqual(["scaled() changed | util.py:3"]);
  expect(reasons[0]?.target).toEqual({ root: "/p", symbol: "train:train", entry: "1", subject: "util:scaled" });
});

test("an entry that is done can be pinned, a pinned one unpinned, a failed one neither", () => {
  const words = (known: Parameters<typeof anEntry>[1]): string => {
    const [node] = inFunction(functionNode(), { entries: [anEntry("1", known)], more: false });
    return node ? contextValue(node) : "";
  };
  expect(words({})).toBe("entry fresh place loads can-pin");
  expect(words({ pinned: true })).toBe("entry fresh place loads pinned");
  expect(words({ state: "failed" })).toBe("entry failed place");
});

test("who hears the tree hears the state and the pin", () => {
  const [node] = inFunction(functionNode(), { entries: [anEntry("1", { pinned: true })], more: false });
  expect(node && spoken(node)).toBe("train(lr=1), cached, pinned · 4.1 s · 3 min ago");
});
