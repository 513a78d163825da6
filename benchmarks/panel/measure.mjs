// node measure.mjs --python PYTHON [--runs 100000] [--columns 200] [--times 5] [--idle 30] [--print]
// How long the experiments page takes to open a large table in Chromium, from the request of the page to the frame that has rows in it, how many frames a second it scrolls with,
// and what `hitsave ui` and its page cost while nothing happens. Beside it, in turns with it, the least that this browser takes on this machine: the same screen as plain HTML, whose
// rows are moved to where one scrolls, once with the text that they have and once with another number in each cell that comes in.
// Writes what it found into docs/experiments.md; with --print, only prints it.

import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { launchBrowser } from "../../extension/tests/vscode/workbench.mjs";

const { values: options } = parseArgs({
  options: {
    python: { type: "string" },
    runs: { type: "string", default: "100000" },
    columns: { type: "string", default: "200" },
    times: { type: "string", default: "5" },
    idle: { type: "string", default: "30" },
    print: { type: "boolean", default: false },
  },
});
const root = path.resolve(import.meta.dirname, "../..");
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "hitsave-bench-panel-"));
const env = { ...process.env, PYTHONPATH: `${root}:${path.join(root, "server")}`, HITSAVE_DIR: path.join(temporary, "store") };
const browser = await launchBrowser();
const FRAMES = 150;
const middle = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** A process that prints its link and serves until it is ended. */
async function serving(...words) {
  const server = spawn(options.python, words, { cwd: temporary, env, stdio: ["pipe", "pipe", "inherit"] });
  const link = await new Promise((resolve) => server.stdout.once("data", (data) => resolve(String(data).trim())));
  return { server, link };
}

async function withPage(link, work) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  try {
    return await work(page, () => page.goto(link));
  } finally {
    await context.close();
  }
}

const system = await browser.newBrowserCDPSession();

