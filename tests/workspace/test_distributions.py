from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hitsave.workspace.distributions import Distribution, Distributions, distribution_of
from hitsave.workspace.editable import hooked_modules, path_lines
from hitsave.workspace.metadata import read_metadata
from hitsave.workspace.settings import normalised

Write = Callable[..., Path]
Install = Callable[..., Path]
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def test_a_module_s_distribution_by_equal_name(install: Install) -> None:
    """The common case: asked by dotted name or by file, with its version and what it requires."""
    site = install("My-Lib", "1.2.3", {"my_lib/__init__.py": "", "my_lib/core.py": ""}, requires=("numpy>=1", "x; extra == 'y'"))
    expected = Distribution("my-lib", "1.2.3", ("numpy",))
    assert distribution_of("my_lib.core", [site]) == expected
    assert distribution_of(site / "my_lib/core.py", [site]) == expected
    assert Distributions([site]).named("my.LIB") == expected


def test_a_module_of_another_name(install: Install) -> None:
    """By top_level.txt, or where there is none by RECORD: yaml, attr, single files, compiled modules."""
    install("PyYAML", "6.0", {"yaml/__init__.py": "", "_yaml/__init__.py": ""}, metadata={"top_level.txt": "_yaml\nyaml\n"}, record=False)
    install("scikit-learn", "1.0", {"sklearn/__init__.py": "", "scikit_learn.libs/x.so": ""})
    site = install("python-dateutil", "2.0", {"dateutil.py": "", "fast.cpython-312-x86_64-linux-gnu.so": "", "fast.so": ""})
    names = {module: (distribution_of(module, [site]) or _none()).name for module in ("yaml", "_yaml", "sklearn.svm", "dateutil", "fast")}
    assert names == {"yaml": "pyyaml", "_yaml": "pyyaml", "sklearn.svm": "scikit-learn", "dateutil": "python-dateutil", "fast": "python-dateutil"}


def test_a_namespace_package_has_several_distributions(install: Install) -> None:
    """The file decides, also where one distribution has the namespace's own name."""
    install("google", "1", {"google/search/__init__.py": ""})
    install("google-cloud", "2", {"google/cloud/__init__.py": "", "google/cloud/x.py": ""})
    site = install("protobuf", "3", {"google/protobuf/__init__.py": ""})
    names = {m: (distribution_of(m, [site]) or _none()).name for m in ("google.search", "google.cloud", "google.cloud.x", "google.protobuf")}
    assert names == {"google.search": "google", "google.cloud": "google-cloud", "google.cloud.x": "google-cloud", "google.protobuf": "protobuf"}


def test_the_standard_library_has_python_s_version(tmp_path: Path) -> None:
    """X.Y, for modules and files."""
    assert distribution_of("json.decoder", sys.path) == Distribution("python", PYTHON)
    assert distribution_of("sys", [tmp_path]) == Distribution("python", PYTHON)
    assert distribution_of(os.__file__, sys.path) == Distribution("python", PYTHON)
    assert Distributions([]).named("python") == Distribution("python", PYTHON)


def test_project_code_and_what_is_missing_have_none(write: Write, install: Install) -> None:
    """None is the answer for both."""
    site = install("lib", "1", {"lib/__init__.py": ""})
    root = write("app", "mine.py")
    assert distribution_of("mine", [root, site]) is None
    assert distribution_of(root / "mine.py", [root, site]) is None
    assert distribution_of("nothing", [root, site]) is None
    assert Distributions([root, site]).named("nothing") is None
    assert Distributions([root, site]).counted("nothing", "exact") == ""


def test_modules_without_a_distribution_count_by_their_content(write: Write) -> None:
    """An edit, an added and a removed file change the version; bytecode doesn't. The version is found again by the name."""
    site = write("venv/lib/python3.12/site-packages", {"loose_pkg/__init__.py": "x = 1", "loose_pkg/sub/a.py": "", "single.py": "y = 1"})
    seen: list[str] = []

    def version() -> str:
        found = distribution_of("loose_pkg.sub", [site])
        assert found is not None
        assert found.name == "loose-pkg"
        assert found == Distributions([site]).named("loose-pkg") == distribution_of(site / "loose_pkg/sub/a.py", [site])
        assert found.counted("exact") == found.counted("minor") == Distributions([site]).counted("loose-pkg", "major") == found.version
        return found.version

    seen.append(version())
    write("venv/lib/python3.12/site-packages", {"loose_pkg/__pycache__/x.cpython-312.pyc": "zzz", "loose_pkg/data.txt": "zzz"})
    assert version() == seen[0]
    write("venv/lib/python3.12/site-packages", {"loose_pkg/__init__.py": "x = 2"})
    seen.append(version())
    write("venv/lib/python3.12/site-packages", {"loose_pkg/b.py": ""})
    seen.append(version())
    (site / "loose_pkg/sub/a.py").unlink()
    found = Distributions([site]).named("loose-pkg")
    assert found is not None
    seen.append(found.version)
    assert len(set(seen)) == 4
    assert all(v.startswith("file:") for v in seen)
    assert (distribution_of("single", [site]) or _none()).version.startswith("file:")


