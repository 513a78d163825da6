// Times, sizes and counts as people say them; the same words as those of the command line.

import { l10n } from "vscode";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"];

/** How long something took, in its two largest units: "85 ms", "4.1 s", "3 min 20 s", "6 h 30 min". */
export function duration(seconds: number): string {
  if (seconds <= 0) {
    return "0 s";
  }
  if (seconds < 0.9995) {
    const ms = seconds * 1000;
    return ms < 9.95 ? `${Math.max(ms, 0.1).toFixed(1)} ms` : `${Math.round(ms)} ms`;
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < MINUTE) {
    return `${whole} s`;
  }
  if (whole < HOUR) {
    return two(whole, MINUTE, "min", 1, "s");
  }
  const minutes = Math.round(seconds / MINUTE) * MINUTE;
  return minutes < DAY ? two(minutes, HOUR, "h", MINUTE, "min") : two(Math.round(seconds / HOUR) * HOUR, DAY, "d", HOUR, "h");
}

function two(seconds: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeUnit}${rest ? ` ${rest} ${smallUnit}` : ""}`;
}

/** A number of bytes, in units of a thousand: "812 B", "4.1 kB", "12 MB". */
export function size(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < SIZES.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit > 0 && amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${SIZES[unit]}`;
}

/** "1 result", "12 results" */
export function results(count: number): string {
  return count === 1 ? l10n.t("1 result") : l10n.t("{0} results", count.toLocaleString("en"));
}

/** "1 function", "12 functions" */
export function functions(count: number): string {
  return count === 1 ? l10n.t("1 function") : l10n.t("{0} functions", count.toLocaleString("en"));
}

/** The part of a symbol that a person calls it by: "train" of "app.models:train". */
export function shortName(symbol: string): string {
  return symbol.slice(symbol.indexOf(":") + 1);
}
