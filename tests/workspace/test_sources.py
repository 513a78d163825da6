from __future__ import annotations

import io
import os
import threading
import tokenize
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsave.workspace.sources import LARGEST_SOURCE, DiskSources, OverlaySources, Signature, SourceText, Unreadable, decode_source

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        (b"", ""),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        (b"\xef\xbb\xbf# coding: utf-8\n", "# coding: utf-8\n"),
        ("# -*- coding: latin-1 -*-\ns = 'é'".encode("latin-1"), "# -*- coding: latin-1 -*-\ns = 'é'"),
        (
            "#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\ns = '€'".encode("cp1252"),
            "#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\ns = '€'",
        ),
        ("# coding=euc-jp\ns = '日'".encode("euc-jp"), "# coding=euc-jp\ns = '日'"),
        ("# coding: latin-1-unix\né".encode("latin-1"), "# coding: latin-1-unix\né"),
        ("x = 1\n# coding: latin-1\ns = 'é'".encode(), "x = 1\n# coding: latin-1\ns = 'é'"),
        ("\n\n# coding: latin-1\ns = 'é'".encode(), "\n\n# coding: latin-1\ns = 'é'"),
        ("\x0c# coding: latin-1\né".encode("latin-1"), "\x0c# coding: latin-1\né"),
        ("# coding: UTF_8\né".encode(), "# coding: UTF_8\né"),
    ],
)
def test_text_is_decoded_as_python_does(content: bytes, text: str) -> None:
    """Byte order mark, coding cookie in the first two lines, and all line ends."""
    source = decode_source("x.py", content)
    assert isinstance(source, SourceText)
    assert source.text == text


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"s = '\xff'", "byte 5 is not utf-8"),
        (b"# coding: utf-8\n\xe9", "byte 16 is not utf-8"),
        (b"# coding: ascii\n\xe9", "byte 16 is not ascii"),
        (b"# coding: no-such-thing\n", "no-such-thing"),
        (b"# coding: rot13\n", "rot13"),
        (b"# coding: zlib\n", "zlib"),
        (b"# coding: punycode\n", "no encoding of source text"),
        (b"# coding: os.path\n", "os.path"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "byte order mark"),
    ],
)
def test_text_that_can_t_be_decoded_says_why(content: bytes, detail: str) -> None:
    """Undecodable bytes and encodings that are none are a value, not an exception."""
    source = decode_source("x.py", content)
    assert isinstance(source, Unreadable)
    assert source.why == "undecodable"
    assert detail in source.detail


comment = st.sampled_from(
    [
        b"# coding: latin-1",
        b"# -*- coding: utf-8 -*-",
        b"#coding=cp1252",
        b"# encoding: x",
        b"#",
        b"",
        b" ",
        b"\x0c",
        b"x = 1",
        b"# coding:",
        b"#codingcoding=ascii",
        b"\xe9",
    ]
)


@given(st.lists(comment, max_size=4), st.sampled_from([b"\n", b"\r\n"]), st.booleans())
def test_the_cookie_is_found_where_the_tokenizer_finds_it(lines: list[bytes], end: bytes, mark: bool) -> None:
    """Whatever stands in the first lines: the same text as tokenize gives, or neither gives one."""
    content = (b"\xef\xbb\xbf" if mark else b"") + end.join(lines)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        expected = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except (SyntaxError, UnicodeDecodeError):
        expected = None
    source = decode_source("x.py", content)
    assert (source.text if isinstance(source, SourceText) else None) == expected


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_unreadable(content: bytes) -> None:
    """No content raises."""
    assert isinstance(decode_source("x.py", content), (SourceText, Unreadable))


def test_digests_are_of_the_text(write: Write) -> None:
    """Line ends, byte order mark and encoding don't count; a character does."""
    root = write("p", {"a.py": b"s = 1\n", "b.py": b"\xef\xbb\xbfs = 1\r\n", "c.py": b"s = 2\n"})
    sources = DiskSources()
    digests = {name: _text(sources.read(root / f"{name}.py")).digest for name in "abc"}
    assert digests["a"] == digests["b"] != digests["c"]
    assert sources.digest_of(root / "a.py") != sources.digest_of(root / "b.py"), "bytes are not text"


