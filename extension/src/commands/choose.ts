// Lets a person say which Python the project runs on.

import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { hasPythonExtension } from "../interpreter/sources";

interface Choice extends vscode.QuickPickItem {
  run(): Promise<void>;
}

export async function selectInterpreter(): Promise<void> {
  const choices: Choice[] = [];
  for (const python of environments()) {
    choices.push({ label: path.basename(path.dirname(path.dirname(python))), description: python, run: () => set(python) });
  }
  choices.push({
    label: `$(folder) ${vscode.l10n.t("Browse…")}`,
    description: vscode.l10n.t("a Python program on this machine"),
    run: browse,
  });
  if (hasPythonExtension()) {
    choices.push({
      label: `$(sparkle) ${vscode.l10n.t("As the Python extension has selected")}`,
      description: vscode.l10n.t("and change what it selects"),
      run: async () => {
        await set(undefined);
        await vscode.commands.executeCommand("python.setInterpreter");
      },
    });
  }
  if (setting()) {
    choices.push({
      label: `$(discard) ${vscode.l10n.t("Find it again")}`,
      description: vscode.l10n.t("forget {0}", setting()),
      run: () => set(undefined),
    });
  }
  const chosen = await vscode.window.showQuickPick(choices, { placeHolder: vscode.l10n.t("Which Python does your project run on?") });
  await chosen?.run();
}

/** Interpreters of environments that lie in the workspace's folders. */
function environments(): string[] {
  const found: string[] = [];
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    if (folder.uri.scheme !== "file") {
      continue;
    }
    for (const entry of fs.readdirSync(folder.uri.fsPath, { withFileTypes: true })) {
      const inside = path.join(folder.uri.fsPath, entry.name);
      const python = path.join(inside, ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
      if (entry.isDirectory() && fs.existsSync(path.join(inside, "pyvenv.cfg")) && fs.existsSync(python)) {
        found.push(python);
      }
    }
  }
  return found;
}

async function browse(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({ canSelectMany: false, openLabel: vscode.l10n.t("Use This Python") });
  const [file] = chosen ?? [];
  if (file) {
    await set(file.fsPath);
  }
}

function setting(): string {
  return vscode.workspace.getConfiguration("hitsave").get("interpreter", "");
}

/** Writes the setting for this workspace, which starts the server anew. */
async function set(python: string | undefined): Promise<void> {
  const target = vscode.workspace.workspaceFolders ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("hitsave").update("interpreter", python, target);
}
