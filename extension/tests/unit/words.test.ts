import { expect, test } from "vitest";
import { duration, results, shortName, size } from "../../src/words";

test("a duration has its two largest units, as the command line writes it", () => {
  expect([0, 0.000_42, 0.085, 4.12, 200, 23_400, 100_000].map(duration)).toEqual([
    "0 s",
    "0.4 ms",
    "85 ms",
    "4.1 s",
    "3 min 20 s",
    "6 h 30 min",
    "1 d 4 h",
  ]);
});

test("a duration never rounds up to sixty of a unit", () => {
  expect([0.9996, 59.6, 3599.9, 86_399].map(duration)).toEqual(["1.0 s", "1 min", "1 h", "1 d"]);
});

test("a size is in units of a thousand", () => {
  expect([0, 812, 4_096, 12_400_000, 999_600].map(size)).toEqual(["0 B", "812 B", "4.1 kB", "12 MB", "1.0 MB"]);
});

test("one result is not several", () => {
  expect([1, 2, 1200].map(results)).toEqual(["1 result", "2 results", "1,200 results"]);
});

test("a symbol is called by its qualified name", () => {
  expect(shortName("app.train:Model.fit")).toBe("Model.fit");
});
