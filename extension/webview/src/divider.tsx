// Between two parts of the page: dragged, or moved with the arrow keys.

import { useRef } from "preact/hooks";

export function Divider({
  label,
  along,
  size,
  sign,
  least,
  onSize,
}: {
  label: string;
  /** The axis along which it moves. */
  along: "x" | "y";
  size: number;
  /** 1 where the part that is sized lies before it, -1 where it lies after. */
  sign: 1 | -1;
  least: number;
  onSize(size: number): void;
}) {
  const from = useRef<{ at: number; size: number }>();
  const most = () => (along === "x" ? innerWidth : innerHeight) * 0.8;
  const to = (wanted: number) => onSize(Math.round(Math.max(least, Math.min(most(), wanted))));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a ruled line can't be moved
    <div
      class={`divider ${along}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={along === "x" ? "vertical" : "horizontal"}
      aria-valuenow={size}
      aria-valuemin={least}
      aria-valuemax={Math.round(most())}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { at: along === "x" ? event.clientX : event.clientY, size };
      }}
      onPointerMove={(event) => {
        const start = from.current;
        if (start !== undefined) {
          to(start.size + sign * ((along === "x" ? event.clientX : event.clientY) - start.at));
        }
      }}
      onPointerUp={() => {
        from.current = undefined;
      }}
      onKeyDown={(event) => {
        const [less, more] = along === "x" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
        const step = event.key === more ? 20 : event.key === less ? -20 : 0;
        if (step !== 0) {
          event.preventDefault();
          to(size + sign * step);
        }
      }}
    />
  );
}
