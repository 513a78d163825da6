import { expect, test } from "vitest";
import { installation, typed } from "../../src/interpreter/install";
import type { Interpreter } from "../../src/interpreter/interpreter";

const interpreter: Interpreter = { path: "/env/bin/python", origin: "folder", version: "3.12.1", hitsave: "", pip: true, managed: false };

test("an environment with pip installs with it", () => {
  expect(installation(interpreter, "/project").commands.map(typed)).toEqual(['/env/bin/python -m pip install --upgrade "hitsave[lsp]"']);
});

test("an environment without pip was made by uv, which installs into it", () => {
  expect(installation({ ...interpreter, pip: false }, "/project").commands.map(typed)).toEqual([
    'uv pip install --upgrade --python /env/bin/python "hitsave[lsp]"',
  ]);
});

test("a Python that belongs to the system is left alone: the project gets an environment, where it is found from then on", () => {
  const plan = installation({ ...interpreter, path: "/usr/bin/python3", managed: true }, "/my project", "linux");
  expect(plan.environment).toBe("/my project/.venv");
  expect(plan.commands.map(typed)).toEqual([
    '/usr/bin/python3 -m venv "/my project/.venv"',
    '"/my project/.venv/bin/python" -m pip install --upgrade "hitsave[lsp]"',
  ]);
});
