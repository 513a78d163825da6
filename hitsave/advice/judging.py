"""What a use of something outside of the project means for memoising: mostly what `known` says of its name, for some names what its arguments say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hitsave.advice.known import is_harmless, known_call, known_method, known_read
from hitsave.advice.known_types import WRITING_METHODS
from hitsave.advice.rules import Level
from hitsave.advice.sights import Argument, Deed, Use
from hitsave.structs import NamedTuple

_OPENERS: Final = {
    "builtins.open": 1, "io.open": 1, "codecs.open": 1, "gzip.open": 1, "bz2.open": 1, "lzma.open": 1, "gzip.GzipFile": 1, "zipfile.ZipFile": 1, "tarfile.open": 1,
    "os.fdopen": 1, "tokenize.open": 9, "pathlib.Path().open": 0, "bz2.BZ2File": 1, "lzma.LZMAFile": 1, "io.FileIO": 1, "h5py.File": 1, "tarfile.TarFile": 1, "wave.open": 1,
}  # fmt: skip
"""What opens a file, and which argument is the mode."""
_WRITING: Final = frozenset("wax+")
GENERATORS: Final = frozenset(
    {"random.Random", "numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.SeedSequence", "numpy.random.PCG64", "numpy.random.MT19937",
     "numpy.random.Philox", "numpy.random.SFC64", "sklearn.utils.check_random_state", "torch.Generator", "numpy.random.PCG64DXSM", "scipy._lib._util.check_random_state"}
)  # fmt: skip
_NEEDS_RANDOM_STATE: Final = frozenset({
    "train_test_split", "KMeans", "MiniBatchKMeans", "RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier",
    "ExtraTreesRegressor", "GradientBoostingClassifier", "GradientBoostingRegressor", "MLPClassifier", "MLPRegressor", "SGDClassifier",
    "SGDRegressor", "TSNE", "NMF", "TruncatedSVD", "GaussianMixture", "BayesianGaussianMixture", "DecisionTreeClassifier", "DecisionTreeRegressor",
    "BaggingClassifier", "BaggingRegressor", "AdaBoostClassifier", "AdaBoostRegressor", "ShuffleSplit", "StratifiedShuffleSplit",
    "GroupShuffleSplit", "IsolationForest", "make_classification", "make_regression", "make_blobs", "make_moons", "make_circles", "make_s_curve",
    "make_swiss_roll", "shuffle", "resample", "permutation_importance", "RandomizedSearchCV", "LatentDirichletAllocation", "FastICA",
    "DictionaryLearning", "RandomizedPCA", "SpectralClustering", "Perceptron", "GaussianRandomProjection", "SparseRandomProjection",
    "RANSACRegressor", "TheilSenRegressor",
})  # fmt: skip
_CLOCKS_WITHOUT: Final = {
    "time.localtime": 0,
    "time.gmtime": 0,
    "time.ctime": 0,
    "time.asctime": 0,
    "time.strftime": 1,
    "email.utils.formatdate": 0,
    "email.utils.localtime": 0,
}
"""Read the clock where they get no more arguments than this."""
_LOCAL_TIME: Final = frozenset({"time.localtime", "time.mktime", "time.ctime"})
_DEVICES: Final = ("/dev/", "/proc/", "/sys/")
_REMOTE: Final = ("http://", "https://", "ftp://", "s3://", "gs://", "az://", "hdfs://")
_WRITING_TO_PATH: Final = frozenset(
    {"to_csv", "to_json", "tofile", "to_html", "to_latex", "to_markdown", "to_string", "write_csv", "write_parquet", "to_file"}
)
_DUMPERS: Final = frozenset(
    {
        "json.dump",
        "pickle.dump",
        "yaml.dump",
        "yaml.safe_dump",
        "cloudpickle.dump",
        "toml.dump",
        "tomli_w.dump",
        "marshal.dump",
        "csv.writer",
        "csv.DictWriter",
    }
)
_PATH_ASKING: Final = frozenset({"os.path.abspath", "os.path.realpath", "pathlib.Path().absolute", "os.path.relpath"})


_OUTSIDE: Final = "Do this outside, once, where the program starts"
_OF_FILES: Final = frozenset({"HS003", "HS007"})


class Verdict(NamedTuple):
    """A rule, how grave, what it does, and what to do where that is not what the rule says. `valued`: it only matters where the function's value does."""

    code: str
    level: Level
    words: str
    advice: str = ""
    valued: bool = False


