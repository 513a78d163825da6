// A real VS Code in a browser: started, opened, driven, photographed.

import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { chromium } from "playwright-core";

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
    this.theme("Default Dark Modern");
  }

  /** Changes the theme of windows that are open, too. */
  theme(name, more = {}) {
    this.extra = { ...this.extra, ...more };
    const settings = { ...SETTINGS, "workbench.colorTheme": name, ...this.extra };
    fs.writeFileSync(path.join(this.home, "profile/User/settings.json"), JSON.stringify(settings, null, 2));
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
    for (let tries = 0; tries < 150; tries++) {
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

  /** The address of a window on `folder`; `payload` are pairs that VS Code takes from the address. */
  address(folder, payload = []) {
    return `http://127.0.0.1:${this.port}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
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
  await page.goto(server.address(folder, payload));
  const code = await Promise.race([exit, new Promise((resolve) => setTimeout(resolve, 240_000, "no answer").unref())]);
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
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      const own = hostname === "127.0.0.1" || hostname.endsWith(".vscode-cdn.net"); // the latter is answered inside the page
      if (/^(https?|wss?):$/.test(protocol) && !own) this.outside.add(hostname);
    });
  }

  static async open(browser, server, folder, { file, shots, width = 1400, height = 900 }) {
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    await page.goto(server.address(folder, file ? [["openFile", server.remote(file)]] : []));
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
      await this.shot(`failed-${name.replace(/\W+/g, "-").slice(0, 40)}`);
    }
  }

  async shot(name, options = {}) {
    fs.mkdirSync(this.shots, { recursive: true });
    await this.page.screenshot({ path: `${this.shots}/${name}.png`, ...options });
  }

  /** Lines of the editor hold the text; hints are part of it. */
  line(text) {
    return this.page.locator(".editor-instance .view-line", { hasText: text }).first();
  }

  async command(title) {
    await this.page.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input").first().waitFor();
    await this.page.keyboard.type(title, { delay: 5 });
    await this.page
      .locator(".quick-input-list .monaco-list-row.focused", { hasText: title.replace(/^.*: /, "") })
      .waitFor({ timeout: 30_000 });
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

  row(text) {
    return this.page.locator(".sidebar .monaco-list-row", { hasText: text }).first();
  }

  status(text) {
    return this.page.locator(".statusbar-item", { hasText: text });
  }

  async notification(text) {
    const toast = this.page.locator(".notifications-toasts .notification-list-item", { hasText: text }).first();
    await toast.waitFor({ timeout: 30_000 });
    return toast;
  }

  async close() {
    await this.page.context().close();
  }
}

export function pause(ms) {
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
