from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsave.digest import Digest, digest_bytes
from hitsave.workspace.facts_table import FILE_NAME, FactsTable, MemoryFactsTable, decode, encode

Table = FactsTable | MemoryFactsTable


def key(number: int) -> Digest:
    """A digest of its own for each number."""
    return digest_bytes("hitsave tests", str(number).encode())


def rows(start: int, end: int) -> dict[Digest, bytes]:
    """Facts to keep, each of which can be told to be right."""
    return {key(n): f"facts {n}".encode() * (n % 50 + 1) for n in range(start, end)}


def right(found: dict[Digest, bytes], start: int, end: int) -> bool:
    """Whether everything found is what was put."""
    everything = rows(start, end)
    return all(everything[digest] == content for digest, content in found.items())


@pytest.fixture(params=["disk", "memory"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Table:
    """Each kind of table."""
    return FactsTable(tmp_path / "facts") if request.param == "disk" else MemoryFactsTable()


def test_what_was_put_is_found(table: Table) -> None:
    """By digest; what was not put is absent, not an error."""
    table.put_many(rows(0, 2000), 1)
    assert table.get_many([key(n) for n in range(2500)], 1) == rows(0, 2000)
    assert table.get_many([], 1) == {}
    table.put_many({}, 1)
    table.put_many({key(1): b"new"}, 1)
    assert table.get_many([key(1)], 1) == {key(1): b"new"}


def test_spaces_and_versions_are_apart(table: Table) -> None:
    """Facts and indexes with the same digest are not the same rows, nor are those of two versions of the analysis."""
    table.put_many({key(1): b"statement"}, 1)
    table.put_indexes({key(1): b"index"}, 1)
    assert table.get_many([key(1)], 1) == {key(1): b"statement"}
    assert table.get_indexes([key(1)], 1) == {key(1): b"index"}
    assert table.get_many([key(1)], 2) == table.get_indexes([key(1)], 2) == {}


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    """Making a table touches no disk."""
    FactsTable(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_another_process_finds_it(tmp_path: Path) -> None:
    """Facts last."""
    FactsTable(tmp_path).put_many(rows(0, 10), 1)
    code = (
        "import sys; from hitsave.workspace.facts_table import FactsTable; from hitsave.digest import Digest;"
        "print(len(FactsTable(sys.argv[1]).get_many([Digest.from_hex(h) for h in sys.argv[2:]], 1)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path), *(str(key(n)) for n in range(20))], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "10"


def test_the_oldest_rows_go(tmp_path: Path) -> None:
    """The number of rows is bounded."""
    table = FactsTable(tmp_path, max_rows=100)
    for start in range(0, 1000, 30):
        table.put_many(rows(start, start + 30), 1)
    found = table.get_many([key(n) for n in range(1020)], 1)
    assert len(found) <= 100
    assert key(1019) in found
    assert key(0) not in found


@pytest.mark.parametrize("damage", ["garbage", "empty", "truncated", "folder", "other schema", "other tables"])
def test_a_damaged_file_is_begun_again(tmp_path: Path, damage: str) -> None:
    """Nothing raises; what is put afterwards is found."""
    table = FactsTable(tmp_path)
    table.put_many(rows(0, 300), 1)
    table.close()
    path = tmp_path / FILE_NAME
    match damage:
        case "garbage":
            path.write_bytes(b"no database " * 1000)
        case "empty":
            path.write_bytes(b"")
        case "truncated":
            os.truncate(path, path.stat().st_size // 2 // 4096 * 4096)
        case "folder":
            path.unlink()
            path.mkdir()
        case "other schema":
            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA user_version = 77")
            connection.close()
        case _:
            with sqlite3.connect(path) as connection:
                connection.execute("DROP TABLE facts")
            connection.close()
    again = FactsTable(tmp_path)
    assert right(again.get_many([key(n) for n in range(300)], 1), 0, 300)
    again.put_many(rows(300, 310), 1)
    again.put_many(rows(300, 310), 1)
    expected = {} if damage == "folder" else rows(300, 310)
    assert again.get_many([key(n) for n in range(300, 310)], 1) == expected


def test_flipped_bits_are_misses(tmp_path: Path) -> None:
    """Of 200 random flips none gives a wrong fact, and none an error."""
    table = FactsTable(tmp_path)
    table.put_many(rows(0, 300), 1)
    table.close()
    path = tmp_path / FILE_NAME
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    whole = path.read_bytes()
    chance = random.Random(7)
    for _ in range(200):
        broken = bytearray(whole)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        for old in tmp_path.iterdir():
            old.unlink()
        path.write_bytes(broken)
        victim = FactsTable(tmp_path)
        assert right(victim.get_many([key(n) for n in range(300)], 1), 0, 300)
        victim.put_many(rows(300, 303), 1)
        victim.close()


def test_a_folder_that_can_t_be_made_or_written_keeps_nothing(tmp_path: Path) -> None:
    """A file where the folder should be: nothing is found, nothing raises."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    table = FactsTable(tmp_path / "file")
    table.put_many(rows(0, 3), 1)
    assert table.get_many([key(0)], 1) == {}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork to become another user")
def test_a_read_only_folder_is_read() -> None:
    """Somebody else's facts are of use, also where no log may be made beside them."""
    folder = Path(tempfile.mkdtemp())
    FactsTable(folder).put_many(rows(0, 20), 1)
    FactsTable(folder).close()
    (folder / FILE_NAME).chmod(0o444)
    folder.chmod(0o555)
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)
        table = FactsTable(folder)
        table.put_many({key(20): b"x"}, 1)
        os._exit(0 if table.get_many([key(n) for n in range(21)], 1) == rows(0, 20) else 1)
    _, status = os.waitpid(child, 0)
    folder.chmod(0o755)
    shutil.rmtree(folder)
    assert status == 0


def test_threads_share_a_table(tmp_path: Path) -> None:
    """Eight threads put and get at once."""
    table = FactsTable(tmp_path)
    wrong: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for start in range(number * 1000, number * 1000 + 200, 20):
                table.put_many(rows(start, start + 20), 1)
                assert right(table.get_many([key(n) for n in range(start, start + 20)], 1), start, start + 20)
        except BaseException as problem:  # noqa: BLE001 - shown by the assertion below
            wrong.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(table.get_many([key(n) for t in range(8) for n in range(t * 1000, t * 1000 + 200)], 1)) == 1600


def _put_in_process(folder: str, start: int) -> None:
    table = FactsTable(folder)
    for n in range(start, start + 100, 10):
        table.put_many(rows(n, n + 10), 1)
        if not right(table.get_many([key(m) for m in range(start, start + 100)], 1), start, start + 100):
            os._exit(3)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_share_a_file(tmp_path: Path, method: str) -> None:
    """Four processes begin at once, from no file; what each keeps, all find. A put may be dropped where another writes for too long, not more."""
    context = multiprocessing.get_context(method)
    processes = [context.Process(target=_put_in_process, args=(str(tmp_path), number * 1000)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    found = FactsTable(tmp_path).get_many([key(n) for p in range(4) for n in range(p * 1000, p * 1000 + 100)], 1)
    assert len(found) >= 380


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_uses_the_table_of_its_parent(tmp_path: Path) -> None:
    """Forked while another thread is in the table: neither is disturbed, and no lock is inherited locked."""
    table = FactsTable(tmp_path)
    table.put_many(rows(0, 100), 1)
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            table.get_many([key(n) for n in range(100)], 1)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        for number in range(20):
            child = os.fork()
            if child == 0:
                fine = table.get_many([key(n) for n in range(100)], 1) == rows(0, 100)
                table.put_many(rows(1000 + number, 1001 + number), 1)
                os._exit(0 if fine else 1)
            _, status = os.waitpid(child, 0)
            assert status == 0
    finally:
        stop.set()
        thread.join()
    assert table.get_many([key(n) for n in range(1000, 1020)], 1) == rows(1000, 1020)


def test_a_writer_that_does_not_end_is_not_waited_for(tmp_path: Path) -> None:
    """While another process holds the file, reading goes on, and what would be put is dropped; afterwards all is well."""
    table = FactsTable(tmp_path)
    table.put_many(rows(0, 5), 1)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    table.put_many(rows(5, 10), 1)
    assert table.get_many([key(n) for n in range(10)], 1) == rows(0, 5)
    other.execute("ROLLBACK")
    other.close()
    table.put_many(rows(5, 10), 1)
    assert table.get_many([key(n) for n in range(10)], 1) == rows(0, 10)


def test_a_file_that_is_deleted_under_a_process_is_no_error(tmp_path: Path) -> None:
    """Somebody clears the folder: nothing raises, and a new table works."""
    table = FactsTable(tmp_path)
    table.put_many(rows(0, 5), 1)
    for file in tmp_path.iterdir():
        file.unlink()
    table.put_many(rows(5, 10), 1)
    assert right(table.get_many([key(n) for n in range(10)], 1), 0, 10)
    fresh = FactsTable(tmp_path)
    fresh.put_many(rows(10, 12), 1)
    assert fresh.get_many([key(10), key(11)], 1) == rows(10, 12)


@pytest.mark.parametrize("end", ["", "-wal", "-journal"])
@pytest.mark.parametrize("plant", ["link", "pipe", "stranger"])
def test_what_somebody_else_may_have_put_there_is_not_opened(tmp_path: Path, end: str, plant: str) -> None:
    """A link would lead elsewhere, a pipe would never answer, and facts of another user may be lies. It is left as it is."""
    if plant == "stranger" and os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"of another program")
    file = tmp_path / (FILE_NAME + end)
    if plant == "link":
        file.symlink_to(elsewhere)
    elif plant == "pipe":
        os.mkfifo(file)
    else:
        file.write_bytes(b"lies")
        os.chown(file, 65534, 65534)
    table = FactsTable(tmp_path)
    table.put_many(rows(0, 5), 1)
    assert table.get_many([key(n) for n in range(5)], 1) == {}
    assert file.is_symlink() == (plant == "link")
    assert elsewhere.read_bytes() == b"of another program"


def test_a_full_disk_keeps_nothing_and_raises_nothing(tmp_path: Path) -> None:
    """SQLite's own limit of pages stands for the disk: the put is dropped, what was there stays."""
    table = FactsTable(tmp_path)
    table.put_many(rows(0, 5), 1)
    (connection,) = table._open.connections
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    table.put_many({key(n): os.urandom(50_000) for n in range(100, 120)}, 1)
    assert table.get_many([key(n) for n in range(120)], 1) == rows(0, 5)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=[]))
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(-100, 100), inner),
    max_leaves=20,
)


@given(plain)
def test_plain_values_survive_encoding(value: object) -> None:
    """Also lone surrogates, which source text may have."""
    assert decode(encode(value)) == value


@given(st.binary(max_size=60))
def test_bytes_that_encode_nothing_are_a_value_error(content: bytes) -> None:
    """ValueError and nothing else."""
    with suppress(ValueError):
        decode(content)


def test_tuples_come_back_as_lists() -> None:
    """What is stored has no tuples."""
    assert decode(encode((1, (2, "x")))) == [1, [2, "x"]]
