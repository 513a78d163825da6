// What a click on the status bar item opens: how things are, and what can be done about it.

import * as vscode from "vscode";
import type { Session } from "./session";
import { shown } from "./shown";
import type { StateKind } from "./state";

interface Choice extends vscode.QuickPickItem {
  command?: string;
}

export async function showMenu(session: Session): Promise<void> {
  const now = shown(session.state);
  const chosen = await vscode.window.showQuickPick(choices(session.state.kind), {
    title: now.text.replace(/\$\([^)]*\) ?/g, ""),
    placeHolder: now.lines[0] ?? "",
  });
  if (chosen?.command) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

/** The commands that make sense in a state, those that mend it first. */
export function choices(kind: StateKind): Choice[] {
  const open: Choice = { label: `$(list-tree) ${vscode.l10n.t("Show functions and results")}`, command: "hitsave.functions.focus" };
  const install: Choice = { label: `$(cloud-download) ${vscode.l10n.t("Install HitSave…")}`, command: "hitsave.install" };
  const choose: Choice = {
    label: `$(symbol-property) ${vscode.l10n.t("Choose Python interpreter…")}`,
    command: "hitsave.selectInterpreter",
  };
  const server: Choice[] = [
    { label: `$(debug-restart) ${vscode.l10n.t("Restart language server")}`, command: "hitsave.restart" },
    { label: `$(output) ${vscode.l10n.t("Show log")}`, command: "hitsave.showLog" },
    { label: `$(bug) ${vscode.l10n.t("Report for a bug report")}`, command: "hitsave.doctor" },
  ];
  const more: Choice[] = [
    { label: "", kind: vscode.QuickPickItemKind.Separator },
    { label: `$(gear) ${vscode.l10n.t("Settings")}`, command: "hitsave.openSettings" },
    { label: `$(book) ${vscode.l10n.t("Get started")}`, command: "hitsave.openWalkthrough" },
  ];
  switch (kind) {
    case "noFolder":
      return [{ label: `$(folder-opened) ${vscode.l10n.t("Open a folder…")}`, command: "vscode.openFolder" }, ...more];
    case "untrusted":
      return [{ label: `$(shield) ${vscode.l10n.t("Manage trust")}`, command: "workbench.trust.manage" }, ...more];
    case "noPython":
      return [choose, ...server, ...more];
    case "missing":
    case "mismatch":
      return [install, choose, ...server, ...more];
    case "stopped":
      return [...server, choose, ...more];
    case "looking":
    case "starting":
      return [...server, ...more];
    case "running":
      return [
        open,
        { label: `$(refresh) ${vscode.l10n.t("Look again now")}`, command: "hitsave.refresh" },
        { label: `$(clear-all) ${vscode.l10n.t("Clear stale results…")}`, command: "hitsave.clearStale" },
        { label: "", kind: vscode.QuickPickItemKind.Separator },
        ...server,
        choose,
        ...more,
      ];
  }
}
