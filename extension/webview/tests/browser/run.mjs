// node run.mjs --python PYTHON --out FOLDER
// The experiments page in Chromium, served by `hitsave ui` on a store with 24 runs of a sweep, a failed one, and 30 hostile values. Its last line is "N passed, N failed".

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { launchBrowser } from "../../../tests/vscode/workbench.mjs";

/** What comes at all has come by then, on a machine that others keep busy, too. */
const PATIENCE = 30_000;

const { values: options } = parseArgs({ options: { python: { type: "string" }, out: { type: "string" } } });
const root = path.resolve(import.meta.dirname, "../../../..");
const out = path.resolve(options.out);
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "hitsave-panel-"));
const lab = path.join(temporary, "lab");
const env = {
  ...process.env,
  HITSAVE_DIR: path.join(temporary, "store"),
  PYTHONPATH: `${root}:${path.join(root, "server")}`,
  PYTHONWARNINGS: "ignore",
  PYTHONDONTWRITEBYTECODE: "1",
};
const python = (...words) => execFileSync(options.python, words, { cwd: lab, env, stdio: ["ignore", "pipe", "inherit"] }).toString();

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
fs.cpSync(path.join(root, "tests/panel/project"), lab, { recursive: true });
fs.writeFileSync(path.join(lab, "pyproject.toml"), "[tool.hitsave]\n");
/** Runs of the project, on a busy machine too with a figure each. */
const run = (...words) => python(path.join(root, "tests/panel/unhurried.py"), ...words);
run("sweep.py", "fail");
const text = fs.readFileSync(path.join(lab, "sweep.py"), "utf8");
fs.writeFileSync(path.join(lab, "sweep.py"), text.replace("x / 2", "x / 4")); // from here on, what ran before is stale
run("-c", "from sweep import *; fit(Model(5, 0.01), 0.5)");
run("hostile.py");

const ui = spawn(options.python, ["-m", "hitsave", "ui", "--no-open"], { cwd: lab, env, stdio: ["ignore", "pipe", "inherit"] });
const link = await new Promise((resolve, reject) => {
  ui.stdout.once("data", (data) => resolve(String(data).trim()));
  ui.once("exit", () => reject(new Error("hitsave ui ended")));
});
const browser = await launchBrowser();

/** A page on which every dialog, outside request, console error and exception is written down. */
async function open(colorScheme, address = link) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1400, height: 900 }, acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.wrong = [];
  page.on("dialog", async (dialog) => {
    page.wrong.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(new URL(link).origin) && !/^(blob|data|about):/.test(url)) page.wrong.push(`request: ${url}`);
  });
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => page.wrong.push(`error: ${error.message}`));
  await page.goto(address);
  return page;
}

const table = (page, name) => page.getByRole("region", { name, exact: true });
const rows = (page, name) =>
  table(page, name)
    .getByRole("row")
    .filter({ has: page.getByRole("checkbox") });
