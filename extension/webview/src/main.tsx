import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./panel.css";
import { App } from "./app";
import { findHost } from "./host";

const place = document.getElementById("panel");
if (place !== null) {
  render(<App host={findHost()} />, place);
}
