// What a command is about: what it was called with, else the cursor, else what a person picks.

import * as vscode from "vscode";
import * as contract from "../contract";
import type { Session } from "../session";

/** A line of the view, or anything else that says what it is about. */
function hasTarget(argument: unknown): argument is { target: contract.Target } {
  return typeof argument === "object" && argument !== null && "target" in argument && typeof argument.target === "object";
}

function isTarget(argument: unknown): argument is contract.Target {
  return (
    typeof argument === "object" &&
    argument !== null &&
    ("symbol" in argument || "entry" in argument || "uri" in argument || "root" in argument)
  );
}

/** The target of a call; undefined if a person was asked and picked nothing. */
export async function targetOf(argument: unknown, session: Session): Promise<contract.Target | undefined> {
  return given(argument) ?? (await picked(session, cursor()));
}

/** The target that a command was called with. */
export function given(argument: unknown): contract.Target | undefined {
  return hasTarget(argument) ? argument.target : isTarget(argument) ? argument : undefined;
}

function cursor(): { uri: string; position: contract.Position } | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== "python") {
    return undefined;
  }
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

interface Choice extends vscode.QuickPickItem {
  target?: contract.Target;
}

/** The function at the cursor, where it stands on or in one; else one that is picked from a list, those of this file first. */
async function picked(
  session: Session,
  at: { uri: string; position: contract.Position } | undefined,
): Promise<contract.Target | undefined> {
  const answer = await session.request<contract.Functions>(contract.FUNCTIONS, {});
  const here: Choice[] = [];
  const elsewhere: Choice[] = [];
  for (const project of answer.projects) {
    for (const file of project.files) {
      const inThisFile = file.uri === at?.uri;
      for (const one of file.functions) {
        const target: contract.Target = { root: project.root, symbol: one.symbol };
        if (inThisFile && at && one.place && (await stretches(at.uri, one.place, at.position))) {
          return target;
        }
        (inThisFile ? here : elsewhere).push({ label: one.name, description: one.label, detail: file.path, target });
      }
    }
  }
  if (here.length + elsewhere.length === 0) {
    throw new Error(vscode.l10n.t("No function here is memoised yet. Put @memo on a slow one: from hitsave import memo"));
  }
  const chosen = await vscode.window.showQuickPick([...here, ...elsewhere], {
    placeHolder: vscode.l10n.t("Which function?"),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.target;
}

/** Whether the definition that begins at `place` holds `position`: decorators and the indented lines below belong to it. */
async function stretches(uri: string, place: contract.Place, position: contract.Position): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const first = place.range.start.line;
  if (first >= document.lineCount) {
    return false;
  }
  const indentation = document.lineAt(first).firstNonWhitespaceCharacterIndex;
  let top = first;
  while (
    top > 0 &&
    document
      .lineAt(top - 1)
      .text.trimStart()
      .startsWith("@")
  ) {
    top -= 1;
  }
  if (position.line < top) {
    return false;
  }
  for (let line = first + 1; line <= position.line; line++) {
    const { isEmptyOrWhitespace, firstNonWhitespaceCharacterIndex, text } = document.lineAt(line);
    if (!isEmptyOrWhitespace && firstNonWhitespaceCharacterIndex <= indentation && !/^\s*[)\]}]/.test(text)) {
      return false;
    }
  }
  return true;
}