/** Seconds of processor time that pages have used, which other programs on the machine don't change. */
async function used() {
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** What `work` gives, and the milliseconds of processor time that pages used for it. */
async function timed(work) {
  const before = await used();
  const found = await work();
  return [found, 1000 * ((await used()) - before)];
}

/** Milliseconds from the page's request to the frame with rows in it. */
async function opened(page, go) {
  await page.addInitScript(() => {
    const look = () =>
      document.querySelector(".rows .row")
        ? requestAnimationFrame(() => {
            window.opened = performance.now();
          })
        : requestAnimationFrame(look);
    requestAnimationFrame(look);
  });
  await go();
  await page.waitForFunction(() => window.opened !== undefined);
  return page.evaluate(() => window.opened);
}

/** Frames a second while the table scrolls by `x` and `y` pixels a frame, and the milliseconds that 95 % of its frames stay below. */
const scrolled = (page, x, y) =>
  page.evaluate(
    ([byX, byY, count]) =>
      new Promise((resolve) => {
        const grid = document.querySelector(".grid");
        const frames = [];
        const step = (now) => {
          frames.push(now);
          grid.scrollBy(byX, byY);
          if (frames.length < count) requestAnimationFrame(step);
          else {
            const each = frames
              .slice(1)
              .map((at, n) => at - frames[n])
              .sort((a, b) => a - b);
            resolve({ rate: (1000 * each.length) / (frames.at(-1) - frames[0]), slow: each[Math.floor(0.95 * each.length)] });
          }
        };
        requestAnimationFrame(step);
      }),
    [x, y, FRAMES],
  );

/** Pixels a frame, by columns and by rows. */
const WAYS = { "by rows, slowly": [0, 27], "by rows, fast": [0, 5_000], "by columns": [60, 0], "by both": [60, 270] };

/** Opens a page and scrolls it: milliseconds and frames, each with the processor time. */
async function played(link, prepare) {
  return withPage(link, async (page, go) => {
    const [at, busy] = await timed(() => opened(page, go));
    await prepare(page);
    const ways = {};
    for (const [name, [x, y]] of Object.entries(WAYS)) {
      await page.evaluate(() => document.querySelector(".grid").scrollTo(0, 0));
      await page.waitForTimeout(300);
      const [scrolling, cpu] = await timed(() => scrolled(page, x, y));
      ways[name] = { ...scrolling, cpu: cpu / FRAMES };
    }
    return { at, busy, ways };
  });
}

const settled = (page) => page.waitForFunction(() => !document.querySelector(".foot")?.textContent.includes("older"));

/** The rows of a page without any script, moved to where one scrolls; `anew`: each that comes in with other numbers in its cells. */
const moved = (anew) => (page) =>
  page.evaluate((anew) => {
    const grid = document.querySelector(".grid");
    const rows = [...document.querySelectorAll(".rows:not(.pane) .row")];
    const texts = rows.map((row) => [...row.querySelectorAll(".cell:not(.box)")].map((cell) => cell.appendChild(document.createTextNode(""))));
    const shown = rows.map((_, place) => place);
    grid.addEventListener(
      "scroll",
      () => {
        const first = Math.floor(grid.scrollTop / 27);
        const left = grid.scrollLeft;
        for (let place = first; place < first + rows.length; place++) {
          const n = place % rows.length;
          rows[n].style.transform = `translate(${left}px, ${place * 27}px)`;
          if (anew && shown[n] !== place) {
            for (const [column, text] of texts[n].entries()) {
              text.data = String(((place * 7919 + column * 104_729) % 99_991) / 1e5);
            }
            shown[n] = place;
          }
        }
      },
      { passive: true },
    );
    if (anew) for (const text of texts.flat()) text.parentElement.replaceChildren(text);
  }, anew);

/** Serves what a page looks like once it is open, as plain HTML with its styles. */
async function standing(link) {
  const [html, css] = await withPage(link, async (page, go) => {
    await opened(page, go);
    await settled(page);
    const styles = await page.evaluate(() => fetch("/panel.css").then((answer) => answer.text()));
    return [await page.evaluate(() => document.body.innerHTML.replaceAll(/<script.*?<\/script>/g, "")), styles];
  });
  const whole = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/panel.css"><body class="browser">${html}`;
  const server = http.createServer(({ url }, answer) => {
    answer.setHeader("Content-Type", url === "/panel.css" ? "text/css" : "text/html; charset=utf-8");
    answer.end(url === "/panel.css" ? css : whole);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, link: `http://127.0.0.1:${server.address().port}/` };
}

async function large() {
  const { server, link } = await serving(path.join(import.meta.dirname, "serve.py"), options.runs, options.columns);
  const plain = await standing(link);
  const [ours, least, anew] = [[], [], []];
  for (let n = 0; n < Number(options.times); n++) {
    ours.push(await played(link, settled));
    least.push(await played(plain.link, moved(false)));
    anew.push(await played(plain.link, moved(true)));
  }
  server.stdin.end();
  plain.server.closeAllConnections();
  plain.server.close();
  const of = (all, value) => middle(all.map(value));
  const [at, leastAt] = [of(ours, (one) => one.at), of(least, (one) => one.at)];
  return [
    ["open", `${Math.round(at)} ms`, `${Math.round(of(ours, ({ busy }) => busy))} ms`, `${Math.round(leastAt)} ms`, "", (at / leastAt).toFixed(1), "< 300 ms"],
    ...Object.keys(WAYS).map((name) => {
      const rate = (all) => of(all, ({ ways }) => ways[name].rate);
      const cpu = (all) => `${of(all, ({ ways }) => ways[name].cpu).toFixed(1)} ms a frame`;
      const plainly = (all) => `${rate(all).toFixed(0)} frames a second, ${cpu(all)}`;
      const slow = of(ours, ({ ways }) => ways[name].slow);
      const found = `${rate(ours).toFixed(0)} frames a second, 95 % within ${slow.toFixed(0)} ms`;
      return [`scroll ${name}`, found, cpu(ours), plainly(least), plainly(anew), (rate(ours) / rate(least)).toFixed(2), "≥ 50"];
    }),
  ];
}

/** Seconds of processor time that a process has used. */
function ticksOf(pid) {
  const [, rest] = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = rest.split(" ").slice(11, 13).map(Number);
  return (user + system) / 100; // clock ticks, of which Linux says there are 100 a second
}

async function idle() {
  execFileSync(options.python, [path.join(import.meta.dirname, "fill.py"), "10000"], { cwd: temporary, env });
  const { server, link } = await serving("-m", "hitsave", "ui", "--no-open");
  const seconds = Number(options.idle);
  const ticks = () => ticksOf(server.pid);
  const [share, ofPage, at] = await withPage(link, async (page, go) => {
    const first = await opened(page, go);
    await page.getByText("10000 runs").waitFor();
    await settled(page);
    await page.waitForTimeout(3_000);
    const [before, usedBefore] = [ticks(), await used()];
    await page.waitForTimeout(seconds * 1000);
    return [(ticks() - before) / seconds, ((await used()) - usedBefore) / seconds, first];
  });
  server.kill();
  const asked = execFileSync(options.python, [path.join(import.meta.dirname, "editor.py"), options.idle], { cwd: temporary, env });
  const row = (who, busy) => [`idle for ${seconds} s, a store of 10,000 runs: ${who}`, "", `${(100 * busy).toFixed(2)} % of a core`, "", "", "", "< 1 %"];
  const cold = ["open, from a store of 10,000 runs of which nothing was read yet", `${Math.round(at)} ms`, "", "", "", "", ""];
  return [cold, row("`hitsave ui`", share), row("its page, in sight", ofPage), row("the language server, asked by the page in VS Code", Number(asked))];
}

try {
  const [load] = os.loadavg();
  const rows = await large();
  if (process.platform === "linux" && options.idle !== "0") rows.push(...(await idle()));
  const what = `${Number(options.runs).toLocaleString("en")} runs × ${options.columns} columns`;
  const machine = `${os.cpus().length} processors, Chromium ${browser.version()} without a graphics card, load ${load.toFixed(1)} when it began and ${os.loadavg()[0].toFixed(1)} when it ended`;
  const table = [`| ${what} | | processor time | plain HTML | plain HTML, other numbers | ratio | aim |`, "|---|---:|---:|---:|---:|---:|---:|", ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
  const text = `Written by \`./dev bench-panel\`, on ${machine}; medians of ${options.times}. Opening is from the page's request to the frame that has rows in it, the runs being in the server's memory; scrolling begins when all runs are there. The processor time is that of the page, or of whom the row names: other programs change it little. Plain HTML is the least that this browser takes on this machine, measured in turns with the page: the same screen without a script, whose rows are moved to where one scrolls, with the text that they have, of which the ratio is; and with other numbers in each row that comes in.\n\n${table}`;
  console.log(text);
  if (!options.print) {
    const page = path.join(root, "docs/experiments.md");
    const [begin, end] = ["<!-- bench-panel -->", "<!-- /bench-panel -->"];
    const [before, , after] = fs.readFileSync(page, "utf8").split(new RegExp(`${begin}|${end}`));
    fs.writeFileSync(page, `${before}${begin}\n${text}\n${end}${after}`);
  }
} finally {
  await browser.close();
  fs.rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
}
