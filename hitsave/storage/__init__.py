"""The store: keys and bytes on disk. It knows no Python functions; the hub uses it as it is.

Reading order: `entry` (what is remembered), `store` (what can be done), `schema` (how it lies in the database), `blobs` (large values),
`database` (connections and transactions), `locks` (one computation at a time), `platform` (what differs between systems); `wire` and `shared` (what a team server and its clients say to each other).
The formats are in docs/formats.md.

Invariants:

- A row of `entries` is inserted and deleted, never updated, so a reader sees an entry whole or not at all.
- A row is there only after its blob is written, synced and in place. A blob is never changed in place, only replaced by one of the same content.
- Nothing read is trusted unchecked: rows carry a seal, values a checksum, everything else is stored under its digest. What fails is a miss.
- `sqlite3.Error` and `OSError` become `StoreError` in one place (`faults`); no other module raises them to a caller.
- Importing this package opens no file, and loads neither sqlite3 nor inspect (which is why the records here are named tuples, not dataclasses).
"""
