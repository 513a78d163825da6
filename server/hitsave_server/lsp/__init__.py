"""The language server: will answer editors from text and the store, without running user code.

Nothing is here yet but the place, and the rules that import-linter holds for it: it never reaches `hitsave.runtime`.
"""
