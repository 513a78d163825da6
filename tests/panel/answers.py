"""Answers of a panel's host as its page reads them."""

from __future__ import annotations


def unpacked(packed, count):
    """The cells that the page makes of what it is sent."""
    if "at" in packed:
        return [packed["of"][n] for n in packed["at"]]
    return packed["each"] if "each" in packed else [packed["all"]] * count


def rows_of(of):
    """The runs of a group as the page has them, newest first: their facts, and under `cells` what stands in the columns by their titles."""
    facts = of["facts"]
    count = len(facts["ids"])
    valued = of["valued"]
    columns = {c["title"]: unpacked(of["cells"][c["id"]], valued) for c in of["columns"] if c["id"] in of["cells"]}
    table = {name: unpacked(packed, count) for name, packed in facts.items() if name not in {"ids", "places"}}
    rows = [
        {name: cells[n] for name, cells in table.items()}
        | {"id": identity, "cells": {title: cells[n] for title, cells in columns.items() if n < valued and cells[n] is not None}}
        for n, identity in enumerate(facts["ids"])
    ]
    return sorted(rows, key=lambda row: row["id"], reverse=True)
