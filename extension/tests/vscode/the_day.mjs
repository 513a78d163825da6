// A day's work with the demo project, as a person does it: with the keyboard, the mouse and their eyes.

import assert from "node:assert/strict";
import path from "node:path";
import { pause, Window } from "./workbench.mjs";

export async function theDay(browser, server, folder, shots) {
  const window = await Window.open(browser, server, folder, { file: path.join(folder, "train.py"), shots });
  const { page } = window;

  await window.step("the project opens, and hints stand at its memoised functions", async () => {
    await window.line("def fit").filter({ hasText: "cached" }).waitFor({ timeout: 90_000 });
    await window.line("def peaks").filter({ hasText: "never run" }).waitFor();
  });
  await window.step("the status bar counts them, in words", async () => {
    await window.status(/HitSave 3 cached/).waitFor({ timeout: 30_000 });
  });
  await window.step("the view lists them by file, with their results", async () => {
    await page.locator(".activitybar .action-item", { has: page.locator('[aria-label^="HitSave"]') }).click();
    await window.row("fit").waitFor({ timeout: 30_000 });
    await window.widenSideBar(120);
    await window.row("fit").click();
    await page.keyboard.press("ArrowRight");
    await window.row("fit(").waitFor({ timeout: 30_000 });
    await pause(500);
    await window.shot("1-cached-dark");
  });
  await window.step("an unsaved edit of a helper shows its price, and what it makes stale", async () => {
    await openFile(page, "features.py");
    await window.line("return [value / top").click();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.type(" if value > 0.1 * top", { delay: 20 });
    const typed = Date.now();
    await window.line("def scaled").filter({ hasText: "invalidates" }).waitFor({ timeout: 30_000 });
    console.log(`  price on screen ${Date.now() - typed} ms after the last key`);
    await window.status(/stale/).waitFor({ timeout: 30_000 });
    await window.row("fit").filter({ hasText: "stale" }).waitFor({ timeout: 30_000 });
    await pause(500);
    await window.shot("2-price-dark");
    await window.shot("readme-price");
  });
  await window.step("undoing it makes all good again", async () => {
    for (let undo = 0; undo < 25 && (await page.locator(".tab.dirty").count()) > 0; undo++) {
      await page.keyboard.press("Control+KeyZ");
      await pause(50);
    }
    await window.line("def scaled").filter({ hasNotText: "invalidates" }).waitFor({ timeout: 30_000 });
    await window.status(/HitSave 3 cached/).waitFor({ timeout: 30_000 });
  });
  await window.step("saved and run in the terminal, the new results are cached and the old ones stale", async () => {
    await openFile(page, "features.py");
    await window.line("return [value / top").click();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.type(" if value > 0.1 * top", { delay: 10 });
    await window.line("def scaled").filter({ hasText: "invalidates" }).waitFor({ timeout: 30_000 });
    await page.keyboard.press("Control+KeyS");
    await openFile(page, "train.py");
    await window.line("def fit").filter({ hasText: "stale" }).waitFor({ timeout: 30_000 });
    await window.command("Terminal: Create New Terminal");
    await page.locator(".xterm-rows:visible", { hasText: /[$#]/ }).first().waitFor({ timeout: 30_000 });
    await page.keyboard.type(".venv/bin/python train.py\n", { delay: 10 });
    await window.line("def fit").filter({ hasText: "cached" }).waitFor({ timeout: 30_000 });
    await window.line("def trial").filter({ hasText: "cached" }).waitFor({ timeout: 30_000 });
    await pause(1000);
    await window.shot("3-ran-dark");
    await window.line("def fit").click();
    await window.command("View: Hide Panel");
  });
  await window.step("the hover explains a function", async () => {
    await hovering(page, window.line("def fit").locator("span", { hasText: /^fit$/ }).first(), "cached");
    await pause(500);
    await window.shot("4-hover-dark");
    await page.keyboard.press("Escape");
  });
  await window.step("the old results are rolled up in the view, and one says what changed", async () => {
    await window.row("fit").click();
    await page.keyboard.press("ArrowRight");
    await window.row("3 results, stale").waitFor({ timeout: 30_000 });
    await window.row("3 results, stale").click();
    await page.keyboard.press("ArrowRight");
    await pause(800);
    await window.shot("5-tree-dark");
    await window.shot("readme-tree");
  });
  await window.step("palette: pin the latest result", async () => {
    await window.line("def fit").click();
    await window.command("HitSave: Pin Latest Result of Function");
    await window.row("pinned · cached").waitFor({ timeout: 30_000 });
  });
  await window.step("palette: show what changed, in the diff view", async () => {
    await openFile(page, "features.py");
    await window.line("return [value / top").click();
    await page.keyboard.press("Home");
    await page.keyboard.type("top = top or 1\n", { delay: 10 });
    await openFile(page, "train.py");
    await window.line("def fit").filter({ hasText: "stale" }).waitFor({ timeout: 30_000 });
    await window.line("def fit").click();
    await window.command("HitSave: Show What Changed");
    await page.locator(".monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert").first().waitFor({ timeout: 30_000 });
    await pause(800);
    await window.shot("6-diff-dark");
    await window.shot("readme-diff");
    await page.keyboard.press("Control+KeyW");
  });
  await window.step("palette: why, as a document with places", async () => {
    await openFile(page, "train.py");
    await window.line("def fit").click();
    await window.command("HitSave: Why Is This Stale or Cached?");
    await inPreview(page).locator("body", { hasText: "scaled" }).waitFor({ timeout: 20_000 });
    await pause(800);
    await window.shot("7-why-dark");
  });
  await window.step("a place in it is a link to the line", async () => {
    await inPreview(page)
      .getByRole("link", { name: /features\.py:\d+/ })
      .first()
      .click();
    await page.locator(".tab.active", { hasText: "features.py" }).waitFor({ timeout: 30_000 });
    await page.locator(".tab", { hasText: "Preview fit" }).click();
    await page.keyboard.press("Control+KeyW");
  });
  await window.step("palette: dependencies, as a tree", async () => {
    await openFile(page, "train.py");
    await window.line("def fit").click();
    await window.command("HitSave: Show Dependencies of Function");
    await window.row("scaled").waitFor({ timeout: 30_000 });
    await pause(800);
    await window.shot("8-dependencies-dark");
  });
  await window.step("palette: results are cleared after a question that says what they cost", async () => {
    await openFile(page, "train.py");
    await window.line("def trial").click();
    await window.command("HitSave: Clear Results of Function…");
    const dialog = page.locator(".monaco-dialog-box");
    await dialog.filter({ hasText: "to compute" }).waitFor({ timeout: 30_000 });
    await window.shot("9-question-dark");
    await dialog.getByRole("button", { name: "Clear" }).click();
    await window.line("def trial").filter({ hasText: "never run" }).waitFor({ timeout: 30_000 });
  });
  await window.step("a click on the status bar item opens a menu", async () => {
    await window
      .status(/HitSave/)
      .first()
      .click();
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "Restart language server" }).waitFor({ timeout: 10_000 });
    await window.shot("10-menu-dark");
    await page.keyboard.press("Escape");
  });
  await window.step("notifications are cleared", () => window.command("Notifications: Clear All Notifications"));
  for (const [name, theme, mark] of [
    ["light", "Light Modern", ".vs"],
    ["high-contrast", "Dark High Contrast", ".hc-black"],
    ["high-contrast-light", "Light High Contrast", ".hc-light"],
  ]) {
    await window.step(`it is readable in ${theme}`, async () => {
      await window.line("def fit").click();
      await page.keyboard.press("Control+KeyK");
      await page.keyboard.press("Control+KeyT");
      await page.locator(".quick-input-list .monaco-list-row", { hasText: "Light Modern" }).waitFor({ timeout: 30_000 });
      await page.keyboard.type(theme, { delay: 10 });
      await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: theme }).waitFor({ timeout: 30_000 });
      await page.keyboard.press("Enter");
      await page.locator(`.monaco-workbench${mark}`).waitFor({ timeout: 30_000 });
      await page.mouse.move(1100, 780);
      await pause(700);
      await window.shot(`11-${name}`);
    });
  }
  await window.step("nobody outside this machine was asked for anything", async () => {
    assert.deepEqual([...window.outside], []);
  });
  await window.close();
  return window.rows;
}

/** Rests the mouse on something until its hover shows; a pointer that came to rest while the window was still moving is not noticed. */
async function hovering(page, target, text) {
  const hover = page.locator(".monaco-hover:visible", { hasText: text }).first();
  for (let tries = 0; tries < 6 && !(await hover.isVisible()); tries++) {
    await page.mouse.move(1100, 780);
    await pause(300);
    await target.hover();
    await hover.waitFor({ timeout: 5_000 }).catch(() => {});
  }
  await hover.waitFor({ timeout: 5_000 });
}

async function openFile(page, name) {
  await page.keyboard.press("Control+KeyP");
  await page.locator(".quick-input-widget input").first().waitFor();
  await page.keyboard.type(name, { delay: 5 });
  await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: name }).waitFor({ timeout: 30_000 });
  await page.keyboard.press("Enter");
  await page.locator(".tab.active", { hasText: name }).waitFor({ timeout: 30_000 });
}

function inPreview(page) {
  return page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
}
