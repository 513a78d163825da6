// Commands that show something: why, what changed, what a result depends on, where it is.

import * as vscode from "vscode";
import * as contract from "../contract";
import type { Documents } from "../documents";
import { withPreviewLinks } from "../preview_links";
import type { Session } from "../session";
import type { DependenciesView } from "../tree/dependencies_view";
import { shortName } from "../words";
import { targetOf } from "./targets";

export async function why(session: Session, documents: Documents, argument: unknown): Promise<void> {
  const target = await targetOf(argument, session);
  if (target === undefined) {
    return;
  }
  const answer = await session.request<contract.Why>(contract.WHY, target);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const text = folder === undefined ? answer.markdown : withPreviewLinks(answer.markdown, folder);
  const uri = documents.put(`${fileName(answer.title || shortName(answer.symbol))}.md`, text, answer.entry);
  const beside = vscode.window.activeTextEditor?.document.languageId === "python";
  await vscode.commands.executeCommand(beside ? "markdown.showPreviewToSide" : "markdown.showPreview", uri);
}

export async function showDiff(session: Session, documents: Documents, argument: unknown): Promise<void> {
  const target = await targetOf(argument, session);
  if (target === undefined) {
    return;
  }
  const diff = await session.request<contract.Diff | null>(contract.DIFF, target);
  if (diff === null) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Nothing that was recorded differs from the text now."));
    return;
  }
  const at = `${target.root ?? ""}|${target.symbol ?? ""}|${target.entry ?? ""}`;
  const before = documents.put(`then/${diff.path}`, diff.before, at);
  const after = documents.put(`now/${diff.path}`, diff.after, at);
  await vscode.commands.executeCommand("vscode.diff", before, after, diff.title, { preview: true });
}

export async function showDependencies(session: Session, view: DependenciesView, argument: unknown): Promise<void> {
  const target = await targetOf(argument, session);
  if (target === undefined) {
    return;
  }
  const dependencies = await session.request<contract.Dependencies>(contract.DEPENDENCIES, target);
  if (dependencies.problem) {
    void vscode.window.showWarningMessage(dependencies.problem);
    return;
  }
  await view.show(dependencies);
}

/** Said with `hitsave.goTo` where a click on a line of a view should leave the keyboard there, as in VS Code's own explorer. */
export const GLANCE = "glance";

/** Opens the editor at a place. */
export async function goTo(argument: unknown, preserveFocus: boolean): Promise<void> {
  const place = placeOf(argument);
  if (place === undefined) {
    return;
  }
  const { line, character } = place.range.start;
  const selection = new vscode.Range(line, character, line, character);
  await vscode.window.showTextDocument(vscode.Uri.parse(place.uri), { selection, preserveFocus });
}

function placeOf(argument: unknown): contract.Place | undefined {
  if (typeof argument !== "object" || argument === null) {
    return undefined;
  }
  if ("place" in argument) {
    return (argument.place as contract.Place | null) ?? undefined;
  }
  return "uri" in argument && "range" in argument ? (argument as contract.Place) : undefined;
}

/** A title that can be a file's name. */
function fileName(title: string): string {
  return title.replace(/[\\/:*?"<>|\n]+/g, " ").trim() || "HitSave";
}
