"""The documentation's site: `./dev docs` builds it, with warnings as errors and without the network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import hitsave

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "HitSave"
author = "HitSave contributors"
project_copyright = author
version = release = hitsave.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["dist"]
highlight_language = "text"
default_role = "literal"  # docstrings have names in single back quotes
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline", "deflist"]


autodoc_member_order = "bysource"
autodoc_typehints = "none"  # type variables of decorators say nothing to a reader; the text says what is taken
autodoc_preserve_defaults = True
add_module_names = False

html_theme = "furo"
html_title = "HitSave"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": False, "top_of_page_buttons": []}
pygments_style = "friendly"
pygments_dark_style = "native"

copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
copybutton_exclude = ".linenos, .gp, .go"

_FENCE = re.compile(r"^( *)(`{3,})(python|diff|toml|yaml|text|ini) +(.+)$", re.MULTILINE)
_TERM = re.compile(r"^(`[\w, `]+`)  +(\S.*)$")


def name_files(_app: Sphinx, name: str, source: list[str]) -> None:
    """A block that is a file shows its name above it; one that isn't run shows why; see tests/docs/pages.py."""

    def titled(found: re.Match[str]) -> str:
        indent, fence, language, says = found.groups()
        caption = "" if says == "output" else f"\n{indent}:caption: {says.strip('()').replace('not run:', 'not run here:')}"
        return f"{indent}{fence}{{code-block}} {language}{caption}\n{indent}:class: {'output' if says == 'output' else 'named'}\n"

    source[0] = _FENCE.sub(titled, source[0])
    if name == "rules/README":  # a page that is also read outside of the site
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\nHS*\n```\n"


def make_lists(_app: Sphinx, _what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Docstrings explain names in columns; the site shows them as lists."""
    made: list[str] = []
    for line in lines:
        found = _TERM.match(line)
        if found:
            made += [*([""] if made and made[-1] and not made[-1].startswith("    ") else []), found[1], f"    {found[2]}"]
        else:
            made.append(line)
    lines[:] = made


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx calls this."""
    app.connect("source-read", name_files)
    app.connect("autodoc-process-docstring", make_lists)
    return {"parallel_read_safe": True}
