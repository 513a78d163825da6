// Stands in the page itself, before its script.

import { askAhead, TOKEN, tokenIn } from "./asking";

const token = tokenIn(location.hash) ?? sessionStorage.getItem(TOKEN);
if (token) {
  askAhead(token);
}
