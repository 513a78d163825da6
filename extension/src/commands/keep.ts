// Commands that change what is stored: delete, pin, accept; and one that takes a result along.

import * as vscode from "vscode";
import * as contract from "../contract";
import type { Session } from "../session";
import { duration, results, size } from "../words";
import { given, targetOf } from "./targets";

type Scope = NonNullable<contract.ClearParams["scope"]>;

/** Clears after saying how much that is and what it took to compute. Nothing is deleted without a yes. */
export async function clear(session: Session, scope: Scope, argument: unknown): Promise<void> {
  const one = scope === "function" || scope === "entry";
  const target = one ? await targetOf(argument, session) : rootOf(argument);
  if (target === undefined) {
    return;
  }
  const params: contract.ClearParams = { ...target, scope };
  const meant = await session.request<contract.Done>(contract.CLEAR, { ...params, preview: true });
  if (!meant.ok || meant.count === 0) {
    void vscode.window.showInformationMessage(meant.message || vscode.l10n.t("There is nothing to clear."));
    return;
  }
  const yes = vscode.l10n.t("Clear");
  const answer = await vscode.window.showWarningMessage(
    question(scope, meant),
    {
      modal: true,
      detail: vscode.l10n.t(
        "They took {0} to compute and take {1} of disk. They are deleted; this can’t be undone.",
        duration(meant.seconds),
        size(meant.size),
      ),
    },
    yes,
  );
  if (answer === yes) {
    say(await session.request<contract.Done>(contract.CLEAR, { ...params, preview: false }));
  }
}

function question(scope: Scope, meant: contract.Done): string {
  switch (scope) {
    case "entry":
      return vscode.l10n.t("Clear this result?");
    case "function":
      return vscode.l10n.t("Clear {0} of this function?", results(meant.count));
    case "stale":
      return vscode.l10n.t("Clear {0} that are stale? Pinned results and experiments stay.", results(meant.count));
    case "all":
      return vscode.l10n.t("Clear all {0}? Pinned results and experiments stay.", results(meant.count));
  }
}

export async function pin(session: Session, pinned: boolean, argument: unknown): Promise<void> {
  const target = await targetOf(argument, session);
  if (target !== undefined) {
    const params: contract.PinParams = { ...target, pinned };
    say(await session.request<contract.Done>(contract.PIN, params));
  }
}

/** Accepts a change after saying which results that makes good again. The change can be looked at first. */
export async function accept(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(argument, session);
  if (target === undefined) {
    return;
  }
  const params: contract.AcceptParams = target;
  const meant = await session.request<contract.Done>(contract.ACCEPT, { ...params, preview: true });
  if (!meant.ok) {
    say(meant);
    return;
  }
  const yes = vscode.l10n.t("Accept");
  const show = vscode.l10n.t("Show What Changed");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Declare that this change does not matter?"),
    {
      modal: true,
      detail: vscode.l10n.t(
        "{0}. It is put on record, for everyone who uses this store, and holds until the same thing changes again.",
        meant.message,
      ),
    },
    yes,
    show,
  );
  if (answer === show) {
    await vscode.commands.executeCommand("hitsave.showDiff", argument ?? target);
  } else if (answer === yes) {
    say(await session.request<contract.Done>(contract.ACCEPT, { ...params, preview: false }));
  }
}

/** Takes back what was accepted, chosen from all that was. */
export async function withdraw(session: Session): Promise<void> {
  const { changes } = await session.request<contract.Accepted>(contract.ACCEPTED);
  if (changes.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("No change was accepted, so there is nothing to take back."));
    return;
  }
  const items = changes.map((change) => ({
    label: change.subject,
    description: vscode.l10n.t("accepted by {0}, {1}", change.user, change.when),
    detail: change.note,
    change,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Take Back Accepted Change"),
    placeHolder: vscode.l10n.t("Which change does matter? Results that it spoils are stale again."),
  });
  if (picked !== undefined) {
    const params: contract.WithdrawParams = { root: picked.change.root, subject: picked.change.subject };
    say(await session.request<contract.Done>(contract.WITHDRAW, params));
  }
}

export async function copySnippet(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(argument, session);
  if (target === undefined) {
    return;
  }
  const snippet = await session.request<contract.Snippet>(contract.SNIPPET, target);
  if (snippet.text === "") {
    void vscode.window.showInformationMessage(snippet.message);
    return;
  }
  await vscode.env.clipboard.writeText(snippet.text);
  const last = snippet.text.trim().split("\n").at(-1) ?? "";
  void vscode.window.showInformationMessage(vscode.l10n.t("Copied: {0}", last));
}

/** One project, if the command was called with something of one; else all of the workspace. */
function rootOf(argument: unknown): contract.Target {
  const root = given(argument)?.root;
  return root === undefined ? {} : { root };
}

function say(done: contract.Done): void {
  if (done.ok) {
    void vscode.window.showInformationMessage(done.message);
  } else {
    void vscode.window.showWarningMessage(done.message);
  }
}
