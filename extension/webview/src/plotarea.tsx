// Plots of the runs that are listed, above the table.

import { useMemo } from "preact/hooks";
import type { TableColumn } from "./columns";
import { drawable } from "./figures";
import type { Row, Runs } from "./model";
import { usePage } from "./page";
import { Parallel } from "./parallel";
import { CurvesOf } from "./plots";
import type { Term } from "./rows";
import { Scatter } from "./scatter";
import type { OfFunction } from "./state";

interface PlotAreaProps {
  readonly group: Runs;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly Row[];
  readonly terms: readonly (readonly Term[])[];
  readonly selected: ReadonlySet<string>;
  readonly open: string;
  readonly of: OfFunction;
  onOf(change: Partial<OfFunction>): void;
  need(ids: readonly string[]): void;
}

export function PlotArea({ group, columns, rows, terms, selected, open, of, onOf, need }: PlotAreaProps) {
  const { kept } = usePage();
  const able = useMemo(() => drawable(columns, group.rows), [columns, group]);
  // What is selected stands out only among what is listed.
  const emphasised = useMemo(() => new Set(rows.filter(({ id }) => selected.has(id)).map(({ id }) => id)), [rows, selected]);
  const common = { columns, able, rows, open, selected: emphasised, need };
  return (
    <section class="plot-area" aria-label="Plots" style={{ height: `${kept.above}px` }}>
      {kept.plot === "curves" ? <CurvesOf rows={rows} selected={emphasised} /> : null}
      {kept.plot === "scatter" ? <Scatter {...common} x={of.x} y={of.y} colour={of.colour} onSet={onOf} /> : null}
      {kept.plot === "parallel" ? <Parallel {...common} all={group.rows} terms={terms} of={of} onOf={onOf} /> : null}
    </section>
  );
}
