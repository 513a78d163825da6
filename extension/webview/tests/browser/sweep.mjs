// One path through the demonstration's sweep, as a person goes it: the same in a browser and in VS Code.

import assert from "node:assert/strict";
import { cells, column, comparisonOf, count, detailOf, filter, filterOf, rows, show, until } from "./seen.mjs";

const RUNS = 24;

/**
 * `host` is where the page is: `name`, `page` (takes the keys), `view` (has the page), `press(act)` does what has a file saved and gives its text,
 * `reload()` loads the window again, `picture(name)` takes one. `lab` is the project, `test` takes each step.
 */
export async function throughTheSweep(host, lab, test) {
  const { page, view } = host;
  const keys = async (...all) => {
    for (const key of all) await page.keyboard.press(key);
  };
  const inGrid = () => view.getByRole("grid").evaluate((grid) => grid === document.activeElement);
  const numbers = async (title) => (await cells(view, title)).map(Number);

  await test(`${host.name}: the demonstration's sweep, a row a run, and a figure in each`, async () => {
    await show(view, "train");
    await count(view, RUNS);
    await host.picture("sweep-table");
    const kept = lab.run(
      "-c",
      "import sys; from hitsave.cli.main import run; sys.argv[1:] = ['ls', 'train', '--json', '--limit', '100']; run()",
    );
    const ids = [...kept.matchAll(/"id": ?"(\w{26})"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, RUNS);
  });
  await test(`${host.name}: by keyboard alone, each of them is opened, and its figure seen`, async () => {
    await view.getByRole("grid").focus();
    await keys("Control+Home", "Home");
    const detail = detailOf(view);
    const seen = new Set();
    for (let n = 0; n < RUNS; n++) {
      await keys("Enter");
      const opened = async () =>
        (await detail
          .locator("header code")
          .first()
          .innerText()
          .catch(() => "")) || "";
      await until("another run", async () => (await opened()) !== "" && !seen.has(await opened()));
      seen.add(await opened());
      const figure = detail.getByRole("img", { name: "matplotlib.figure.Figure" });
      await figure.waitFor();
      await until("its figure", () => figure.evaluate((image) => image.complete && image.naturalWidth > 300));
      await keys("ArrowDown");
    }
    assert.equal(seen.size, RUNS);
    assert.match(await detail.locator("pre.output").innerText(), /C = [\d.]+, gamma = [\d.]+: \d+\.\d% of 1000 images/);
    await detail.locator(".u-over").first().waitFor(); // its curves
    await host.picture("sweep-run");
    await keys("Escape");
    await detail.waitFor({ state: "detached" });
    assert.ok(await inGrid());
  });
  await test(`${host.name}: by keyboard alone, to the filter and back, to a head that sorts, and to the menu of a cell`, async () => {
    await keys("/");
    await page.keyboard.type("gamma>=0.1 c=1|3");
    await count(view, 6);
    for (let n = 0; n < 30 && !(await inGrid()); n++) await keys("Tab");
    await keys("Control+Home", "Home", "ArrowUp", ...Array(3).fill("ArrowRight"), "Enter"); // the first argument's head
    assert.deepEqual(await numbers("c"), [1, 1, 1, 3, 3, 3]);
    await keys("ArrowDown", "Shift+F10");
    await view.getByRole("dialog", { name: "c 1" }).waitFor();
    await page.keyboard.press("Escape");
    await until("the focus in the table again", inGrid);
    await keys("ArrowUp", "Enter", "Enter");
  });
  await test(`${host.name}: sorted by what came of it, the best two are compared`, async () => {
    await filter(view, "");
    await column(view, "accuracy").click();
    await column(view, "accuracy").click();
    const all = await numbers("accuracy");
    assert.deepEqual(
      all,
      [...all].sort((a, b) => b - a),
    );
    await view.getByRole("grid").focus();
    await keys("Control+Home", "Space", "ArrowDown", "Space");
    await view.getByRole("toolbar", { name: "Selected runs" }).getByRole("button", { name: "Compare" }).click();
    const compared = comparisonOf(view);
    await until("two figures", async () => (await compared.locator(".side-by-side img").count()) === 2);
    await compared.locator(".u-over").first().waitFor();
    await compared.getByText("Both ran the same code.").waitFor();
    await host.picture("sweep-compare");
  });
  await test(`${host.name}: the best is pinned and gets a note and a tag, which the command knows, too`, async () => {
    await rows(view).first().getByRole("gridcell").nth(1).click();
    const detail = detailOf(view);
    await detail.getByLabel("Pinned").click();
    await detail.locator(".star.on").waitFor();
    await detail.getByLabel("Add a tag").fill("best");
    await keys("Enter");
    await detail.locator(".tag", { hasText: "best" }).waitFor();
    await detail.getByLabel("Note").fill("take this one");
    await keys("Enter");
    await filter(view, "tags:best note:take");
    await count(view, 1);
    assert.match(lab.run("-m", "hitsave", "ls", "train", "--tag", "best", "--json"), /"take this one"/);
  });
  await test(`${host.name}: what is shown is saved`, async () => {
    const saved = await host.saved(async () => {
      await view.getByRole("button", { name: "Export" }).click();
      await view.getByRole("button", { name: "Save as JSON" }).click();
    });
    const [run, ...others] = JSON.parse(saved);
    assert.deepEqual([others.length, run.tags, run.note], [0, "best", "take this one"]);
    assert.ok(run["result.accuracy"] > 0.8);
  });
  await test(`${host.name}: loaded again, all is as it was left`, async () => {
    await view.getByRole("button", { name: "Parallel" }).click();
    const plot = view.getByRole("img", { name: /^Parallel coordinates of .*: 1 of 24 runs$/ });
    await plot.waitFor();
    await new Promise((resolve) => setTimeout(resolve, 1000)); // what was set is kept a moment later
    await host.reload();
    await plot.waitFor();
    assert.equal(await filterOf(view).inputValue(), "tags:best note:take");
    await detailOf(view).locator(".star.on").waitFor();
    await filter(view, "");
    await view.getByRole("img", { name: /: 24 of 24 runs$/ }).waitFor();
    await host.picture("sweep-parallel");
  });
  await test(`${host.name}: what was set is taken back`, async () => {
    const detail = detailOf(view);
    await detail.getByLabel("Pinned").click();
    await detail.locator(".star:not(.on)").waitFor();
    await detail.getByLabel("Remove the tag best").click();
    await detail.locator(".tag").waitFor({ state: "detached" });
    await detail.getByLabel("Note").fill("");
    await detail.getByLabel("Note").blur();
    await until("nothing with that note", async () => !/take this one/.test(lab.run("-m", "hitsave", "ls", "train", "--json")));
    await view.getByRole("button", { name: "Parallel" }).click();
    await view.getByRole("button", { name: "Clear selection" }).click();
  });
}
