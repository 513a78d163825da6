"""The team server: will keep a team's entries and blobs behind API keys.

Nothing is here yet but the place, and the rules that import-linter holds for it: it uses `hitsave.storage` and what is below, and decodes no value.
"""