const cells = async (page, name, title) => {
  const heads = await table(page, name).getByRole("columnheader").allInnerTexts();
  const place = heads.findIndex((head) => head.replace(/ [↓↑]\d*$/, "") === title);
  assert.notEqual(place, -1, `${title} is none of ${heads}`);
  return Promise.all((await rows(page, name).all()).map((row) => row.getByRole("gridcell").nth(place).innerText()));
};
const until = async (what, look) => {
  const end = Date.now() + PATIENCE;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`waited for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
const filter = (page, typed) => page.getByLabel("Filter runs").fill(typed);

const done = [];
async function test(name, act) {
  try {
    await act();
    done.push(true);
    console.log(`  ok    ${name}`);
  } catch (error) {
    done.push(false);
    await Promise.all(
      browser
        .contexts()
        .flatMap((context) => context.pages().map((page) => page.screenshot({ path: path.join(out, `failed-${done.length}.png`) }))),
    );
    console.log(`  FAIL  ${name}\n        ${String(error.stack ?? error).replaceAll("\n", "\n        ")}`);
  }
}

try {
  const page = await open("light");
  await test("every run is a row, under its function", async () => {
    await rows(page, "fit").first().waitFor();
    assert.equal(await rows(page, "fit").count(), 26);
    assert.equal(await rows(page, "show").count(), 30);
    assert.equal(page.url(), `${new URL(link).origin}/`); // the token is not left in the address
  });
  await test("a typed filter and two sorts", async () => {
    await filter(page, "degree>=3 state:stale");
    await until("12 rows", async () => (await rows(page, "fit").count()) === 12);
    assert.equal(await table(page, "show").count(), 0);
    await table(page, "fit").getByRole("button", { name: /^rate/ }).click();
    await table(page, "fit")
      .getByRole("button", { name: /^error/ })
      .first()
      .click({ modifiers: ["Shift"] });
    const rates = (await cells(page, "fit", "rate")).map(Number);
    assert.deepEqual(
      rates,
      [...rates].sort((a, b) => a - b),
    );
    const errors = (await cells(page, "fit", "error")).map(Number);
    for (let n = 1; n < 12; n++) assert.ok(rates[n] > rates[n - 1] || errors[n] >= errors[n - 1]);
    await filter(page, "nosuch<1");
    await page.getByText("No column is called nosuch.").waitFor();
  });
  await test("columns that don't differ are left out, and others by hand", async () => {
    await filter(page, "degree>=3");
    const heads = () => table(page, "fit").getByRole("columnheader").allInnerTexts();
    assert.ok((await heads()).includes("seed"));
    await page.getByLabel("only what differs").check();
    await until("no seed", async () => !(await heads()).includes("seed"));
    await page.getByLabel("only what differs").uncheck();
    await table(page, "fit").getByRole("button", { name: "Columns…" }).click();
    await page.getByRole("group", { name: "Columns of fit" }).getByLabel("model.ridge").uncheck();
    await until("no ridge", async () => !(await heads()).includes("model.ridge"));
    await page.getByRole("group", { name: "Columns of fit" }).getByLabel("model.ridge").check();
    await page.getByRole("button", { name: "Done" }).click();
    await page.screenshot({ path: path.join(out, "light-table.png") });
  });
  await test("a run by keyboard alone: values, figure, curves, code as it ran", async () => {
    await page.getByRole("grid", { name: "Runs of fit" }).focus();
    for (const key of ["End", "ArrowUp", "Home", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    const detail = page.getByRole("complementary");
    await detail.getByRole("img", { name: "matplotlib.figure.Figure" }).waitFor();
    assert.ok(await detail.locator("img").evaluate((image) => image.naturalWidth > 300));
    await detail.locator("canvas").first().waitFor();
    assert.match(await detail.locator("pre.source").first().innerText(), /@hitsave\.experiment/);
    await page.screenshot({ path: path.join(out, "light-detail.png") });
    await page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });
  });
  await test("two runs compared: what differs, curves, figures, the code by function", async () => {
    await filter(page, "degree=5 ridge=0.01 rate=0.5");
    await until("two rows", async () => (await rows(page, "fit").count()) === 2);
    await page.getByRole("grid", { name: "Runs of fit" }).focus();
    for (const key of ["Home", "Space", "ArrowDown", "Space"]) await page.keyboard.press(key);
    await page.getByRole("button", { name: "Compare (2)" }).click();
    const compared = page.getByRole("complementary", { name: "Comparison" });
    await compared.locator(".diff").waitFor();
    assert.match(await compared.locator(".diff").innerText(), /x \/ [24]/);
    assert.equal(await compared.locator(".diff .went").count(), 1);
    await until("two figures", async () => (await compared.locator("img").count()) === 2);
    await page.screenshot({ path: path.join(out, "light-compare.png") });
  });
  await test("what a person has set is there when the page is loaded again", async () => {
    await page.reload();
    await page.getByRole("complementary", { name: "Comparison" }).waitFor();
    assert.equal(await page.getByLabel("Filter runs").inputValue(), "degree=5 ridge=0.01 rate=0.5");
    await page.getByRole("button", { name: "Clear selection" }).click();
  });
  await test("a pin, tags and a note are kept in the store, and CSV is saved", async () => {
    await rows(page, "fit").first().click();
    const detail = page.getByRole("complementary");
    await detail.getByLabel("pinned").check();
    await detail.getByLabel("tags").fill("best, <b>bold</b>");
    await detail.getByLabel("note").fill("=1+1 <script>alert(1)</script>");
    await page.keyboard.press("Enter");
    await until("the note in the table", async () => (await cells(page, "fit", "note").catch(() => []))[0]?.startsWith("=1+1"));
    assert.match(python("-m", "hitsave", "ls", "fit", "--tag", "best", "--json"), /"best"/);
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as CSV" }).click();
    const csv = fs.readFileSync(await (await saved).path(), "utf8");
    assert.match(csv, /arg\.model\.degree/);
    assert.match(csv, /'=1\+1/);
    await page.keyboard.press("Escape");
  });
  await test("a failed run shows its traceback", async () => {
    await filter(page, "state:failed");
    await until("one row", async () => (await rows(page, "fit").count()) === 1);
    await rows(page, "fit").first().click();
    await page.getByText("a rate of 2.0 does not settle").waitFor();
  });
  await test("a run that is made meanwhile appears by itself", async () => {
    await filter(page, "seed=7");
    await page.getByText("No run matches the filter.").waitFor();
    run("-c", "from sweep import *; fit(Model(2, 0.0), 0.1, seed=7)");
    await rows(page, "fit").first().waitFor();
  });
  await test("thirty hostile values: no dialog, no outside request, no console error", async () => {
    await filter(page, "");
    await until("30 rows", async () => (await rows(page, "show").count()) === 30);
    for (let n = 0; n < 30; n++) {
      await rows(page, "show").nth(n).click();
      const short = await page.getByRole("complementary").locator("header code").innerText();
      assert.equal(await rows(page, "show").nth(n).getByRole("checkbox").getAttribute("aria-label"), `Select ${short}`);
      await page.getByRole("complementary").getByRole("heading", { name: "Result", exact: true }).waitFor();
      const closed = page.getByRole("complementary").locator("details:not([open]) > summary");
      for (let more = 0; more < 12 && (await closed.count()) > 0; more++) await closed.first().click();
    }
    await filter(page, "name=svg");
    await rows(page, "show").first().click();
    await until("the SVG as an image", async () => (await page.getByRole("complementary").locator("img").count()) > 0);
    await page.screenshot({ path: path.join(out, "light-svg.png") });
    await filter(page, 'name="html script"');
    await until("one row", async () => (await rows(page, "show").count()) === 1);
    await rows(page, "show").first().click();
    const frame = page.frameLocator("iframe").first();
    await frame.getByText("A title").waitFor();
    assert.equal(await page.locator("iframe").first().getAttribute("sandbox"), "");
    await page.screenshot({ path: path.join(out, "light-html.png") });
    assert.deepEqual(page.wrong, []);
  });
  await test("dark, as the system is", async () => {
    const dark = await open("dark");
    await rows(dark, "fit").nth(1).click(); // not the one that failed
    await dark.getByRole("complementary").locator("canvas").first().waitFor();
    await until("the figure", async () => (await dark.getByRole("complementary").locator("img").count()) === 1);
    await dark.screenshot({ path: path.join(out, "dark-detail.png") });
    assert.deepEqual(dark.wrong, []);
    await dark.context().close();
  });
  await test("without the token the page holds nothing, and says what to do", async () => {
    const other = await open("light", new URL(link).origin);
    await other.getByText("Open the link that hitsave ui printed").waitFor();
    assert.equal(await other.getByRole("row").count(), 0);
    await other.context().close();
  });
} finally {
  await browser.close();
  ui.kill();
  fs.rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
}
const failed = done.filter((ok) => !ok).length;
console.log(`\npictures: ${path.relative(root, out)}\n${done.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || done.length === 0 ? 1 : 0;
