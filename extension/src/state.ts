// What the extension knows of its server at any moment. Everything that is shown (status bar, view, menu) is derived from this one value.

import type { Status } from "./contract";
import type { Interpreter, Missing, Origin } from "./interpreter/interpreter";

export type SessionState =
  | { kind: "noFolder" }
  | { kind: "untrusted" }
  | { kind: "looking" }
  /** `wanted` can't be run, or answers nothing. */
  | { kind: "noPython"; wanted: string; origin: Origin; why: string }
  /** The interpreter is there and lacks what the editor needs. */
  | { kind: "missing"; interpreter: Interpreter; missing: Missing }
  | { kind: "starting"; interpreter: Interpreter }
  | { kind: "running"; interpreter: Interpreter; status: Status }
  /** The server answers, in another version of the contract; 0 if it knows none. Plain LSP goes on. */
  | { kind: "mismatch"; interpreter: Interpreter; contract: number }
  /** The server was ended too often, or never began; `lastWords` is what it wrote last. */
  | { kind: "stopped"; interpreter: Interpreter; times: number; lastWords: string };

export type StateKind = SessionState["kind"];

/** The interpreter of a state, where there is one. */
export function interpreterOf(state: SessionState): Interpreter | undefined {
  return "interpreter" in state ? state.interpreter : undefined;
}
