// The page in Chromium, on a store with a sweep, a report on it, a failed run and over 150 hostile values; and on one with nothing in it.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Lab } from "./lab.mjs";
import { cells, column, comparisonOf, count, detailOf, filter, heads, PATIENCE, rows, show, until } from "./seen.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Runs of the sample project, some of which are stale; how many hostile values there are. */
function withRuns(lab) {
  lab.run("sweep.py", "fail");
  const text = fs.readFileSync(path.join(lab.folder, "sweep.py"), "utf8");
  fs.writeFileSync(path.join(lab.folder, "sweep.py"), text.replace("x / 2", "x / 4")); // from here on, what ran before is stale
  lab.run(
    "-c",
    "from sweep import *; fit(Model(5, 0.01), 0.5)\nimport report, hostile\nreport.report((0.1, 0.3))\nfor name, value in hostile.VALUES.items(): hostile.show(name, value)",
  );
  return Number(lab.run("-c", "import hostile; print(len(hostile.VALUES))"));
}

/** A page on which every dialog, outside request, console error and exception is written down. */
export async function open(browser, colorScheme, address, more = {}) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1400, height: 900 }, acceptDownloads: true, ...more });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  return pageOf(context, address);
}

async function pageOf(context, address) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.wrong = [];
  page.on("dialog", async (dialog) => {
    page.wrong.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(new URL(address).origin) && !/^(blob|data|about):/.test(url)) page.wrong.push(`request: ${url}`);
  });
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => page.wrong.push(`error: ${error.message}`));
  await page.goto(address);
  return page;
}

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);