def test_an_upgrade_is_seen(install: Install) -> None:
    """Without a restart: the folder's listing has changed."""
    site = install("lib", "1.0", {"lib/__init__.py": ""})
    distributions = Distributions([site])
    assert distributions.counted("lib", "exact") == "1.0"
    shutil.rmtree(site / "lib-1.0.dist-info")
    install("lib", "2.0", {"lib/__init__.py": ""})
    assert distributions.counted("lib", "exact") == "2.0"
    moment = distributions.moment()
    assert moment.counted("lib", "exact") == "2.0"
    shutil.rmtree(site / "lib-2.0.dist-info")
    assert moment.counted("lib", "exact") == "2.0"
    assert distributions.counted("lib", "exact").startswith("file:")


def test_metadata_that_was_left_over(install: Install) -> None:
    """Of two metadata folders of one name importlib.metadata's choice is the version; the other is named, so that whichever was installed last, an upgrade is seen."""
    site = install("lib", "1.0", {"lib/__init__.py": ""})
    before = Distributions([site]).counted("lib", "exact")
    install("lib", "2.0", {"lib/__init__.py": ""})
    (site / "lib-3.0.dist-info").mkdir()
    found = Distributions([site]).named("lib")
    assert found is not None
    assert {found.version, *found.left_over} == {"1.0", "2.0"}
    infos = [entry for entry in os.listdir(site) if entry.endswith(".dist-info") and (site / entry / "METADATA").exists()]
    assert found.version == (read_metadata(str(site / infos[0])) or _none()).version
    assert found.counted("exact") != before
    assert found.counted("minor") != before


def test_the_first_folder_on_the_path_wins(install: Install) -> None:
    """As on sys.path."""
    one = install("lib", "1.0", {"lib/__init__.py": ""}, into="one/site-packages")
    two = install("lib", "2.0", {"lib/__init__.py": ""}, into="two/site-packages")
    assert [Distributions(path).counted("lib", "exact") for path in ([one, two], [two, one])] == ["1.0", "2.0"]


def test_metadata_without_content_is_no_distribution(write: Write) -> None:
    """A half-removed distribution: its module counts by its content."""
    site = write("site-packages", "lib/__init__.py", "lib-1.0.dist-info/INSTALLER")
    assert (distribution_of("lib", [site]) or _none()).version.startswith("file:")


@pytest.mark.parametrize(
    ("version", "minor", "major"),
    [
        ("1.26.4", "1.26", "1"),
        ("2024.1", "2024.1", "2024"),
        ("3", "3.0", "3"),
        ("1.0.post1", "1.0", "1"),
        ("2.3.0+cu118", "2.3", "2"),
        ("2.0.0rc1", "2.0.0rc1", "2.0.0rc1"),
        ("1.2.dev3", "1.2.dev3", "1.2.dev3"),
        ("1!2.3.4", "1!2.3", "1!2"),
        ("v1.02", "1.2", "1"),
        ("2004d", "2004d", "2004d"),
        ("", "", ""),
    ],
)
def test_how_much_of_a_version_counts(version: str, minor: str, major: str) -> None:
    """X.Y, X, all or nothing; a pre-release counts whole."""
    distribution = Distribution("x", version)
    assert [distribution.counted(s) for s in ("exact", "minor", "major", "ignore")] == [version, minor, major, ""]


def test_a_reinstall_of_the_same_version_from_a_folder_is_seen(install: Install) -> None:
    """What does not come from an index may be other code under the same version: the recorded files count. From an index they don't, nor from conda."""
    url = {"direct_url.json": json.dumps({"url": "file:///home/me/lib", "dir_info": {}})}
    versions: list[str] = []
    for text in ("x = 1", "x = 2", "x = 1"):
        site = install("lib", "1.0", {"lib/__init__.py": text}, metadata=url)
        versions.append(Distributions([site]).counted("lib", "exact"))
    assert versions[0] == versions[2] != versions[1]
    assert versions[0].startswith("1.0@")
    assert Distributions([site]).counted("lib", "minor") == "1.0"
    site = install("lib", "1.0", {"lib/__init__.py": "x = 3"}, metadata={**url, "INSTALLER": "conda\n"})
    assert Distributions([site]).counted("lib", "exact") == "1.0"
    site = install("other", "1.0", {"other.py": "x = 3"}, metadata={"direct_url.json": "broken"})
    assert Distributions([site]).counted("other", "exact") == "1.0"


