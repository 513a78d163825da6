// Puts HitSave where the project's Python finds it: asked for once, shown before it runs, run in a terminal.

import * as vscode from "vscode";
import { type Installation, installation, typed } from "../interpreter/install";
import type { Session } from "../session";
import { whatIsMissing } from "../shown";
import { interpreterOf } from "../state";

const ASKED = "hitsave.askedToInstall";

/** Asks once in the life of this installation of the extension; after that, the status bar and the view say it without being in the way. */
export async function offerOnce(session: Session, memory: vscode.Memento): Promise<void> {
  const { state } = session;
  if (state.kind !== "missing" || state.missing === "python" || memory.get(ASKED, false)) {
    return;
  }
  await memory.update(ASKED, true);
  const yes = vscode.l10n.t("Install…");
  const choose = vscode.l10n.t("Use Another Python");
  const answer = await vscode.window.showInformationMessage(whatIsMissing(state.interpreter, state.missing), yes, choose);
  if (answer === yes) {
    await install(session);
  } else if (answer === choose) {
    await vscode.commands.executeCommand("hitsave.selectInterpreter");
  }
}

export async function install(session: Session): Promise<void> {
  const interpreter = interpreterOf(session.state);
  if (interpreter === undefined || (session.state.kind === "missing" && session.state.missing === "python")) {
    await vscode.commands.executeCommand("hitsave.selectInterpreter");
    return;
  }
  const folder = vscode.workspace.workspaceFolders?.find((one) => one.uri.scheme === "file");
  const plan = installation(interpreter, folder?.uri.fsPath ?? "");
  if (!(await agreed(plan))) {
    return;
  }
  for (const command of plan.commands) {
    const code = await inTerminal(command, folder);
    if (code !== 0) {
      const again = vscode.l10n.t("Choose Interpreter");
      const message = vscode.l10n.t("This did not work (exit status {0}); the terminal says why: {1}", code ?? "?", typed(command));
      void vscode.window.showErrorMessage(message, again).then((answer) => {
        if (answer === again) {
          void vscode.commands.executeCommand("hitsave.selectInterpreter");
        }
      });
      return;
    }
  }
  await session.start();
  if (session.state.kind === "running") {
    void vscode.window.showInformationMessage(vscode.l10n.t("HitSave is ready. Put @memo on a slow function and run your program."));
  }
}

async function agreed(plan: Installation): Promise<boolean> {
  const yes = vscode.l10n.t("Run in Terminal");
  const copy = vscode.l10n.t("Copy");
  const text = plan.commands.map(typed).join("\n");
  const question = plan.environment
    ? vscode.l10n.t("This Python belongs to the system. Make an environment for the project, and install HitSave there?")
    : vscode.l10n.t("Install HitSave with this command?");
  const answer = await vscode.window.showInformationMessage(question, { modal: true, detail: text }, yes, copy);
  if (answer === copy) {
    await vscode.env.clipboard.writeText(text);
  }
  return answer === yes;
}

/** Runs a command in a terminal that stays; its exit status, undefined where there is none. */
function inTerminal(
  [program, ...args]: readonly [string, ...string[]],
  folder: vscode.WorkspaceFolder | undefined,
): Promise<number | undefined> {
  const task = new vscode.Task(
    { type: "hitsave" },
    folder ?? vscode.TaskScope.Workspace,
    vscode.l10n.t("Install HitSave"),
    "HitSave",
    new vscode.ProcessExecution(program, args),
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    clear: false,
    showReuseMessage: false,
    panel: vscode.TaskPanelKind.Dedicated,
  };
  return new Promise((resolve, reject) => {
    let execution: vscode.TaskExecution | undefined;
    const listener = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution === execution || event.execution.task.name === task.name) {
        listener.dispose();
        resolve(event.exitCode);
      }
    });
    vscode.tasks.executeTask(task).then(
      (started) => {
        execution = started;
      },
      (error: unknown) => {
        listener.dispose();
        reject(error);
      },
    );
  });
}
