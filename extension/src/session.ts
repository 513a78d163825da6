// The one server of this window: finds its interpreter, starts it, notices when it ends, and knows in which state all that is.

import * as fs from "node:fs";
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import * as contract from "./contract";
import { findInterpreter } from "./interpreter/find";
import type { Interpreter } from "./interpreter/interpreter";
import { probe } from "./interpreter/probe";
import { sourcesOfWorkspace } from "./interpreter/sources";
import { makeClient } from "./server/client";
import { Crashes } from "./server/crashes";
import type { SessionState } from "./state";

/** A server that has not answered for so long will not. A cold disk with a large project is slow, so it is long. */
const START_TIMEOUT_MS = 60_000;

/** Thrown by `request` where there is no server to ask. */
export class NotRunning extends Error {}

export class Session implements vscode.Disposable {
  private current: SessionState = { kind: "looking" };
  private client: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve();
  private retry: NodeJS.Timeout | undefined;
  private lastWords = "";
  private readonly crashes = new Crashes();
  private readonly changed = new vscode.EventEmitter<SessionState>();
  private readonly functionsChanged = new vscode.EventEmitter<void>();

  /** The state is another one now. */
  readonly onDidChange = this.changed.event;
  /** What the server says of functions and results may be different now. */
  readonly onDidChangeFunctions = this.functionsChanged.event;

  /** `home` is a folder outside the workspace, for the server to start in. */
  constructor(
    private readonly home: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get state(): SessionState {
    return this.current;
  }

  /** Looks for an interpreter and starts the server, or starts it again. One after the other, however often it is asked for. */
  start(): Promise<void> {
    this.crashes.forget();
    return this.enqueue(() => this.begin());
  }

  /** Asks the server. Throws NotRunning where there is none, and what the server answers as an error. */
  async request<Result>(method: string, params?: object, token?: vscode.CancellationToken): Promise<Result> {
    const client = this.client;
    if (client === undefined || this.current.kind !== "running") {
      throw new NotRunning(vscode.l10n.t("HitSave’s language server is not running."));
    }
    return params === undefined ? client.sendRequest<Result>(method, token) : client.sendRequest<Result>(method, params, token);
  }

  /** The process of the server, for tests that end it. */
  get processId(): number | undefined {
    return this.client?.serverProcess?.pid;
  }

  async stop(): Promise<void> {
    clearTimeout(this.retry);
    await this.enqueue(() => this.end());
  }

  dispose(): void {
    clearTimeout(this.retry);
    void this.end();
    this.changed.dispose();
    this.functionsChanged.dispose();
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    clearTimeout(this.retry);
    const done = this.queue.then(work);
    this.queue = done.catch((error: unknown) => this.log.error(String(error)));
    return this.queue;
  }

  private become(state: SessionState): void {
    this.current = state;
    this.changed.fire(state);
  }

  private async begin(): Promise<void> {
    await this.end();
    if (!vscode.workspace.isTrusted) {
      this.become({ kind: "untrusted" });
      return;
    }
    const hasFolder = vscode.workspace.workspaceFolders?.some((folder) => folder.uri.scheme === "file") ?? false;
    if (!hasFolder && !vscode.workspace.textDocuments.some((document) => document.languageId === "python")) {
      this.become({ kind: "noFolder" });
      return;
    }
    this.become({ kind: "looking" });
    fs.mkdirSync(this.home, { recursive: true });
    const named = await findInterpreter(sourcesOfWorkspace());
    this.log.info(`interpreter: ${named.path} (${named.origin})`);
    const probed = await probe(named, this.home);
    switch (probed.kind) {
      case "noPython":
        this.log.warn(`${named.path}: ${probed.why}`);
        this.become({ kind: "noPython", wanted: named.path, origin: named.origin, why: probed.why });
        return;
      case "missing":
        this.log.warn(`${named.path}: Python ${probed.interpreter.version}, missing: ${probed.missing}`);
        this.become({ kind: "missing", interpreter: probed.interpreter, missing: probed.missing });
        return;
      case "ready":
        await this.launch(probed.interpreter);
    }
  }

  private async launch(interpreter: Interpreter): Promise<void> {
    this.become({ kind: "starting", interpreter });
    this.lastWords = "";
    let over = false;
    const ended = (): void => {
      if (!over && this.client === client) {
        over = true;
        this.client = undefined;
        this.ended(interpreter);
      }
    };
    const client = makeClient({
      python: interpreter.path,
      cwd: this.home,
      log: this.log,
      ended,
      wrote: (line) => {
        this.lastWords = line.trim() || this.lastWords;
      },
    });
    this.client = client;
    client.onNotification(contract.DID_CHANGE_STATUS, (status: contract.Status) => this.heard(client, interpreter, status));
    client.onNotification(contract.DID_CHANGE_FUNCTIONS, () => this.functionsChanged.fire());
    const tooLong = setTimeout(() => {
      this.lastWords = vscode.l10n.t("it did not answer for {0} s", START_TIMEOUT_MS / 1000);
      client.serverProcess?.kill();
    }, START_TIMEOUT_MS);
    try {
      await client.start();
    } catch (error) {
      this.log.error(`the language server did not start: ${error}`);
      ended();
      return;
    } finally {
      clearTimeout(tooLong);
    }
    try {
      this.heard(client, interpreter, await client.sendRequest<contract.Status>(contract.STATUS));
    } catch (error) {
      if (this.client === client) {
        this.log.warn(`the language server knows no status: ${error}`);
        this.become({ kind: "mismatch", interpreter, contract: 0 });
      }
    }
  }

  private heard(client: LanguageClient, interpreter: Interpreter, status: contract.Status): void {
    if (this.client !== client) {
      return;
    }
    if (status.contract !== contract.VERSION) {
      this.become({ kind: "mismatch", interpreter, contract: status.contract });
      return;
    }
    const began = this.current.kind !== "running";
    this.become({ kind: "running", interpreter, status });
    if (began) {
      this.functionsChanged.fire();
    }
  }

  private ended(interpreter: Interpreter): void {
    const pause = this.crashes.ended(Date.now());
    const times = this.crashes.times;
    this.log.error(`the language server ended unasked (${times}); its last words: ${this.lastWords || "none"}`);
    if (pause === undefined) {
      this.become({ kind: "stopped", interpreter, times, lastWords: this.lastWords });
      return;
    }
    this.become({ kind: "starting", interpreter });
    this.retry = setTimeout(() => void this.enqueue(() => this.begin()), pause);
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client === undefined) {
      return;
    }
    const running = client.serverProcess;
    try {
      await client.dispose(2000);
    } catch (error) {
      this.log.warn(`stopping the language server: ${error}`);
      running?.kill();
    }
  }
}
