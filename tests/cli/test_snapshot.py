"""`hitsave snapshot` and `hitsave restore`."""

from __future__ import annotations


def test_a_folder_goes_into_the_store_and_comes_out(project, hitsave):
    """By its digest, or the beginning of it; it is pinned, and listed as files that were kept."""
    project.write({"data/a.txt": "one", "data/inner/b.txt": "two"})
    said = hitsave("snapshot", "data")
    (digest,) = said.stdout.split()
    assert said.stderr.startswith("2 files, 6 B; pinned as ")
    told = hitsave("snapshot", "data", "--json").json
    assert (told["digest"], told["folder"], told["files"], told["bytes"]) == (digest, True, 2, 6)
    assert hitsave("restore", digest[:8], "again").lines == ["again: 2 files, 6 B."]
    assert (project.root / "again" / "inner" / "b.txt").read_text() == "two"
    assert "hitsave:snapshot" in hitsave("status").stdout
    assert "files that were kept" in hitsave("status").stdout
    assert hitsave("gc", "--budget", "0", "--yes").status == 0
    assert hitsave("fsck").status == 0
    assert hitsave("restore", digest, "again", "--replace", "--json").json["path"] == str(project.root / "again")
    assert (hitsave("show", told["id"]).status, hitsave("ls", "--pinned").lines[1].split()[1]) == (0, "hitsave:snapshot")


def test_what_can_t_be_done_is_said_in_one_line(project, hitsave):
    """With what to do."""
    project.write({"a.txt": "one"})
    assert hitsave("snapshot", "gone").stderr == f"hitsave: {project.root}/gone is not there. Look at its name.\n"
    digest = hitsave("snapshot", "a.txt").stdout.strip()
    assert hitsave("restore", digest, "a.txt").stderr.endswith(
        "a.txt is there already. Choose another place, or have it replaced (replace=True, --replace).\n"
    )
    assert "There is no snapshot whose digest begins with" in hitsave("restore", "0" * 12, "b.txt").stderr
    assert "is too short to name a snapshot. Give at least 6 digits of it" in hitsave("restore", digest[:3], "b.txt").stderr
    assert hitsave("restore", "0" * 64, "b.txt").status == 2
