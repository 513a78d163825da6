"""What one machine computed, the others don't: real processes on three homes, and a real team server between them."""

from __future__ import annotations

import pytest

from tests.hub_client.machines import FILES, REQUIRED, Machine


def test_what_was_not_trusted_is_computed_and_said_once(three):
    """And a key that is trusted no more takes its results with it, the copies here included."""
    ada, bob, _ = three
    ada.run(**REQUIRED)
    bob.trust()
    said = bob.run(**REQUIRED)
    assert said.printed == ["ran 3", "trained 0.5", "6 {'rate': 0.5}"]
    assert said.errors.count("is not trusted here") == 1
    _, _, cyd = three
    assert cyd.run(**REQUIRED).printed == ["6 {'rate': 0.5}"]
    (cyd.config / "trusted-keys").write_text("")
    assert cyd.run(HITSAVE_HUB="off").printed == ["ran 3", "trained 0.5", "6 {'rate': 0.5}"]


def test_what_is_local_leaves_no_trace(three):
    """Neither a result nor a question about it."""
    ada, bob, _ = three
    for machine in (ada, bob):
        machine.write("main.py", FILES["main.py"].replace("@memo", "@memo(local_only=True)").replace("@experiment", "@experiment(local_only=True)"))
        assert machine.run(**REQUIRED).printed[0] == "ran 3"
        assert machine.waiting() == 0


def test_coroutines_and_generators_are_shared(three):
    """As functions are, without keeping the event loop waiting."""
    main = """\
        import asyncio
        from hitsave import memo

        @memo
        async def fetched(n):
            print("ran", n)
            return n + 1

        @memo
        def counted(n):
            print("counted", n)
            yield from range(n)

        print(asyncio.run(fetched(1)), list(counted(3)))
    """
    ada, bob, _ = three
    for machine, printed in ((ada, ["ran 1", "counted 3", "2 [0, 1, 2]"]), (bob, ["2 [0, 1, 2]"])):
        machine.write("main.py", main)
        assert machine.run(**REQUIRED).printed == printed


def test_what_was_there_before_is_pushed_and_pulled(three):
    """By symbol and by ID, with the text of the code, so that reasons can be seen."""
    ada, bob, cyd = three
    ada.run(HITSAVE_HUB="off")
    assert ada.waiting() == 0
    assert ada.command("push", "--all").printed == [f"Sent 2 results to {_hub_of(ada)}."]
    assert bob.command("pull", "slow").printed == ["Fetched 1 result."]
    assert bob.command("pull", "slow").printed == ["All that there is was here before."]
    with bob.opened() as store:
        (entry,) = store.list()
    assert cyd.command("pull", entry.id[:12]).printed == ["Fetched 1 result."]
    cyd.write("util.py", "def step(n):\n    return n * 3\n")
    why = "\n".join(cyd.command("why", "slow").printed)
    assert "step() changed" in why
    assert "return n * 2" in why
    assert ada.command("sync").printed == ["There was nothing to send."]


def test_source_text_stays_where_the_project_says_so(three):
    """Results are shared without it."""
    ada, bob, _ = three
    for machine in (ada, bob):
        settings = (machine.project / "pyproject.toml").read_text()
        machine.write("pyproject.toml", settings + "share-source = false\n")
    ada.run(**REQUIRED)
    assert bob.command("pull", "slow").printed == ["Fetched 1 result."]
    with bob.opened() as store:
        (entry,) = store.list()
        assert store.texts_of(entry.snapshot) == ()


def test_whoami_says_whom_the_server_takes_one_for(three):
    """With the key that others are to trust."""
    ada, _, _ = three
    said = "\n".join(ada.command("whoami").printed)
    assert "ada of team" in said
    assert "read, write" in said
    key = next(line.split()[-1] for line in said.splitlines() if "you sign with" in line)
    assert any(line.startswith(key) and line.endswith("yourself") for line in ada.command("trust").printed)
    assert ada.command("logout").printed[0].startswith("Logged out of")
    with pytest.raises(AssertionError, match="not logged in"):
        ada.command("whoami")


def test_a_reader_sends_nothing_and_hits(hub, three, tmp_path):
    """A key that may only read is enough to use what others computed."""
    ada, _, _ = three
    ada.run(**REQUIRED)
    files = FILES | {"pyproject.toml": (ada.project / "pyproject.toml").read_text()}
    reader = Machine(tmp_path / "eve", files)
    reader.login(hub, "eve", scopes=("read",))
    reader.trust(*[line.split()[0] for line in (ada.config / "trusted-keys").read_text().splitlines()])
    assert reader.run(**REQUIRED).printed == ["6 {'rate': 0.5}"]
    reader.write("util.py", "def step(n):\n    return n * 4\n")
    said = reader.run(**REQUIRED)
    assert said.printed[0] == "ran 3"
    assert reader.waiting() == 0


def _hub_of(machine: Machine) -> str:
    return (machine.project / "pyproject.toml").read_text().split('"')[1]
