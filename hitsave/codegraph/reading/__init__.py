"""Reading one top-level statement: from libcst's tree to facts in one walk.

`Reader` is built in steps, each a file, each using those before it:

    state → special_calls → chains → literals → expressions → simple → values → blocks → functions → patterns → compound

One walk over the tree, in the order of the source, does everything at once:

- it writes the canonical form of each part, atom by atom (docs/formats.md says how each node is written);
- it notes every chain of names that is read, and what each scope binds; what is local is known when the scopes are closed (`scopes`);
- it counts lines. libcst gives positions only through a provider that generates the whole code again, so the walk looks at every piece of
  whitespace that can hold a line break instead, which costs a tenth of that.

An expression whose value goes on to somewhere unknown is read by `visit`, one whose value is used up on the spot (called, tested, added to) by `use`;
that is the difference between `Read.whole` true and false.

**Invariant:** nothing here imports libcst: the classes of nodes come through `hitsave.codegraph.frontend`.
"""