def judge_outside(name: str, use: Use, deed: Deed) -> Iterator[Verdict]:
    """What a use of the external `name` in a function means."""
    if use.arguments is None:
        yield from _read(name, use)
        return
    special = _SPECIAL.get(name)
    if special is not None:
        yield from special(name, use, deed)
        return
    if name.startswith("sklearn.") and name.rpartition(".")[2] in _NEEDS_RANDOM_STATE:
        if _given(use, "random_state") is None or _is_none(_given(use, "random_state")):
            yield Verdict("HS002", "warning", f"uses chance without a seed: {use.text}", "Pass random_state=, a number")
        return
    if _is_remote(use):
        yield Verdict("HS004", "warning", f"uses the network: {use.text}")
        return
    known = known_call(name)
    if known is None or (known.valued and use.shown):
        method = name.rpartition(".")[2]
        if (
            known is None and ("()" in name or method in _WRITING_TO_PATH) and not is_harmless(name)
        ):  # a library's object that nothing is known of is one of those that text does not tell
            yield from judge_method(method, use)
        return
    if known.code == "HS002" and (_is_seeded(deed, use) or ((generator := _given(use, "generator")) is not None and not _is_none(generator))):
        return
    if known.code in _OF_FILES and in_memory(use):
        return
    if name in _PATH_ASKING and use.arguments and use.arguments[0].kind in {"fileish", "literal"}:
        return
    if name == "builtins.print" and (file := _given(use, "file")) is not None and file.owner is not None:
        yield Verdict("HS007", "warning", f"writes to {file.owner}, which a hit leaves out")
        return
    level = (
        "note" if known.code == "HS006" and any(d.names[-1].endswith("contextmanager") for d in deed.decorators) else known.level
    )  # set back at its end
    yield Verdict(known.code, level, f"{known.words}: {use.text}", _OUTSIDE if known.code == "HS006" else "", known.valued)


def judge_method(method: str, use: Use) -> Iterator[Verdict]:
    """What a call of a method of this name likely means, on an object of which text does not tell what it is."""
    if use.arguments is None:
        return
    arguments = [a for a in use.arguments if a.keyword is None]
    if method in _WRITING_TO_PATH:
        if arguments and not _is_none(arguments[0]) and not in_memory(use):
            yield Verdict("HS007", "warning", f"writes a file, which a hit leaves out: {use.text}")
        return
    if method == "rvs" or (method == "sample" and {"n", "frac"} & {a.keyword for a in use.arguments}):
        if _given(use, "random_state") is None and _given(use, "seed") is None:
            yield Verdict("HS002", "warning", f"uses chance without a seed: {use.text}", "Pass random_state=, a number")
        return
    if method == "resolve" and not arguments:
        yield from _resolve("", use, None)
        return
    if method == "astimezone" and not use.arguments:
        yield Verdict("HS012", "warning", f"depends on the time zone of the machine, which is not recorded: {use.text}")
        return
    if method == "open" and (mode := _mode(use, 0)) is not None and _WRITING.intersection(mode):
        yield Verdict("HS007", "warning", f"opens a file to write it, which a hit leaves out: {use.text}")
        return
    known = known_method(method)
    if known is not None and not (known.valued and use.shown) and not (known.code in _OF_FILES and in_memory(use)):
        yield Verdict(known.code, known.level, f"{known.words}: {use.text}", valued=known.valued)


def writes_to(method: str) -> bool:
    """Whether a method of a stream writes to it."""
    return method in WRITING_METHODS


# --- names whose arguments matter -------------------------------------------------------------------------------------


def _open(name: str, use: Use, _: Deed) -> Iterator[Verdict]:
    if _is_remote(use):
        yield Verdict("HS004", "warning", f"uses the network: {use.text}")
        return
    position = _OPENERS[name]
    given = _given(use, "mode", position)
    mode = _mode(use, position)
    if mode is not None and _WRITING.intersection(mode):
        yield Verdict("HS007", "warning", f"opens a file to write it, which a hit leaves out: {use.text}")
    elif use.arguments and use.arguments[0].kind == "literal" and str(use.arguments[0].value).startswith(_DEVICES):
        yield Verdict("HS003", "warning", f"reads a device, which is not recorded: {use.text}")
    elif mode is None and given is not None and not _is_none(given):
        yield Verdict("HS007", "note", f"opens a file in a way that text does not tell, perhaps to write it: {use.text}", "Name the mode")
    if name == "h5py.File":
        yield Verdict("HS003", "warning", f"reads a file in a way that is not recorded: {use.text}")


def _os_open(_: str, use: Use, __: Deed) -> Iterator[Verdict]:
    yield Verdict("HS007", "note", f"opens a file in a way that text does not tell, perhaps to write it: {use.text}", "Use open()")


def _generator(_: str, use: Use, __: Deed) -> Iterator[Verdict]:
    arguments = use.arguments or ()
    seeds = [a for a in arguments if a.keyword in {None, "seed", "x", "entropy"}]
    if not seeds or all(_is_none(a) for a in seeds):
        yield Verdict("HS002", "warning", f"uses chance without a seed: {use.text}", "Give it a seed")
    elif seeds[0].kind == "unset":
        yield Verdict(
            "HS002", "warning", f"uses chance without a seed, where none is passed in: {use.text}", "Give the parameter a seed for its default"
        )


def _clock(name: str, use: Use, _: Deed) -> Iterator[Verdict]:
    if use.shown:
        return
    if len(use.arguments or ()) <= _CLOCKS_WITHOUT[name]:
        yield Verdict("HS001", "warning", f"reads the clock: {use.text}")
    elif name in _LOCAL_TIME:
        yield Verdict("HS012", "warning", f"depends on the time zone of the machine, which is not recorded: {use.text}")


