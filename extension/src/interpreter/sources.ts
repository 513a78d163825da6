// Where VS Code and its Python extension keep the name of an interpreter.

import * as fs from "node:fs";
import { PythonExtension } from "@vscode/python-extension";
import * as vscode from "vscode";
import type { Sources } from "./find";

const PYTHON_EXTENSION = "ms-python.python";

export function sourcesOfWorkspace(): Sources {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file");
  const scope = folders[0]?.uri;
  return {
    setting: vscode.workspace.getConfiguration("hitsave", scope).get("interpreter", ""),
    defaultInterpreterPath: vscode.workspace.getConfiguration("python", scope).get("defaultInterpreterPath", ""),
    folders: folders.map((folder) => folder.uri.fsPath),
    isFile: (file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false,
    platform: process.platform,
    async pythonExtension() {
      try {
        const api = await pythonApi();
        const selected = api?.environments.getActiveEnvironmentPath(scope);
        const environment = selected && (await api?.environments.resolveEnvironment(selected));
        return environment ? environment.executable.uri?.fsPath : undefined;
      } catch {
        return undefined; // another extension's fault must not become ours: the next source is asked
      }
    },
  };
}

/** Calls back when the Python extension selects another interpreter. Nothing where it is not installed. */
export async function onDidSelectInterpreter(changed: () => void): Promise<vscode.Disposable | undefined> {
  try {
    return (await pythonApi())?.environments.onDidChangeActiveEnvironmentPath(changed);
  } catch {
    return undefined;
  }
}

export function hasPythonExtension(): boolean {
  return vscode.extensions.getExtension(PYTHON_EXTENSION) !== undefined;
}

async function pythonApi(): Promise<PythonExtension | undefined> {
  return hasPythonExtension() ? PythonExtension.api() : undefined;
}
