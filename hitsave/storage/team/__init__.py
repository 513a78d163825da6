"""The client of a team server: what anyone computed is looked up there, and what is computed here is sent there.

Reading order: `signing` and `trust` (whose results are believed), `accounts` (which servers this user has logged in to), `transport` (the one module that knows httpx),
`client` (the protocol, question by question), `receiving` (from what a server says to an entry of the local store), `outbox` and `sending` (the way out).
The protocol is in docs/protocol.md; `hitsave.storage.wire` has its shapes.

Invariants:

- Nothing that came from a server is decoded before its digest and the signature over it hold, and the key that signed it is trusted.
- A token goes to the origin that it was given for by `hitsave login`, and nowhere else: not along a redirect, not to a server that only a repository names.
- Nothing here waits without a bound. Who calls decides how long; `patience` keeps the account of it.
- Importing a module here loads neither httpx, cryptography nor zstandard.
"""
