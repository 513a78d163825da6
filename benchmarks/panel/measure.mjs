// node measure.mjs --python PYTHON [--runs 100000] [--columns 200] [--times 5]
// How long the experiments page takes to open a large table in Chromium, from the request of the page to the frame that has rows in it, and how many frames a second it scrolls with.

import { spawn } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { launchBrowser } from "../../extension/tests/vscode/workbench.mjs";

const { values: options } = parseArgs({
  options: { python: { type: "string" }, runs: { type: "string", default: "100000" }, columns: { type: "string", default: "200" }, times: { type: "string", default: "5" } },
});
const root = path.resolve(import.meta.dirname, "../..");
const server = spawn(options.python, [path.join(import.meta.dirname, "serve.py"), options.runs, options.columns], {
  env: { ...process.env, PYTHONPATH: `${root}:${path.join(root, "server")}` },
  stdio: ["pipe", "pipe", "inherit"],
});
const link = await new Promise((resolve) => server.stdout.once("data", (data) => resolve(String(data).trim())));
const browser = await launchBrowser();
const middle = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Milliseconds from the page's request to the frame with rows in it. */
async function opened(page) {
  await page.addInitScript(() => {
    const look = () => (document.querySelector(".rows .row") ? requestAnimationFrame(() => (window.opened = performance.now())) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  });
  await page.goto(link);
  await page.waitForFunction(() => window.opened !== undefined);
  return page.evaluate(() => window.opened);
}

/** Frames a second while the table scrolls by `x` and `y` pixels a frame, and the longest one in milliseconds. */
const scrolled = (page, x, y) =>
  page.evaluate(
    ([byX, byY]) =>
      new Promise((resolve) => {
        const grid = document.querySelector(".grid");
        const frames = [];
        const step = (now) => {
          frames.push(now);
          grid.scrollBy(byX, byY);
          if (frames.length < 150) requestAnimationFrame(step);
          else {
            const each = frames.slice(1).map((at, n) => at - frames[n]);
            resolve({ rate: (1000 * each.length) / (frames.at(-1) - frames[0]), longest: Math.max(...each) });
          }
        };
        requestAnimationFrame(step);
      }),
    [x, y],
  );

const openings = [];
let result;
for (let n = 0; n < Number(options.times); n++) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  openings.push(await opened(page));
  result = {
    "by rows, slowly": await scrolled(page, 0, 27),
    "by rows, fast": await scrolled(page, 0, 5_000),
    "by columns": await scrolled(page, 60, 0),
  };
  await context.close();
}
console.log(`${Number(options.runs).toLocaleString("en")} runs × ${options.columns} columns`);
console.log(`open: ${Math.round(middle(openings))} ms (${openings.map(Math.round).join(", ")})`);
for (const [how, { rate, longest }] of Object.entries(result)) console.log(`scroll ${how}: ${rate.toFixed(0)} frames a second, the longest ${longest.toFixed(0)} ms`);
await browser.close();
server.stdin.end();
