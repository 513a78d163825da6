"""What speaks against memoising a function, found in its text and in what it reaches.

Reading order: `rules` (what there is to find), `sights` and `reading` (what one definition does, from its text alone), `known` and `meaning`
(what the names in it stand for, and what those do), `reach` (from a function to all that it calls), `adviser` (from there to findings), `recorded` (what stored times say).

Architecture invariant: runs no user code and asks no clock; the language server uses it at every keystroke.
Architecture invariant: what a definition does is a pure function of the text of its statement, and looked up by that text.
Architecture invariant: what the runtime records properly (files that are opened, folders that are listed, environment variables) is no finding.
"""
