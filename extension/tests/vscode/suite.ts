// What the extension does inside VS Code, seen through VS Code's own interfaces. The project's results were computed before.

import * as assert from "node:assert/strict";
import * as path from "node:path";
import * as vscode from "vscode";
import * as contract from "../../src/contract";
import type { ForTests } from "../../src/extension";
import type { Node } from "../../src/tree/nodes";
import { runSuite, until } from "./host";

declare const suite: Mocha.SuiteFunction;
declare const test: Mocha.TestFunction;
declare const suiteSetup: Mocha.HookFunction;
declare const suiteTeardown: Mocha.HookFunction;

const ID = "hitsave.hitsave";

function define(): void {
  suite("HitSave in VS Code", function () {
    this.timeout(300_000);
    let api: ForTests;
    let train: vscode.TextDocument;
    let features: vscode.TextDocument;

    const open = async (name: string): Promise<vscode.TextDocument> => {
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(folder);
      const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
      await vscode.window.showTextDocument(document);
      return document;
    };
    const hints = async (document: vscode.TextDocument): Promise<string[]> => {
      const all = new vscode.Range(0, 0, document.lineCount, 0);
      const found = await vscode.commands.executeCommand<vscode.InlayHint[]>("vscode.executeInlayHintProvider", document.uri, all);
      return found.map((hint) => `${hint.position.line + 1} ${labelOf(hint)}`);
    };
    const replace = async (document: vscode.TextDocument, old: string, text: string): Promise<void> => {
      const at = document.getText().indexOf(old);
      assert.notEqual(at, -1, old);
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + old.length)), text);
      await vscode.workspace.applyEdit(edit);
    };
    const functions = async (): Promise<Node[]> => {
      const below = async (node?: Node): Promise<Node[]> => {
        const children = await api.functions.getChildren(node);
        const open = children.filter((child) => child.kind === "project" || child.kind === "file");
        return [...children.filter((child) => child.kind === "function"), ...(await Promise.all(open.map(below))).flat()];
      };
      return below();
    };
    const named = (name: string): Promise<Node> =>
      until(`the function ${name} in the view`, async () => (await functions()).find((node) => node.label === name));

    suiteSetup(async () => {
      train = await open("train.py");
      features = await vscode.workspace.openTextDocument(vscode.Uri.file(path.join(path.dirname(train.uri.fsPath), "features.py")));
      api = await (vscode.extensions.getExtension<ForTests>(ID) as vscode.Extension<ForTests>).activate();
      await until("the server to run", () => {
        if (api.session.state.kind !== "running") {
          throw new Error(JSON.stringify(api.session.state));
        }
        return true;
      });
    });

    suiteTeardown(async () => {
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    });

    test("the server runs on the Python of the folder's environment", () => {
      const { state } = api.session;
      assert.equal(state.kind, "running");
      assert.equal(state.kind === "running" && state.interpreter.origin, "folder");
    });

    test("the experiments page opens in a tab, once", async () => {
      await vscode.commands.executeCommand("hitsave.openExperiments");
      await vscode.commands.executeCommand("hitsave.openExperiments");
      const pages = () =>
        vscode.window.tabGroups.all
          .flatMap((tabs) => tabs.tabs)
          .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith("hitsave.experiments"));
      await until("the page", () => pages().length === 1);
      await vscode.window.tabGroups.close(pages());
    });

    test("every command of the manifest is there", async () => {
      const there = new Set(await vscode.commands.getCommands(true));
      const commands: { command: string }[] = vscode.extensions.getExtension(ID)?.packageJSON.contributes.commands;
      assert.deepEqual(
        commands.map(({ command }) => command).filter((command) => !there.has(command)),
        [],
      );
    });

    test("hints at the memoised functions say how their results are", async () => {
      const found = await until("hints", async () => {
        const all = await hints(train);
        return all.filter((hint) => hint.includes("cached")).length === 3 && all;
      });
      assert.deepEqual(
        found.filter((hint) => hint.includes("never run")),
        ["33 never run"],
      );
    });

    test("an unsaved edit of a helper shows its price there, and undoing it takes it away", async () => {
      await replace(features, "value / top for", "value / top + 1 for");
      await until("the price", async () => (await hints(features)).some((hint) => hint.includes("invalidates")));
      await until("stale hints", async () => (await hints(train)).some((hint) => hint.includes("stale")));
      const problems = (): string[] =>
        vscode.languages.getDiagnostics(train.uri).flatMap(({ code, message }) => (code === "stale" ? [message.split(":")[0] ?? ""] : []));
      await until("two problems, each once", () => problems().sort().join() === "fit() is stale,trial() is stale");
      await replace(features, "value / top + 1 for", "value / top for");
      await until("the price to go", async () => !(await hints(features)).some((hint) => hint.includes("invalidates")));
      await until("cached hints", async () => (await hints(train)).filter((hint) => hint.includes("cached")).length === 3);
      await until("no problems", () => problems().length === 0);
      await vscode.window.showTextDocument(features);
      await vscode.commands.executeCommand("workbench.action.files.revert");
    });

    test("settings are obeyed at once", async () => {
      const settings = vscode.workspace.getConfiguration("hitsave");
      await settings.update("inlayHints", false, vscode.ConfigurationTarget.Workspace);
      await until("no hints", async () => (await hints(train)).length === 0);
      await settings.update("codeLens", true, vscode.ConfigurationTarget.Workspace);
      const lenses = await until("lenses", async () => {
        const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", train.uri, 20);
        return lenses.some((lens) => lens.command?.title.includes("cached")) && lenses;
      });
      const { command } = lenses.find((lens) => lens.command?.title.includes("cached")) ?? {};
      assert.ok(command);
      await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
      await until("the explanation that a lens opens", () =>
        vscode.window.tabGroups.all.flatMap((group) => group.tabs).some((tab) => tab.input instanceof vscode.TabInputWebview),
      );
      await settings.update("codeLens", undefined, vscode.ConfigurationTarget.Workspace);
      await settings.update("inlayHints", undefined, vscode.ConfigurationTarget.Workspace);
      await until("hints again", async () => (await hints(train)).some((hint) => hint.includes("cached")));
    });

    test("the second folder is a project of its own, in the view and in the editor", async () => {
      const [, second] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(second);
      const projects = await until("both projects", async () => {
        const nodes = await api.functions.getChildren();
        return nodes.length === 2 && nodes;
      });
      assert.deepEqual(
        projects.map((node) => [node.kind, node.label]),
        [
          ["project", "readings"],
          ["project", "second"],
        ],
      );
      const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(second.uri, "words.py"));
      await until("its hint", async () => (await hints(document)).some((hint) => hint.includes("never run")));
    });

    test("a function in a cell of a notebook has its hint in that cell", async () => {
      const [, second] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(second);
      const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.joinPath(second.uri, "counts.ipynb"));
      await vscode.window.showNotebookDocument(notebook);
      const cell = notebook.getCells().find((one) => one.document.getText().includes("@memo"))?.document;
      assert.ok(cell);
      assert.equal(cell.languageId, "python");
      const shows =
        (...wanted: string[]) =>
        async (): Promise<boolean> => {
          const found = await hints(cell);
          if (found.join() !== wanted.join()) {
            throw new Error(`its hints are: ${found.join(", ") || "none"}`);
          }
          return true;
        };
      await until("its hint", shows("2 never run"));
      await replace(cell, "@memo\n", "\n\n@memo\n");
      await until("its hint two lines below", shows("4 never run"));
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    });

    test("hovering a memoised function explains it", async () => {
      const at = train.positionAt(train.getText().indexOf("def fit") + 5);
      const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", train.uri, at);
      assert.ok(hover);
      assert.match(hover.contents.map((part) => (typeof part === "string" ? part : part.value)).join("\n"), /cached/);
    });

    test("the view has functions with their state in words, and their results", async () => {
      const fit = await named("fit");
      assert.match(fit.description, /cached/);
      const results = await api.functions.getChildren(fit);
      assert.equal(results.length, 3);
      assert.match(results[0]?.label ?? "", /^fit\(/);
      assert.match(String(api.functions.getTreeItem(fit).accessibilityInformation?.label), /fit, .*cached/);
      assert.match((await named("peaks")).description, /never run/);
    });

    test("a result is pinned and unpinned from the view", async () => {
      const [first] = await api.functions.getChildren(await named("fit"));
      assert.ok(first);
      const isPinned = async (): Promise<boolean> => {
        const [now] = await api.functions.getChildren(await named("fit"));
        return now?.kind === "entry" && now.entry.pinned;
      };
      await vscode.commands.executeCommand("hitsave.pin", first);
      await until("the pin", isPinned);
      await vscode.commands.executeCommand("hitsave.unpin", first);
      await until("the pin to go", async () => !(await isPinned()));
    });

    test("the text that loads a result can be copied", async () => {
      const [first] = await api.functions.getChildren(await named("fit"));
      await vscode.commands.executeCommand("hitsave.copySnippet", first);
      const text = await until(
        "the clipboard",
        async () => (await vscode.env.clipboard.readText()).includes("hitsave.get") && vscode.env.clipboard.readText(),
      );
      assert.match(text, /hitsave\.get\("[0-9a-z]{26}"\)/);
    });

    test("what changed is shown in a diff of the recorded text and the text now", async () => {
      await replace(features, "value / top for", "value / top * 2 for");
      try {
        const fit = await until("fit to be stale", async () => {
          const node = await named("fit");
          return node.state === "stale" && node;
        });
        await vscode.commands.executeCommand("hitsave.showDiff", fit);
        const input = await until("a diff tab", () => {
          const { activeTab } = vscode.window.tabGroups.activeTabGroup;
          return activeTab?.input instanceof vscode.TabInputTextDiff && activeTab.input;
        });
        const [before, after] = await Promise.all([input.original, input.modified].map((uri) => vscode.workspace.openTextDocument(uri)));
        assert.match(before?.getText() ?? "", /value \/ top for/);
        assert.match(after?.getText() ?? "", /value \/ top \* 2 for/);
        assert.equal(before?.languageId, "python");
      } finally {
        await vscode.window.showTextDocument(features);
        await vscode.commands.executeCommand("workbench.action.files.revert");
      }
    });

    test("a change that is accepted spoils nothing any more", async () => {
      await replace(features, "value / top for", "value / (top) * 1 for");
      try {
        const fit = await until("fit to be stale", async () => {
          const node = await named("fit");
          return node.state === "stale" && node.kind === "function" && node;
        });
        const done = await api.session.request<contract.Done>(contract.ACCEPT, fit.target);
        assert.ok(done.ok, done.message);
        await until("cached hints", async () => (await hints(train)).filter((hint) => hint.includes("cached")).length === 3);
      } finally {
        await vscode.window.showTextDocument(features);
        await vscode.commands.executeCommand("workbench.action.files.revert");
      }
    });

    test("why opens an explanation", async () => {
      await vscode.window.showTextDocument(train);
      await vscode.commands.executeCommand("hitsave.why", await named("fit"));
      await until("a preview", () =>
        vscode.window.tabGroups.all
          .flatMap((group) => group.tabs)
          .some((tab) => tab.input instanceof vscode.TabInputWebview && /fit/.test(tab.label)),
      );
    });

    test("a report says which Python and which versions", async () => {
      await vscode.commands.executeCommand("hitsave.doctor");
      const text = await until("the report", () => {
        const document = vscode.window.activeTextEditor?.document;
        return document?.languageId === "markdown" && document.isUntitled && document.getText();
      });
      assert.match(text, /# HitSave/);
      assert.match(text, /- state: running/);
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    });

    test("a server that is killed comes back by itself, and after the third time waits for a person", async () => {
      const kill = async (): Promise<void> => {
        const id = await until("a process", () => api.session.state.kind === "running" && api.session.processId);
        process.kill(id, "SIGKILL");
        await until("the end to be noticed", () => api.session.state.kind !== "running" || api.session.processId !== id);
      };
      await kill();
      await kill();
      await kill();
      await until("it to be left alone", () => api.session.state.kind === "stopped");
      assert.deepEqual(await api.functions.getChildren(), []);
      await vscode.commands.executeCommand("hitsave.restart");
      await until("it to run again", () => api.session.state.kind === "running");
      assert.match((await named("fit")).description, /cached/);
    });

    test("the interpreter that the Python extension selects is used from then on", async () => {
      const { state } = api.session;
      const python = "interpreter" in state ? state.interpreter.path : "";
      await vscode.commands.executeCommand("testPython.select", python);
      await until("its interpreter", () => {
        const now = api.session.state;
        return now.kind === "running" && now.interpreter.origin === "pythonExtension";
      });
    });

    test("an interpreter that can't be run is said, and taking it back mends it", async () => {
      const settings = vscode.workspace.getConfiguration("hitsave");
      await settings.update("interpreter", "/nowhere/python", vscode.ConfigurationTarget.Workspace);
      await until("the fault", () => api.session.state.kind === "noPython");
      await settings.update("interpreter", undefined, vscode.ConfigurationTarget.Workspace);
      await until("it to run again", () => api.session.state.kind === "running");
    });
  });
}

function labelOf(hint: vscode.InlayHint): string {
  return typeof hint.label === "string" ? hint.label : hint.label.map((part) => part.value).join("");
}

export function run(): Promise<void> {
  return runSuite(define);
}
