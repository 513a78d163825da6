// A newcomer's first minutes: the .vsix is installed, the project's environment has no HitSave, and the folder is not trusted yet.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pause, Server, Window } from "./workbench.mjs";

const PROGRAM = `"""Prime numbers, the slow way."""

from hitsave import memo


def divides(a: int, b: int) -> bool:
    return b % a == 0


@memo
def primes(limit: int) -> list[int]:
    return [n for n in range(2, limit) if not any(divides(a, n) for a in range(2, int(n**0.5) + 1))]


print(len(primes(60_000)))
`;

export async function newcomer(browser, { program, python, vsix, root, home, shots, out }) {
  const folder = path.join(home, "primes");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "primes.py"), PROGRAM);
  execFileSync(python, ["-m", "venv", path.join(folder, ".venv")], { stdio: "pipe" });
  const env = {
    HITSAVE_DIR: path.join(home, "store"),
    PATH: `${path.join(folder, ".venv/bin")}:${process.env.PATH}`,
    PS1: "$ ",
    // The package of this tree, and what it needs, from a folder: what `pip install` brings a newcomer from the index.
    PIP_NO_INDEX: "1",
    PIP_FIND_LINKS: wheels(python, root, path.join(home, "wheels")),
  };
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
  let began = Date.now();

  await window.step("in a folder that is not trusted nothing is started, and the view says so", async () => {
    const dialog = page.locator(".monaco-dialog-box", { hasText: "trust" });
    await dialog.waitFor({ timeout: 60_000 });
    await dialog.getByRole("button", { name: /^No/ }).click();
    await page.locator(".activitybar .action-item", { has: page.locator('[aria-label^="HitSave"]') }).click();
    await page.locator(".sidebar .welcome-view-content", { hasText: "trust" }).waitFor({ timeout: 30_000 });
    await pause(500);
    await window.shot("20-untrusted");
  });
  await window.step("trusted, it says what is missing, once, and how to get it", async () => {
    await page.locator(".sidebar").getByRole("button", { name: "Manage Trust" }).click();
    began = Date.now();
    await page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).click();
    await window.notification("HitSave is not installed in");
    await page.locator(".sidebar .welcome-view-content", { hasText: "no HitSave for the editor" }).waitFor({ timeout: 30_000 });
    await window.status("HitSave: not installed").waitFor();
    await window.shot("21-missing");
  });
  await window.step("the command is shown, and runs in a terminal", async () => {
    const toast = await window.notification("HitSave is not installed in");
    await toast.getByRole("button", { name: "Install…" }).click();
    const dialog = page.locator(".monaco-dialog-box", { hasText: "-m pip install" });
    await dialog.waitFor({ timeout: 30_000 });
    await window.shot("22-command");
    await dialog.getByRole("button", { name: "Run in Terminal" }).click();
    await window
      .status(/HitSave/)
      .filter({ hasNotText: "not installed" })
      .waitFor({ timeout: 120_000 });
  });
  await window.step("the first hint appears within a minute", async () => {
    await page.locator(".tab", { hasText: "primes.py" }).click();
    await window.line("def primes").filter({ hasText: "never run" }).waitFor({ timeout: 60_000 });
    const seconds = (Date.now() - began) / 1000;
    console.log(`  from trust to the first hint: ${seconds.toFixed(1)} s`);
    await window.shot("23-first-hint");
    if (seconds > 60) throw new Error(`it took ${seconds} s`);
  });
  await window.step("run once in the terminal, the hint says cached", async () => {
    await window.command("Terminal: Create New Terminal");
    await page.locator(".xterm-rows:visible", { hasText: /[$#]/ }).first().waitFor({ timeout: 30_000 });
    await page.keyboard.type(".venv/bin/python primes.py\n", { delay: 10 });
    await window.line("def primes").filter({ hasText: "cached" }).waitFor({ timeout: 30_000 });
    await pause(500);
    await window.shot("24-cached");
  });
  await window.step("the walkthrough tells the same", async () => {
    await window.command("HitSave: Get Started");
    await page.locator(".gettingStartedContainer", { hasText: "Get started with HitSave" }).waitFor({ timeout: 30_000 });
    await pause(1000);
    await window.shot("25-walkthrough");
  });
  await window.close();
  return window.rows;
}

/** A folder with wheels of this tree and of what it needs for the editor. */
function wheels(python, root, folder) {
  const pip = (...words) => execFileSync(python, ["-m", "pip", "--disable-pip-version-check", ...words], { cwd: root, stdio: "pipe" });
  const lock = fs.readFileSync(path.join(root, "requirements/dev.lock"), "utf8");
  const versions = [...lock.matchAll(/^([\w.-]+==[^\s;\\]+)/gm)].map(([, pin]) => pin);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "versions.txt"), `${versions.join("\n")}\n`);
  pip("wheel", "-qq", "--no-build-isolation", "--wheel-dir", folder, "--constraint", path.join(folder, "versions.txt"), ".[lsp]");
  return folder;
}
