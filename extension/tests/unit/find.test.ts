import * as os from "node:os";
import { expect, test } from "vitest";
import { expanded, findInterpreter, type Sources } from "../../src/interpreter/find";

function sources(known: Partial<Sources> & { files?: string[]; selected?: string } = {}): Sources {
  return {
    setting: "",
    defaultInterpreterPath: "python",
    folders: ["/project"],
    platform: "linux",
    isFile: (file) => known.files?.includes(file) ?? false,
    pythonExtension: async () => known.selected,
    ...known,
  };
}

test("the own setting comes before everything else, and the Python extension is not even asked", async () => {
  let asked = false;
  const pythonExtension = async () => {
    asked = true;
    return "/selected/python";
  };
  const found = await findInterpreter(sources({ setting: "/mine/python", pythonExtension, files: ["/project/.venv/bin/python"] }));
  expect(found).toEqual({ path: "/mine/python", origin: "setting" });
  expect(asked).toBe(false);
});

test("what the Python extension has selected comes next", async () => {
  const found = await findInterpreter(sources({ selected: "/selected/python", defaultInterpreterPath: "/default/python" }));
  expect(found).toEqual({ path: "/selected/python", origin: "pythonExtension" });
});

test("then python.defaultInterpreterPath, unless nobody has set it", async () => {
  expect(await findInterpreter(sources({ defaultInterpreterPath: "/default/python" }))).toEqual({
    path: "/default/python",
    origin: "defaultInterpreterPath",
  });
  expect((await findInterpreter(sources({ defaultInterpreterPath: "python" }))).origin).toBe("path");
});

test("then an environment in a folder of the workspace, the first folder first", async () => {
  const files = ["/project/venv/bin/python", "/other/.venv/bin/python"];
  expect(await findInterpreter(sources({ folders: ["/other", "/project"], files }))).toEqual({
    path: "/other/.venv/bin/python",
    origin: "folder",
  });
  expect(await findInterpreter(sources({ files }))).toEqual({ path: "/project/venv/bin/python", origin: "folder" });
});

test("at last python3, and on Windows python", async () => {
  expect(await findInterpreter(sources())).toEqual({ path: "python3", origin: "path" });
  expect(await findInterpreter(sources({ platform: "win32" }))).toEqual({ path: "python", origin: "path" });
});

test("a setting may name the home folder and the workspace's, and is relative to the latter", () => {
  expect(expanded("~/env/bin/python", ["/project"])).toBe(`${os.homedir()}/env/bin/python`);
  expect(expanded("${" + "workspaceFolder}/env/bin/python", ["/project"])).toBe("/project/env/bin/python");
  expect(expanded("env/bin/python", ["/project"])).toBe("/project/env/bin/python");
  expect(expanded("python3.12", ["/project"])).toBe("python3.12");
  expect(expanded("  ", ["/project"])).toBe("");
});

test("a folder whose name has a dollar sign is put in as it is", () => {
  expect(expanded("${" + "workspaceFolder}/bin/python", ["/a$&b"])).toBe("/a$&b/bin/python");
});
