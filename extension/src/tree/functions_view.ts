// The view of functions and their results.

import * as vscode from "vscode";
import { GLANCE } from "../commands/explain";
import * as contract from "../contract";
import { NotRunning, type Session } from "../session";
import { mutedDecorations, mutedResource, stateIcon } from "./icons";
import { contextValue, inEntry, inFile, inFunction, inProject, type MoreNode, type Node, roots, spoken } from "./nodes";

const PAGE = 50;

export class FunctionsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  /** How many results of a function are shown, where it is more than a page. */
  private readonly shownEntries = new Map<string, number>();
  private readonly disposables: vscode.Disposable[];
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<Node>;

  constructor(private readonly session: Session) {
    this.view = vscode.window.createTreeView<Node>("hitsave.functions", { treeDataProvider: this, showCollapseAll: true });
    let kind = session.state.kind;
    this.disposables = [
      this.view,
      this.changed,
      mutedDecorations(),
      session.onDidChangeFunctions(() => this.changed.fire(undefined)),
      session.onDidChange((state) => {
        if (state.kind !== kind) {
          kind = state.kind;
          this.changed.fire(undefined);
        }
      }),
    ];
  }

  async getChildren(node?: Node): Promise<Node[]> {
    try {
      return await this.children(node);
    } catch (error) {
      if (error instanceof NotRunning) {
        return [];
      }
      const message = error instanceof Error ? error.message : String(error);
      return [
        {
          kind: "note",
          id: `${node?.id ?? ""}|error`,
          label: vscode.l10n.t("This can’t be shown now."),
          description: message,
          tooltip: message,
        },
      ];
    }
  }

  private async children(node?: Node): Promise<Node[]> {
    if (node === undefined) {
      if (this.session.state.kind !== "running") {
        return [];
      }
      const answer = await this.session.request<contract.Functions>(contract.FUNCTIONS, {});
      const nodes = roots(answer);
      const functions = answer.projects.flatMap((project) => [...project.files.flatMap((file) => file.functions), ...project.gone]);
      await vscode.commands.executeCommand("setContext", "hitsave.hasFunctions", functions.length > 0);
      await vscode.commands.executeCommand(
        "setContext",
        "hitsave.hasResults",
        functions.some((of) => of.entries > 0),
      );
      this.view.message = answer.complete || nodes.length === 0 ? "" : vscode.l10n.t("Still reading the project…");
      return nodes;
    }
    switch (node.kind) {
      case "project":
        return inProject(node.project);
      case "file":
        return inFile(node);
      case "function": {
        const limit = this.shownEntries.get(node.id) ?? PAGE;
        const params: contract.EntriesParams = { root: node.root, symbol: node.of.symbol, limit };
        return inFunction(node, await this.session.request<contract.Entries>(contract.ENTRIES, params));
      }
      case "stale":
        return [...node.entries];
      case "entry":
        return inEntry(node);
      default:
        return [];
    }
  }

  showMore(node: MoreNode): void {
    this.shownEntries.set(node.function.id, (this.shownEntries.get(node.function.id) ?? PAGE) + PAGE);
    this.changed.fire(node.function);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = new vscode.TreeItem(node.label, collapsible(node));
    item.id = node.id;
    item.description = node.description;
    item.tooltip = node.tooltip;
    item.contextValue = contextValue(node);
    item.accessibilityInformation = { label: spoken(node) };
    const icon = iconOf(node);
    if (icon) {
      item.iconPath = icon;
    }
    if (node.state === "stale") {
      item.resourceUri = mutedResource(node.id);
    }
    const command = commandOf(node);
    if (command) {
      item.command = command;
    }
    return item;
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }
}

function collapsible(node: Node): vscode.TreeItemCollapsibleState {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  switch (node.kind) {
    case "project":
    case "file":
      return Expanded;
    case "function":
      return node.of.entries > 0 ? Collapsed : None;
    case "stale":
      return Collapsed;
    case "entry":
      return node.entry.reasons.length > 0 ? Collapsed : None;
    default:
      return None;
  }
}

function iconOf(node: Node): vscode.ThemeIcon | undefined {
  switch (node.kind) {
    case "project":
      return new vscode.ThemeIcon("root-folder");
    case "file":
      return new vscode.ThemeIcon(node.uri ? "file-code" : "archive");
    case "entry":
      return node.entry.pinned ? new vscode.ThemeIcon("pinned", stateIcon(node.entry.state).color) : stateIcon(node.entry.state);
    case "reason":
      return new vscode.ThemeIcon(node.reason.diff ? "diff-modified" : "info");
    case "note":
      return new vscode.ThemeIcon("info");
    case "more":
      return new vscode.ThemeIcon("ellipsis");
    default:
      return node.state ? stateIcon(node.state) : undefined;
  }
}

/** What a click does; the keyboard stays in the view. */
function commandOf(node: Node): vscode.Command | undefined {
  switch (node.kind) {
    case "function":
      return node.place ? { command: "hitsave.goTo", title: "", arguments: [node, GLANCE] } : undefined;
    case "reason":
      return { command: node.reason.diff ? "hitsave.showDiff" : "hitsave.goTo", title: "", arguments: [node, GLANCE] };
    case "entry":
      return { command: "hitsave.why", title: "", arguments: [node] };
    case "more":
      return { command: "hitsave.showMore", title: "", arguments: [node] };
    default:
      return undefined;
  }
}
