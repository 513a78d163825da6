// Asks a Python what is installed there, without running anything of the workspace: isolated, and from a folder outside it.

import { execFile } from "node:child_process";
import type { Named } from "./find";
import { type Interpreter, type Missing, OLDEST_PYTHON } from "./interpreter";

export type Probed =
  | { kind: "ready"; interpreter: Interpreter }
  | { kind: "missing"; interpreter: Interpreter; missing: Missing }
  | { kind: "noPython"; why: string };

const QUESTION = `
import importlib.metadata as m, importlib.util as u, json, os, site, sys, sysconfig
def there(name):
    try:
        return u.find_spec(name) is not None
    except ImportError:
        return False
def version():
    try:
        return m.version("hitsave")
    except m.PackageNotFoundError:
        return ""
print(json.dumps({
    "python": list(sys.version_info[:3]),
    "hitsave": version(),
    "lsp": there("hitsave") and there("hitsave_server.lsp.__main__") and there("pygls") and there("lsprotocol"),
    "pip": there("pip"),
    "managed": sys.prefix == sys.base_prefix and os.path.exists(os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")),
    "user": os.path.isdir(os.path.join(site.getusersitepackages(), "hitsave")),
}))
`;

interface Answer {
  python: [number, number, number];
  hitsave: string;
  lsp: boolean;
  pip: boolean;
  managed: boolean;
  user: boolean;
}

/** Looks at the interpreter; `cwd` is a folder outside the workspace. At most 20 s, since a cold network disk is slow. */
export async function probe(named: Named, cwd: string): Promise<Probed> {
  const answer = await ask(named.path, cwd);
  if (typeof answer === "string") {
    return { kind: "noPython", why: answer };
  }
  const interpreter: Interpreter = {
    ...named,
    version: answer.python.join("."),
    hitsave: answer.hitsave,
    pip: answer.pip,
    managed: answer.managed,
  };
  const missing = whatIsMissing(answer);
  return missing === undefined ? { kind: "ready", interpreter } : { kind: "missing", interpreter, missing };
}

function whatIsMissing(answer: Answer): Missing | undefined {
  const [major, minor] = answer.python;
  if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) {
    return "python";
  }
  if (answer.lsp) {
    return undefined;
  }
  if (answer.hitsave !== "") {
    return "lsp";
  }
  return answer.user ? "user" : "hitsave";
}

/** What it said, or why it said nothing. */
function ask(program: string, cwd: string): Promise<Answer | string> {
  return new Promise((resolve) => {
    execFile(program, ["-I", "-c", QUESTION], { cwd, timeout: 20_000, windowsHide: true }, (error, stdout, stderr) => {
      if (error) {
        resolve(lastLine(stderr) || error.message.split("\n")[0] || "it can't be started");
        return;
      }
      try {
        resolve(JSON.parse(lastLine(stdout)) as Answer);
      } catch {
        resolve("it does not answer as a Python does");
      }
    });
  });
}

/** The last line that says anything. */
export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
