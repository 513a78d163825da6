"""The real things that a hub at scale stands on, thrown away afterwards: a PostgreSQL cluster, and an S3 store (Ceph's radosgw). `./dev` installs both."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

ACCESS, SECRET = "HUBTESTS", "HUBTESTSHUBTESTS"  # of a store on the loopback address that lives for some seconds
_POSTGRES_USER = "postgres"


class Missing(RuntimeError):
    """A program that the tests need is not installed."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Postgres:
    """A cluster in a folder of its own. PostgreSQL refuses to run as root, so there it runs as the user that its package makes. `durable`: as in real use, so that it may be killed."""

    def __init__(self, *, durable: bool = False) -> None:
        # Not among the folders of the test run: no other user can get through those.
        self.folder = Path(tempfile.mkdtemp(prefix="hitsave-postgres-"))
        self.port = free_port()
        self._durable = durable
        self._as = ["setpriv", f"--reuid={_POSTGRES_USER}", f"--regid={_POSTGRES_USER}", "--clear-groups"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(self.folder, _POSTGRES_USER)
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "hub", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def pid(self) -> int:
        """Of its first process."""
        assert self._process is not None
        return self._process.pid

    def address(self, name: str = "postgres") -> str:
        """Of a database in it."""
        return f"postgresql://hub@127.0.0.1:{self.port}/{name}"

    def new_database(self) -> str:
        """The address of a database that is made now."""
        name = f"hub_{uuid.uuid4().hex[:12]}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "hub", name)
        return self.address(name)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = [
            "-c",
            f"port={self.port}",
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            f"unix_socket_directories={self.folder}",
            "-c",
            "max_connections=200",
        ]
        if not self._durable:
            options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._as, program("postgres"), "-D", str(self.folder / "data"), *options], stdout=log, stderr=log, cwd="/"
            )
        until(self._answers, "PostgreSQL")

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        pids = [self._process.pid, *_children(self._process.pid)]
        for pid in pids:
            _signal(pid, signal.SIGKILL)
        self._process.wait()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), "the end of PostgreSQL")

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        return subprocess.run([program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False).returncode == 0

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run([*self._as, program(name), *arguments], capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, f"{name}: {done.stderr[-2000:]}"


class Radosgw:
    """An S3 store: one Ceph monitor, one OSD and radosgw in `folder`. It keeps objects in memory, or, `durable`, in a file."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self._durable = durable
        for name in ("mon", "osd", "run", "log"):
            (folder / name).mkdir(parents=True)
        self._conf = folder / "ceph.conf"
        self._keyring = folder / "keyring"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._buckets = 0
        self.port = free_port()
        self._make()
        for name in ("mon", "osd", "rgw"):
            self.start(name)
            if name == "mon":
                self._make_osd()
        self._tool(
            "radosgw-admin",
            "user",
            "create",
            "--uid=hub",
            "--display-name=hub",
            f"--access-key={ACCESS}",
            f"--secret-key={SECRET}",
            "--max-buckets=0",
        )

    @property
    def environment(self) -> dict[str, str]:
        """What a hub is started with to reach it."""
        return {
            "AWS_ACCESS_KEY_ID": ACCESS,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_REGION": "us-east-1",
        }

    def new_bucket(self) -> str:
        """The address of a bucket that is made now."""
        import httpx

        name = f"hub-{uuid.uuid4().hex[:12]}"
        url = f"http://127.0.0.1:{self.port}/{name}"
        answer = httpx.put(url, headers=signed("PUT", url), timeout=30)
        answer.raise_for_status()
        return f"s3://{name}"

    def start(self, name: str) -> None:
        """Start the monitor (`mon`), the object store's daemon (`osd`) or the gateway (`rgw`)."""
        command = {
            "mon": ["ceph-mon", "-i", "a", "-f"],
            "osd": ["ceph-osd", "-i", "0", "-f"],
            "rgw": ["radosgw", "-n", "client.rgw.a", "-f"],
        }[name]
        with (self.folder / "log" / f"{name}.out").open("ab") as log:
            self._processes[name] = subprocess.Popen([program(command[0]), "-c", str(self._conf), *command[1:]], stdout=log, stderr=log)
        if name == "mon":
            until(
                lambda: (
                    subprocess.run(
                        [program("ceph"), "-c", str(self._conf), "--connect-timeout", "5", "-s"], capture_output=True, check=False
                    ).returncode
                    == 0
                ),
                "Ceph's monitor",
            )
        if name == "rgw":
            until(self._answers, "radosgw")

    def kill(self, name: str = "rgw") -> None:
        """End a part of it as a power cut would."""
        self._processes[name].kill()
        self._processes[name].wait()

    def stop(self) -> None:
        """End all of it."""
        for process in reversed(self._processes.values()):
            process.kill()
            process.wait()

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}", timeout=5):
                return True
        except HTTPError:
            return True
        except (URLError, OSError):
            return False

    def _make(self) -> None:
        monitor, other, fsid = free_port(), free_port(), str(uuid.uuid4())
        keep = "osd objectstore = memstore\nmemstore device bytes = 4294967296"
        if self._durable:
            keep = "osd objectstore = bluestore\nbluestore block size = 4294967296\nbluestore fsck on mount = false\nosd memory target = 939524096"
        self._conf.write_text(f"""[global]
fsid = {fsid}
mon initial members = a
mon host = [v2:127.0.0.1:{monitor},v1:127.0.0.1:{other}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = {self._keyring}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail warn = 2
mon data avail crit = 1
osd crush chooseleaf type = 0
{keep}
admin socket = {self.folder}/run/$name.asok
log file = {self.folder}/log/$name.log
run dir = {self.folder}/run
[mon.a]
mon data = {self.folder}/mon
[osd.0]
osd data = {self.folder}/osd
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:{self.port}
rgw data = {self.folder}/rgw
""")
        keys = {
            "mon.": ["mon", "allow *"],
            "client.admin": ["mon", "allow *", "osd", "allow *", "mgr", "allow *"],
            "client.rgw.a": ["mon", "allow rw", "osd", "allow rwx", "mgr", "allow rw"],
            "osd.0": ["mon", "allow profile osd", "osd", "allow *", "mgr", "allow profile osd"],
        }
        self._tool("ceph-authtool", "-C", str(self._keyring), conf=False)
        for name, caps in keys.items():
            pairs = [part for who, what in zip(caps[::2], caps[1::2], strict=True) for part in ("--cap", who, what)]
            self._tool("ceph-authtool", str(self._keyring), "--gen-key", "-n", name, *pairs, conf=False)
        monmap = str(self.folder / "monmap")
        where = f"[v2:127.0.0.1:{monitor},v1:127.0.0.1:{other}]"
        self._tool("monmaptool", "--create", "--clobber", "--addv", "a", where, "--fsid", fsid, monmap, conf=False)
        self._tool("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", str(self._keyring))

    def _make_osd(self) -> None:
        identity = str(uuid.uuid4())
        self._tool("ceph", "--connect-timeout", "20", "osd", "new", identity)
        self._tool("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", identity)

    def _tool(self, name: str, *arguments: str, conf: bool = True) -> None:
        settled = ["-c", str(self._conf)] if conf else []
        done = subprocess.run([program(name), *settled, *arguments], capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, f"{name}: {done.stderr[-2000:]}"


def program(name: str) -> str:
    """The path of a program; Debian keeps PostgreSQL's outside of PATH."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise Missing(f"{name} is not installed; on Debian: apt-get install postgresql ceph-mon ceph-osd radosgw ceph-common")
    return found


def until(holds: Callable[[], bool], what: str, seconds: float = 90) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


def signed(method: str, url: str, content: bytes = b"") -> dict[str, str]:
    """The headers of an S3 request, as AWS's fourth way of signing has them."""
    import hashlib
    import hmac
    from datetime import UTC, datetime
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    now = datetime.now(UTC)
    day, moment, digest = now.strftime("%Y%m%d"), now.strftime("%Y%m%dT%H%M%SZ"), hashlib.sha256(content).hexdigest()
    headers = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": moment}
    names = ";".join(headers)
    canonical = "\n".join([method, parts.path, parts.query, *(f"{name}:{value}" for name, value in headers.items()), "", names, digest])
    scope = f"{day}/us-east-1/s3/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return {**headers, "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCESS}/{scope}, SignedHeaders={names}, Signature={signature}"}


def _children(pid: int) -> Sequence[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
