"""Views: the bounded, safe, JSON picture of a value, made when the value is recorded, so that whoever shows it later decodes nothing.

Reading order: `document` (what is kept of one evaluation), `looking` (which look a type gets), `bounds` (how little is looked at), then a file a family:
`plain`, `containers`, `objects`, `standard`, `arrays`, `tensors`, `frames`, `labelled`, `pictures`. `brief` is the one line for lists. docs/formats.md, "View", has every kind.

Invariants:

- At most MOST_BYTES a value and MOST_SECONDS an evaluation, whatever the value; what is left out is counted, never hidden.
- No code of the user's runs but ``__hitsave_view__`` and, of experiments, ``_repr_html_``, ``_repr_svg_`` and ``_repr_png_``; no iterator is consumed, nothing lazy is computed.
- What fails becomes a View that says so. Nothing here raises an Exception.
- A secret, by its name or type, has no View.
"""
