// A report to paste into a bug report: what runs where, and what is wrong. No paths of results, no values, no code.

import * as vscode from "vscode";
import * as contract from "../contract";
import type { Session } from "../session";
import { shown } from "../shown";
import { interpreterOf } from "../state";

export async function doctor(session: Session, extensionVersion: string): Promise<void> {
  const interpreter = interpreterOf(session.state);
  const lines = [
    "# HitSave",
    "",
    `- extension ${extensionVersion}, contract ${contract.VERSION}`,
    `- ${vscode.env.appName} ${vscode.version}, ${process.platform} ${process.arch}${vscode.env.remoteName ? `, remote: ${vscode.env.remoteName}` : ""}`,
    `- interpreter: ${interpreter ? `${interpreter.path} (Python ${interpreter.version}, HitSave ${interpreter.hitsave || "none"}, found by: ${interpreter.origin})` : "none"}`,
    `- state: ${session.state.kind}`,
    ...shown(session.state).lines.map((line) => `  - ${line}`),
    "",
  ];
  try {
    lines.push((await session.request<contract.Report>(contract.DOCTOR)).markdown);
  } catch (error) {
    lines.push(`The language server says nothing: ${error instanceof Error ? error.message : error}`);
  }
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content: `${lines.join("\n")}\n` });
  await vscode.window.showTextDocument(document, { preview: true });
}
