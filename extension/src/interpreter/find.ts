// Which Python a project runs on: the first that somebody named. Knows no VS Code; what it asks comes as functions.

import * as os from "node:os";
import * as path from "node:path";
import type { Origin } from "./interpreter";

/** Where a name of an interpreter can come from. Each answers "" or undefined where it has none. */
export interface Sources {
  /** The setting `hitsave.interpreter`. */
  readonly setting: string;
  /** The environment that the Python extension has selected; asked only when needed, since it activates that extension. */
  pythonExtension(): Promise<string | undefined>;
  /** The setting `python.defaultInterpreterPath`. */
  readonly defaultInterpreterPath: string;
  /** The workspace's folders, first one first. */
  readonly folders: readonly string[];
  isFile(file: string): boolean;
  readonly platform: NodeJS.Platform;
}

export interface Named {
  readonly path: string;
  readonly origin: Origin;
}

/** The interpreter to use. A person's own setting is never second-guessed: where it is wrong, that is said and nothing else is tried. */
export async function findInterpreter(sources: Sources): Promise<Named> {
  const own = expanded(sources.setting, sources.folders);
  if (own !== "") {
    return { path: own, origin: "setting" };
  }
  const selected = await sources.pythonExtension();
  if (selected) {
    return { path: selected, origin: "pythonExtension" };
  }
  const legacy = expanded(sources.defaultInterpreterPath, sources.folders);
  if (legacy !== "" && legacy !== "python") {
    return { path: legacy, origin: "defaultInterpreterPath" };
  }
  const windows = sources.platform === "win32";
  const inside = windows ? ["Scripts", "python.exe"] : ["bin", "python"];
  for (const folder of sources.folders) {
    for (const environment of [".venv", "venv"]) {
      const candidate = path.join(folder, environment, ...inside);
      if (sources.isFile(candidate)) {
        return { path: candidate, origin: "folder" };
      }
    }
  }
  return { path: windows ? "python" : "python3", origin: "path" };
}

/** `~` and `${workspaceFolder}` in a setting. A path that is relative all the same is one of the first folder's. */
export function expanded(setting: string, folders: readonly string[]): string {
  const folder = folders[0] ?? "";
  const text = setting.trim().replace(/\$\{workspaceFolder\}/g, () => folder);
  if (text === "~" || text.startsWith("~/") || text.startsWith("~\\")) {
    return path.join(os.homedir(), text.slice(1));
  }
  const isCommand = !text.includes("/") && !text.includes("\\");
  return isCommand || path.isAbsolute(text) || folder === "" ? text : path.join(folder, text);
}
