// A canvas that fills its place, sharp on every screen, drawn again when its size, its colours or what it shows changes.

import { useEffect, useRef, useState } from "preact/hooks";

export interface Ink {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly mark: string;
  readonly paper: string;
  readonly dark: boolean;
}

interface CanvasProps {
  readonly label: string;
  readonly draw: (ink: Ink) => void;
  /** What `draw` draws: a new list draws again. */
  readonly of: readonly unknown[];
  onPointerDown?(x: number, y: number, event: PointerEvent): void;
  onPointerMove?(x: number, y: number, event: PointerEvent): void;
  onPointerUp?(x: number, y: number, event: PointerEvent): void;
  onPointerLeave?(): void;
}

export function Canvas({ label, draw, of, onPointerDown, onPointerMove, onPointerUp, onPointerLeave }: CanvasProps) {
  const place = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [size, setSize] = useState("");
  useEffect(() => {
    const element = place.current;
    const observer = new ResizeObserver(() => setSize(`${element?.clientWidth} ${element?.clientHeight} ${devicePixelRatio}`));
    if (element?.parentElement) {
      observer.observe(element.parentElement);
    }
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = place.current;
    const context = element?.getContext("2d");
    if (!element || !context || element.clientWidth === 0) {
      return;
    }
    const [width, height] = [element.clientWidth, element.clientHeight];
    element.width = Math.round(width * devicePixelRatio);
    element.height = Math.round(height * devicePixelRatio);
    context.scale(devicePixelRatio, devicePixelRatio);
    context.clearRect(0, 0, width, height);
    draw({ context, width, height, ...coloursOf(element) });
  }, [...of, size, theme]);
  const at = (event: PointerEvent, call?: (x: number, y: number, event: PointerEvent) => void) => {
    const box = place.current?.getBoundingClientRect();
    if (box !== undefined) {
      call?.(event.clientX - box.left, event.clientY - box.top, event);
    }
  };
  return (
    <canvas
      ref={place}
      class="drawing"
      role="img"
      aria-label={label}
      onPointerDown={(event) => at(event, onPointerDown)}
      onPointerMove={(event) => at(event, onPointerMove)}
      onPointerUp={(event) => at(event, onPointerUp)}
      onPointerLeave={() => onPointerLeave?.()}
    />
  );
}

/** The colours of the page, as a canvas takes them. */
export function coloursOf(element: HTMLElement): Omit<Ink, "context" | "width" | "height"> {
  const probe = document.createElement("span");
  probe.className = "probe";
  element.parentElement?.append(probe);
  const [ink = "", faint = "", line = "", mark = "", paper = ""] = ["--ink", "--faint", "--grid", "--mark", "--paper"].map((name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  const channels = paper.match(/[\d.]+/g)?.map(Number) ?? [255, 255, 255];
  const dark = channels.slice(0, 3).reduce((sum, channel) => sum + channel, 0) < 384;
  return { ink, faint, line, mark, paper, dark };
}

/** Changes when the colours do: the editor sets a class, a browser follows the system. */
export function useTheme(): string {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const now = () => `${document.body.className} ${dark.matches}`;
  const [theme, setTheme] = useState(now);
  useEffect(() => {
    const look = () => setTheme(now());
    const observer = new MutationObserver(look);
    observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    dark.addEventListener("change", look);
    return () => {
      observer.disconnect();
      dark.removeEventListener("change", look);
    };
  });
  return theme;
}
