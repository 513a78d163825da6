// What a state looks like in words: the status bar item, its tooltip, and the line that says what to do.

import { l10n } from "vscode";
import type { Counts, State, Status } from "./contract";
import { type Interpreter, type Missing, OLDEST_PYTHON } from "./interpreter/interpreter";
import type { SessionState } from "./state";
import { duration, functions, results, size } from "./words";

export interface Shown {
  /** With an icon; the words alone say it too. */
  readonly text: string;
  /** What is wrong or how things are, and what to do, as Markdown-free lines. */
  readonly lines: readonly string[];
  readonly severity: "none" | "warning" | "error";
}

export function shown(state: SessionState): Shown {
  switch (state.kind) {
    case "noFolder":
      return plain("$(circle-slash) HitSave", l10n.t("No folder is open."));
    case "untrusted":
      return plain(
        "$(workspace-untrusted) HitSave",
        l10n.t("This workspace is not trusted, so no Python is started and nothing is shown."),
      );
    case "looking":
      return plain("$(sync~spin) HitSave", l10n.t("Looking for the project’s Python."));
    case "starting":
      return plain("$(sync~spin) HitSave", l10n.t("Starting on {0}.", described(state.interpreter)));
    case "noPython":
      return warning(
        l10n.t("HitSave: no Python"),
        l10n.t("{0} can’t be used: {1}", state.wanted, state.why),
        l10n.t("Choose the interpreter of your project."),
      );
    case "missing":
      return warning(headline(state.missing), whatIsMissing(state.interpreter, state.missing));
    case "mismatch":
      return warning(
        l10n.t("HitSave: version mismatch"),
        l10n.t(
          "This extension and HitSave {0} of {1} are of versions that don’t understand each other. Hints and hovers work; the view and the commands don’t.",
          state.interpreter.hitsave,
          state.interpreter.path,
        ),
        l10n.t("Update the older of them."),
      );
    case "stopped":
      return {
        text: `$(error) ${l10n.t("HitSave: stopped")}`,
        lines: [
          l10n.t("The language server ended {0} times and is left alone now.", state.times),
          ...(state.lastWords ? [l10n.t("Its last words: {0}", state.lastWords)] : []),
          l10n.t("Restart it from the menu; if it ends again, the log says more."),
        ],
        severity: "error",
      };
    case "running":
      return running(state.status, state.interpreter);
  }
}

/** How results are, in words, without those that are none: "3 cached, 1 stale". */
export function counted(counts: Counts): string {
  const order: State[] = ["fresh", "stale", "cannot_tell", "running", "failed", "never_run"];
  return order
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${stateWord(state)}`)
    .join(", ");
}

/** A state as people say it. */
export function stateWord(state: State): string {
  switch (state) {
    case "fresh":
      return l10n.t("cached");
    case "stale":
      return l10n.t("stale");
    case "cannot_tell":
      return l10n.t("can’t tell");
    case "running":
      return l10n.t("running");
    case "failed":
      return l10n.t("failed");
    case "never_run":
      return l10n.t("never run");
  }
}

function headline(missing: Missing): string {
  switch (missing) {
    case "python":
      return l10n.t("HitSave: Python too old");
    case "lsp":
      return l10n.t("HitSave: not installed for the editor");
    default:
      return l10n.t("HitSave: not installed");
  }
}

/** What is missing in an interpreter, and what follows from it. */
export function whatIsMissing(interpreter: Interpreter, missing: Missing): string {
  const where = interpreter.path;
  switch (missing) {
    case "python":
      return l10n.t("{0} is Python {1}; HitSave needs {2} or later.", where, interpreter.version, OLDEST_PYTHON.join("."));
    case "hitsave":
      return l10n.t("HitSave is not installed in {0} (Python {1}).", where, interpreter.version);
    case "lsp":
      return l10n.t("HitSave {0} is installed in {1}, without the part for editors.", interpreter.hitsave, where);
    case "user":
      return l10n.t("HitSave is installed for your user, where the editor does not look; install it into {0}.", where);
  }
}

function running(status: Status, interpreter: Interpreter): Shown {
  const total = Object.values(status.functions).reduce((sum, count) => sum + count, 0);
  const problems = status.problems.map((problem) => (problem.advice ? `${problem.message} ${problem.advice}` : problem.message));
  const stores = status.stores.flatMap((store) => [
    ...(store.problem ? [`${store.problem} ${store.advice}`.trim()] : []),
    store.exists
      ? l10n.t("{0}: {1}, {2}; {3} of computing saved.", store.folder, results(store.entries), size(store.size), duration(store.saved))
      : l10n.t("{0}: nothing is stored there yet.", store.folder),
  ]);
  const about = l10n.t("HitSave {0} on {1}.", status.version, described(interpreter));
  const lines = [
    ...problems,
    total ? `${functions(total)}: ${counted(status.functions)}.` : l10n.t("No memoised functions here."),
    ...stores,
    about,
  ];
  const summary = briefly(status);
  switch (status.health) {
    case "ok":
      return { text: `$(database) ${summary}`, lines, severity: "none" };
    case "starting":
      return { text: `$(sync~spin) ${summary}`, lines: [l10n.t("Reading the project for the first time."), ...lines], severity: "none" };
    case "warning":
      return { text: `$(warning) ${summary}`, lines: status.problems.length ? lines : [status.message, ...lines], severity: "warning" };
    case "error":
      return {
        text: `$(error) HitSave: ${status.message}`,
        lines: status.problems.length ? lines : [status.message, ...lines],
        severity: "error",
      };
  }
}

/** Counts of functions and the size of what is stored: "HitSave 3 cached, 1 stale · 12 MB". */
function briefly(status: Status): string {
  const { fresh, stale, cannot_tell, running, failed } = status.functions;
  const counts = counted({ fresh, stale, cannot_tell, running, failed, never_run: 0 });
  const stored = status.stores.reduce((sum, store) => sum + (store.exists ? store.size : 0), 0);
  return ["HitSave", counts, ...(stored ? ["·", size(stored)] : [])].filter(Boolean).join(" ");
}

function described(interpreter: Interpreter): string {
  return l10n.t("Python {0}, {1}", interpreter.version, interpreter.path);
}

function plain(text: string, ...lines: string[]): Shown {
  return { text, lines, severity: "none" };
}

function warning(words: string, ...lines: string[]): Shown {
  return { text: `$(warning) ${words}`, lines, severity: "warning" };
}
