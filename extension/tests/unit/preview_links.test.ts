import { expect, test } from "vitest";
import { withPreviewLinks } from "../../src/preview_links";

test("a link to a file of the folder is a path from there, with its line", () => {
  expect(withPreviewLinks("- changed, [util.py:12](file:///project/util.py#L12)", "/project")).toBe(
    "- changed, [util.py:12](/util.py#L12)",
  );
});

test("a file elsewhere is reached from the folder all the same", () => {
  expect(withPreviewLinks("[a](file:///other/a%20b.py#L1)", "/project")).toBe("[a](/../other/a%20b.py#L1)");
});

test("what is no link to a file stays as it is", () => {
  const text = "`file:///x` and [docs](https://example.org) and [broken](file:///a%ZZ.py)";
  expect(withPreviewLinks(text, "/project")).toBe(text);
});
