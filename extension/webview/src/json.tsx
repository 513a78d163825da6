// What a View holds is JSON of which nothing is believed: what has not the form that is expected reads as nothing.

import type { ComponentChildren } from "preact";
import { numberText } from "./cells";

export type Json = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "number"
      ? numberText(value)
      : typeof value === "boolean"
        ? value
          ? "True"
          : "False"
        : "";

export function Muted({ children }: { children: ComponentChildren }) {
  return <span class="muted">{children}</span>;
}
