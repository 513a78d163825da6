// The page's host: VS Code, or the little server of `hitsave ui`.

export interface Host {
  /** Asks; throws an Error whose message is for a person. */
  ask<Result>(method: string, params: object): Promise<Result>;
  /** What the page kept, of before it was loaded again. */
  kept(): unknown;
  keep(state: unknown): void;
  /** Calls back when the store may have changed, where the host tells. */
  onChange(changed: () => void): void;
  /** Has a text saved under a name. */
  save(name: string, text: string, media: string): void;
}

interface VsCode {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): VsCode;
}

export function findHost(): Host {
  return "acquireVsCodeApi" in globalThis ? editor(acquireVsCodeApi()) : browser();
}

function editor(api: VsCode): Host {
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  const changed: (() => void)[] = [];
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
    }
  });
  return {
    ask: (method, params) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject });
        api.postMessage({ id, method, params });
      }),
    kept: () => api.getState(),
    keep: (state) => api.setState(state),
    onChange: (call) => changed.push(call),
    save: (name, text) => api.postMessage({ save: name, text }),
  };
}

const TOKEN = "hitsave.token";
const STATE = "hitsave.panel";

function browser(): Host {
  // The token leaves the address, so that nobody copies it from there, and stays in this tab.
  const given = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem(TOKEN, given);
    history.replaceState(null, "", location.pathname);
  }
  const token = sessionStorage.getItem(TOKEN) ?? "";
  // On a team server a cookie says who asks, and the page of each project has an address of its own.
  const { ask: address = "/ask", team } = document.body.dataset;
  const server = team === undefined ? "hitsave ui" : "The team server";
  return {
    async ask<Result>(method: string, params: object): Promise<Result> {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...(team === undefined ? { Authorization: `Bearer ${token}` } : {}) },
        body: JSON.stringify({ method, params }),
      }).catch(() => {
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
    kept: () => {
      try {
        return JSON.parse(localStorage.getItem(STATE) ?? "null");
      } catch {
        return null;
      }
    },
    keep: (state) => localStorage.setItem(STATE, JSON.stringify(state)),
    onChange: () => {},
    save: (name, text, media) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: media }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    },
  };
}
