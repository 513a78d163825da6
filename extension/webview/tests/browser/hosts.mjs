// The page in its two hosts, as `throughTheSweep` takes them.

import fs from "node:fs";
import path from "node:path";
import { Server, Window } from "../../../tests/vscode/workbench.mjs";
import { PATIENCE, until } from "./seen.mjs";

/** In Chromium, served by `hitsave ui`; `open` makes a page on which everything that goes wrong is written down. */
export async function inBrowser(open, lab, out) {
  const page = await open(await lab.serve());
  return {
    name: "Chromium",
    page,
    view: page,
    async saved(press) {
      const download = page.waitForEvent("download");
      await press();
      return fs.readFileSync(await (await download).path(), "utf8");
    },
    reload: () => page.reload(),
    picture: (name) => page.screenshot({ path: path.join(out, `${name}.png`) }),
    close: () => page.context().close(),
  };
}

const THEMES = [
  ["light", "Light Modern", ".vs"],
  ["contrast", "Dark High Contrast", ".hc-black"],
  ["contrast-light", "Light High Contrast", ".hc-light"],
];

/** In a real VS Code. `program` starts code-server, `vsix` is the extension. */
export async function inVsCode(browser, lab, { program, vsix, home, out }) {
  fs.symlinkSync(path.dirname(path.dirname(lab.python)), path.join(lab.folder, ".venv"));
  const server = new Server({ program, home, env: { HITSAVE_DIR: lab.store }, log: path.join(out, "vscode.log") });
  server.install(vsix);
  await server.start();
  const window = await Window.open(browser, server, lab.folder, { file: path.join(lab.folder, "models.py"), shots: out });
  const { page } = window;
  page.setDefaultTimeout(2 * PATIENCE);
  const view = page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  return {
    name: "VS Code",
    page,
    view,
    window,
    async opened() {
      await window.status(/HitSave \d+ cached/).waitFor();
      await window.command("HitSave: Open Experiments");
      await view
        .getByRole("navigation")
        .getByRole("button", { name: /^train / })
        .waitFor({ timeout: 60_000 });
      await window.command("View: Close Primary Side Bar").catch(() => {});
    },
    async saved(press) {
      const file = path.join(lab.folder, "train.json");
      await press();
      await page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click({ timeout: PATIENCE });
      await until("the saved file", () => fs.existsSync(file) && fs.statSync(file).size > 0);
      return fs.readFileSync(file, "utf8");
    },
    // The address that the window has names a file to be opened, in place of what was open.
    reload: () => page.goto(server.address(lab.folder)),
    picture: (name) => window.shot(`vscode-${name}`),
    /** Pictures of what is shown in the other themes. */
    async inThemes(name) {
      for (const [short, theme, mark] of THEMES) {
        await window.command("Preferences: Color Theme");
        await window.pick(theme, theme);
        await page.locator(`.monaco-workbench${mark}`).waitFor();
        await window.shot(`vscode-${name}-${short}`);
      }
    },
    async close() {
      await window.close();
      await server.stop();
      server.keepLogs(out);
    },
  };
}
