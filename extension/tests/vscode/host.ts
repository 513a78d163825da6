// A test run inside the extension host: mocha's suites, with the results written to a file, since the window has no exit status.

import * as fs from "node:fs";
import Mocha from "mocha";

interface Row {
  name: string;
  error?: string;
  ms?: number;
}

/** Runs what `define` defines; throws if something failed, which VS Code reports as a failed test run. */
export async function runSuite(define: () => void): Promise<void> {
  const mocha = new Mocha({ ui: "tdd", color: false, reporter: "spec" });
  mocha.suite.emit("pre-require", globalThis, "", mocha);
  define();
  const rows: Row[] = [];
  const failures = await new Promise<number>((resolve) => {
    mocha
      .run(resolve)
      .on("pass", (test) => rows.push({ name: test.fullTitle(), ms: test.duration ?? 0 }))
      .on("fail", (test, error) => rows.push({ name: test.fullTitle(), error: String(error.stack ?? error) }));
  });
  const file = process.env.HITSAVE_TEST_RESULTS;
  if (file) {
    fs.writeFileSync(file, JSON.stringify(rows));
  }
  if (failures > 0) {
    throw new Error(`${failures} failed`);
  }
}

/** Waits until `look` finds something. What it throws meanwhile is what the time-out reports. */
export async function until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>, ms = 90_000): Promise<T> {
  const end = Date.now() + ms;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found) {
        return found;
      }
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`waited ${ms / 1000} s for: ${what}${last ? `; ${last}` : ""}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
