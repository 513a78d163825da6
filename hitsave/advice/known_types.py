"""Types whose values have no digest or can't be stored, and names by which files and connections are told where nothing says their type."""

from __future__ import annotations

from typing import Final

_NO_DIGEST: Final = frozenset({
    "typing.IO", "typing.TextIO", "typing.BinaryIO", "io.TextIOWrapper", "io.BufferedReader", "io.BufferedWriter", "io.RawIOBase", "io.IOBase",
    "io.TextIOBase", "io.BufferedIOBase", "io.FileIO", "socket.socket", "sqlite3.Connection", "sqlite3.Cursor", "typing.Generator",
    "typing.Iterator", "typing.AsyncIterator", "typing.AsyncGenerator", "collections.abc.Generator", "collections.abc.Iterator",
    "collections.abc.AsyncIterator", "collections.abc.AsyncGenerator", "subprocess.Popen", "types.FrameType", "types.TracebackType",
    "types.GeneratorType", "types.CoroutineType", "typing.Coroutine", "typing.Awaitable", "collections.abc.Coroutine",
    "collections.abc.Awaitable", "asyncio.StreamReader", "asyncio.StreamWriter", "asyncio.Task", "asyncio.Future", "concurrent.futures.Future",
    "zipfile.ZipFile", "tarfile.TarFile", "mmap.mmap", "requests.Session", "requests.Response", "httpx.Client", "httpx.AsyncClient",
    "httpx.Response", "sqlalchemy.engine.Engine", "sqlalchemy.Engine", "sqlalchemy.orm.Session", "psycopg.Connection", "redis.Redis",
    "_csv.reader", "_csv.writer", "csv.writer", "csv.reader", "csv.DictReader", "csv.DictWriter", "http.client.HTTPResponse",
    "http.client.HTTPConnection", "ssl.SSLContext", "ssl.SSLSocket", "selectors.BaseSelector", "argparse.ArgumentParser", "os.DirEntry",
    "multiprocessing.Queue", "queue.Queue", "asyncio.Queue", "tkinter.Tk", "logging.LogRecord", "pytest.MonkeyPatch", "pytest.CaptureFixture",
    "urllib3.PoolManager", "threading.Thread", "h5py.File", "zipfile.ZipExtFile", "contextlib.ExitStack",
})  # fmt: skip
_NOT_STORABLE: Final = frozenset({
    "builtins.open", "io.open", "socket.socket", "sqlite3.connect", "threading.Lock", "threading.RLock", "threading.Thread", "threading.Event",
    "threading.Condition", "threading.Semaphore", "subprocess.Popen", "asyncio.Lock", "asyncio.create_task", "asyncio.ensure_future",
    "zipfile.ZipFile", "tarfile.open", "mmap.mmap", "gzip.open", "bz2.open", "lzma.open", "codecs.open", "csv.reader", "csv.writer",
    "tempfile.NamedTemporaryFile", "tempfile.TemporaryFile", "tempfile.TemporaryDirectory", "importlib.import_module", "urllib.request.urlopen",
    "requests.Session", "httpx.Client", "contextlib.ExitStack", "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor", "multiprocessing.Pool", "weakref.ref", "weakref.proxy", "weakref.finalize", "sys._getframe",
    "inspect.currentframe", "sqlalchemy.create_engine", "os.scandir", "contextvars.ContextVar", "socket.create_connection",
    "ssl.create_default_context", "os.popen", "pathlib.Path().open", "selectors.DefaultSelector", "threading.local",
})  # fmt: skip
STREAM_METHODS: Final = frozenset({
    "read", "readline", "readlines", "seek", "tell", "readinto", "recv", "accept", "fileno", "getvalue", "truncate", "peek",
})  # fmt: skip
"""Methods by which a parameter is known to be a file or the like."""
UNMISTAKABLE: Final = frozenset({
    "readline", "readinto", "fileno", "isatty", "readable", "writable", "seekable", "recv", "accept", "getpeername", "getsockname",
})  # fmt: skip
"""Those of them that nothing else has."""
WRITING_METHODS: Final = frozenset({
    "write", "writelines", "flush", "send", "close", "writerow", "writerows", "sendall",
})  # fmt: skip


_STREAM_NAMES: Final = frozenset({
    "fileobj", "fobj", "fp", "fh", "file_obj", "filehandle", "stream", "sock", "conn", "connection", "cursor", "outfile", "infile", "socket",
    "transport", "websocket", "ssl_context", "reader_stream", "output_stream",
})  # fmt: skip


def is_stream_name(name: str) -> bool:
    """Whether an argument or attribute without a type is called as files, sockets and connections are."""
    return name.lstrip("_") in _STREAM_NAMES


_LIVE_ENDINGS: Final = ("Socket", "Stream", "StreamReader", "StreamWriter", "Transport", "Cursor", "Process")
"""What external types of live connections are called, in whatever library."""


def has_no_digest(name: str) -> bool:
    """Whether a value of the external type `name` has no digest."""
    return name in _NO_DIGEST or name.rpartition(".")[2].endswith(_LIVE_ENDINGS)


def is_not_storable(name: str) -> bool:
    """Whether what calling the external `name` gives can't be stored."""
    return name in _NOT_STORABLE
