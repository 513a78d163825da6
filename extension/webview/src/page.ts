// What every part of the page can ask: the host, and what a person has set.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Host } from "./host";
import type { Kept } from "./state";

export interface Page {
  readonly kept: Kept;
  readonly host: Host;
  ask<Result>(method: string, params: object): Promise<Result>;
  set(change: Partial<Kept>): void;
  /** Says something at the foot of the page for a while. */
  say(text: string): void;
  openRun(id: string): void;
}

const outside = (): never => {
  throw new Error("outside of the page");
};

export const PageContext = createContext<Page>({
  get kept(): Kept {
    return outside();
  },
  get host(): Host {
    return outside();
  },
  ask: outside,
  set: outside,
  say: outside,
  openRun: outside,
});

export const usePage = (): Page => useContext(PageContext);
