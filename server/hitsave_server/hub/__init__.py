"""The team server: keeps a team's entries and objects behind API keys, shows their runs, and decodes no value.

Reading order: docs/protocol.md (what is said), `tables` (what is kept), `app` (routes), then a route and what answers it:
`lookup`, `objects` and `chunks`, `entries`, `leases`, `retention`. `page/` is what people see.

Invariants:

- A worker keeps nothing that another needs: all state is in the database and the object store, so any number of them serve the same team.
- The row of an entry is there only while every object that it names is there; that of an object only while its chunks are. A file comes before its row, and goes after it.
- A file is never overwritten: each upload has a place of its own, so that deleting an old one can't hit a new one.
- No secret is stored: of keys, sessions and invitations there are digests.
- What is asked is checked before it is looked at: a wrong request is a status of 4xx and a sentence.
"""
