// The page's host: VS Code, or a server that serves the page. It answers what the contract lists, and does the few things that only it can.

import { bodyOf, post, TOKEN, takeAhead, tokenIn } from "./asking";
import { KEEP, KEPT } from "./contract";

export interface Place {
  readonly path: string;
  readonly line: number;
}

export interface Host {
  /** Asks; throws an Error whose message is for a person. */
  ask<Result>(method: string, params: object): Promise<Result>;
  /** Calls back when the store may have changed, where the host tells. */
  onChange(changed: () => void): void;
  /** Calls back with the run that a link leads to. */
  onLink(open: (run: string) => void): void;
  /** The address of a run on this page, and that of the page while a run is open. */
  link(run: string): string;
  show(run: string): void;
  /** Has a file saved under a name. */
  save(name: string, content: Blob): void;
  copy(text: string): void;
  /** Opens a file of the project, where the host can. */
  readonly open?: (place: Place) => void;
  /** Calls a run's function again in a terminal of the project, where the host can. */
  readonly rerun?: (run: string) => void;
}

interface VsCode {
  postMessage(message: unknown): void;
}

declare global {
  function acquireVsCodeApi(): VsCode;
}

/** By which the frame of a figure may run its script: the page's own, that was made for this one load. Read once, as browsers hide it from then on. */
export const NONCE = document.currentScript?.nonce ?? "";

export function findHost(): Host {
  return "acquireVsCodeApi" in globalThis ? editor(acquireVsCodeApi()) : browser();
}

function editor(api: VsCode): Host {
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  const changed: (() => void)[] = [];
  const linked: ((run: string) => void)[] = [];
  const scheme = document.body.dataset.link ?? "";
  let last = 0;
  window.addEventListener("message", ({ data }: MessageEvent) => {
    const asked = waiting.get(data?.id);
    if (asked !== undefined) {
      waiting.delete(data.id);
      if (typeof data.error === "string") {
        asked.reject(new Error(data.error));
      } else {
        asked.resolve(data.result as never);
      }
    } else if (data?.changed === true) {
      for (const call of changed) {
        call();
      }
    } else if (typeof data?.open === "string") {
      for (const call of linked) {
        call(data.open);
      }
    }
  });
  return {
    ask: (method, params) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject });
        api.postMessage({ id, method, params });
      }),
    onChange: (call) => changed.push(call),
    onLink: (call) => {
      linked.push(call);
      if (document.body.dataset.run) {
        call(document.body.dataset.run);
      }
    },
    link: (run) => `${scheme}?run=${run}`,
    show: () => {},
    save: async (name, content) => api.postMessage({ save: name, base64: await base64(content) }),
    copy: (text) => api.postMessage({ copy: text }),
    open: ({ path, line }) => api.postMessage({ open: path, line }),
    rerun: (run) => api.postMessage({ rerun: run }),
  };
}

/** After which time a table is drawn, nearly always. */
const DRAWN_MS = 200;

function browser(): Host {
  // The token leaves the address, so that nobody copies it from there, and stays in this tab; once the table was drawn, as storage takes a while to be there.
  const given = tokenIn(location.hash);
  if (given !== undefined) {
    setTimeout(() => {
      sessionStorage.setItem(TOKEN, given);
      if (tokenIn(location.hash) !== undefined) {
        history.replaceState(null, "", location.pathname);
      }
    }, DRAWN_MS);
  }
  // On a team server a cookie says who asks, and the page of each project has an address of its own.
  const { ask: address = "/ask", team } = document.body.dataset;
  const server = team === undefined ? "hitsave ui" : "The team server";
  const mine = () => given ?? sessionStorage.getItem(TOKEN) ?? "";
  // A link to a run holds no token: what has it is a tab of this server that is open already.
  const tabs = new BroadcastChannel("hitsave");
  tabs.onmessage = ({ data }) => {
    if (data?.asks === true && mine() !== "") {
      tabs.postMessage({ token: mine() });
    }
  };
  const ready =
    team !== undefined || mine() !== ""
      ? Promise.resolve()
      : new Promise<void>((resolve) => {
          tabs.addEventListener("message", ({ data }) => {
            if (typeof data?.token === "string" && mine() === "") {
              sessionStorage.setItem(TOKEN, data.token);
              resolve();
            }
          });
          tabs.postMessage({ asks: true });
          setTimeout(resolve, 300);
        });
  const runOf = () => /^#run=(\w+)$/.exec(location.hash)?.[1] ?? "";
  const link = (run: string) => (run === "" ? location.pathname : `${location.pathname}#run=${run}`);
  return {
    async ask<Result>(method: string, params: object): Promise<Result> {
      await ready;
      if (team !== undefined && (method === KEPT || method === KEEP)) {
        return keptHere(method, params) as Result;
      }
      const body = bodyOf(method, params);
      // What is kept when the page goes still arrives.
      const asked = takeAhead(body) ?? post(address, body, team === undefined ? mine() : undefined, method === KEEP);
      const answer = await asked.catch(() => {
        throw new Error(
          team === undefined
            ? "hitsave ui has ended. Start it again, and open the link that it prints."
            : "The team server does not answer.",
        );
      });
      if (answer.status === 401 && team !== undefined) {
        throw new Error("You are not logged in any more. Load the page again.");
      }
      if (answer.status === 403 && team === undefined) {
        throw new Error("This page was opened without the token of its link. Open the link that hitsave ui printed.");
      }
      if (!answer.ok) {
        throw new Error(`${server} answered with ${answer.status}.`);
      }
      const { result, error } = (await answer.json()) as { result: Result; error?: string };
      if (error !== undefined) {
        throw new Error(error);
      }
      return result;
    },
    onChange: () => {},
    onLink: (open) => {
      const look = () => runOf() !== "" && open(runOf());
      addEventListener("hashchange", look);
      look();
    },
    link: (run) => `${location.origin}${link(run)}`,
    show: (run) => run !== runOf() && history.replaceState(null, "", link(run)),
    save: (name, content) => {
      const anchor = document.createElement("a");
      anchor.href = URL.createObjectURL(content);
      anchor.download = name;
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
    },
    copy: (text) => void navigator.clipboard.writeText(text),
  };
}

/** On a team server what a person has set is nobody else's: it stays in the browser. */
function keptHere(method: string, params: object): object {
  const name = `hitsave.panel ${location.pathname}`;
  if (method === KEEP) {
    localStorage.setItem(name, JSON.stringify("state" in params ? params.state : null));
    return { ok: true, count: 1, message: "" };
  }
  try {
    return { state: JSON.parse(localStorage.getItem(name) ?? "null") };
  } catch {
    return { state: null };
  }
}

async function base64(content: Blob): Promise<string> {
  const bytes = new Uint8Array(await content.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  }
  return btoa(text);
}
