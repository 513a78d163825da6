"""Versions, specifiers, requirements and markers."""

from __future__ import annotations

import sys

from hitsave import memo

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version


@memo
def in_order(texts):
    """Versions in order."""
    sys.audit("mutation.ran", "in_order")
    return [(str(v), v.is_prerelease, v.release) for v in sorted(map(Version, texts))]


@memo
def allowed(specifier, texts):
    """The versions that a specifier allows."""
    sys.audit("mutation.ran", "allowed")
    return [str(v) for v in SpecifierSet(specifier).filter(texts)]


@memo
def required(text):
    """The parts of a requirement."""
    sys.audit("mutation.ran", "required")
    try:
        r = Requirement(text)
    except InvalidRequirement as problem:
        return str(problem)
    return r.name, sorted(r.extras), str(r.specifier), r.url, str(r.marker)


@memo
def holds(text, environment):
    """Whether a marker holds; and a wheel's name."""
    sys.audit("mutation.ran", "holds")
    return Marker(text).evaluate(environment), canonicalize_name("A_b.C"), parse_wheel_filename("a_b-1.0-py3-none-any.whl")[0]


CALLS = [
    (in_order, (["1.0", "1.0rc1", "1.0.post1", "2!0.1", "1.0.dev3", "1.0+local.2"],)),
    (allowed, (">=1.0,!=1.3,<2", ["0.9", "1.0", "1.3", "1.4b1", "1.9", "2.0"])),
    (allowed, ("~=1.4.2", ["1.4.1", "1.4.9", "1.5"])),
    (required, ("Name[b,a]>=1.0,<2 ; python_version < '3.9' and extra == 'x'",)),
    (required, ("name @",)),
    (holds, ("python_version >= '3.8' or sys_platform == 'none'", {"python_version": "3.7", "sys_platform": "none"})),
]
