import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { probe } from "../../src/interpreter/probe";

let folder: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "hitsave-probe-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A program that says it is a Python of that kind. */
function pretend(name: string, script: string): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

function saying(name: string, answer: object): string {
  return pretend(
    name,
    `echo '${JSON.stringify({ python: [3, 12, 1], hitsave: "", lsp: false, pip: true, managed: false, user: false, ...answer })}'`,
  );
}

const missingIn = async (file: string): Promise<string> => {
  const probed = await probe({ path: file, origin: "setting" }, folder);
  return probed.kind === "missing" ? probed.missing : probed.kind;
};

test("a real Python answers, isolated from the folder that it is asked in", async () => {
  fs.writeFileSync(path.join(folder, "json.py"), `open(${JSON.stringify(path.join(folder, "canary"))}, "w")`);
  const probed = await probe({ path: process.env.HITSAVE_TEST_PYTHON ?? "python3", origin: "path" }, folder);
  expect(probed.kind).not.toBe("noPython");
  expect("interpreter" in probed && probed.interpreter.version).toMatch(/^3\.\d+\.\d+$/);
  expect(fs.existsSync(path.join(folder, "canary"))).toBe(false);
});

test("what is missing is told apart", async () => {
  expect(await missingIn(saying("none", {}))).toBe("hitsave");
  expect(await missingIn(saying("base", { hitsave: "0.1.0" }))).toBe("lsp");
  expect(await missingIn(saying("user", { user: true }))).toBe("user");
  expect(await missingIn(saying("old", { python: [3, 10, 14], hitsave: "0.1.0", lsp: true }))).toBe("python");
  expect(await missingIn(saying("ready", { hitsave: "0.1.0", lsp: true }))).toBe("ready");
});

test("a program that is not there, fails or is no Python gives a reason and no exception", async () => {
  const why = async (file: string): Promise<string> => {
    const probed = await probe({ path: file, origin: "setting" }, folder);
    return probed.kind === "noPython" ? probed.why : probed.kind;
  };
  expect(await why(path.join(folder, "nowhere"))).toContain("ENOENT");
  expect(await why(pretend("fails", "echo first >&2; echo 'No module named encodings' >&2; exit 1"))).toBe("No module named encodings");
  expect(await why(pretend("shell", "echo hello"))).toBe("it does not answer as a Python does");
});
