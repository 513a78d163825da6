"""What `hitsave doctor` looks at: versions, the store, settings, the project; and what of it deserves a word."""

from __future__ import annotations

import os
import platform as system
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hitsave import __version__
from hitsave.cli.here import Here
from hitsave.errors import HitSaveError
from hitsave.freshness import words
from hitsave.freshness.judging import Judge
from hitsave.storage import platform
from hitsave.storage.folder import default_folder
from hitsave.storage.listing import Filter
from hitsave.storage.schema import VERSION, database_version
from hitsave.values.secrets import is_secret_name

_LIBRARIES: Final = ("blake3", "cloudpickle", "libcst", "msgpack", "numpy", "pandas", "rich", "typer", "xxhash")
_CHEAP_NS: Final = 1_000_000
_NEWEST: Final = 200
_LEAST_FREE: Final = 5_000_000_000


@dataclass
class Health:
    """Facts by section, in their order; what is slow and what is not tracked, by function; and problems, each with what to do."""

    facts: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    slow: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    untracked: list[tuple[str, str, int]] = field(default_factory=list[tuple[str, str, int]])
    problems: list[str] = field(default_factory=list[str])


def examine(here: Here) -> Health:
    """Everything, each part as far as it can be looked at: what can't is a problem, and no reason to look no further."""
    health = Health()
    health.facts["versions"] = _versions(health)
    health.facts["settings"] = _settings(here, health)
    try:
        health.facts["store"] = _store(here, health)
        health.facts["project"] = _project(here, health)
        _results(here, health)
    except HitSaveError as problem:
        health.problems.append(str(problem))
    return health


def shortened(text: str) -> str:
    """`text` with the user's folder as ``~``: a report that is passed on needs no names."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def _versions(health: Health) -> dict[str, str]:
    from importlib import metadata

    facts = {
        "hitsave": __version__,
        "Python": f"{system.python_version()} ({system.python_implementation()}), {shortened(sys.executable)}",
        "system": f"{system.system()} {system.release()}, {system.machine()}",
        "SQLite": database_version(),
    }
    for name in _LIBRARIES:
        try:
            facts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            facts[name] = "not installed"
    if not hasattr(sys, "monitoring"):
        health.problems.append(
            "Code that runs is watched on Python 3.12 and later only, so results here depend on some code that never ran. Upgrade Python."
        )
    return facts


def _settings(here: Here, health: Health) -> dict[str, str]:
    environment = {
        name: "(secret)" if is_secret_name(name) else value
        for name, value in sorted(here.environ.items())
        if name == "HITSAVE" or name.startswith("HITSAVE_")
    }
    try:
        settings = here.settings
    except HitSaveError as problem:
        health.problems.append(str(problem))
        return {f"{name} (environment)": shortened(value) for name, value in environment.items()}
    facts = {
        "mode": settings.mode,
        "budget": words.size(settings.budget) if settings.budget is not None else "none",
        "views": "on" if settings.views else "off",
        "track": ", ".join(settings.track) or "nothing",
        "source-roots": ", ".join(settings.source_roots),
        "externals": ", ".join([f"default {settings.named}", f"required {settings.required}", *(f"{n} {s}" for n, s in settings.externals)]),
    }
    facts |= {f"{name} (environment)": shortened(value) for name, value in environment.items()}
    if settings.mode in {"off", "readonly"}:
        health.problems.append(f"HITSAVE={settings.mode} is set here, so nothing is stored. Unset it if that is not meant.")
    return facts


def _store(here: Here, health: Health) -> dict[str, str]:
    folder = here.settings.store or default_folder(here.environ)
    facts = {"folder": shortened(folder), "schema": str(VERSION)}
    store, stats = here.store, here.store.stats()
    if not Path(folder).is_dir():
        return facts | {"entries": "none: the folder is made when something is stored"}
    kind = platform.file_system(folder)
    free = shutil.disk_usage(folder).free
    facts |= {
        "file system": kind or "unknown",
        "free": words.size(free),
        "entries": f"{stats.done:,} done, {stats.running:,} running, {stats.failed:,} failed",
        "results": words.size(stats.value_bytes),
        "database": words.size(stats.database_bytes),
        "hits": f"{stats.hits:,}, saved {words.duration(stats.saved_ns)}",
    }
    health.problems.extend(f"{notice}." for notice in store.notices)
    if platform.is_network(folder):
        health.problems.append("The store lies on a network file system, where it is slow. Set HITSAVE_DIR to a folder on a disk of this machine.")
    if not platform.may_write(folder):
        health.problems.append("The store can't be written, so nothing is stored. Make its folder writable, or set HITSAVE_DIR.")
    if free < _LEAST_FREE:
        health.problems.append(f"Only {words.size(free)} are free on the store's disk. hitsave gc gives room back.")
    budget = here.settings.budget
    if budget is not None and stats.value_bytes > budget:
        health.problems.append("Results take more than the budget. hitsave gc brings them within it.")
    if os.path.lexists(os.path.join(folder, "hitsave.sqlite.damaged")):  # noqa: PTH118 - a name in a folder
        health.problems.append("The database was damaged once and mended; the damaged one lies beside it. hitsave fsck --repair removes it.")
    return facts


def _project(here: Here, health: Health) -> dict[str, str]:
    memoised = here.memoised
    roots = [shortened(root) for root in here.text().import_roots()]
    health.problems.extend(f"{broken}. Its functions are not looked at." for broken in memoised.broken)
    if not memoised.complete:
        health.problems.append("The project has too many files to look into them all.")
    return {
        "root": shortened(here.root),
        "memoised functions": f"{len(memoised.functions):,}",
        "import path": f"{len(roots)} folders, first {roots[0]}" if roots else "empty",
    }


def _results(here: Here, health: Health) -> None:
    entries = here.store.list(Filter(project=here.root, status="done", kind="memo"), limit=_NEWEST)
    cheap: dict[str, list[int]] = {}
    for entry in entries:
        cheap.setdefault(entry.symbol, []).append(entry.wall_ns)
    for symbol, walls in sorted(cheap.items()):
        typical = sorted(walls)[len(walls) // 2]
        if typical < _CHEAP_NS:
            health.slow.append((symbol, f"takes {words.duration(typical)}, about as long as looking it up"))
    places: Counter[tuple[str, str]] = Counter()
    for judged in Judge(here.store, here.root, here.text).judge(entries):
        for place in judged.snapshot.untracked if judged.snapshot is not None else ():
            places[place.symbol, place.why] += 1
    health.untracked = [(symbol, why, count) for (symbol, why), count in places.most_common(20)]
