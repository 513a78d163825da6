// Texts that are in no file: what a function was when its result was computed, explanations, reports. Read-only, fed by the server.

import * as vscode from "vscode";

const SCHEME = "hitsave";
const MOST = 200;

export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? vscode.l10n.t("This text is not kept any longer; ask for it again.");
  }

  /** A document with that text. The same path gives the same document, with its text replaced. `path` is shown as its name and ends in what the text is. */
  put(path: string, text: string, query = ""): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: path.startsWith("/") ? path : `/${path}`, query });
    const key = uri.toString();
    const known = this.texts.delete(key);
    this.texts.set(key, text);
    if (known) {
      this.changed.fire(uri);
    }
    for (const oldest of this.texts.keys()) {
      if (this.texts.size <= MOST) {
        break;
      }
      this.texts.delete(oldest);
    }
    return uri;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
