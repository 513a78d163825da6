// Which texts are surely seen whole.

import { expect, test } from "vitest";
import { Ruler } from "../src/ruler";

/** Letters of 10 pixels, an `i` of 3, digits of 8 and a `1` of 5. */
const ruler = new Ruler((text) =>
  Array.from(text).reduce((sum, letter) => sum + (letter === "i" ? 3 : letter === "1" ? 5 : /\d/.test(letter) ? 8 : 10), 0),
);

test("a text fits where it is narrower than its cell, less the cell's padding", () => {
  expect(ruler.fits("abc", 48)).toBe(true);
  expect(ruler.fits("abc", 46)).toBe(false);
  expect(ruler.fits("iiii", 46)).toBe(true);
  expect(ruler.fits("", 20)).toBe(true);
});

test("digits are as wide as the widest of them, as in a column of numbers they are", () => {
  expect(ruler.fits("1111", 40)).toBe(false);
  expect(ruler.fits("1111", 50)).toBe(true);
});

test("nobody knows how wide other letters are", () => {
  expect(ruler.fits("日本", 1000)).toBe(false);
  expect(ruler.fits("a\ud800", 1000)).toBe(false);
});
