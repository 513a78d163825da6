"""What options of the decorator and annotations of paths answer is no finding; what they don't, is."""

from __future__ import annotations

from textwrap import indent

import pytest

CASES = [
    ("seed=0", "x", "return random.random() + np.random.rand()", []),
    ("seed=0", "x", "return helper(x)", []),
    ("seed=0", "x", "from sklearn.cluster import KMeans\nreturn KMeans(3).fit_predict(x)", []),
    ("seed=0", "x", "return x.sample(frac=0.5)", []),
    ("seed=0", "x", "return np.random.default_rng().normal()", ["HS002"]),
    ("seed=0", "x", "return random.Random().random()", ["HS002"]),
    ("seed=0", "x", "return random.SystemRandom().random()", ["HS002"]),
    ("seed=0", "x", "import uuid\nreturn str(uuid.uuid4())", ["HS002"]),
    ("seed=0", "x", "return hash(x)", ["HS002"]),
    ("seed=None", "x", "return random.random()", ["HS002"]),
    ("replay_output=True", "x", "print(x)\nreturn x", []),
    ("replay_output=True", "x", "import logging\nlogging.getLogger(__name__).info('x')\nreturn x", []),
    ("replay_output=True", "x", "open('a', 'w').write(x)\nreturn x", ["HS007"]),
    ("replay_output=False", "x", "print(x)\nreturn x", ["HS007"]),
    ("", "out: OutputFile", "out.write_text('x')", []),
    ("", "out: OutputFile", "with open(out, 'w') as file:\n    file.write('x')\nreturn 1", []),
    ("", "out: hitsave.OutputFile", "np.save(out, [1])\nreturn 1", []),
    ("", "out: OutputFile", "open('other', 'w').write('x')\nreturn 1", ["HS007"]),
    ("", "out", "np.save(out, [1])\nreturn 1", ["HS007"]),
]


@pytest.mark.parametrize(("options", "parameter", "body", "expected"), CASES, ids=range(len(CASES)))
def test_what_is_answered_is_no_finding(advise, options, parameter, body, expected):
    """In what the function calls, too."""
    text = f"""import random
import numpy as np
import hitsave
from hitsave import OutputFile, memo

def helper(x):
    return random.random()

@memo({options})
def f({parameter}):
{indent(body, "    ")}
"""
    assert [finding.code for finding in advise(text, beginning="")] == expected
