"""Finds every damage of a store, and mends it: what `hitsave fsck` does.

Reading order: `findings` (what is said), `whole` (the order of things), then what each part looks at: `rows`, `values`, `contents`, `litter`.

Invariants:

- Looking holds nobody up: it reads as any reader does, page by page. What looks wrong is looked at again in the transaction that would mend it, so that what others delete or store meanwhile is no damage.
- Mending loses nothing that was not lost: a result that is gone is deleted from the lists, or, where a person may still want what is left of it (an experiment, a pinned entry), stays there as failed.
"""
