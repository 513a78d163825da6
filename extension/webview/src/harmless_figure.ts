// What of a plotly figure can be drawn without loading anything.

import { type Json, list, record } from "./json";

const MOST_TEXT = 8 << 20;
/** Traces that are drawn on maps, which would be loaded from elsewhere. */
const MAPS = /^(?:scatter|choropleth|density)(?:geo|map|mapbox)$|^choropleth$/;

/** The figure as plotly may have it: nothing that loads anything from elsewhere. Undefined of what is no figure, or can only be drawn with a map. */
export function harmlessFigure(text: string): Json | undefined {
  if (text.length > MOST_TEXT) {
    return undefined;
  }
  try {
    const figure = record(JSON.parse(text));
    const data = list(figure.data).map(record);
    if (data.length === 0 || data.some(({ type }) => typeof type === "string" && MAPS.test(type))) {
      return undefined;
    }
    const layout = { ...record(figure.layout) };
    const template = { ...record(layout.template) };
    const own = (images: unknown) =>
      list(images).filter((image) => /^data:image\/(?:png|jpeg|gif|webp);/.test(String(record(image).source)));
    layout.images = own(layout.images);
    layout.template = { ...template, layout: { ...record(template.layout), images: [], mapbox: undefined } };
    for (const name of ["geo", "map", "mapbox", "updatemenus"]) {
      delete layout[name];
    }
    const plain = data.map((trace) =>
      trace.type === "image" && typeof trace.source === "string" && !trace.source.startsWith("data:image/") ? {} : trace,
    );
    return { data: plain, layout, frames: [] };
  } catch {
    return undefined;
  }
}
