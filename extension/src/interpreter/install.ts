// The commands that put HitSave where the project's Python finds it. They are shown before they run.

import * as path from "node:path";
import { type Interpreter, REQUIREMENT } from "./interpreter";

export interface Installation {
  /** Program and arguments, one command after the other. */
  readonly commands: readonly (readonly [string, ...string[]])[];
  /** The environment that is made, where installing into the interpreter itself would be wrong; else "". */
  readonly environment: string;
}

/** How to install into `interpreter`. One that belongs to the system is left alone: an environment is made in `folder`, where it is found from then on. */
export function installation(interpreter: Interpreter, folder: string, platform: NodeJS.Platform = process.platform): Installation {
  if (interpreter.managed && folder !== "") {
    const environment = path.join(folder, ".venv");
    const python = path.join(environment, ...(platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
    return {
      environment,
      commands: [
        [interpreter.path, "-m", "venv", environment],
        [python, "-m", "pip", "install", "--upgrade", REQUIREMENT],
      ],
    };
  }
  return {
    environment: "",
    commands: [
      interpreter.pip
        ? [interpreter.path, "-m", "pip", "install", "--upgrade", REQUIREMENT]
        : ["uv", "pip", "install", "--upgrade", "--python", interpreter.path, REQUIREMENT],
    ],
  };
}

/** A command as a person would type it. */
export function typed(command: readonly string[]): string {
  return command.map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : `"${word}"`)).join(" ");
}
