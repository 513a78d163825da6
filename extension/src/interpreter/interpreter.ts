// A Python that was looked at, and what is missing there.

/** How an interpreter was found, in the order in which it is looked for. */
export type Origin = "setting" | "pythonExtension" | "defaultInterpreterPath" | "folder" | "path";

export interface Interpreter {
  /** The program, as it is started. */
  readonly path: string;
  readonly origin: Origin;
  /** "3.13.1" */
  readonly version: string;
  /** The version of the distribution `hitsave` there; "" where there is none. */
  readonly hitsave: string;
  /** Whether `python -m pip` works there; environments that uv makes have none. */
  readonly pip: boolean;
  /** Whether the system's package manager owns it, so that nothing should be installed into it. */
  readonly managed: boolean;
}

/**
 * What keeps the server from being started there.
 *
 * `python`  Python is too old.
 * `hitsave` the package is not there.
 * `lsp`     it is, without what the editor needs: `hitsave[lsp]` was not asked for, or it is too old to have it.
 * `user`    it is installed for the user, which a server that keeps out planted packages does not look at.
 */
export type Missing = "python" | "hitsave" | "lsp" | "user";

/** The requirement that the editor needs, as `pip` takes it. */
export const REQUIREMENT = "hitsave[lsp]";

export const OLDEST_PYTHON: readonly [number, number] = [3, 11];