def test_what_is_no_readable_file_says_why(write: Write, tmp_path: Path) -> None:
    """Missing, a folder, a pipe that would never end, too large, a name that no file can have."""
    root = write("p", "a.py", "folder/x.py")
    os.mkfifo(root / "pipe.py")
    with open(root / "large.py", "wb") as large:
        large.truncate(LARGEST_SOURCE + 1)
    (root / "loop.py").symlink_to(root / "loop.py")
    sources = DiskSources()
    why = {name: _why(sources.read(root / name)) for name in ("none.py", "a.py/x.py", "folder", "pipe.py", "large.py", "loop.py", "nul\0.py")}
    assert why == {
        "none.py": "missing",
        "a.py/x.py": "missing",
        "folder": "not a file",
        "pipe.py": "not a file",
        "large.py": "too large",
        "loop.py": "not permitted",
        "nul\0.py": "not permitted",
    }
    assert _why(sources.digest_of(root / "none.py")) == "missing"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(write: Write) -> None:
    """No permission is a reason like any other."""
    root = write("p", "a.py")
    (root / "a.py").chmod(0)
    assert _why(DiskSources().read(root / "a.py")) == "not permitted"


def test_an_edit_of_equal_size_and_time_is_seen(write: Write) -> None:
    """An edit whose mtime is set back, within the same tick or later: ctime, or the rule for files that are too young to trust, tells."""
    root = write("p", {"a.py": "x = 1\n"})
    path = root / "a.py"
    sources = DiskSources()
    for number in range(2, 60):
        before = path.stat()
        assert _text(sources.read(path)).text == f"x = {number - 1}\n"
        with open(path, "r+b") as same_inode:
            same_inode.write(f"x = {number}\n".encode())
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert _text(sources.read(path)).text == f"x = {number}\n"
        sources.digest_of(path)


def test_a_settled_file_is_read_once(tmp_path: Path) -> None:
    """What has not changed since long before it was read costs one stat."""
    sources = DiskSources()
    assert _text(sources.read(os.__file__)) is _text(sources.read(os.__file__))


def test_young_signatures_are_not_trusted() -> None:
    """Git's rule for its index: what changed just before it was read may change again, unseen; a time in the future is young."""
    second = 1_000_000_000
    now = 1_700_000_000 * second
    assert not Signature(now - second, now - 60 * second, 1, 1).settled(now)
    assert not Signature(now - 60 * second, now - second, 1, 1).settled(now)
    assert not Signature(now + 60 * second, now - 60 * second, 1, 1).settled(now)
    assert Signature(now - 3 * second, now - 3 * second, 1, 1).settled(now)


def test_open_buffers_lie_over_files(write: Write) -> None:
    """A buffer's text counts, closed it is the file's again; an answer that began earlier keeps its texts."""
    root = write("p", {"a.py": "x = 1\n"})
    disk = OverlaySources(DiskSources())
    opened = disk.with_buffer(root / "a.py", "x = 2\r\n")
    edited = opened.with_buffer(root / "a.py", "x = 3\n").with_buffer(root / "new.py", "y = 1\n")
    assert [_text(s.read(root / "a.py")).text for s in (disk, opened, edited, edited.without(root / "a.py"))] == [
        "x = 1\n",
        "x = 2\n",
        "x = 3\n",
        "x = 1\n",
    ]
    assert _text(edited.read(root / "new.py")).signature is None
    assert _why(opened.read(root / "new.py")) == "missing"
    assert (
        _text(opened.without(root / "a.py").read(root / "a.py")).digest
        == _text(disk.with_buffer(root / "a.py", "x = 1\n").read(root / "a.py")).digest
    )
    assert opened.digest_of(root / "a.py") == disk.digest_of(root / "a.py")


def test_a_file_that_is_being_written_gives_a_text_that_it_had(write: Write) -> None:
    """Read over and over while another thread replaces it: always one of the two texts, whole."""
    root = write("p", {"a.py": "a" * 100_000})
    stop = threading.Event()

    def replace() -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            (root / "next").write_text(("b" if number % 2 else "a") * 100_000, encoding="utf-8")
            (root / "next").replace(root / "a.py")

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        sources = DiskSources()
        for _ in range(300):
            assert len(set(_text(sources.read(root / "a.py")).text)) == 1
    finally:
        stop.set()
        writer.join()


def _text(source: SourceText | Unreadable) -> SourceText:
    assert isinstance(source, SourceText), source
    return source


def _why(source: object) -> str:
    assert isinstance(source, Unreadable), source
    return source.why
