"""The programs that serve HitSave's engine: a language server for editors (`lsp`) and a team server (`hub`).

They share this distribution, not code: neither imports the other.
"""
