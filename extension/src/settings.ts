// The settings that the server obeys, read from VS Code.

import * as vscode from "vscode";
import type { Settings } from "./contract";

export function settingsNow(): Settings {
  const of = vscode.workspace.getConfiguration("hitsave");
  return {
    inlayHints: of.get("inlayHints", true),
    prices: of.get("prices", true),
    codeLens: of.get("codeLens", false),
    diagnosticLevel: of.get("diagnosticLevel", "hint"),
  };
}
