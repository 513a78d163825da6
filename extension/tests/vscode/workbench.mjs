// A real VS Code in a browser: started, opened, driven, photographed.

import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { chromium } from "playwright-core";

/** What comes at all has come by then, on a slow machine that others keep busy, too. */
export const PATIENCE = 120_000;

const SETTINGS = {
  "chat.disableAIFeatures": true,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "window.commandCenter": false,
  "workbench.layoutControl.enabled": false,
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "workbench.enableExperiments": false,
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.editor.useModal": "off", // newer versions lay some pages above everything else
  "security.workspace.trust.startupPrompt": "always", // newer versions don't ask unless they are told to
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "git.enabled": false,
  "editor.minimap.enabled": false,
  "editor.stickyScroll.enabled": false,
  "editor.fontFamily": "DejaVu Sans Mono",
  "editor.fontSize": 13,
  "terminal.integrated.fontFamily": "DejaVu Sans Mono",
  "terminal.integrated.gpuAcceleration": "off",
  "terminal.integrated.shellIntegration.enabled": false,
  "breadcrumbs.enabled": false,
  "files.autoSave": "off",
  "editor.wordBasedSuggestions": "off",
};

/** A server with a profile of its own under `home`. `trust` leaves workspace trust on, as a person has it. */
export class Server {
  constructor({ program, home, env = {}, trust = false, log }) {
    Object.assign(this, { program, home, env, trust, log });
    fs.mkdirSync(path.join(home, "profile/User"), { recursive: true });
    fs.writeFileSync(path.join(home, "profile/User/settings.json"), JSON.stringify(SETTINGS, null, 2));
  }

  get arguments() {
    const { home } = this;
    return ["--config", `${home}/config.yaml`, "--user-data-dir", `${home}/profile`, "--extensions-dir", `${home}/extensions`];
  }

  get environment() {
    // No gallery: nothing is asked of anyone outside this machine.
    return { ...process.env, ...this.env, EXTENSIONS_GALLERY: '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":""}' };
  }

  install(vsix) {
    execFileSync(this.program, [...this.arguments, "--install-extension", vsix, "--force"], { env: this.environment, stdio: "pipe" });
  }

  async start() {
    this.port = await freePort();
    const help = execFileSync(this.program, [...this.arguments, "--help"], { env: this.environment }).toString();
    const flags = [
      "--auth",
      "none",
      "--disable-telemetry",
      "--disable-update-check",
      "--disable-getting-started-override",
      "--disable-proxy",
    ];
    if (!this.trust) flags.push("--disable-workspace-trust");
    if (help.includes("--vscode-option")) flags.push("--vscode-option", "enable-smoke-test-driver"); // or newer ones ignore tests
    this.process = spawn(this.program, [...this.arguments, "--bind-addr", `127.0.0.1:${this.port}`, ...flags], {
      env: this.environment,
      stdio: ["ignore", fs.openSync(this.log, "w"), fs.openSync(this.log, "a")],
    });
    for (let tries = 0; tries < PATIENCE / 200; tries++) {
      if (this.process.exitCode !== null) break;
      if (
        await fetch(`http://127.0.0.1:${this.port}/healthz`).then(
          (answer) => answer.ok,
          () => false,
        )
      )
        return;
      await pause(200);
    }
    throw new Error(`code-server did not start; see ${this.log}`);
  }

  /** The address of a window on `folder`, or on a workspace of several; `payload` are pairs that VS Code takes from the address. */
  address(folder, payload = []) {
    const kind = folder.endsWith(".code-workspace") ? "workspace" : "folder";
    return `http://127.0.0.1:${this.port}/?${kind}=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
  }

  remote(file) {
    return `vscode-remote://127.0.0.1:${this.port}${file}`;
  }

  /** What the extension wrote, beside the server's own log. */
  keepLogs(folder) {
    const logs = path.join(this.home, "profile/logs");
    for (const name of fs.existsSync(logs) ? fs.readdirSync(logs, { recursive: true }) : []) {
      if (name.endsWith("HitSave.log"))
        fs.copyFileSync(path.join(logs, name), path.join(folder, `${path.basename(this.log, ".log")}-HitSave.log`));
    }
  }

  async stop() {
    if (!this.process || this.process.exitCode !== null) return;
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
  }
}

export async function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
}

