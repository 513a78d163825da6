"""Which names read something of other definitions than what they do: their docstrings, annotations, names, text, lines or code objects; and what is asked of modules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

Asked = Literal["nothing", "names", "all"]
"""What a module is asked for: nothing that another name could answer, names that it has to have, or which names it has."""
ATTRIBUTES: Final = {
    "__doc__": "doc",
    "__annotations__": "annotations",
    "__signature__": "annotations",
    "__name__": "name",
    "__qualname__": "name",
    "co_name": "name",
    "co_qualname": "name",
    "co_code": "source",
    "co_consts": "source",
    "co_names": "source",
    "co_lines": "place",
    "co_positions": "place",
    "co_firstlineno": "lines",
    "f_lineno": "place",
}
"""Attributes. (`tb_lineno` is none of them: what is said of an error names lines that are no part of what the code does.)"""
NAMES: Final = {
    "getdoc": "doc",
    "help": "doc",
    "get_type_hints": "annotations",
    "get_annotations": "annotations",
    "getfullargspec": "annotations",
    "signature": "annotations",
    "Signature": "annotations",
    "getsource": "text",
    "getsourcelines": "text",
    "findsource": "text",
    "getcomments": "text",
}
"""Functions, wherever they are from."""
TOLD: Final = frozenset({"getdoc", "get_type_hints", "get_annotations", "getfullargspec", "signature"})
"""Of these, those that read only what they are given first, so that who sees them called knows of what they read."""
LOOKED_AT: Final = frozenset({*ATTRIBUTES, "co_varnames", "co_argcount"})
"""The attributes that `read_by_attributes` asks for."""
ALONG_CHAINS: Final = frozenset(name for name, what in ATTRIBUTES.items() if what != "source")
"""Attributes that are known to be of one definition where a chain of names leads to it: ``helper.__doc__``."""
EVERYTHING: Final = ("annotations", "doc", "name", "place", "source")
SOURCE: Final = frozenset({"place", "source", "text"})
"""What is read of a definition whether its body runs or not."""
SOURCE_OR_LINES: Final = frozenset({"place", "source", "lines"})
"""What only attributes read."""
WORDS: Final = frozenset({"inspect", "co_varnames", *(w for w, what in (*ATTRIBUTES.items(), *NAMES.items()) if what != "name")})
"""What is written where something but names is read."""
_PLAIN_INSPECTION: Final = frozenset({
    "cleandoc", "currentframe", "getattr_static", "getfile", "getmembers", "getmodule", "getmodulename", "getmro", "getsourcefile", "unwrap", "Parameter",
})  # fmt: skip
"""What `inspect` has that reads nothing of a definition but its kind, its file and its attributes; so does all that is called ``is…``."""


def read_by_library(dotted: str) -> tuple[str, ...]:
    """What is read of definitions by something that a library has under this name.

    >>> read_by_library("typing.get_type_hints"), read_by_library("inspect.stack")
    (('annotations',), ('annotations', 'doc', 'name', 'place', 'source'))
    """
    module, _, rest = dotted.partition(".")
    name = rest.partition(".")[0] if module == "inspect" else dotted.rpartition(".")[2]
    if name in NAMES:
        return (NAMES[name],)
    if module == "inspect" and name not in _PLAIN_INSPECTION and not name.startswith("is"):
        return EVERYTHING
    return ()


def read_by_attributes(attributes: Iterable[str]) -> set[str]:
    """What is read by code that looks at attributes of these names."""
    found = {ATTRIBUTES[name] for name in attributes if name in ATTRIBUTES}
    if "co_varnames" in attributes and "co_argcount" not in attributes:
        found.add("source")  # together they give the parameters, which are in every shell
    return found


def read_of_others(reflects: Iterable[str], text: str) -> Iterable[str]:
    """Of what a definition reads of code, what may be that of definitions: that of code which it has compiled itself is nobody's."""
    if SOURCE_OR_LINES.isdisjoint(reflects):
        return reflects
    from hitsave.codegraph.flows import COMPILING, looked_at_elsewhere  # loads Python's parser

    elsewhere = looked_at_elsewhere(text) if any(maker in text for maker in COMPILING) else None
    if elsewhere is None:
        return reflects
    of_others = read_by_attributes(elsewhere)
    return [word for word in reflects if word not in SOURCE_OR_LINES or word in of_others]
