// What is fetched as one scrolls.

import { expect, test } from "vitest";
import { comingIntoSight, sameSight, within } from "../src/ahead";

const seen = { rows: [100, 140], columns: [10, 25] } as const;

test("what is fetched lies where one scrolls to, and is more than must be here", () => {
  const { soon, more } = comingIntoSight({ rows: [110, 150], columns: [9, 24] }, seen, false);
  expect(soon).toEqual({ rows: [110, 210], columns: [5, 24] });
  expect(more).toEqual({ rows: [110, 450], columns: [-11, 24] });
});

test("from screen to screen, nothing but the screen must be here", () => {
  const now = { rows: [5000, 5040], columns: [10, 25] } as const;
  const { soon, more } = comingIntoSight(now, seen, true);
  expect(soon).toEqual(now);
  expect(more).toEqual({ rows: [5000, 5100], columns: [10, 25] });
});

test("of a span that reaches further than there is anything, what there is", () => {
  expect(within([..."abcdef"], [-3, 2])).toEqual(["a", "b"]);
  expect(within([..."abcdef"], [4, 9])).toEqual(["e", "f"]);
  expect(within([..."abcdef"], [-3, 4], 2)).toEqual(["c", "d"]);
  expect(within([..."abcdef"], [-3, 1], 2)).toEqual([]);
  expect(sameSight(seen, { rows: [100, 140], columns: [10, 25] })).toBe(true);
  expect(sameSight(seen, { rows: [100, 140], columns: [10, 26] })).toBe(false);
});
