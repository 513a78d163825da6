"""Templates: rendered, taken apart, and refused."""

from __future__ import annotations

import sys

from hitsave import memo

from jinja2 import DictLoader, Environment, TemplateSyntaxError


PAGES = {
    "base": "<h1>{% block title %}none{% endblock %}</h1>{% block body %}{% endblock %}",
    "page": "{% extends 'base' %}{% block title %}{{ title|upper }}{% endblock %}"
    "{% block body %}{% for x in items if x > 1 %}{{ loop.index }}:{{ x * 2 }},{% else %}empty{% endfor %}{% endblock %}",
    "macro": "{% macro cell(v, w=2) %}[{{ v|center(w) }}]{% endmacro %}{% set n = 3 %}{{ cell(n, 5) }}{{ items|join('-')|replace('-', '+') }}",
}


@memo
def render(pages, name, title, items):
    """One page."""
    sys.audit("mutation.ran", "render")
    return Environment(loader=DictLoader(pages), autoescape=True).get_template(name).render(title=title, items=items)


@memo
def tokens(text):
    """What the lexer sees."""
    sys.audit("mutation.ran", "tokens")
    return list(Environment(trim_blocks=True).lex(text))


@memo
def refused(text):
    """What is said of a template that is wrong."""
    sys.audit("mutation.ran", "refused")
    try:
        return Environment().from_string(text).render()
    except TemplateSyntaxError as problem:
        return problem.lineno, problem.message


CALLS = [
    (render, (PAGES, "page", "a <b>", [1, 2, 3])),
    (render, (PAGES, "macro", "t", ["x", "y"])),
    (tokens, ("{% if a == 1.5 %}\n{{ b['c'] }}{# note #}{% endif %}",)),
    (refused, ("{% for x in %}",)),
    (refused, ("{{ [1,2,3]|sum + 'abc'|length }} {{ 5 is odd }} {{ 'x' in 'xyz' }}",)),
]
