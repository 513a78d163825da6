"""Names that say that a value is a secret: it counts, but gets no View and no digest of its own."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_SECRET_WORDS: Final = frozenset(
    """
    password passwd passphrase pwd secret secrets credential credentials apikey authtoken accesstoken bearer privatekey secretkey
    jwt oauth htpasswd
    """.split()  # noqa: SIM905 - a list of words reads best as one
)
_SECRET_PAIRS: Final = frozenset(
    tuple(pair.split("-"))
    for pair in """
    api-key api-keys access-key access-keys private-key secret-key signing-key encryption-key ssh-key auth-key account-key
    auth-header pass-word connection-string
    """.split()  # noqa: SIM905
)
_NO_SECRET_BESIDE_TOKEN: Final = frozenset(
    """
    max min num number n count counts length size limit total per budget type types id ids index indices list stream ratio rate
    embedding embeddings vocab vocabulary pad padding mask start end bos eos sep cls unk special new next prev previous input output prompt
    completion context window offset offsets position positions map class classes dim batch
    """.split()  # noqa: SIM905
)


def is_secret_name(name: str) -> bool:
    """Whether a parameter or variable with this name probably holds a secret.

    Words count, not letters: ``max_tokens`` and ``tokenizer`` are no secrets, ``hf_token`` and ``apiKey`` are.

    >>> [n for n in ("api_key", "max_tokens", "dbPassword", "key", "token") if is_secret_name(n)]
    ['api_key', 'dbPassword', 'token']
    """
    words = [word.lower() for word in _WORDS.findall(name)]
    if any(word in _SECRET_WORDS for word in words):
        return True
    if any(pair in _SECRET_PAIRS for pair in pairwise(words)):
        return True
    return "token" in words and not any(word in _NO_SECRET_BESIDE_TOKEN for word in words)
