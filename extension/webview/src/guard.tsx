// What keeps a fault of one part from taking the page with it: it says so in its place.

import { Component, type ComponentChildren } from "preact";

export class Guard extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false };

  static override getDerivedStateFromError() {
    return { failed: true };
  }

  render() {
    return this.state.failed ? <span class="muted">This can’t be shown.</span> : this.props.children;
  }
}
