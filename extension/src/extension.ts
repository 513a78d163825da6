// Where VS Code begins: makes the parts, and starts the server again when what it was started from changes.

import * as vscode from "vscode";
import { registerCommands } from "./commands/commands";
import { offerOnce } from "./commands/install";
import { Documents } from "./documents";
import { Experiments } from "./experiments";
import { onDidSelectInterpreter } from "./interpreter/sources";
import { Session } from "./session";
import type { SessionState } from "./state";
import { statusItem } from "./status_item";
import { DependenciesView } from "./tree/dependencies_view";
import { FunctionsView } from "./tree/functions_view";

let session: Session | undefined;

/** What the tests of the extension look at; not for other extensions. */
export interface ForTests {
  readonly session: Session;
  readonly functions: FunctionsView;
}

export function activate(context: vscode.ExtensionContext): ForTests {
  const log = vscode.window.createOutputChannel("HitSave", { log: true });
  const begun = new Session(context.globalStorageUri.fsPath, log);
  session = begun;
  const documents = new Documents();
  const functions = new FunctionsView(begun);
  const dependencies = new DependenciesView();
  const experiments = new Experiments(begun, context);
  const { id, packageJSON } = context.extension;
  const version = String(packageJSON.version);
  context.subscriptions.push(
    log,
    begun,
    documents,
    functions,
    dependencies,
    experiments,
    statusItem(begun),
    registerCommands({ session: begun, documents, functions, dependencies, experiments, log, version, id }),
    begun.onDidChange(setContext),
    begun.onDidChange(() => void offerOnce(begun, context.globalState)),
    ...restarts(begun),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void watchPythonExtension(begun, context)),
  );
  setContext(begun.state);
  void begun.start();
  void watchPythonExtension(begun, context);
  return { session: begun, functions };
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}

/** `when` clauses of the manifest and the welcome texts ask for these. */
function setContext(state: SessionState): void {
  void vscode.commands.executeCommand("setContext", "hitsave.state", state.kind);
  void vscode.commands.executeCommand("setContext", "hitsave.isRunning", state.kind === "running"); // steps of the walkthrough take no comparison
  void vscode.commands.executeCommand("setContext", "hitsave.canAccept", state.kind === "running" && state.status.canAccept);
}

/** What a server was started from: settings, trust, folders. */
function restarts(session: Session): vscode.Disposable[] {
  return [
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("hitsave.interpreter") || event.affectsConfiguration("python.defaultInterpreterPath")) {
        void session.start();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void session.start()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      if (session.state.kind !== "running") {
        void session.start();
      }
    }),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (session.state.kind === "noFolder" && document.languageId === "python") {
        void session.start();
      }
    }),
  ];
}

async function watchPythonExtension(session: Session, context: vscode.ExtensionContext): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    return;
  }
  const watching = await onDidSelectInterpreter(() => void session.start());
  if (watching) {
    context.subscriptions.push(watching);
  }
}
