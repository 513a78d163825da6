// The view's tree as values: what each line is called, says, and can do. Knows no VS Code but the translation of its words.

import { l10n } from "vscode";
import type * as contract from "../contract";
import { counted, stateWord } from "../shown";
import { results } from "../words";

export type Node = ProjectNode | FileNode | FunctionNode | EntryNode | StaleNode | ReasonNode | MoreNode | NoteNode;

interface Base {
  readonly id: string;
  readonly label: string;
  /** Shown muted beside the label. */
  readonly description: string;
  /** For a tooltip. */
  readonly tooltip: string;
  readonly state?: contract.State;
  readonly place?: contract.Place | null;
  /** What commands on this line are about. */
  readonly target?: contract.Target;
}

export interface ProjectNode extends Base {
  readonly kind: "project";
  readonly project: contract.Project;
}
export interface FileNode extends Base {
  readonly kind: "file";
  readonly root: string;
  readonly functions: readonly contract.Function[];
  readonly uri: string;
}
export interface FunctionNode extends Base {
  readonly kind: "function";
  readonly root: string;
  readonly of: contract.Function;
}
export interface EntryNode extends Base {
  readonly kind: "entry";
  readonly root: string;
  readonly symbol: string;
  readonly entry: contract.Entry;
}
export interface StaleNode extends Base {
  readonly kind: "stale";
  readonly entries: readonly EntryNode[];
}
export interface ReasonNode extends Base {
  readonly kind: "reason";
  readonly reason: contract.Reason;
}
export interface MoreNode extends Base {
  readonly kind: "more";
  readonly function: FunctionNode;
}
/** A line that only says something: a problem, and what to do. */
export interface NoteNode extends Base {
  readonly kind: "note";
}

/** The first level: projects where there are several, else the files of the one. */
export function roots(answer: contract.Functions): Node[] {
  const projects = answer.projects.filter((project) => project.files.length > 0 || project.gone.length > 0 || project.problem !== "");
  const [only] = projects;
  if (only === undefined) {
    return [];
  }
  return projects.length === 1 ? inProject(only) : projects.map(projectNode);
}

function projectNode(project: contract.Project): ProjectNode {
  const all = [...project.files.flatMap((file) => file.functions), ...project.gone];
  return { kind: "project", id: project.root, label: project.name, description: countsOf(all), tooltip: project.root, project };
}

export function inProject(project: contract.Project): Node[] {
  const nodes: Node[] = [];
  if (project.problem) {
    nodes.push(note(`${project.root}!`, project.problem, project.advice));
  }
  for (const file of project.files) {
    nodes.push({
      kind: "file",
      id: `${project.root}|${file.path}`,
      root: project.root,
      uri: file.uri,
      functions: file.functions,
      label: file.path,
      description: file.problem || countsOf(file.functions),
      tooltip: file.problem ? `${file.path}\n${file.problem}` : file.path,
      place: { uri: file.uri, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: file.path },
    });
  }
  if (project.gone.length > 0) {
    nodes.push({
      kind: "file",
      id: `${project.root}|gone`,
      root: project.root,
      uri: "",
      functions: project.gone,
      label: l10n.t("No longer in the code"),
      description: countsOf(project.gone),
      tooltip: l10n.t("Results of functions that are not defined, or not decorated, any more."),
    });
  }
  return nodes;
}

export function inFile(file: FileNode): FunctionNode[] {
  return file.functions.map((of) => ({
    kind: "function",
    id: `${file.root}|${of.symbol}`,
    root: file.root,
    of,
    label: of.name,
    description: of.label,
    tooltip: of.detail,
    state: of.state,
    place: of.place,
    target: { root: file.root, symbol: of.symbol },
  }));
}