/** Runs a bundle of tests inside the extension host; rows of `{name, error?}`. */
export async function inExtensionHost(browser, server, { folder, extension, tests, results }) {
  fs.rmSync(results, { force: true });
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  const lines = [];
  let done;
  const exit = new Promise((resolve) => {
    done = resolve;
  });
  await page.exposeFunction("codeAutomationLog", (_type, args) => lines.push(args.join(" ")));
  await page.exposeFunction("codeAutomationExit", (code) => done(code));
  const payload = [
    ["extensionDevelopmentPath", server.remote(extension)],
    ["extensionTestsPath", server.remote(tests)],
  ];
  await page.goto(server.address(folder, payload), { timeout: PATIENCE });
  const code = await Promise.race([exit, new Promise((resolve) => setTimeout(resolve, 480_000, "no answer").unref())]);
  await context.close();
  if (!fs.existsSync(results)) {
    return [{ name: "the tests in the extension host", error: `ended with ${code} and no results\n${lines.slice(-30).join("\n")}` }];
  }
  return JSON.parse(fs.readFileSync(results, "utf8"));
}

/** A window that steps are done in. A failed step takes a picture and ends the path: what follows would only fail, too. */
export class Window {
  constructor(page, shots) {
    Object.assign(this, { page, shots, rows: [], outside: new Set() });
    page.setDefaultTimeout(PATIENCE);
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      const own = hostname === "127.0.0.1" || hostname.endsWith(".vscode-cdn.net"); // the latter is answered inside the page
      if (/^(https?|wss?):$/.test(protocol) && !own) this.outside.add(hostname);
    });
  }

  static async open(browser, server, folder, { file, shots, width = 1400, height = 900 }) {
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    await page.goto(server.address(folder, file ? [["openFile", server.remote(file)]] : []), { timeout: PATIENCE });
    return new Window(page, shots);
  }

  async step(name, work) {
    if (this.failed) return;
    const began = Date.now();
    try {
      await work(this.page);
      this.rows.push({ name, ms: Date.now() - began });
    } catch (error) {
      this.failed = true;
      this.rows.push({ name, error: String(error).split("\n").slice(0, 4).join("\n") });
      await this.page.screenshot({ path: `${this.shots}/failed-${name.replace(/\W+/g, "-").slice(0, 40)}.png` });
    }
  }

  /** Waits until `seen` says so. `act` is done before, and again every few seconds: on a busy machine a key or a click may find nobody listening. */
  async until(what, seen, act, every = 6_000) {
    const end = Date.now() + PATIENCE;
    let problem;
    while (Date.now() < end) {
      try {
        if (await seen()) return;
        await act?.();
        const turn = Math.min(Date.now() + every, end);
        do {
          if (await seen()) return;
          await pause(50);
        } while (Date.now() < turn);
      } catch (error) {
        problem = error;
        await pause(200);
      }
    }
    throw new Error(`waited ${PATIENCE / 1000} s for ${what}${problem ? `; ${String(problem).split("\n")[0]}` : ""}`);
  }

  /** Does `act` until `target` shows. */
  async showing(target, act, every) {
    await this.until(String(target), () => target.isVisible(), act, every);
  }

  /** Waits until the page has stood still for a moment, as a person would before looking. What blinks or turns for ever does not count. */
  async settled() {
    await this.page.evaluate(
      () =>
        new Promise((resolve) => {
          const finish = () => {
            observer.disconnect();
            clearTimeout(latest);
            resolve();
          };
          let quiet = setTimeout(finish, 300);
          const latest = setTimeout(finish, 5_000);
          const observer = new MutationObserver((changes) => {
            const blinks = ({ target }) =>
              (target instanceof Element ? target : target.parentElement)?.closest(".cursors-layer, .xterm, .monaco-progress-container");
            if (changes.every(blinks)) return;
            clearTimeout(quiet);
            quiet = setTimeout(finish, 300);
          });
          observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
        }),
    );
  }

  async shot(name) {
    await this.settled();
    await this.page.screenshot({ path: `${this.shots}/${name}.png` });
  }

  /** Lines of the editor hold the text; hints are part of it. */
  line(text) {
    return this.page.locator(".editor-instance .view-line", { hasText: text }).first();
  }

  /** Clicks on a line, and sees to it that the cursor is there: lines move when a hint or a panel comes. */
  async cursorAt(text) {
    const line = this.line(text);
    const active = this.page.locator(".editor-instance .active-line-number").first();
    await line.waitFor();
    await this.until(
      `the cursor at ${text}`,
      async () => {
        const [there, here] = await Promise.all([active.boundingBox({ timeout: 1_000 }), line.boundingBox({ timeout: 1_000 })]);
        return (
          there !== null &&
          here !== null &&
          Math.abs(there.y - here.y) < 3 &&
          (await this.page.locator(".editor-instance .monaco-editor.focused").count()) > 0
        );
      },
      () => line.click(),
    );
  }

  /** Types into a line, after `keys`, and waits until it stands there. */
  async type(line, keys, text) {
    await this.cursorAt(line);
    for (const key of keys) await this.page.keyboard.press(key);
    await this.page.keyboard.type(text, { delay: 10 });
    await this.line(text.trim()).waitFor();
  }

  /** Types `text` into the palette, whose prefix says what is looked for, and takes the choice `wanted`. */
  async choose(text, wanted) {
    const input = this.page.locator(".quick-input-widget .quick-input-box input");
    await this.showing(input, async () => {
      // Keys that are pressed while a web view has the focus reach the workbench by a detour, or, while it is being made or taken away, not at all.
      await this.page.evaluate(() => {
        if (document.activeElement instanceof HTMLIFrameElement) document.activeElement.blur();
        window.focus();
      });
      await this.page.keyboard.press("F1");
    });
    await this.pick(text, wanted);
  }

  /** The same in a list that is open. The choice is clicked on, since the list may have another one first that has the same words in it. */
  async pick(text, wanted) {
    const input = this.page.locator(".quick-input-widget .quick-input-box input");
    const label = this.page.locator(".label-name").getByText(wanted, { exact: true });
    const row = this.page.locator(".quick-input-list .monaco-list-row", { has: label }).first();
    await this.showing(row, () => input.fill(text, { timeout: 5_000 }));
    await this.until(
      `${wanted} to be taken`,
      async () => !(await row.isVisible()),
      () => row.click({ timeout: 5_000 }),
      20_000,
    );
  }

  async command(title) {
    await this.choose(`>${title}`, title);
  }

  async openFile(name) {
    const shown = this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${name}"]`).first();
    await this.until(
      `${name} in the editor`,
      async () => (await this.page.locator(".tab.active", { hasText: name }).first().isVisible()) && (await shown.isVisible()),
      () => this.choose(name, name),
      20_000,
    );
  }

  /** A new terminal, in which `line` is run. */
  async inTerminal(line) {
    const rows = this.page.locator(".xterm-rows:visible").first();
    await this.showing(rows.filter({ hasText: /[$#]/ }), () => this.command("Terminal: Create New Terminal"), 60_000);
    await this.showing(
      rows.filter({ hasText: line }),
      async () => {
        await this.page.locator(".xterm-screen:visible").first().click();
        await this.page.keyboard.press("Control+KeyU");
        await this.page.keyboard.type(line, { delay: 10 });
      },
      20_000,
    );
    await this.page.keyboard.press("Enter");
  }

  /** Makes the side bar as wide as a person would who reads what stands in it. */
  async widenSideBar(by) {
    const { x, width, y, height } = await this.page.locator(".part.sidebar").boundingBox();
    await this.page.mouse.move(x + width, y + height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(x + width + by, y + height / 2, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Opens the extension's view. A click on its icon closes it again, so there is time between two. */
  async openView(target) {
    const icon = this.page.locator(".activitybar .action-item", { has: this.page.locator('[aria-label^="HitSave"]') });
    await this.showing(target, () => icon.click(), 20_000);
  }

  row(text) {
    return this.page.locator(".sidebar .monaco-list-row", { hasText: text }).first();
  }

  /** Opens a line of a view, with the keyboard, until `target` shows. */
  async expand(row, target) {
    await this.showing(target, async () => {
      await row.click();
      await this.page.keyboard.press("ArrowRight");
    });
  }

  async closeTab(text) {
    const tab = this.page.locator(".tab", { hasText: text });
    await this.until(
      `the tab ${text} to be closed`,
      async () => (await tab.count()) === 0,
      async () => {
        await tab.first().hover();
        await tab.first().locator(".tab-actions .action-label").click({ timeout: 5_000 });
      },
    );
  }

  status(text) {
    return this.page.locator(".statusbar-item", { hasText: text });
  }

  /** What is said in a corner, or where it was put away already, behind the bell. */
  async notification(text) {
    const places = ".notifications-toasts .notification-list-item:visible, .notifications-center .notification-list-item:visible";
    const found = this.page.locator(places, { hasText: text }).first();
    await found.waitFor({ timeout: 15_000 }).catch(() => {});
    await this.showing(found, () => this.page.locator('.statusbar-item[id="status.notifications"]').click({ timeout: 5_000 }), 20_000);
    return found;
  }

  /** Rests the mouse on something until its hover shows; a pointer that came to rest while the window was still moving is not noticed. */
  async hover(target, text) {
    const hover = this.page.locator(".monaco-hover:visible", { hasText: text }).first();
    await this.showing(hover, async () => {
      await this.page.mouse.move(1100, 780);
      await target.hover();
    });
  }

  async close() {
    await this.page.context().close();
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
