// Projects with runs in a store, and the servers that show them.

import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "../../../..");

/** A copy of a project, and a store for its runs alone. */
export class Lab {
  #servers = [];

  /** `project` is the folder that is copied; without one there is nothing in it. */
  constructor(python, home, name, project) {
    this.python = python;
    this.folder = path.join(home, name);
    this.store = path.join(home, `${name}.store`);
    this.env = {
      ...process.env,
      HITSAVE_DIR: this.store,
      PYTHONPATH: `${ROOT}:${path.join(ROOT, "server")}`,
      PYTHONWARNINGS: "ignore",
      PYTHONDONTWRITEBYTECODE: "1",
      OMP_NUM_THREADS: "1",
      OPENBLAS_NUM_THREADS: "1",
    };
    fs.mkdirSync(this.folder, { recursive: true });
    if (project !== undefined) {
      fs.cpSync(path.join(ROOT, project), this.folder, { recursive: true });
    }
    if (!fs.existsSync(path.join(this.folder, "pyproject.toml"))) {
      fs.writeFileSync(path.join(this.folder, "pyproject.toml"), "[tool.hitsave]\n");
    }
  }

  /** What Python prints. */
  run(...words) {
    return execFileSync(this.python, words, { cwd: this.folder, env: this.env, stdio: ["ignore", "pipe", "inherit"] }).toString();
  }

  /** The same, while others work. */
  async start(...words) {
    const running = this.spawn(...words);
    const code = await new Promise((resolve) => running.once("exit", resolve));
    if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}`);
  }

  spawn(...words) {
    return spawn(this.python, words, { cwd: this.folder, env: this.env, stdio: ["ignore", "ignore", "inherit"] });
  }

  /** `hitsave ui` on it; its first link. */
  async serve() {
    const server = spawn(this.python, ["-m", "hitsave", "ui", "--no-open"], {
      cwd: this.folder,
      env: this.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.stdout.once("data", (data) => resolve(String(data).trim()));
      server.once("exit", () => reject(new Error("hitsave ui ended")));
    });
  }

  close() {
    for (const server of this.#servers) server.kill();
  }
}

/** The demonstration's project with its sweep: 24 runs, each with curves and a figure. */
export async function sweepOfDemo(python, home) {
  const lab = new Lab(python, home, "digits", "demo/project");
  await lab.start("-c", "import settings\nfrom models import train\nfor c, gamma in settings.SWEEP: train(c, gamma)");
  return lab;
}
