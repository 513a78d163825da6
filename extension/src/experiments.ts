// The experiments page in a tab: asks the language server for what the page asks, and does for it what only the editor can.

import { randomBytes } from "node:crypto";
import * as path from "node:path";
import * as vscode from "vscode";
import { given } from "./commands/targets";
import * as contract from "./contract";
import { type Posted, pageHtml, read } from "./experiments_page";
import type { Session } from "./session";

const TYPE = "hitsave.experiments";
const ROOT = "hitsave.experiments.root";
/** These two the editor answers itself: what a person has set belongs to the workspace. */
const [KEPT, KEEP] = ["hitsave/panel/kept", "hitsave/panel/keep"];
const RUN = "hitsave/panel/run";

export class Experiments implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private readonly registrations: vscode.Disposable;

  constructor(
    private readonly session: Session,
    private readonly context: vscode.ExtensionContext,
  ) {
    this.registrations = vscode.Disposable.from(
      vscode.window.registerWebviewPanelSerializer(TYPE, {
        deserializeWebviewPanel: async (panel) => this.take(panel, ""),
      }),
      vscode.window.registerUriHandler({ handleUri: (uri) => this.follow(uri) }),
      session.onDidChangeFunctions(() => void this.panel?.webview.postMessage({ changed: true })),
    );
  }

  /** Shows the experiments of the target's project; without one, those of the project that was shown last, or of the only one. */
  async open(argument: unknown, run = ""): Promise<void> {
    const wanted = given(argument)?.root;
    const { projects } = await this.session.request<contract.Functions>(contract.FUNCTIONS, {});
    const roots = projects.map(({ root }) => root);
    const root = [wanted, this.root, roots[0]].find((path) => path !== undefined && roots.includes(path));
    await this.context.workspaceState.update(ROOT, root);
    if (this.panel !== undefined) {
      this.panel.reveal();
      await this.panel.webview.postMessage({ changed: true });
      if (run !== "") {
        await this.panel.webview.postMessage({ open: run });
      }
      return;
    }
    this.take(vscode.window.createWebviewPanel(TYPE, vscode.l10n.t("Experiments"), vscode.ViewColumn.Active, {}), run);
  }

  dispose(): void {
    this.registrations.dispose();
    this.panel?.dispose();
  }

  private get root(): string | undefined {
    return this.context.workspaceState.get<string>(ROOT);
  }

  /** A link to a run, from somewhere else. */
  private follow(uri: vscode.Uri): void {
    const run = new URLSearchParams(uri.query).get("run") ?? "";
    if (/^\w+$/.test(run)) {
      void this.open(undefined, run);
    }
  }

  private take(panel: vscode.WebviewPanel, run: string): void {
    const folder = vscode.Uri.joinPath(this.context.extensionUri, "extension/dist/webview");
    const { webview } = panel;
    this.panel = panel;
    panel.onDidDispose(() => {
      if (this.panel === panel) {
        this.panel = undefined;
      }
    });
    panel.iconPath = vscode.Uri.joinPath(this.context.extensionUri, "extension/icons/hitsave.png");
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    webview.onDidReceiveMessage(async (message: unknown) => {
      const posted = read(message);
      if (posted !== undefined) {
        await this.act(webview, posted);
      }
    });
    const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
    webview.html = pageHtml({
      source: webview.cspSource,
      script: file("panel.js"),
      style: file("panel.css"),
      nonce: randomBytes(16).toString("base64url"),
      link: `${vscode.env.uriScheme}://${this.context.extension.id}/`,
      run,
    });
  }

  private async act(webview: vscode.Webview, posted: Posted): Promise<void> {
    try {
      switch (posted.kind) {
        case "ask":
          await webview.postMessage({ id: posted.id, result: await this.answer(posted.method, posted.params) });
          return;
        case "save":
          await save(posted.name, posted.content);
          return;
        case "copy":
          await vscode.env.clipboard.writeText(posted.text);
          return;
        case "open":
          await this.show(posted.path, posted.line);
          return;
        case "rerun":
          await this.rerun(posted.run);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (posted.kind === "ask") {
        await webview.postMessage({ id: posted.id, error: message });
      } else {
        await vscode.window.showErrorMessage(message);
      }
    }
  }

  private async answer(method: string, params: object): Promise<unknown> {
    const key = `${TYPE}.${this.root ?? ""}`;
    if (method === KEPT) {
      return { state: this.context.workspaceState.get<unknown>(key) ?? null };
    }
    if (method === KEEP) {
      await this.context.workspaceState.update(key, "state" in params ? params.state : undefined);
      return { ok: true, count: 1, message: "" };
    }
    return this.session.request<unknown>(method, { ...params, ...(this.root === undefined ? {} : { root: this.root }) });
  }

  /** Opens a file that a run names, at a line. */
  private async show(file: string, line: number): Promise<void> {
    const place = vscode.Uri.file(path.resolve(this.root ?? "", file));
    const at = new vscode.Position(line - 1, 0);
    await vscode.window.showTextDocument(place, { viewColumn: vscode.ViewColumn.Beside, selection: new vscode.Range(at, at) });
  }

  /** Calls a run's function again, in a terminal that stays open in Python, and not through a shell: its arguments are whatever they are. The code is the server's, not the page's. */
  private async rerun(run: string): Promise<void> {
    const { state } = this.session;
    const found = (await this.answer(RUN, { id: run })) as { rerun?: { code: string } | null };
    if (state.kind === "running" && found.rerun) {
      const terminal = vscode.window.createTerminal({
        name: vscode.l10n.t("HitSave: run again"),
        shellPath: state.interpreter.path,
        shellArgs: ["-i", "-c", found.rerun.code],
        ...(this.root === undefined ? {} : { cwd: this.root }),
      });
      terminal.show();
    }
  }
}

async function save(name: string, content: Uint8Array): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const place = folder === undefined ? vscode.Uri.file(name) : vscode.Uri.joinPath(folder.uri, name);
  const chosen = await vscode.window.showSaveDialog({ defaultUri: place });
  if (chosen !== undefined) {
    await vscode.workspace.fs.writeFile(chosen, content);
  }
}
