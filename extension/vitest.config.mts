import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["extension/tests/unit/**/*.test.ts", "extension/webview/tests/**/*.test.ts"] },
  // What the tested files use of VS Code is the translation of words; the rest is tested inside VS Code.
  resolve: { alias: { vscode: new URL("tests/unit/vscode.ts", import.meta.url).pathname } },
});
