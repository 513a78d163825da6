// A day's work with the demo project, as a person does it: with the keyboard, the mouse and their eyes.

import assert from "node:assert/strict";
import path from "node:path";
import { Window } from "./workbench.mjs";

const THEMES = [
  ["light", "Light Modern", ".vs"],
  ["high-contrast", "Dark High Contrast", ".hc-black"],
  ["high-contrast-light", "Light High Contrast", ".hc-light"],
];

/** `themes`: pictures are made in other themes than the dark one, too. */
export async function theDay(browser, server, folder, shots, themes) {
  const window = await Window.open(browser, server, folder, { file: path.join(folder, "train.py"), shots });
  const { page } = window;

  await window.step("the project opens, and hints stand at its memoised functions", async () => {
    await window.line("def fit").filter({ hasText: "cached" }).waitFor();
    await window.line("def peaks").filter({ hasText: "never run" }).waitFor();
  });
  await window.step("the status bar counts them, in words", async () => {
    await window.status(/HitSave 3 cached/).waitFor();
  });
  await window.step("the view lists them by file, with their results", async () => {
    await window.openView(window.row("fit"));
    await window.widenSideBar(120);
    await window.expand(window.row("fit"), window.row("fit("));
    await window.shot("1-cached-dark");
  });
  await window.step("an unsaved edit of a helper shows its price, and what it makes stale", async () => {
    await window.openFile("features.py");
    await window.type("return [value / top", ["End", "ArrowLeft"], " if value > 0.1 * top");
    const typed = Date.now();
    await window.line("def scaled").filter({ hasText: "invalidates" }).waitFor();
    console.log(`  price on screen ${Date.now() - typed} ms after the edit`);
    await window.status(/stale/).waitFor();
    await window.row("fit").filter({ hasText: "stale" }).waitFor();
    await window.shot("2-price-dark");
    await window.shot("readme-price");
  });
  await window.step("undoing it makes all good again", async () => {
    const dirty = page.locator(".tab.dirty");
    await window.until(
      "the edit to be undone",
      async () => (await dirty.count()) === 0,
      () => page.keyboard.press("Control+KeyZ"),
      300,
    );
    await window.line("def scaled").filter({ hasNotText: "invalidates" }).waitFor();
    await window.status(/HitSave 3 cached/).waitFor();
  });
  await window.step("saved and run in the terminal, the new results are cached and the old ones stale", async () => {
    await window.openFile("features.py");
    await window.type("return [value / top", ["End", "ArrowLeft"], " if value > 0.1 * top");
    await window.line("def scaled").filter({ hasText: "invalidates" }).waitFor();
    await window.until(
      "the file to be saved",
      async () => (await page.locator(".tab.dirty").count()) === 0,
      () => page.keyboard.press("Control+KeyS"),
    );
    await window.openFile("train.py");
    await window.line("def fit").filter({ hasText: "stale" }).waitFor();
    await window.inTerminal(".venv/bin/python train.py");
    await window.line("def fit").filter({ hasText: "cached" }).waitFor();
    await window.line("def trial").filter({ hasText: "cached" }).waitFor();
    await window.row("fit").filter({ hasText: "cached" }).waitFor();
    await window.shot("3-ran-dark");
    await window.command("View: Hide Panel");
    await page.locator(".part.panel").waitFor({ state: "hidden" });
  });
  await window.step("the hover explains a function", async () => {
    await window.hover(window.line("def fit").locator("span", { hasText: /^fit$/ }).first(), "cached");
    await window.shot("4-hover-dark");
    await page.keyboard.press("Escape");
  });
  await window.step("the old results are rolled up in the view, and one says what changed", async () => {
    const stale = window.row("3 results, stale");
    await window.expand(window.row("fit"), stale);
    await window.expand(stale, page.locator('.sidebar .monaco-list-row[aria-level="4"]').first());
    await window.shot("5-tree-dark");
    await window.shot("readme-tree");
  });
  await window.step("palette: pin the latest result", async () => {
    await window.cursorAt("def fit");
    await window.command("HitSave: Pin Latest Result of Function");
    await window.row("pinned · cached").waitFor();
  });
  await window.step("palette: show what changed, in the diff view", async () => {
    await window.openFile("features.py");
    await window.type("return [value / top", ["Home"], "top = top or 1\n");
    await window.openFile("train.py");
    await window.line("def fit").filter({ hasText: "stale" }).waitFor();
    await window.cursorAt("def fit");
    await window.command("HitSave: Show What Changed");
    await page.locator(".monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert").first().waitFor();
    await window.shot("6-diff-dark");
    await window.shot("readme-diff");
    await window.closeTab("scaled");
  });
  await window.step("palette: why, as a document with places", async () => {
    await window.openFile("train.py");
    await window.cursorAt("def fit");
    await window.command("HitSave: Why Is This Stale or Cached?");
    await inPreview(page).locator("body", { hasText: "scaled" }).waitFor();
    await window.shot("7-why-dark");
  });
  await window.step("a place in it is a link to the line", async () => {
    const link = inPreview(page)
      .getByRole("link", { name: /features\.py:\d+/ })
      .first();
    await window.showing(page.locator(".tab.active", { hasText: "features.py" }), () => link.click({ timeout: 10_000 }), 20_000);
    await window.closeTab("Preview fit");
  });
  await window.step("palette: dependencies, as a tree", async () => {
    await window.openFile("train.py");
    await window.cursorAt("def fit");
    await window.command("HitSave: Show Dependencies of Function");
    const pane = page.locator(".sidebar .pane", { hasText: "What fit() depends on" });
    await pane.locator(".monaco-list-row", { hasText: "scaled" }).first().waitFor();
    await window.shot("8-dependencies-dark");
  });
  await window.step("palette: results are cleared after a question that says what they cost", async () => {
    await window.openFile("train.py");
    await window.cursorAt("def trial");
    await window.command("HitSave: Clear Results of Function…");
    const dialog = page.locator(".monaco-dialog-box");
    await dialog.filter({ hasText: "to compute" }).waitFor();
    await window.shot("9-question-dark");
    await dialog.getByRole("button", { name: "Clear" }).click();
    await window.line("def trial").filter({ hasText: "never run" }).waitFor();
  });
  await window.step("palette: a change is accepted after a question that says what that makes good", async () => {
    await window.cursorAt("def fit");
    await window.command("HitSave: Accept Change: Results Stay Good");
    const dialog = page.locator(".monaco-dialog-box");
    await dialog.filter({ hasText: "would be good again" }).waitFor();
    await window.shot("12-accept-dark");
    await dialog.getByRole("button", { name: "Accept" }).click();
    await window.line("def fit").filter({ hasText: "cached" }).waitFor();
    await window.status(/stale/).waitFor({ state: "hidden" });
  });
  await window.step("palette: what was accepted is taken back, and spoils results again", async () => {
    await window.command("HitSave: Take Back Accepted Change…");
    const choice = page.locator(".quick-input-list .monaco-list-row").first();
    await choice.filter({ hasText: "accepted by" }).waitFor();
    await window.shot("13-take-back-dark");
    await choice.click();
    await window.line("def fit").filter({ hasText: "stale" }).waitFor();
  });
  await window.step("a click on the status bar item opens a menu", async () => {
    const choice = page.locator(".quick-input-list .monaco-list-row", { hasText: "Restart language server" });
    await window.showing(
      choice,
      () =>
        window
          .status(/HitSave/)
          .first()
          .click(),
      20_000,
    );
    await window.shot("10-menu-dark");
    await window.until(
      "the menu to close",
      async () => !(await choice.isVisible()),
      () => page.keyboard.press("Escape"),
    );
  });
  if (themes) {
    await window.step("notifications are cleared", () => window.command("Notifications: Clear All Notifications"));
    for (const [name, theme, mark] of THEMES) {
      await window.step(`it is readable in ${theme}`, async () => {
        await window.cursorAt("def fit");
        await window.command("Preferences: Color Theme");
        await window.pick(theme, theme);
        await page.locator(`.monaco-workbench${mark}`).waitFor();
        await window.line("def trial").filter({ hasText: "never run" }).waitFor();
        await page.mouse.move(1100, 780);
        await window.shot(`11-${name}`);
      });
    }
  }
  await window.step("nobody outside this machine was asked for anything", async () => {
    assert.deepEqual([...window.outside], []);
  });
  await window.close();
  return window.rows;
}

function inPreview(page) {
  return page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
}
