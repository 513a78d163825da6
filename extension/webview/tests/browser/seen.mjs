// What a person sees on the page and does to it, in whichever host it is: `view` is a page, or the frame of VS Code that it is in.

import assert from "node:assert/strict";

/** What comes at all has come by then, on a machine that others keep busy, too. */
export const PATIENCE = 30_000;

export const rows = (view) => view.locator(".rows").getByRole("row");
export const show = (view, name) =>
  view
    .getByRole("navigation")
    .getByRole("button", { name: new RegExp(`^${name} `) })
    .click();
export const count = (view, wanted) =>
  view
    .locator(".foot")
    .getByText(new RegExp(`^${wanted} (?:of \\d+ )?runs?$`))
    .waitFor();
export const heads = async (view) => (await view.getByRole("columnheader").locator(".title").allInnerTexts()).map((head) => head.trim());
export const filterOf = (view) => view.getByLabel("Filter runs");
export const filter = (view, typed) => filterOf(view).fill(typed);
export const column = (view, title) => view.getByRole("columnheader", { name: title, exact: true }).first();
export const detailOf = (view) => view.getByRole("complementary");
export const comparisonOf = (view) => view.getByRole("complementary", { name: "Comparison" });

/** The cells of the rows that are in sight, in one column. */
export async function cells(view, title) {
  const all = await heads(view);
  const place = all.indexOf(title);
  assert.notEqual(place, -1, `${title} is none of ${all}`);
  return Promise.all(
    (await rows(view).all()).map((row) =>
      row
        .getByRole("gridcell")
        .nth(place + 1)
        .innerText(),
    ),
  );
}

export async function until(what, look) {
  const end = Date.now() + PATIENCE;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`waited for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Tests, one after another; a picture of every page where one fails. */
export class Tests {
  done = [];

  constructor(browser, out) {
    Object.assign(this, { browser, out });
  }

  test = async (name, act) => {
    const began = Date.now();
    try {
      await act();
      this.done.push(true);
      console.log(`  ok    ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      this.done.push(false);
      const pages = this.browser.contexts().flatMap((context) => context.pages());
      await Promise.all(
        pages.map((page, n) => page.screenshot({ path: `${this.out}/failed-${this.done.length}-${n}.png` }).catch(() => {})),
      );
      console.log(`  FAIL  ${name}\n        ${String(error.stack ?? error).replaceAll("\n", "\n        ")}`);
    }
  };

  /** Steps of a path: after one that failed, those that follow would only fail, too. */
  path = () => {
    const before = this.failed;
    return async (name, act) => {
      if (this.failed === before) await this.test(name, act);
    };
  };

  get failed() {
    return this.done.filter((ok) => !ok).length;
  }
}