/** The results of a function: the good ones one by one, the stale ones rolled up, and a line for more. */
export function inFunction(node: FunctionNode, answer: contract.Entries): Node[] {
  if (answer.entries.length === 0) {
    return [note(`${node.id}|none`, l10n.t("Nothing is stored."), l10n.t("Call it once, and its result appears here."))];
  }
  const entries = answer.entries.map((entry) => entryNode(node, entry));
  const stale = entries.filter((entry) => entry.entry.state === "stale");
  const nodes: Node[] = entries.filter((entry) => entry.entry.state !== "stale");
  const [first] = stale;
  if (stale.length === 1 && first) {
    nodes.push(first);
  } else if (first) {
    const phrases = [...new Set(stale.flatMap((entry) => entry.entry.reasons.slice(0, 1).map((reason) => reason.message)))];
    nodes.push({
      kind: "stale",
      id: `${node.id}|stale`,
      label: l10n.t("{0}, stale", results(stale.length)),
      description: phrases.slice(0, 2).join(" · "),
      tooltip: phrases.join("\n"),
      state: "stale",
      entries: stale,
    });
  }
  if (answer.more) {
    nodes.push({ kind: "more", id: `${node.id}|more`, label: l10n.t("Show older results"), description: "", tooltip: "", function: node });
  }
  return nodes;
}

function entryNode(node: FunctionNode, entry: contract.Entry): EntryNode {
  return {
    kind: "entry",
    id: `${node.id}|${entry.id}`,
    root: node.root,
    symbol: node.of.symbol,
    entry,
    label: entry.call,
    description: entry.pinned ? `${l10n.t("pinned")} · ${entry.label}` : entry.label,
    tooltip: entry.detail,
    state: entry.state,
    place: entry.reasons[0]?.place ?? node.place ?? null,
    target: { root: node.root, symbol: node.of.symbol, entry: entry.id },
  };
}

export function inEntry(node: EntryNode): ReasonNode[] {
  return node.entry.reasons.map((reason, index) => ({
    kind: "reason",
    id: `${node.id}|${index}`,
    reason,
    label: reason.message,
    description: reason.place?.text ?? "",
    tooltip: reason.text,
    place: reason.place,
    target: { root: node.root, symbol: node.symbol, entry: node.entry.id, ...(reason.subject ? { subject: reason.subject } : {}) },
  }));
}

/** Words that `when` clauses of the manifest look for. */
export function contextValue(node: Node): string {
  const words: string[] = [node.kind];
  if (node.state) {
    words.push(node.state);
  }
  if (node.place) {
    words.push("place");
  }
  if (node.kind === "function" && node.of.counts.fresh + node.of.counts.stale + node.of.counts.cannot_tell > 0) {
    words.push("loads");
  }
  if (node.kind === "entry") {
    const done = node.state === "fresh" || node.state === "stale" || node.state === "cannot_tell";
    words.push(...(done ? ["loads"] : []), ...(node.entry.pinned ? ["pinned"] : done ? ["can-pin"] : []));
    words.push(...(node.entry.reasons.some((reason) => reason.diff) ? ["diff"] : []));
  }
  if (node.kind === "function" && node.state === "stale") {
    words.push("diff");
  }
  if (node.kind === "reason" && node.reason.diff) {
    words.push("diff");
  }
  return words.join(" ");
}

/** A whole sentence for someone who hears the tree. */
export function spoken(node: Node): string {
  const word = node.kind === "entry" && node.state ? stateWord(node.state) : "";
  const state = node.description.includes(word) ? "" : word;
  return [node.label, state, node.description].filter(Boolean).join(", ");
}

function note(id: string, label: string, description: string): NoteNode {
  return { kind: "note", id, label, description, tooltip: `${label}\n${description}`.trim() };
}

function countsOf(functions: readonly contract.Function[]): string {
  const counts: contract.Counts = { fresh: 0, stale: 0, cannot_tell: 0, running: 0, failed: 0, never_run: 0 };
  for (const one of functions) {
    counts[one.state] += 1;
  }
  return counted(counts);
}
