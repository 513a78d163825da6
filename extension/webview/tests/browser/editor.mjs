// What the page does in VS Code alone: it opens files, runs in a terminal, and hears of what is stored.

import { count, detailOf, filter, rows, until } from "./seen.mjs";

export async function throughTheEditor({ page, view, window }, lab, test) {
  const detail = detailOf(view);
  await test("VS Code: a run that fails appears by itself, and the places in its traceback open in the editor", async () => {
    lab.run("-c", "from models import train\ntry: train(-1.0, 0.1)\nexcept ValueError: pass");
    await count(view, 25);
    await filter(view, "state:failed");
    await count(view, 1);
    await rows(view).first().getByRole("gridcell").nth(1).click();
    await detail.getByText("InvalidParameterError").first().waitFor();
    await window.shot("vscode-failed");
    await detail
      .getByRole("region", { name: "Traceback" })
      .getByRole("button", { name: /models\.py$/ })
      .first()
      .click();
    await page.locator(".tab.active", { hasText: "models.py" }).waitFor();
    await window.line(".fit(reduced").waitFor();
    await filter(view, "");
  });
  await test("VS Code: a run is called again in a terminal, with the arguments that it had", async () => {
    await filter(view, "c=10 gamma=0.6");
    await count(view, 1);
    await rows(view).first().getByRole("gridcell").nth(1).click();
    await detail.getByRole("button", { name: "More" }).click();
    await view.getByRole("button", { name: "Run again in a terminal" }).click();
    const terminal = page.locator(".xterm-rows:visible").first();
    await terminal.filter({ hasText: ">>>" }).waitFor();
    await page.locator(".xterm-screen:visible").first().click();
    await page.keyboard.type("result.support_vectors\n");
    await until("an answer", async () => /support_vectors\s+\d{3}/.test(await terminal.innerText()));
    await window.command("View: Hide Panel");
  });
  await test("VS Code: its source is opened beside it", async () => {
    await detail.getByRole("button", { name: "Source" }).click();
    await window.line("def train").waitFor();
  });
}
