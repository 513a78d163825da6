import { afterEach, expect, test, vi } from "vitest";
import { askAhead, bodyOf, takeAhead, tokenIn } from "../src/asking";
import { KEPT, RUNS } from "../src/contract";

afterEach(() => vi.unstubAllGlobals());

test("what a page asks first is asked ahead, with the token, and taken once", async () => {
  const asked: [string, RequestInit][] = [];
  vi.stubGlobal("fetch", async (address: string, request: RequestInit) => {
    asked.push([address, request]);
    return new Response(String(request.body));
  });
  askAhead("secret");
  expect(asked.map(([address, { headers }]) => [address, new Headers(headers).get("Authorization")])).toEqual([
    ["/ask", "Bearer secret"],
    ["/ask", "Bearer secret"],
  ]);
  const runs = bodyOf(RUNS, { since: "", memo: false });
  expect(await (await takeAhead(runs))?.text()).toBe(runs);
  expect(takeAhead(runs)).toBeUndefined();
  expect(takeAhead(bodyOf(RUNS, { since: "", memo: true }))).toBeUndefined();
  expect(takeAhead(bodyOf(KEPT, {}))).toBeDefined();
});

test("an answer that does not come is said to whoever takes it, and to nobody else", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new Error("gone")));
  askAhead("secret");
  await expect(takeAhead(bodyOf(KEPT, {}))).rejects.toThrow("gone");
});

test("a token is in the first link alone", () => {
  expect([tokenIn("#token=a-b_1"), tokenIn("#run=01"), tokenIn("")]).toEqual(["a-b_1", undefined, undefined]);
});
