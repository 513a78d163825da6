// How a page in a browser asks its server; and what it asks first, while its script is still on its way.

import { KEPT, RUNS } from "./contract";

declare global {
  var hitsaveAsked: Map<string, Promise<Response>> | undefined;
}

/** Under which name the token stays in the tab. */
export const TOKEN = "hitsave.token";

/** The token in an address. */
export const tokenIn = (hash: string): string | undefined => /^#token=([\w-]+)$/.exec(hash)?.[1];

export const bodyOf = (method: string, params: object): string => JSON.stringify({ method, params });

/** `token` is undefined where a cookie says who asks. */
export const post = (address: string, body: string, token: string | undefined, keepalive = false): Promise<Response> =>
  fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
    body,
    keepalive,
  });

/** Asks what every page asks first. Whether it is answered, whoever takes the answer finds out. */
export function askAhead(token: string): void {
  const asked = [bodyOf(RUNS, { since: "", memo: false }), bodyOf(KEPT, {})].map((body) => [body, post("/ask", body, token)] as const);
  for (const [, answer] of asked) {
    answer.catch(() => {});
  }
  globalThis.hitsaveAsked = new Map(asked);
}

/** The answer to what was asked ahead, once: who asks the same again wants to know how it is then. */
export function takeAhead(body: string): Promise<Response> | undefined {
  const answer = globalThis.hitsaveAsked?.get(body);
  globalThis.hitsaveAsked?.delete(body);
  return answer;
}
