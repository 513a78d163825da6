// node run.mjs --python PYTHON --out FOLDER [--program CODE_SERVER --vsix FILE] [--themes] [--images] [--only page|sweep]
// The experiments page in Chromium, served by `hitsave ui`: all of it on a sample project; then the demonstration's sweep, and that also in a real VS Code, with --themes in all its themes; --images makes the pictures of the docs anew.
// The last line is "N passed, N failed".

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { launchBrowser } from "../../../tests/vscode/workbench.mjs";
import { throughTheEditor } from "./editor.mjs";
import { inBrowser, inVsCode } from "./hosts.mjs";
import { ROOT, sweepOfDemo } from "./lab.mjs";
import { open, throughThePage } from "./page.mjs";
import { Tests } from "./seen.mjs";
import { throughTheSweep } from "./sweep.mjs";

const { values: options } = parseArgs({
  options: {
    python: { type: "string" },
    out: { type: "string" },
    program: { type: "string" },
    vsix: { type: "string" },
    themes: { type: "boolean", default: false },
    images: { type: "boolean", default: false },
    only: { type: "string" },
  },
});
const wanted = (name) => options.only === undefined || options.only === name;
const out = path.resolve(options.out);
const home = fs.mkdtempSync(path.join(os.tmpdir(), "hitsave-panel-"));
fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
const browser = await launchBrowser();
const tests = new Tests(browser, out);

/** The demonstration's sweep, in both hosts. */
async function sweep(demo) {
  const chromium = await inBrowser((address) => open(browser, "light", address), demo, out);
  const step = tests.path();
  await throughTheSweep(chromium, demo, step);
  await step("Chromium: nothing went wrong on the way", async () => assert.deepEqual(chromium.page.wrong, []));
  await chromium.close();
  if (options.program !== undefined) await inEditor(demo);
}

async function inEditor(demo) {
  const step = tests.path();
  const editor = await inVsCode(browser, demo, {
    program: options.program,
    vsix: path.resolve(options.vsix),
    home: path.join(home, "vscode"),
    out,
  });
  try {
    await step("VS Code: the page opens in a tab", () => editor.opened());
    await throughTheSweep(editor, demo, step);
    if (options.themes) await step("VS Code: in other themes", () => editor.inThemes("sweep"));
    await throughTheEditor(editor, demo, step);
    await step("VS Code: nobody outside this machine was asked for anything", async () => assert.deepEqual([...editor.window.outside], []));
  } finally {
    await editor.close();
  }
}

/** The pictures in the extension's README and on the page of the docs. */
const IMAGES = {
  "vscode-sweep-run": "extension/images/experiments.png",
  "vscode-sweep-compare": "docs/images/experiments-compare.png",
  "vscode-sweep-parallel": "docs/images/experiments-parallel.png",
};

function makeImages() {
  for (const [name, image] of Object.entries(IMAGES)) {
    fs.mkdirSync(path.dirname(path.join(ROOT, image)), { recursive: true });
    fs.copyFileSync(path.join(out, `${name}.png`), path.join(ROOT, image));
  }
}

let demo;
try {
  const running = wanted("sweep") ? sweepOfDemo(options.python, home) : undefined; // beside what follows: there are two cores
  running?.catch(() => {}); // it is waited for below
  if (wanted("page")) await throughThePage(browser, options.python, home, out, tests.test);
  demo = await running;
  if (demo !== undefined) await sweep(demo);
  if (options.images) makeImages();
} finally {
  await browser.close();
  demo?.close();
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
}
console.log(`\npictures: ${path.relative(ROOT, out)}\n${tests.done.length - tests.failed} passed, ${tests.failed} failed`);
process.exitCode = tests.failed > 0 || tests.done.length === 0 ? 1 : 0;