def test_an_editable_install_with_a_path_file(write: Write, install: Install) -> None:
    """Its folders are known, its code is project code; what the distribution is called is still known of its files."""
    lib = write("my lib", "src/lib/__init__.py", "src/lib/core.py")
    url = {"direct_url.json": json.dumps({"url": f"file://{str(lib).replace(' ', '%20')}", "dir_info": {"editable": True}})}
    site = install("lib", "0.1", {"_lib.pth": f"# comment\n{lib / 'src'}\nimport os; os.abort()\n"}, metadata=url)
    expected = Distribution("lib", "0.1", editable=True)
    assert distribution_of(lib / "src/lib/core.py", [site, lib / "src"]) == expected
    assert distribution_of("lib.core", [site, lib / "src"]) == expected
    assert path_lines(str(site / "_lib.pth")) == [str(lib / "src")]


def test_an_editable_install_with_a_hook(write: Write, install: Install) -> None:
    """The table of setuptools' hook is read, and nothing in it is run."""
    lib = write("lib", "code/pkg/__init__.py", "code/pkg/m.py")
    hook = f"raise SystemExit\nMAPPING: dict[str, str] = {{'pkg': {str(lib / 'code/pkg')!r}}}\nNAMESPACES: dict[str, list[str]] = {{}}\n"
    url = {"direct_url.json": json.dumps({"url": f"file://{lib}", "dir_info": {"editable": True}})}
    site = install(
        "pkg", "0.1", {"__editable___pkg_0_1_finder.py": hook, "__editable__.pkg-0.1.pth": "import __editable___pkg_0_1_finder"}, metadata=url
    )
    assert Distributions([site]).editable_modules() == {"pkg": str(lib / "code/pkg")}
    assert distribution_of("pkg.m", [site]) == Distribution("pkg", "0.1", editable=True)


@pytest.mark.parametrize("text", ["", "MAPPING = 1", "MAPPING = open('x')", "MAPPING = {", "x = {'a': 'b'}", "MAPPING: dict", "\0"])
def test_a_hook_that_is_not_as_expected_has_no_modules(write: Write, text: str) -> None:
    """Neither an error nor a guess."""
    root = write("s", {"__editable___x_finder.py": text})
    assert hooked_modules(str(root / "__editable___x_finder.py")) == {}


def test_where_a_distribution_lies(install: Install) -> None:
    """Tracking it makes these project code: its packages and single modules, not its metadata or data."""
    site = install("lib", "1", {"lib/__init__.py": "", "lib/x.py": "", "lib_single.py": "", "lib.libs/y.txt": "", "fast.abi3.so": ""})
    distributions = Distributions([site])
    assert sorted(distributions.locations("lib")) == [str(site / "fast.abi3.so"), str(site / "lib"), str(site / "lib_single.py")]
    assert distributions.tracked(["nothing"]) == ()


def test_answers_agree_with_importlib_metadata_here() -> None:
    """For each import name of this environment one of the distributions that importlib.metadata names, with its version and requirements."""
    from packaging.requirements import Requirement

    distributions = Distributions(sys.path).moment()
    compared = 0
    for name, owners in importlib.metadata.packages_distributions().items():
        if not name.isidentifier() or name in {"__pycache__", *sys.stdlib_module_names}:
            continue
        ours = distributions.of_module(name)
        if ours is None:  # editable, or an import name that top_level.txt claims and that is not there
            continue
        compared += 1
        assert ours.name in {normalised(owner) for owner in owners}, name
        theirs = importlib.metadata.distribution(ours.name)
        assert ours.version == theirs.version, name
        assert set(ours.requires) <= {normalised(Requirement(text).name) for text in theirs.requires or ()}
    assert compared > 40
    for theirs in importlib.metadata.distributions():
        ours = distributions.named(theirs.metadata["Name"])
        assert ours is not None
        assert theirs.version in {ours.version, *ours.left_over}


@pytest.mark.slow
def test_answers_agree_with_importlib_metadata_in_a_real_environment(tmp_path: Path) -> None:
    """A virtual environment made by venv, with what pip put there."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    code = "import importlib.metadata as m, json, sys; print(json.dumps([sys.path, {d.metadata['Name']: d.version for d in m.distributions()}]))"
    out = subprocess.run([tmp_path / "env/bin/python", "-I", "-c", code], capture_output=True, text=True, check=True).stdout
    path, installed = json.loads(out)
    distributions = Distributions(path)
    assert installed
    assert {name: distributions.counted(name, "exact") for name in installed} == installed
    assert (distribution_of("pip._internal", path) or _none()).version == installed["pip"]


def _none() -> Any:
    raise AssertionError("no distribution")
