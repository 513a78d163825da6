// One process of the language server and the connection to it.

import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type ServerOptions,
} from "vscode-languageclient/node";
import * as contract from "../contract";
import { settingsNow } from "../settings";

/** The library shows pop-ups of its own when a server ends; here the status bar says it, once. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export interface ClientPlan {
  readonly python: string;
  /** A folder outside the workspace to start in, so that nothing that lies in the workspace can be imported. */
  readonly cwd: string;
  readonly log: vscode.LogOutputChannel;
  /** Called once when the process ends without having been asked to. */
  ended(): void;
  /** Called with each line that the server writes to its standard error. */
  wrote(line: string): void;
}

export function makeClient(plan: ClientPlan): LanguageClient {
  const server: ServerOptions = { command: plan.python, args: ["-I", "-m", "hitsave_server.lsp"], options: { cwd: plan.cwd } };
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: "file", language: "python" },
      { scheme: "untitled", language: "python" },
      { notebook: { scheme: "file" }, language: "python" },
    ],
    synchronize: { configurationSection: "hitsave" },
    outputChannel: plan.log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: (): contract.InitializationOptions => ({
      clientCommands: true,
      contract: contract.VERSION,
      settings: settingsNow(),
    }),
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        plan.ended();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
    markdown: { isTrusted: { enabledCommands: [...contract.CLIENT_COMMANDS] }, supportThemeIcons: true },
    stdioOptions: {
      stdout: () => {},
      stderr: (stream) => {
        let rest = "";
        stream.on("data", (chunk: Buffer) => {
          const lines = (rest + chunk.toString("utf8")).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) {
            plan.log.info(line);
            plan.wrote(line);
          }
        });
      },
    },
  };
  return new QuietClient("hitsave", vscode.l10n.t("HitSave"), server, options);
}
