"""Objects of several chunks, sent and fetched by the client itself, on both kinds of hub; and how a hub digests them as they come."""

from __future__ import annotations

import random

import pytest

from hitsave.digest import Digest
from hitsave.errors import HubError
from hitsave.storage.team.client import Hub as Team
from hitsave.storage.team.receiving import chunks_of
from hitsave.storage.team.sending import send_large
from hitsave.storage.team.transport import Transport
from hitsave.storage.wire import CHUNK_SIZE, chunk_digest, object_digest
from hitsave_server.hub.chunks import Arriving
from hitsave_server.hub.objects import Following
from hitsave_server.hub.refusals import Refusal
from tests.hub.running import Hub


def test_an_object_of_several_chunks_goes_there_and_back(hub: Hub):
    """What compresses and what does not, in one object."""
    hub.member("transfers", team="transfers")
    client = hub.key("transfers", team="transfers")
    chance = random.Random(7)
    content = chance.randbytes(CHUNK_SIZE) + bytes(CHUNK_SIZE) + chance.randbytes(CHUNK_SIZE) + b"the rest"
    digest = object_digest("blob", content)
    with Transport(hub.url, client.token) as transport:
        team = Team(transport, "app")
        send_large(team, "blob", digest, memoryview(content))
        assert team.missing([digest])[0] == set()
        assert b"".join(chunks_of(team, digest, len(content), len(content), 30.0)) == content
        send_large(team, "blob", digest, memoryview(content))


def test_chunks_that_can_not_be_sent_are_an_error(hub: Hub):
    """That of the first that failed; nothing reads from the object any more when it is raised."""
    content = bytearray(3 * CHUNK_SIZE)
    with Transport(hub.url, "hsk_aaaaaaaa_" + "x" * 43) as transport, pytest.raises(HubError, match="does not accept"):
        send_large(Team(transport, "app"), "blob", Digest(bytes(32)), memoryview(content))
    content.clear()  # BufferError while anything views it


def test_a_chunk_is_digested_for_its_object_when_the_one_before_is_still_on_its_way():
    """The second one begins first and ends last; one that comes out of turn, or is not what it says, leaves the object to be read again."""
    parts = [bytes([n]) * 3_000 for n in range(3)]
    names = [chunk_digest(part) for part in parts]
    claimed = object_digest("blob", b"".join(parts))
    following = Following()

    def arriving(place: int) -> Arriving:
        return Arriving(names[place], "identity", lambda: following.hasher(1, claimed, place))

    def finish(place: int, one: Arriving) -> None:
        _, hasher = one.finish(parts[place])
        if hasher is not None:
            following.note(1, claimed, place, names[place], hasher)

    first, second, third = (arriving(place) for place in range(3))
    second.look(parts[1][:1_000])
    first.look(parts[0])
    third.look(parts[2])
    finish(0, first)
    second.look(parts[1][1_000:])
    finish(1, second)
    finish(2, third)
    assert following.take(1, claimed, "blob", names)

    third = arriving(2)
    third.look(parts[2])
    finish(2, third)
    assert not following.take(1, claimed, "blob", names)

    first = arriving(0)
    first.look(parts[1])
    with pytest.raises(Refusal):
        first.finish(parts[1])
    assert not following.take(1, claimed, "blob", names)
