// The experiments page in a tab: asks the language server for what the page asks, and knows nothing of it.

import * as vscode from "vscode";
import { given } from "./commands/targets";
import * as contract from "./contract";
import type { Session } from "./session";

const TYPE = "hitsave.experiments";
const ROOT = "hitsave.experiments.root";
const METHODS = /^hitsave\/panel\/[a-z]+$/;

interface Asked {
  readonly id?: number;
  readonly method?: string;
  readonly params?: object;
  readonly save?: string;
  readonly text?: string;
}

export class Experiments implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private readonly registrations: vscode.Disposable;

  constructor(
    private readonly session: Session,
    private readonly context: vscode.ExtensionContext,
  ) {
    this.registrations = vscode.Disposable.from(
      vscode.window.registerWebviewPanelSerializer(TYPE, {
        deserializeWebviewPanel: async (panel) => this.take(panel),
      }),
      session.onDidChangeFunctions(() => void this.panel?.webview.postMessage({ changed: true })),
    );
  }

  /** Shows the experiments of the target's project; without one, those of the project that was shown last, or of the only one. */
  async open(argument: unknown): Promise<void> {
    const wanted = given(argument)?.root;
    const { projects } = await this.session.request<contract.Functions>(contract.FUNCTIONS, {});
    const roots = projects.map(({ root }) => root);
    const kept = this.context.workspaceState.get<string>(ROOT);
    const root = [wanted, kept, roots[0]].find((path) => path !== undefined && roots.includes(path));
    await this.context.workspaceState.update(ROOT, root);
    if (this.panel !== undefined) {
      this.panel.reveal();
      await this.panel.webview.postMessage({ changed: true });
      return;
    }
    this.take(vscode.window.createWebviewPanel(TYPE, vscode.l10n.t("Experiments"), vscode.ViewColumn.Active, {}));
  }

  dispose(): void {
    this.registrations.dispose();
    this.panel?.dispose();
  }

  private take(panel: vscode.WebviewPanel): void {
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
    webview.onDidReceiveMessage((asked: Asked) => void this.answer(webview, asked));
    const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
    webview.html = pageHtml(webview.cspSource, file("panel.js"), file("panel.css"));
  }

  private async answer(webview: vscode.Webview, asked: Asked): Promise<void> {
    const { id, method = "", params } = asked;
    if (typeof asked.save === "string" && typeof asked.text === "string") {
      await save(asked.save, asked.text);
    } else if (METHODS.test(method)) {
      try {
        const root = this.context.workspaceState.get<string>(ROOT);
        const result = await this.session.request<unknown>(method, { ...params, ...(root === undefined ? {} : { root }) });
        await webview.postMessage({ id, result });
      } catch (error) {
        await webview.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
      }
    }
  }
}

/** Only its own script and style, images that it made itself, and no address at all. */
export function pageHtml(source: string, script: string, style: string): string {
  const policy = `default-src 'none'; script-src ${source}; style-src ${source}; img-src blob: data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${style}">
</head>
<body>
<div id="panel"></div>
<script src="${script}"></script>
</body>
</html>`;
}

async function save(name: string, text: string): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const place = folder === undefined ? vscode.Uri.file(name) : vscode.Uri.joinPath(folder.uri, name);
  const chosen = await vscode.window.showSaveDialog({ defaultUri: place, filters: { CSV: ["csv"] } });
  if (chosen !== undefined) {
    await vscode.workspace.fs.writeFile(chosen, new TextEncoder().encode(text));
  }
}