def _local_time(_: str, use: Use, __: Deed) -> Iterator[Verdict]:
    if not use.shown and len(use.arguments or ()) < 2:
        yield Verdict("HS012", "warning", f"depends on the time zone of the machine, which is not recorded: {use.text}", "Pass a time zone")


def _environment(_: str, use: Use, __: Deed) -> Iterator[Verdict]:
    name = (use.arguments or (Argument("other"),))[0]
    if name.kind != "literal" and not use.shown:
        yield _computed_name(use)


def _dump(_: str, use: Use, __: Deed) -> Iterator[Verdict]:
    if any(a.owner is not None for a in (use.arguments or ())[1:2]):
        yield Verdict("HS007", "warning", f"writes to a file that was passed in, which a hit leaves out: {use.text}")


def _writer(_: str, use: Use, __: Deed) -> Iterator[Verdict]:
    if any(a.owner is not None for a in (use.arguments or ())[:1]):
        yield Verdict("HS007", "warning", f"writes to a file that was passed in, which a hit leaves out: {use.text}")


def _hash(_: str, use: Use, deed: Deed) -> Iterator[Verdict]:
    if deed.name.rpartition(".")[2] not in {"__hash__", "__eq__"} and not use.shown:
        yield Verdict("HS002", "warning", "uses hash(), which differs in every process for text", "Use hashlib, or the value itself")


def _resolve(_: str, use: Use, __: Deed | None) -> Iterator[Verdict]:
    """A path's; of the code's own place it gives what it gave."""
    if not use.shown and "__file__" not in use.text:
        yield Verdict(
            "HS003", "warning", f"resolves a path, which depends on links and on the current folder: {use.text}", "Pass in the path resolved"
        )


def _identity(_: str, use: Use, __: Deed) -> Iterator[Verdict]:
    if not use.shown:
        yield Verdict("HS012", "note", "uses id(), which differs in every process", "Use a key made of values")


_SPECIAL: Final = {
    **dict.fromkeys(_OPENERS, _open),
    **dict.fromkeys(GENERATORS, _generator),
    **dict.fromkeys(_CLOCKS_WITHOUT, _clock),
    **dict.fromkeys(("datetime.datetime.fromtimestamp", "datetime.date.fromtimestamp"), _local_time),
    **dict.fromkeys(("os.getenv", "os.environ.get", "os.environ.__getitem__"), _environment),
    **dict.fromkeys(_DUMPERS - {"csv.writer", "csv.DictWriter"}, _dump),
    **dict.fromkeys(("csv.writer", "csv.DictWriter"), _writer),
    "time.mktime": _local_time,
    "os.open": _os_open,
    "builtins.hash": _hash,
    "builtins.id": _identity,
    **dict.fromkeys(("pathlib.Path().resolve", "pathlib.PosixPath().resolve", "pathlib.WindowsPath().resolve"), _resolve),
}


def _read(name: str, use: Use) -> Iterator[Verdict]:
    if name == "os.environ":
        if use.item is not None:
            if use.item.kind != "literal" and not use.shown:
                yield _computed_name(use)
        elif not use.shown:
            yield Verdict(
                "HS005", "note", "passes the whole environment on: every variable counts", "Read the variables that it needs by their names"
            )
        return
    known = known_read(name)
    if known is not None and not (known.valued and use.shown):
        yield Verdict(known.code, known.level, f"{known.words}: {use.text}", valued=known.valued)


def _computed_name(use: Use) -> Verdict:
    return Verdict("HS005", "note", f"reads an environment variable whose name is computed: {use.text}")


def _given(use: Use, keyword: str, position: int | None = None) -> Argument | None:
    positional = [a for a in use.arguments or () if a.keyword is None]
    if position is not None and len(positional) > position:
        return positional[position]
    return next((a for a in use.arguments or () if a.keyword == keyword), None)


def _mode(use: Use, position: int) -> str | None:
    given = _given(use, "mode", position)
    return given.value if given is not None and isinstance(given.value, str) and given.kind == "literal" else None


def in_memory(use: Use) -> bool:
    """Whether it reads from, or writes to, a stream that the function made itself: ``figure.savefig(io.BytesIO())``."""
    return any(a.kind == "memory" for a in (use.arguments or ())[:2])


def _is_none(argument: Argument | None) -> bool:
    return argument is not None and argument.kind == "none"


def _is_remote(use: Use) -> bool:
    first = (use.arguments or (None,))[0]
    return (
        first is not None
        and isinstance(first.value, str)
        and first.value.startswith(_REMOTE)
        and any(w in use.text.lower() for w in ("read", "open", "load", "get", "fetch", "download"))
    )


def _is_seeded(deed: Deed, use: Use) -> bool:
    """Whether the same function seeded the generator before."""
    family, origin = use.trail.names[:-1], use.trail.origin
    return any(
        other.spot.line < use.spot.line
        and other.trail.names[-1] in {"seed", "manual_seed", "set_seed"}
        and other.trail.names[:-1] == family
        and (origin is None or other.trail.origin is None or other.trail.origin.module == origin.module)
        and any(a.kind != "none" for a in other.arguments or ())
        for other in deed.uses
    )
