// The item in the status bar.

import * as vscode from "vscode";
import type { Session } from "./session";
import { shown } from "./shown";

export function statusItem(session: Session): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("hitsave.status", vscode.StatusBarAlignment.Left, 10);
  item.name = "HitSave";
  item.command = "hitsave.showMenu";
  const show = (): void => {
    const now = shown(session.state);
    item.text = now.text;
    const tooltip = new vscode.MarkdownString(undefined, true);
    for (const line of now.lines) {
      tooltip.appendText(line).appendMarkdown("\n\n");
    }
    item.tooltip = tooltip;
    const words = now.text.replace(/\$\([^)]*\) ?/g, "");
    item.accessibilityInformation = { label: `${words}. ${now.lines.join(" ")}`, role: "button" };
    item.backgroundColor =
      now.severity === "none"
        ? undefined
        : new vscode.ThemeColor(now.severity === "error" ? "statusBarItem.errorBackground" : "statusBarItem.warningBackground");
    item.show();
  };
  show();
  return vscode.Disposable.from(item, session.onDidChange(show));
}
