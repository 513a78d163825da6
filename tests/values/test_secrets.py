"""Names of secrets."""

from __future__ import annotations

import pytest

from hitsave.values.secrets import is_secret_name

SECRET = [
    "api_key",
    "apiKey",
    "API_KEY",
    "openai_api_key",
    "token",
    "TOKEN",
    "hf_token",
    "authToken",
    "access_token",
    "refresh_token",
    "password",
    "db_password",
    "PASSWORD",
    "passwd",
    "pwd",
    "secret",
    "client_secret",
    "secretKey",
    "aws_secret_access_key",
    "private_key",
    "ssh_key",
    "credentials",
    "passphrase",
    "bearer_token",
    "github_token",
    "connection_string",
]
PLAIN = [
    "key",
    "keys",
    "sort_key",
    "keyword",
    "tokens",
    "max_tokens",
    "num_tokens",
    "token_count",
    "tokenizer",
    "token_ids",
    "pad_token",
    "eos_token",
    "token_embeddings",
    "passage",
    "compass",
    "secretary",
    "author",
    "auth_required",
    "primary_key",
    "foreign_key",
    "x",
    "data",
    "keyboard",
    "n_tokens",
    "token_type_ids",
    "next_token",
    "secondary",
]


@pytest.mark.parametrize("name", SECRET)
def test_a_secret_is_known_by_its_name(name):
    """In any way of writing it."""
    assert is_secret_name(name)


@pytest.mark.parametrize("name", PLAIN)
def test_a_name_that_only_sounds_like_one_is_none(name):
    """Machine learning is full of tokens and keys."""
    assert not is_secret_name(name)
