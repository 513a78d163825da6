// An icon for each state. Colour only repeats what the words beside it say.

import * as vscode from "vscode";
import type { State } from "../contract";

const ICONS: Record<State, [icon: string, colour: string | undefined]> = {
  fresh: ["pass", "testing.iconPassed"],
  stale: ["history", "hitsave.muted"],
  cannot_tell: ["question", "list.warningForeground"],
  running: ["sync~spin", undefined],
  failed: ["error", "testing.iconFailed"],
  never_run: ["circle-large-outline", "hitsave.muted"],
};

export function stateIcon(state: State): vscode.ThemeIcon {
  const [icon, colour] = ICONS[state];
  return new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}

const MUTED = "hitsave-muted";

/** A resource that makes a line's label muted, whatever else it is. */
export function mutedResource(id: string): vscode.Uri {
  return vscode.Uri.from({ scheme: MUTED, path: `/${encodeURIComponent(id)}` });
}

export function mutedDecorations(): vscode.Disposable {
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration: (uri) =>
      uri.scheme === MUTED ? new vscode.FileDecoration(undefined, undefined, new vscode.ThemeColor("hitsave.muted")) : undefined,
  });
}
