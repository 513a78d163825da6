// Bundles the extension, and with `--tests` what runs inside VS Code's extension host to test it.

import { build } from "esbuild";

const tests = process.argv.includes("--tests");
const production = process.argv.includes("--production");
const common = { bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" };

await build({
  ...common,
  entryPoints: ["extension/src/extension.ts"],
  outfile: "extension/dist/extension.js",
  external: ["vscode"],
  minify: production,
  sourcemap: !production,
});
if (tests) {
  await build({
    ...common,
    entryPoints: ["extension/tests/vscode/suite.ts"],
    outdir: "extension/dist/tests",
    external: ["vscode", "mocha"],
    sourcemap: "inline",
  });
}
