"""What the shell offers after ``hitsave why <TAB>``: the functions that have stored results."""

from __future__ import annotations


def complete_symbol(incomplete: str) -> list[str]:
    """Names that begin with `incomplete`; where several modules have a function of one name, the symbols in full. Nothing if the store can't be read."""
    from hitsave.cli.here import Here

    try:
        symbols = Here().store.symbol_names()
    except Exception:  # noqa: BLE001 - a shell that waits for suggestions has no place for an error
        return []
    names = [symbol.partition(":")[2] for symbol in symbols]
    offered = [name if names.count(name) == 1 else symbol for name, symbol in zip(names, symbols, strict=True)]
    if ":" in incomplete:
        offered = symbols
    return sorted(word for word in offered if word.startswith(incomplete))
