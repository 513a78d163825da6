"""Files as values, over a team server: what one machine's function made, the others have without running it."""

from __future__ import annotations

from tests.hub_client.machines import REQUIRED

MAIN = """\
    from pathlib import Path
    from hitsave import DirectorySnapshot, FileSnapshot, InputFile, OutputFile, memo

    @memo
    def corpus(n):
        print("made", n)
        folder = Path("made")
        (folder / "deep" / "empty").mkdir(parents=True)
        (folder / "deep" / "a.txt").write_text("line\\n" * n)
        (folder / "run.sh").write_text("#!/bin/sh\\n")
        (folder / "run.sh").chmod(0o755)
        (folder / "link").symlink_to("deep/a.txt")
        (folder / "large.bin").write_bytes(bytes(range(256)) * 12_000)
        return {"folder": DirectorySnapshot.snap(folder), "file": FileSnapshot.snap(folder / "run.sh")}

    @memo
    def lines(given):
        print("counted")
        return (given.path / "deep" / "a.txt").read_text().count("\\n")

    @memo
    def shout(source: InputFile, out: OutputFile):
        print("shouted")
        out.write_text(source.read_text().upper())

    made = corpus(7)
    print(lines(made["folder"]))
    there = made["folder"].restore_at("there")
    print(sorted(str(path.relative_to(there)) for path in there.rglob("*")))
    print((there / "link").readlink(), (there / "large.bin").read_bytes() == bytes(range(256)) * 12_000, oct((there / "run.sh").stat().st_mode & 0o777))
    print(made["file"].restore_at("run").read_text().strip())
    shout(there / "deep" / "a.txt", Path("loud.txt"))
    print(Path("loud.txt").read_text().split()[0])
"""
PRINTED = ["7", "['deep', 'deep/a.txt', 'deep/empty', 'large.bin', 'link', 'run.sh']", "deep/a.txt True 0o755", "#!/bin/sh"]


def test_a_folder_that_one_made_the_others_put_back(three):
    """As a result, and as an argument of the next function: names, links, permissions, empty folders and contents; asked for by the program, or pulled and used without the server."""
    ada, bob, cyd = three
    for machine in three:
        machine.write("main.py", MAIN)
    assert ada.run(HITSAVE_HUB="off").printed == ["made 7", "counted", *PRINTED, "shouted", "LINE"]
    ada.command("push", "--all")

    assert bob.run(**REQUIRED).printed == [*PRINTED, "LINE"]

    for symbol in ("corpus", "lines", "shout"):
        assert cyd.command("pull", symbol).printed == ["Fetched 1 result."]
    assert cyd.run(HITSAVE_HUB="off").printed == [*PRINTED, "LINE"]
    assert not any((machine.project / "made").exists() for machine in (bob, cyd))
