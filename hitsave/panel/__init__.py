"""The experiments panel: what a page shows of runs, read from the store alone, and the little server behind `hitsave ui`.

Reading order: `contract` (what page and host say to each other), `cells` (a View as cells of a table), `runs` (the table), `detail` (one run),
`answering` (a request to its answer, for every host), `serving` (the host of a browser). The page itself is `extension/webview`; what is built of it lies in `page/`.

Invariants:

- Nothing is unpickled and no user code is imported: Views, Records and texts are all that is read.
- Whatever a run's values hold is data here and data on the page: text is text, markup goes into a sandboxed frame, images are loaded as images.
"""
