import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { CLIENT_COMMANDS } from "../../src/contract";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const words = JSON.parse(readFileSync("package.nls.json", "utf8")) as Record<string, string>;
const commands = (manifest.contributes.commands as { command: string }[]).map(({ command }) => command);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8"));
}

test("every command that the server may name is one of the extension's", () => {
  expect(CLIENT_COMMANDS.filter((command) => !commands.includes(command))).toEqual([]);
});

test("every command of the manifest is registered, and the other way about", () => {
  const registered = readFileSync("extension/src/commands/commands.ts", "utf8").matchAll(/^ {4}"(hitsave\.\w+)":/gm);
  const internal = ["hitsave.showMore"]; // a line of the view, never called by a person
  expect([...registered].map(([, name]) => name).sort()).toEqual([...commands, ...internal].sort());
});

test("every word of the manifest is there, and none that nobody reads", () => {
  const used = [...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key ?? "");
  expect([...new Set(used)].sort()).toEqual(Object.keys(words).sort());
});

test("a command that needs the server is not offered without it", () => {
  const rules = new Map<string, string>(
    (manifest.contributes.menus.commandPalette as { command: string; when: string }[]).map(({ command, when }) => [command, when]),
  );
  const always = ["hitsave.showMenu", "hitsave.showLog", "hitsave.doctor", "hitsave.openWalkthrough", "hitsave.openSettings"];
  expect(commands.filter((command) => !rules.has(command)).sort()).toEqual(always.sort());
});

test("the view has a welcome for every state in which it is empty", () => {
  const declared = readFileSync("extension/src/state.ts", "utf8").matchAll(/kind: "(\w+)"/g);
  const welcomed = (manifest.contributes.viewsWelcome as { when: string }[]).map(({ when }) => when).join(" ");
  expect([...declared].map(([, kind]) => kind).filter((kind) => !welcomed.includes(`hitsave.state == ${kind}`))).toEqual([]);
});

test("what a setting could make run is restricted in a workspace that is not trusted", () => {
  const settings = Object.entries(manifest.contributes.configuration.properties) as [string, { scope: string }][];
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  expect(settings.filter(([, { scope }]) => scope === "machine-overridable").map(([name]) => name)).toEqual(restricted);
});

test("words of the code go through the translation", () => {
  const shown = /\.(?:showInformationMessage|showWarningMessage|showErrorMessage)\(\s*["'`]/;
  expect(sources("extension/src").filter((text) => shown.test(text))).toEqual([]);
});

test("nothing talks to a network or measures its user", () => {
  const forbidden = /\b(?:fetch\(|node:https?|node:net|node:dgram|TelemetryLogger|openExternal)/;
  expect(sources("extension/src").filter((text) => forbidden.test(text))).toEqual([]);
});
