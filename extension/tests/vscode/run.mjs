// node run.mjs --program CODE_SERVER --python PYTHON --vsix FILE --out FOLDER [--only host|path|newcomer] [--pictures] [--images]
// Runs the tests of the extension in a real VS Code; its last line is "N passed, N failed".
// --pictures: pictures in light and high-contrast themes, too; --images: those in the extension's README are made anew.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { newcomer, prepareNewcomer } from "./newcomer.mjs";
import { theDay } from "./the_day.mjs";
import { inExtensionHost, launchBrowser, Server } from "./workbench.mjs";

const { values: options } = parseArgs({
  options: {
    program: { type: "string" },
    python: { type: "string" },
    vsix: { type: "string" },
    out: { type: "string" },
    only: { type: "string" },
    pictures: { type: "boolean", default: false },
    images: { type: "boolean", default: false },
  },
});
const root = path.resolve(import.meta.dirname, "../../..");
const out = path.resolve(options.out);
const shots = path.join(out, "shots");
const wanted = (name) => options.only === undefined || options.only === name;

/** A copy of the demo project, its environment beside its files, and a store in which it has run once. */
function project(home) {
  const folder = path.join(home, "readings");
  fs.cpSync(path.join(import.meta.dirname, "project"), folder, { recursive: true });
  fs.symlinkSync(path.dirname(path.dirname(options.python)), path.join(folder, ".venv"));
  const env = {
    HITSAVE_DIR: path.join(home, "store"),
    PATH: `${path.dirname(options.python)}:${process.env.PATH}`,
    PYTHONDONTWRITEBYTECODE: "1",
    PS1: "$ ",
  };
  execFileSync(options.python, ["train.py"], { cwd: folder, env: { ...process.env, ...env }, stdio: "pipe" });
  return { folder, env };
}

const rows = [];
const report = (title, done) => {
  console.log(`\n${title}`);
  for (const { name, error, ms } of done) {
    console.log(error === undefined ? `  ok    ${name} (${ms} ms)` : `  FAIL  ${name}\n        ${error.replaceAll("\n", "\n        ")}`);
  }
  rows.push(...done);
};

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(shots, { recursive: true });
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "hitsave-vscode-"));
const browser = await launchBrowser();

async function hostTests() {
  const home = path.join(temporary, "host");
  const { folder, env } = project(home);
  fs.cpSync(path.join(import.meta.dirname, "second"), path.join(home, "second"), { recursive: true });
  const workspace = path.join(home, "both.code-workspace");
  fs.writeFileSync(workspace, JSON.stringify({ folders: [{ path: folder }, { path: path.join(home, "second") }] }));
  const results = path.join(out, "host.json");
  const server = new Server({
    program: options.program,
    home,
    env: { ...env, HITSAVE_TEST_RESULTS: results },
    log: path.join(out, "host.log"),
  });
  const standIn = path.join(import.meta.dirname, "python-extension");
  fs.cpSync(standIn, path.join(home, "extensions/ms-python.python-2099.0.0"), { recursive: true });
  await server.start();
  try {
    const tests = path.join(root, "extension/dist/tests/suite.js");
    report("In the extension host", await inExtensionHost(browser, server, { folder: workspace, extension: root, tests, results }));
  } finally {
    await server.stop();
    server.keepLogs(out);
  }
}

async function dayTests() {
  const home = path.join(temporary, "path");
  const { folder, env } = project(home);
  const server = new Server({ program: options.program, home, env, log: path.join(out, "path.log") });
  server.install(path.resolve(options.vsix));
  await server.start();
  try {
    report("A day's work, by keyboard and mouse", await theDay(browser, server, folder, shots, options.pictures || options.images));
  } finally {
    await server.stop();
    server.keepLogs(out);
  }
}

async function newcomerTests() {
  const home = path.join(temporary, "new");
  const begin = await prepareNewcomer({ ...options, root, home });
  await turn; // the path alone has the machine, so that what it measures is what a person waits
  report("A newcomer, from the .vsix and an empty environment", await newcomer(browser, begin, { ...options, home, shots, out }));
}

let turn = Promise.resolve();
try {
  const work = [];
  if (wanted("host")) work.push(hostTests());
  if (wanted("path")) work.push(dayTests());
  turn = Promise.allSettled([...work]);
  if (wanted("newcomer")) work.push(newcomerTests());
  for (const done of await Promise.allSettled(work)) {
    if (done.status === "rejected")
      report("The tests themselves", [{ name: "can be run", error: String(done.reason?.stack ?? done.reason) }]);
  }
  if (options.images && fs.existsSync(shots)) {
    const images = path.join(root, "extension/images");
    fs.mkdirSync(images, { recursive: true });
    for (const name of fs.readdirSync(shots).filter((name) => name.startsWith("readme-"))) {
      fs.copyFileSync(path.join(shots, name), path.join(images, name.replace("readme-", "")));
    }
  }
} finally {
  await browser.close();
  fs.rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
}
const failed = rows.filter(({ error }) => error !== undefined).length;
console.log(`\npictures: ${path.relative(root, shots)}\n${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || rows.length === 0 ? 1 : 0;
