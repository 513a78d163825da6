// Every command, and what becomes of an error in one.

import * as vscode from "vscode";
import * as contract from "../contract";
import type { Documents } from "../documents";
import type { Experiments } from "../experiments";
import { showMenu } from "../menu";
import { NotRunning, type Session } from "../session";
import type { DependenciesView } from "../tree/dependencies_view";
import type { FunctionsView } from "../tree/functions_view";
import type { MoreNode } from "../tree/nodes";
import { selectInterpreter } from "./choose";
import { GLANCE, goTo, showDependencies, showDiff, why } from "./explain";
import { install } from "./install";
import { accept, clear, copySnippet, pin, withdraw } from "./keep";
import { doctor } from "./report";

export interface Parts {
  readonly session: Session;
  readonly documents: Documents;
  readonly functions: FunctionsView;
  readonly dependencies: DependenciesView;
  readonly experiments: Experiments;
  readonly log: vscode.LogOutputChannel;
  /** Of the extension, as the manifest has it. */
  readonly version: string;
  /** The extension's own identifier, as VS Code knows it. */
  readonly id: string;
}

type Handler = (argument: unknown, option?: unknown) => unknown;

export function registerCommands(parts: Parts): vscode.Disposable {
  const { session, documents } = parts;
  const handlers: Record<string, Handler> = {
    "hitsave.why": (argument) => why(session, documents, argument),
    "hitsave.showDiff": (argument) => showDiff(session, documents, argument),
    "hitsave.showDependencies": (argument) => showDependencies(session, parts.dependencies, argument),
    "hitsave.goTo": (argument, option) => goTo(argument, option === GLANCE),
    "hitsave.clearFunction": (argument) => clear(session, "function", argument),
    "hitsave.clearEntry": (argument) => clear(session, "entry", argument),
    "hitsave.clearStale": (argument) => clear(session, "stale", argument),
    "hitsave.clearAll": (argument) => clear(session, "all", argument),
    "hitsave.pinLatest": (argument) => pin(session, true, argument),
    "hitsave.unpinLatest": (argument) => pin(session, false, argument),
    "hitsave.pin": (argument) => pin(session, true, argument),
    "hitsave.unpin": (argument) => pin(session, false, argument),
    "hitsave.accept": (argument) => accept(session, argument),
    "hitsave.withdraw": () => withdraw(session),
    "hitsave.copySnippet": (argument) => copySnippet(session, argument),
    "hitsave.openExperiments": (argument) => parts.experiments.open(argument),
    "hitsave.showMore": (argument) => parts.functions.showMore(argument as MoreNode),
    "hitsave.refresh": () => session.request<null>(contract.REFRESH),
    "hitsave.showMenu": () => showMenu(session),
    "hitsave.install": () => install(session),
    "hitsave.selectInterpreter": selectInterpreter,
    "hitsave.restart": () => session.start(),
    "hitsave.showLog": () => parts.log.show(),
    "hitsave.doctor": () => doctor(session, parts.version),
    "hitsave.openWalkthrough": () => vscode.commands.executeCommand("workbench.action.openWalkthrough", `${parts.id}#start`, false),
    "hitsave.openSettings": () => vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${parts.id}`),
  };
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([name, handler]) =>
      vscode.commands.registerCommand(name, async (argument: unknown, option?: unknown) => {
        try {
          return await handler(argument, option);
        } catch (error) {
          await failed(error, parts.log);
          return undefined;
        }
      }),
    ),
  );
}

/** An error of a command is a sentence for a person; where the server is gone, with a way to get it back. */
async function failed(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  log.warn(message);
  if (error instanceof NotRunning) {
    const restart = vscode.l10n.t("Restart");
    if ((await vscode.window.showWarningMessage(message, restart)) === restart) {
      await vscode.commands.executeCommand("hitsave.restart");
    }
    return;
  }
  void vscode.window.showWarningMessage(message);
}
