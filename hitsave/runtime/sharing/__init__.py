"""How calls use the team server: what is looked up there after memory and the local store, what is sent there, and how long any of it may keep a program waiting.

`team` is the server as this process sees it, `asking` the look-up of one call, `outgoing` the thread that sends, `leasing` the single flight between machines.

Invariants:

- A call waits for the server no longer than `hitsave.storage.team.patience` allows; requests are made on threads of their own, so that not even a name server can hold it.
- Nothing that a call returns depends on what the server says but for entries that a trusted member signed and whose Record holds here and now.
- What these threads open is HitSave's own work, and joins no evaluation.
"""
