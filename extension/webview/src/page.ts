// What every part of the page can ask: the host, and what a person has set.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Kept } from "./state";

export interface Page {
  readonly kept: Kept;
  ask<Result>(method: string, params: object): Promise<Result>;
  set(change: Partial<Kept>): void;
}

const missing: Page = {
  get kept(): Kept {
    throw new Error("outside of the page");
  },
  ask: () => Promise.reject(new Error("outside of the page")),
  set: () => {},
};

export const PageContext = createContext<Page>(missing);

export const usePage = (): Page => useContext(PageContext);
