from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hitsave.workspace.metadata import Metadata, applies, installed_files, read_metadata, required_name
from hitsave.workspace.settings import normalised

Write = Callable[..., Path]
OLDER, NEWER = f"3.{sys.version_info.minor - 1}", f"3.{sys.version_info.minor + 1}"


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("numpy", "numpy"),
        ("Foo_Bar[fast]>=1,<2", "foo-bar"),
        ("foo (>=1.0)", "foo"),
        ("foo @ https://example.org/foo.zip", "foo"),
        ("foo; extra == 'test'", None),
        ("foo>=1 ; python_version >= '3.11' and extra == \"dev\"", None),
        (f"foo; python_version < '{OLDER}'", None),
        (f"foo; python_version < '{NEWER}'", "foo"),
        (f'foo; python_version >= "{OLDER}" and python_version < "{NEWER}"', "foo"),
        (f"foo; python_full_version < '{OLDER}'", None),
        ("foo; sys_platform == 'win32'", "foo" if sys.platform == "win32" else None),
        ("foo; sys_platform != 'win32'", None if sys.platform == "win32" else "foo"),
        ("foo; platform_python_implementation != 'PyPy'", "foo"),
        ("foo; implementation_name == 'pypy'", None),
        ("foo; python_version in '2.6 2.7'", None),
        ("foo; sys_platform not in 'win32 cygwin'", "foo"),
        ("foo; os_name == 'nothing' or python_version >= '3'", "foo"),
        ("foo; platform_machine == 'alien'", "foo"),
        ("foo; python_version == '2.*'", None),
        ("foo; (python_version < '3.0')", None),
        ("", None),
    ],
)
def test_what_is_required_here(requirement: str, name: str | None) -> None:
    """Names without extras; markers count, and one that is too clever counts as holding."""
    assert required_name(requirement) == name


def test_markers_agree_with_packaging_on_everything_installed() -> None:
    """For every requirement of every installed distribution: what packaging says, or at most more."""
    from packaging.requirements import Requirement

    compared = 0
    for distribution in importlib.metadata.distributions():
        for text in distribution.requires or ():
            requirement = Requirement(text)
            true = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            ours = required_name(text)
            compared += 1
            if true:
                assert ours == normalised(requirement.name), text
            elif ours is not None:
                assert not applies("extra"), "an extra never holds"
                assert " or " in text or "platform_machine" in text, text
    assert compared > 50


def test_an_egg_info_folder_and_an_egg_info_file(write: Write) -> None:
    """Older installers wrote PKG-INFO, requires.txt with sections, or a single file."""
    root = write(
        "site",
        {
            "a.egg-info/PKG-INFO": "Name: A.pkg\nVersion: 1.5\n\nRequires-Dist: not-this\n",
            "a.egg-info/requires.txt": f"numpy>=1\nother_pkg\n\n[test]\npytest\n\n[:python_version < '{OLDER}']\nold\n\n[:python_version >= '{OLDER}']\nnew\n",
            "a.egg-info/SOURCES.txt": "setup.py\na/__init__.py",
            "b-2.0.egg-info": "Metadata-Version: 1.0\r\nName: b\r\nVersion: 2.0\r\n\r\ntext",
            "b-2.0.egg-link": "",
        },
    )
    assert read_metadata(str(root / "a.egg-info")) == Metadata("A.pkg", "1.5", ("new", "numpy", "other-pkg"))
    assert read_metadata(str(root / "b-2.0.egg-info")) == Metadata("b", "2.0", ())
    assert installed_files(str(root / "a.egg-info")) == [("setup.py", ""), ("a/__init__.py", "")]
    assert read_metadata(str(root / "nothing.dist-info")) is None


def test_a_long_header_is_read_to_its_end(write: Write) -> None:
    """The description is not; the header may be longer than one read."""
    lines = "\n".join(f"Classifier: {n:0100}" for n in range(500))
    root = write("site", {"a-1.dist-info/METADATA": f"Name: a\n{lines}\nVersion: 1\nRequires-Dist: b\n\nVersion: 2\n" + "x" * 100_000})
    assert read_metadata(str(root / "a-1.dist-info")) == Metadata("a", "1", ("b",))


def test_paths_with_commas_and_quotes_in_record(write: Write) -> None:
    """RECORD is a CSV file."""
    root = write("site", {"a-1.dist-info/RECORD": 'a/b.py,sha256=x,1\n"a/c,d.py",sha256=y,1\n"a/e""f.py",,\n'})
    assert installed_files(str(root / "a-1.dist-info")) == [("a/b.py", "sha256=x"), ("a/c,d.py", "sha256=y"), ('a/e"f.py', "")]
