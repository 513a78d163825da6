"""What code depends on, from its text alone.

Reading order: `symbols` (names), `facts` (one statement), `frontend` (how facts are found), `index` (one file), `resolve` (what names mean
across files), `definitions` (from a symbol to its text), `closure` (everything that a root reaches).

Ground state is text that a `Library` hands in; everything else is derived.

Architecture invariant: text in, values out. No I/O, no clock, no `sys.modules`; only `frontend` imports libcst.
Architecture invariant: broken user code is data (an index or facts with an `error`), never an exception.
"""
