// A newcomer's first minutes: the .vsix is installed, the project's environment has no HitSave, and the folder is not trusted yet.

import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { Server, Window } from "./workbench.mjs";

const run = promisify(execFile);

const PROGRAM = `"""Prime numbers, the slow way."""

from hitsave import memo


def divides(a: int, b: int) -> bool:
    return b % a == 0


@memo
def primes(limit: int) -> list[int]:
    return [n for n in range(2, limit) if not any(divides(a, n) for a in range(2, int(n**0.5) + 1))]


print(len(primes(60_000)))
`;

/** Makes what a newcomer begins with: a project, an environment without HitSave, and an index that has it. */
export async function prepareNewcomer({ python, root, home }) {
  const folder = path.join(home, "primes");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "primes.py"), PROGRAM);
  await run(python, ["-m", "venv", path.join(folder, ".venv")]);
  const env = {
    HITSAVE_DIR: path.join(home, "store"),
    PATH: `${path.join(folder, ".venv/bin")}:${process.env.PATH}`,
    PS1: "$ ",
    // The package of this tree, and what it needs, from a folder: what `pip install` brings a newcomer from the index.
    PIP_NO_INDEX: "1",
    PIP_FIND_LINKS: await wheels(python, root, path.join(home, "wheels")),
  };
  return { folder, env };
}

export async function newcomer(browser, { folder, env }, { program, vsix, home, shots, out }) {
  const server = new Server({ program, home, env, trust: true, log: path.join(out, "newcomer.log") });
  server.install(path.resolve(vsix));
  await server.start();
  try {
    return await firstMinutes(browser, server, folder, shots);
  } finally {
    await server.stop();
    server.keepLogs(out);
  }
}

async function firstMinutes(browser, server, folder, shots) {
  const window = await Window.open(browser, server, folder, { file: path.join(folder, "primes.py"), shots });
  const { page } = window;
  const welcome = page.locator(".sidebar .welcome-view-content");
  let began = Date.now();

  await window.step("in a folder that is not trusted nothing is started, and the view says so", async () => {
    const dialog = page.locator(".monaco-dialog-box", { hasText: "trust" });
    await dialog.getByRole("button", { name: /^No/ }).click();
    await window.openView(welcome.filter({ hasText: "trust" }).first());
    await window.shot("20-untrusted");
  });
  await window.step("trusted, it says what is missing, once, and how to get it", async () => {
    const editor = page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true });
    await window.showing(editor, () => page.locator(".sidebar").getByRole("button", { name: "Manage Trust" }).click(), 20_000);
    began = Date.now();
    await editor.click();
    await window.notification("HitSave is not installed in");
    await welcome.filter({ hasText: "no HitSave for the editor" }).waitFor();
    await window.status("HitSave: not installed").waitFor();
    await window.shot("21-missing");
  });
  await window.step("the command is shown, and runs in a terminal", async () => {
    const toast = await window.notification("HitSave is not installed in");
    await toast.getByRole("button", { name: "Install…" }).click();
    const dialog = page.locator(".monaco-dialog-box", { hasText: "-m pip install" });
    await dialog.waitFor();
    await window.shot("22-command");
    await dialog.getByRole("button", { name: "Run in Terminal" }).click();
    await window
      .status(/HitSave/)
      .filter({ hasNotText: "not installed" })
      .waitFor();
  });
  await window.step("the first hint appears", async () => {
    await window.openFile("primes.py");
    await window.line("def primes").filter({ hasText: "never run" }).waitFor();
    const seconds = (Date.now() - began) / 1000;
    console.log(`  from trust to the first hint: ${seconds.toFixed(1)} s`);
    await window.shot("23-first-hint");
    if (seconds > 60) console.log("  which is more than a minute: is this machine busy?");
  });
  await window.step("run once in the terminal, the hint says cached", async () => {
    await window.inTerminal(".venv/bin/python primes.py");
    await window.line("def primes").filter({ hasText: "cached" }).waitFor();
    await window.shot("24-cached");
  });
  await window.step("the walkthrough tells the same", async () => {
    await window.command("HitSave: Get Started");
    await page.locator(".gettingStartedContainer", { hasText: "Get started with HitSave" }).waitFor();
    await window.shot("25-walkthrough");
  });
  await window.close();
  return window.rows;
}

/** A folder with wheels of this tree and of what it needs for the editor. */
async function wheels(python, root, folder) {
  const lock = fs.readFileSync(path.join(root, "requirements/dev.lock"), "utf8");
  const versions = [...lock.matchAll(/^([\w.-]+==[^\s;\\]+)/gm)].map(([, pin]) => pin);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "versions.txt"), `${versions.join("\n")}\n`);
  const pip = ["-m", "pip", "--disable-pip-version-check", "wheel", "-qq", "--no-build-isolation", "--wheel-dir", folder];
  await run(python, [...pip, "--constraint", path.join(folder, "versions.txt"), ".[lsp]"], { cwd: root });
  return folder;
}
