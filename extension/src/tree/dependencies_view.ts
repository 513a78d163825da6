// The view of everything that one function's result depends on.

import * as vscode from "vscode";
import { GLANCE } from "../commands/explain";
import type * as contract from "../contract";

interface Branch {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  readonly place: contract.Place | null;
  readonly children: Branch[];
  readonly parent?: Branch;
}

export class DependenciesView implements vscode.TreeDataProvider<Branch>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly view = vscode.window.createTreeView<Branch>("hitsave.dependencies", { treeDataProvider: this, showCollapseAll: true });
  private roots: Branch[] = [];
  readonly onDidChangeTreeData = this.changed.event;

  async show(dependencies: contract.Dependencies): Promise<void> {
    this.roots = branches(dependencies);
    this.view.description = dependencies.title;
    this.changed.fire(undefined);
    const [first] = this.roots;
    if (first) {
      await this.view.reveal(first, { expand: 2, focus: true, select: true });
    }
  }

  getChildren(branch?: Branch): Branch[] {
    return branch?.children ?? (branch ? [] : this.roots);
  }

  getParent(branch: Branch): Branch | undefined {
    return branch.parent;
  }

  getTreeItem(branch: Branch): vscode.TreeItem {
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(branch.label, branch.children.length > 0 ? Collapsed : None);
    item.description = branch.description;
    item.tooltip = [branch.label, branch.description].filter(Boolean).join("\n");
    item.iconPath = new vscode.ThemeIcon(branch.icon);
    if (branch.place) {
      item.contextValue = "dependency place";
      item.command = { command: "hitsave.goTo", title: "", arguments: [branch, GLANCE] };
    }
    return item;
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }
}

const ICONS: Record<string, string> = {
  function: "symbol-method",
  class: "symbol-class",
  lambda: "symbol-method",
  value: "symbol-variable",
};

/** The tree, made from lines and their depths; libraries and what can't be followed come after it. */
export function branches(dependencies: contract.Dependencies): Branch[] {
  const tops: Branch[] = [];
  const path: Branch[] = [];
  for (const line of dependencies.branches) {
    path.length = Math.min(path.length, line.depth);
    const parent = path.at(-1);
    const branch: Branch = {
      label: line.title,
      description: [line.place?.text ?? "", line.above ? vscode.l10n.t("see above") : ""].filter(Boolean).join(" · "),
      icon: ICONS[line.kind] ?? "symbol-misc",
      place: line.place,
      children: [],
      ...(parent ? { parent } : {}),
    };
    (parent?.children ?? tops).push(branch);
    path.push(branch);
  }
  if (dependencies.libraries.length > 0) {
    tops.push(
      group(vscode.l10n.t("Libraries"), "library", dependencies.libraries, (library) => ({
        label: library.name,
        description: [library.version, library.counts].filter(Boolean).join(" · "),
        icon: library.named ? "package" : "dash",
        place: null,
      })),
    );
  }
  if (dependencies.untracked.length > 0) {
    tops.push(
      group(vscode.l10n.t("Not tracked"), "warning", dependencies.untracked, (one) => ({
        label: one.why,
        description: one.place?.text ?? one.symbol,
        icon: "warning",
        place: one.place,
      })),
    );
  }
  return tops;
}

function group<T>(label: string, icon: string, items: readonly T[], make: (item: T) => Omit<Branch, "children" | "parent">): Branch {
  const parent: Branch = { label, description: String(items.length), icon, place: null, children: [] };
  parent.children.push(...items.map((item) => ({ ...make(item), children: [], parent })));
  return parent;
}
