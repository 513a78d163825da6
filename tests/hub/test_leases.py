"""One computation at a time, across machines."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

from tests.hub.running import Client
from tests.hub.servers import until


def lease(client: Client, name: str, ttl_ms: int = 60_000, *, owner: str = "a", token: str | None = None) -> tuple[int, dict]:
    """What is answered to who asks for a lease."""
    from hitsave.storage import wire

    answer = client.send("POST", f"…/leases/{name}", {"owner": owner, "ttl_ms": ttl_ms, "token": token})
    return answer.status_code, wire.decode(answer.content)


def test_of_sixteen_who_ask_one_computes(project: Client):
    """The others are told who does, and for how much longer."""
    name = secrets.token_hex(32)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: lease(project, name, owner=f"host {n}"), range(16)))

    granted = [said for status, said in answers if status == 200]
    held = [said for status, said in answers if status == 409]
    assert (len(granted), len(held)) == (1, 15)
    assert {said["owner"] for said in held} == {granted[0]["owner"]}
    assert all(0 < said["ttl_ms"] <= 60_000 and "token" not in said for said in held)


def test_a_lease_is_renewed_and_released_by_its_token_alone(project: Client):
    """A wrong token does neither."""
    name = secrets.token_hex(32)
    token = lease(project, name)[1]["token"]

    assert lease(project, name, token=token)[0] == 200
    assert lease(project, name, token="wrong")[0] == 409
    project.ask("POST", f"…/leases/{name}/release", {"token": "wrong"})
    assert lease(project, name)[0] == 409
    project.ask("POST", f"…/leases/{name}/release", {"token": token})
    assert lease(project, name, owner="b")[1]["owner"] == "b"


def test_a_lease_ends_by_itself(project: Client):
    """Its owner may have been killed; and who comes late with its token has lost it."""
    name = secrets.token_hex(32)
    late = lease(project, name, 200)[1]["token"]

    until(lambda: lease(project, name, owner="b")[0] == 200, "the end of the lease")
    assert lease(project, name, token=late)[0] == 409