/** What axe finds on a page that is serious, in a line each. */
async function inaccessible(page) {
  // The page's policy allows no script but its own; what asks from outside of it is not bound by that.
  await page.evaluate(fs.readFileSync(AXE, "utf8"));
  const { violations } = await page.evaluate(() => globalThis.axe.run({ iframes: false }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`)}`);
}

export async function throughThePage(browser, python, home, out, test) {
  const lab = new Lab(python, home, "lab", "tests/panel/project");
  const nobody = new Lab(python, home, "empty");
  const VALUES = withRuns(lab);
  const [link, emptyLink] = await Promise.all([lab.serve(), nobody.serve()]);
  const picture = (page, name) => page.screenshot({ path: path.join(out, `${name}.png`) });
  const opened = (colorScheme, address = link, more = {}) => open(browser, colorScheme, address, more);

  const page = await opened("light");
  await test("every run is a row, under its function", async () => {
    await show(page, "fit");
    await count(page, 28); // 24, one that failed, one after the edit, two of the report
    await picture(page, "light-table");
    await show(page, "show");
    await count(page, VALUES);
    await page.waitForFunction(() => location.hash === ""); // the token is not left in the address
    assert.equal(await page.evaluate(() => globalThis.hitsaveAsked?.size), 0); // what was asked for before its script was there, it took
    await show(page, "fit");
  });
  await test("a typed filter and two sorts", async () => {
    await filter(page, "degree=3|5 state:stale rate<1");
    await count(page, 12);
    await column(page, "rate").click();
    await column(page, "error").click({ modifiers: ["Shift"] });
    const rates = (await cells(page, "rate")).map(Number);
    assert.deepEqual(rates, sorted(rates));
    const errors = (await cells(page, "error")).map(Number);
    for (let n = 1; n < 12; n++) assert.ok(rates[n] > rates[n - 1] || errors[n] >= errors[n - 1]);
    await filter(page, "degree=1 rate<0.1 or state:failed");
    await count(page, 3);
    await filter(page, "nosuch<1");
    await page.getByText("No column is called nosuch.").waitFor();
    await filter(page, "");
    await column(page, "rate").click();
    await column(page, "rate").click();
  });
  await test("columns are hidden, found, kept in sight, moved and resized; those that don't differ are left out", async () => {
    await page.getByRole("button", { name: "Columns" }).click();
    const chooser = page.getByRole("dialog", { name: "Choose columns, and their order" });
    await chooser.getByLabel("Find a column").fill("ridge");
    await chooser.getByLabel("model.ridge argument", { exact: true }).uncheck();
    await until("no ridge", async () => !(await heads(page)).includes("model.ridge"));
    await chooser.getByRole("button", { name: "Show all" }).click();
    await until("ridge", async () => (await heads(page)).includes("model.ridge"));
    await page.keyboard.press("Escape");
    await column(page, "rate").dragTo(column(page, "started"));
    await until("rate before started", async () => (await heads(page)).slice(0, 3).join() === "state,rate,started");
    await column(page, "rate").click({ button: "right" });
    await page.getByRole("button", { name: "Keep in sight" }).click();
    await until("rate first", async () => (await heads(page))[0] === "rate");
    await page.getByRole("grid").focus();
    for (const key of ["Control+Home", "Home", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowRight"]) await page.keyboard.press(key);
    const before = (await column(page, "rate").boundingBox()).width;
    await page.keyboard.press("Shift+ArrowRight");
    await until("a wider column", async () => Math.round((await column(page, "rate").boundingBox()).width) === Math.round(before + 16));
    const edge = await column(page, "rate").locator(".edge").boundingBox();
    await page.mouse.move(edge.x + 3, edge.y + 9);
    await page.mouse.down();
    await page.mouse.move(edge.x + 43, edge.y + 9, { steps: 3 });
    await page.mouse.up();
    await until(
      "an edge that was dragged",
      async () => Math.round((await column(page, "rate").boundingBox()).width) === Math.round(before + 56),
    );
    await page.getByRole("button", { name: "View" }).click();
    await page.getByLabel("only columns that differ").check();
    await until("no seed", async () => !(await heads(page)).includes("seed"));
    await page.getByLabel("only columns that differ").uncheck();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Columns" }).click();
    await chooser.getByRole("button", { name: "Reset" }).click();
    await page.keyboard.press("Escape");
    await until("the natural order", async () => (await heads(page)).slice(0, 3).join() === "state,started,duration");
  });
  await test("a click on a value filters by it, and runs are grouped", async () => {
    await rows(page).nth(3).getByRole("gridcell").nth(6).click({ button: "right" });
    await page.getByRole("button", { name: /^Only rate = / }).click();
    await until("a filter", async () => /^rate=/.test(await page.getByLabel("Filter runs").inputValue()));
    await filter(page, "");
    await column(page, "rate").click({ button: "right" });
    await page.getByRole("button", { name: "Group by rate" }).click();
    await page
      .getByRole("row", { name: /rate 0\.05/ })
      .first()
      .waitFor();
    await picture(page, "light-grouped");
    await page.locator(".row.summary").first().click();
    await until("one closed", async () => (await page.locator(".row.summary[aria-expanded=false]").count()) === 1);
    await page.getByRole("button", { name: /^Group/ }).click();
    await page.getByRole("dialog", { name: "Group by" }).getByLabel("rate argument").uncheck();
    await page.keyboard.press("Escape");
    await until("no groups", async () => (await page.locator(".row.summary").count()) === 0);
  });
  await test("by keyboard alone: filter, table, a run with its values, figure, curves, output and code, and back", async () => {
    await page.evaluate(() => document.activeElement.blur()); // as on a page that was just opened
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
    await page.keyboard.press("/");
    await page.keyboard.type("degree=2 rate=0.2 ridge=0.01");
    await count(page, 1);
    for (let n = 0; n < 20 && !(await page.getByRole("grid").evaluate((grid) => grid === document.activeElement)); n++)
      await page.keyboard.press("Tab");
    for (const key of ["Control+End", "End", "Home", "Control+Home", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    const detail = detailOf(page);
    await detail.getByRole("img", { name: "matplotlib.figure.Figure" }).waitFor();
    assert.ok(await detail.locator("img").evaluate((image) => image.naturalWidth > 300));
    await detail.locator(".u-over").first().waitFor();
    assert.match(await detail.locator("pre.output").innerText(), /an error of 0\.\d+ after 60 steps/);
    assert.match(await detail.getByRole("region", { name: "Code as it ran" }).locator("pre").first().innerText(), /@hitsave\.experiment/);
    await picture(page, "light-detail");
    await page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });
    assert.ok(await page.getByRole("grid").evaluate((grid) => grid === document.activeElement));
    await filter(page, "");
  });
  await test("plots follow the filter and the selection; brushing an axis filters", async () => {
    await page.getByRole("button", { name: "Scatter" }).click();
    await page.getByRole("img", { name: /^error against model\.degree, 2\d runs$/ }).waitFor();
    await page.getByLabel("colour").selectOption({ label: "state" });
    await page.getByLabel("across").selectOption({ label: "rate (argument)" });
    await page.getByLabel("colour").selectOption({ label: "model.degree (argument)" });
    await filter(page, "degree=3");
    await page.getByRole("img", { name: "error against rate, 6 runs" }).waitFor();
    await picture(page, "light-scatter");
    await page.getByRole("button", { name: "Parallel" }).click();
    await filter(page, "");
    const plot = page.getByRole("img", { name: /^Parallel coordinates of model\.degree, model\.ridge, rate.*: 28 of 28 runs$/ });
    await plot.waitFor();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + 70, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 70, box.y + box.height * 0.55, { steps: 4 });
    await page.mouse.up();
    await until("a filter by the brush", async () => /model\.degree>=\d/.test(await page.getByLabel("Filter runs").inputValue()));
    await until("fewer rows", async () => (await page.locator(".foot").innerText()).includes("of 28 runs"));
    await picture(page, "light-parallel");
    await page.getByRole("button", { name: "Curves" }).click();
    await page.getByRole("img", { name: /^error over step: / }).waitFor();
    await page.getByLabel("logarithmic").check();
    await page.getByLabel("smoothing").fill("0.6");
    await picture(page, "light-curves");
    await page.getByLabel("logarithmic").uncheck();
    await page.getByLabel("smoothing").fill("0");
    await page.getByRole("button", { name: "Curves" }).click();
  });
  await test("two runs compared: what differs, curves, figures, the code by function", async () => {
    await filter(page, "degree=5 ridge=0.01 rate=0.5");
    await count(page, 2);
    await page.getByRole("grid").focus();
    for (const key of ["Control+Home", "Space", "ArrowDown", "Space"]) await page.keyboard.press(key);
    await page.getByRole("toolbar", { name: "Selected runs" }).getByRole("button", { name: "Compare" }).click();
    const compared = comparisonOf(page);
    await compared.locator(".diff").waitFor();
    assert.match(await compared.locator(".diff").innerText(), /x \/ [24]/);
    assert.equal(await compared.locator(".diff .went").count(), 1);
    await until("two figures", async () => (await compared.locator("img").count()) === 2);
    await picture(page, "light-compare");
  });
  await test("what a person has set is there when the page is loaded again, and in another browser", async () => {
    await page.reload();
    await comparisonOf(page).waitFor();
    const other = await opened("light");
    await comparisonOf(other).waitFor();
    assert.equal(await other.getByLabel("Filter runs").inputValue(), "degree=5 ridge=0.01 rate=0.5");
    await other.context().close();
    await page.getByRole("button", { name: "Clear selection" }).click();
  });
  await test("a pin, tags and a note are kept in the store; the view is saved as CSV, JSON and Markdown", async () => {
    await rows(page).first().click();
    const detail = detailOf(page);
    await detail.getByLabel("Pinned").click();
    await detail.getByLabel("Add a tag").fill("best, <b>bold</b>");
    await page.keyboard.press("Enter");
    await detail.getByLabel("Note").fill("=1+1 <script>alert(1)</script>");
    await page.keyboard.press("Enter");
    await filter(page, 'degree=5 ridge=0.01 rate=0.5 note:"<script>alert(1)"');
    await count(page, 1);
    await filter(page, "degree=5 ridge=0.01 rate=0.5");
    await count(page, 2);
    assert.match(lab.run("-m", "hitsave", "ls", "fit", "--tag", "best", "--json"), /"best"/);
    const save = async (format) => {
      const saved = page.waitForEvent("download");
      await page.getByRole("button", { name: "Export" }).click();
      await page.getByRole("button", { name: `Save as ${format}` }).click();
      return fs.readFileSync(await (await saved).path(), "utf8");
    };
    const csv = await save("CSV");
    assert.match(csv, /arg\.model\.degree/);
    assert.match(csv, /'=1\+1/);
    const json = JSON.parse(await save("JSON"));
    assert.deepEqual([json.length, json[0]["arg.model.degree"], json[0].tags], [2, 5, "<b>bold</b>, best"]);
    assert.match(await save("Markdown"), /\| model\.degree \|/);
    const artifact = page.waitForEvent("download");
    await detail.getByRole("button", { name: /^Save view-1\.png/ }).click();
    assert.equal(
      fs
        .readFileSync(await (await artifact).path())
        .subarray(1, 4)
        .toString(),
      "PNG",
    );
    await page.keyboard.press("Escape");
  });
  await test("several runs are pinned, tagged and deleted at once, and put back as long as the page is open", async () => {
    await filter(page, "rate=0.05");
    await count(page, 8);
    await page.getByLabel("Select all").click();
    const selected = page.getByRole("toolbar");
    await selected.getByRole("button", { name: "Pin", exact: true }).click();
    await until("eight pinned", async () => (await rows(page).locator(".star").count()) === 8);
    await selected.getByRole("button", { name: "Unpin" }).click();
    await until("none pinned", async () => (await rows(page).locator(".star").count()) === 0);
    await selected.getByRole("button", { name: "Tag" }).click();
    await page.getByLabel("Tag of the selected runs").fill("slow");
    await page.keyboard.press("Enter");
    await filter(page, "tags:slow");
    await count(page, 8);
    await selected.getByRole("button", { name: "Delete" }).click();
    await page.getByText("No run matches the filter.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await count(page, 8);
    await filter(page, "");
  });
  await test("a link to a run opens it in another tab, without the token in it", async () => {
    await rows(page).nth(2).click();
    const short = await detailOf(page).locator("header code").innerText();
    await detailOf(page).getByRole("button", { name: "More" }).click();
    await page.getByRole("button", { name: "Copy link to this run" }).click();
    const address = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(address, /#run=\w{26}$/);
    const other = await pageOf(page.context(), address);
    await other.getByRole("complementary", { name: `Run ${short}` }).waitFor();
    await other.close();
    await detailOf(page).getByRole("button", { name: "More" }).click();
    await page.getByRole("button", { name: "Copy Python that loads the result" }).click();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^import hitsave\n\nresult = hitsave\.get\("\w{26}"\)$/);
    await page.keyboard.press("Escape");
  });
  await test("a failed run shows its arguments and its traceback", async () => {
    await filter(page, "state:failed");
    await count(page, 1);
    await rows(page).first().click();
    await page.getByText("a rate of 2.0 does not settle").waitFor();
    assert.deepEqual(await cells(page, "model.degree"), ["1"]);
    await filter(page, "");
    await page.keyboard.press("Escape");
  });
  await test("a run is seen running: it appears by itself, its metrics move, it is counted, it ends", async () => {
    const slow = lab.spawn("report.py", "6000");
    await page
      .getByRole("navigation")
      .getByRole("button", { name: /^slow / })
      .waitFor();
    await show(page, "slow");
    await page.getByText("1 running").first().waitFor();
    await page.getByRole("progressbar").waitFor();
    const loss = async () => Number((await cells(page, "loss").catch(() => []))[0] ?? Number.NaN);
    await until("a loss", async () => (await loss()) > 0);
    const first = await loss();
    await until("a lower loss", async () => (await loss()) < first);
    fs.writeFileSync(path.join(lab.folder, "enough"), "");
    await until("an end", async () => (await cells(page, "state"))[0] === "done");
    assert.equal(await page.getByRole("progressbar").count(), 0);
    await new Promise((resolve) => (slow.exitCode === null ? slow.once("exit", resolve) : resolve()));
  });
  await test("Markdown, an image of an array, a paged table, a plotly figure in a frame without an origin, calls, and what it depended on", async () => {
    await show(page, "report");
    await rows(page).first().click();
    const detail = detailOf(page);
    await detail.locator(".markdown h4").waitFor();
    await detail.locator("canvas.preview").waitFor();
    const table = detail.locator(".array", { hasText: "20 rows" });
    // By key: as the figure above gets its height, what is below it moves away from a pointer.
    await table.getByRole("button", { name: "Rows after" }).press("Enter");
    await table.getByText("rows 12 to 19 of 20").waitFor();
    await table.getByRole("button", { name: "Rows before" }).press("Enter");
    const frame = detail.locator(".plotly iframe");
    assert.equal(await frame.getAttribute("sandbox"), "allow-scripts");
    await detail.locator(".plotly.drawn").waitFor();
    await page.frameLocator(".plotly iframe").locator(".main-svg .scatterlayer").waitFor({ state: "attached" });
    await frame.scrollIntoViewIfNeeded();
    await picture(page, "light-report");
    await detail.getByRole("region", { name: "Depended on" }).locator("summary", { hasText: "Libraries" }).press("Enter");
    await detail.getByRole("region", { name: "Depended on" }).getByText("plotly", { exact: true }).waitFor();
    assert.equal(await detail.locator(".children li").count(), 2);
    await detail.locator(".children button").first().click();
    await page.getByText("called in report").waitFor();
    await detail.locator(".picture").first().click();
    await page.getByRole("dialog").locator("img").waitFor();
    await picture(page, "light-lightbox");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    assert.deepEqual(page.wrong, []);
  });
  await test(`${VALUES} hostile values: no dialog, no outside request, no console error, and the page is of use`, async () => {
    assert.ok(VALUES >= 150);
    await show(page, "show");
    await count(page, VALUES);
    await page.getByRole("grid").focus();
    await page.keyboard.press("Control+Home");
    const detail = detailOf(page);
    for (let n = 0; n < VALUES; n++) {
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => {
        const meant = document.querySelector(".row.active input")?.ariaLabel.slice("Select ".length);
        const shown = document.querySelector(".detail");
        if (shown?.querySelector("header code")?.textContent !== meant || shown.querySelector("h3") === null) return false;
        for (let more = 0; more < 12; more++) for (const closed of shown.querySelectorAll("details:not([open])")) closed.open = true;
        return true;
      });
      await page.keyboard.press("ArrowDown");
    }
    await filter(page, "name=svg");
    await rows(page).first().click();
    await until("the SVG as an image", async () => (await detail.locator("img").count()) > 0);
    await picture(page, "light-svg");
    await filter(page, 'name="html script"');
    await count(page, 1);
    await rows(page).first().click();
    const frame = page.frameLocator("iframe").first();
    await frame.getByText("A title").waitFor();
    assert.equal(await page.locator("iframe").first().getAttribute("sandbox"), "");
    await filter(page, "name:plotly");
    for (const name of ["plotly script", "plotly title", "plotly font"]) {
      await filter(page, `name="${name}"`);
      await rows(page).first().click();
      await detail.locator(".plotly.drawn").first().waitFor();
    }
    await picture(page, "light-plotly");
    await filter(page, "");
    assert.deepEqual(page.wrong, []);
    assert.equal(await page.evaluate(() => "polluted" in {}), false);
  });
  await test("nothing serious that axe finds: a table, plots, a run, a comparison, menus", async () => {
    await show(page, "fit");
    assert.deepEqual(await inaccessible(page), []);
    await page.getByRole("button", { name: "Parallel" }).click();
    await filter(page, "degree=5");
    await rows(page).nth(1).click();
    await detailOf(page).locator("img").first().waitFor();
    assert.deepEqual(await inaccessible(page), []);
    await page.getByLabel("Select all").click();
    await page.getByRole("button", { name: "Compare" }).click();
    await comparisonOf(page).locator("img").first().waitFor();
    await page.getByRole("button", { name: "Columns" }).click();
    assert.deepEqual(await inaccessible(page), []);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Clear selection" }).click();
  });
  await test("dark, as the system is, and accessible", async () => {
    const dark = await opened("dark");
    await show(dark, "fit");
    await rows(dark).nth(1).click();
    await detailOf(dark).locator("img").first().waitFor();
    await detailOf(dark).locator(".u-over").first().waitFor();
    assert.deepEqual(await inaccessible(dark), []);
    await picture(dark, "dark-detail");
    assert.deepEqual(dark.wrong, []);
    await dark.context().close();
  });
  await test("at 200 % everything is there, and in a system's high contrast", async () => {
    const large = await opened("dark", link, { viewport: { width: 700, height: 450 }, deviceScaleFactor: 2, forcedColors: "active" });
    await rows(large).first().waitFor();
    await large.keyboard.press("Escape");
    await picture(large, "contrast-200");
    assert.ok(await large.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await large.context().close();
  });
  await test("without any run, the page shows how the first one is made", async () => {
    const nothing = await opened("light", emptyLink);
    await nothing.getByText("No experiments yet").waitFor();
    assert.match(await nothing.locator("pre").innerText(), /@hitsave\.experiment/);
    assert.deepEqual(await inaccessible(nothing), []);
    await picture(nothing, "light-empty");
    await nothing.context().close();
  });
  await test("without the token the page holds nothing, and says what to do", async () => {
    const other = await opened("light", new URL(link).origin);
    await other.getByText("Open the link that hitsave ui printed").waitFor();
    assert.equal(await other.getByRole("row").count(), 0);
    await other.context().close();
  });
  lab.close();
  nobody.close();
}
