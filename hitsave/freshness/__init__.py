"""Is a stored result still right? Records, and how they are checked against text or a live process.

Reading order: `status` (the four answers), `record` (what an evaluation depended on), `check` (does it hold), `explain` (if not, why not),
`static` (asking text alone), `surroundings` (files, distributions, environment).

Architecture invariant: one function, `check.failures`, decides freshness for the runtime, the command line and the language server.
Architecture invariant: nothing here runs user code or looks at live objects; the runtime gives its own `World`.
"""
