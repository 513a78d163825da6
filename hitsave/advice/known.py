"""What functions, methods and variables of the standard library and of libraries do that speaks against memoising who uses them.

One line each: a dotted name, the rule, the level, and what it does. Names end in ``*`` for all that begins so; the longest that fits counts.
``()`` stands for a call: ``pathlib.Path().exists`` is a method of what ``pathlib.Path(…)`` gives.
Levels: ``!`` is a warning, ``.`` a note, ``-`` that there is nothing to say. ``?`` behind it: only where the value goes on to more than print and logging.
What opens files with Python's own ``open`` is recorded, so it is not here; what reads through C or asks ``stat`` is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from hitsave.advice.rules import Level
from hitsave.structs import NamedTuple


class Known(NamedTuple):
    """What a name does. `valued`: that matters only where its value goes on to more than print and logging."""

    code: str
    level: Level
    words: str
    valued: bool


_CLOCK = "reads the clock"
_CHANCE = "uses chance without a seed"
_ASKS = "asks about a file, which is not recorded"
_C_READ = "reads a file in a way that is not recorded"
_NET = "uses the network"
_DATABASE = "asks a database"
_WRITES = "writes a file, which a hit leaves out"
_FILES = "changes files, which a hit leaves out"
TELLS = "prints or logs, which a hit leaves out"
_SHOWS = "shows something, which a hit leaves out"
_AMBIENT = "depends on what is around the process, which is not recorded"
_SETTING = "depends on a setting of the process, which is not recorded"
_SETS = "changes a setting of the process, which a hit leaves out"
_PROCESS = "starts another process, where nothing is recorded"
_WORKERS = "works in other processes, where reads are not recorded"
_CALLER = "looks at who called it, which is not recorded"
_NATIVE = "runs native code, which is not tracked"
_TRACKS = "logs a run, which a hit leaves out"

_GROUPS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("HS001", "!?", _CLOCK, """
        time.time time.time_ns time.monotonic time.monotonic_ns time.perf_counter time.perf_counter_ns time.process_time time.process_time_ns
        time.thread_time time.clock_gettime time.clock_gettime_ns datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today
        pandas.Timestamp.now pandas.Timestamp.today pandas.Timestamp.utcnow arrow.now arrow.utcnow pendulum.now pendulum.today
        django.utils.timezone.now timeit.default_timer timeit.timeit timeit.repeat sched.scheduler uuid.uuid1 asyncio.get_event_loop().time
        asyncio.get_running_loop().time resource.getrusage"""),
    ("HS002", "!?", _CHANCE, """
        random.random random.randint random.randrange random.choice random.choices random.sample random.uniform random.gauss
        random.normalvariate random.betavariate random.expovariate random.triangular random.getrandbits random.randbytes random.lognormvariate
        random.vonmisesvariate random.gammavariate random.paretovariate random.weibullvariate random.binomialvariate random.getstate random.SystemRandom*
        uuid.uuid4 secrets.* os.urandom os.getrandom numpy.random.rand numpy.random.randn numpy.random.randint numpy.random.random numpy.random.random_sample
        numpy.random.ranf numpy.random.sample numpy.random.choice numpy.random.permutation numpy.random.uniform numpy.random.normal
        numpy.random.standard_normal numpy.random.poisson numpy.random.binomial numpy.random.beta numpy.random.gamma numpy.random.exponential
        numpy.random.multivariate_normal numpy.random.multinomial numpy.random.dirichlet numpy.random.lognormal numpy.random.laplace numpy.random.logistic
        numpy.random.geometric numpy.random.bytes numpy.random.random_integers numpy.random.triangular numpy.random.weibull numpy.random.pareto
        numpy.random.zipf numpy.random.vonmises numpy.random.get_state numpy.random.standard_t numpy.random.chisquare numpy.random.standard_cauchy
        torch.rand torch.randn torch.randint torch.randperm torch.rand_like torch.randn_like torch.randint_like torch.normal torch.bernoulli
        torch.multinomial torch.seed tensorflow.random.normal tensorflow.random.uniform tensorflow.random.shuffle tensorflow.random.categorical
        faker.Faker*"""),
    ("HS002", "!", _CHANCE, "random.shuffle numpy.random.shuffle"),
    ("HS003", "!?", _ASKS, """
        os.path.islink os.path.ismount os.path.getmtime os.path.getctime
        os.path.getatime os.path.samefile os.path.realpath os.stat os.lstat os.fstat os.access os.readlink os.statvfs os.getxattr shutil.which shutil.disk_usage
        pathlib.*().is_symlink pathlib.*().stat pathlib.*().lstat pathlib.*().is_mount
        pathlib.*().samefile pathlib.*().readlink pathlib.*().owner pathlib.*().group filecmp.cmp filecmp.dircmp"""),
    ("HS003", "!", _C_READ, """
        builtins.input sys.stdin.* getpass.getpass h5py.File* netCDF4.Dataset* xarray.open_dataset xarray.open_mfdataset
        xarray.open_dataarray xarray.load_dataset xarray.open_zarr zarr.open* rasterio.open* fiona.open* geopandas.read_file cv2.imread cv2.VideoCapture*
        soundfile.read torchaudio.load torchvision.io.* librosa.load pyarrow.parquet.read_* pyarrow.csv.read_* pyarrow.feather.read_* pyarrow.dataset.dataset pyarrow.memory_map
        pyarrow.orc.read_* pyarrow.ipc.open_file pandas.read_parquet pandas.read_feather pandas.read_orc pandas.read_hdf pandas.HDFStore* polars.read_csv
        polars.read_parquet polars.scan_csv polars.scan_parquet polars.scan_ipc polars.scan_ndjson polars.read_ipc polars.read_ndjson polars.read_avro
        duckdb.connect duckdb.sql duckdb.query duckdb.read_csv duckdb.read_parquet duckdb.read_json lmdb.open dbm.* shelve.open lxml.etree.parse osgeo.* SimpleITK.ReadImage mmap.mmap os.read os.popen().read multiprocessing.shared_memory.*
        fileinput.* select.* selectors.* termios.* tty.* winreg.* imageio_ffmpeg.* dask.dataframe.read_* ibis.read_* ibis.connect"""),
    ("HS004", "!", _NET, """
        requests.* httpx.* urllib.request.* urllib3.* aiohttp.* http.client.HTTPConnection* http.client.HTTPSConnection* socket.socket* socket.create_connection
        socket.getaddrinfo socket.gethostbyname socket.gethostbyaddr socket.getfqdn socket.create_server ftplib.* smtplib.* imaplib.* poplib.* telnetlib.*
        nntplib.* xmlrpc.client.ServerProxy* paramiko.* boto3.* botocore.session.* google.cloud.* azure.storage.* s3fs.* gcsfs.* pymongo.* redis.* openai.*
        anthropic.* huggingface_hub.* datasets.load_dataset datasets.load_from_disk kaggle.* grpc.* websockets.* websocket.* pika.* kafka.* elasticsearch.*
        feedparser.parse yfinance.* wget.* selenium.* playwright.* ssl.get_server_certificate asyncio.open_connection asyncio.start_server
        sklearn.datasets.fetch_* seaborn.load_dataset tensorflow_datasets.* torch.hub.* nltk.download gensim.downloader.* tweepy.* praw.* wikipedia.*
        anyio.connect_* anyio.create_tcp_listener anyio.create_unix_listener anyio.create_udp_socket anyio.create_connected_udp_socket anyio.getaddrinfo anyio.getnameinfo trio.open_tcp_* trio.open_ssl_*
        trio.open_unix_socket trio.serve_* trio.socket.* tornado.httpclient.* tornado.iostream.* twisted.internet.* gevent.socket.*
        geopy.geocoders.* dns.* ldap3.* telegram.* slack_sdk.* stripe.* twilio.* github.* httplib2.* pycurl.* cloudscraper.* pydrive.* gspread.*"""),
    ("HS004", "-", "", """
        requests.exceptions.* requests.utils.* requests.structures.* requests.codes.* requests.models.* requests.compat.* requests.status_codes.* requests.Request*
        requests.PreparedRequest* httpx.URL* httpx.Headers* httpx.Request httpx.QueryParams* httpx.Timeout* httpx.Limits* httpx.codes.* urllib.request.Request
        urllib.request.pathname2url urllib.request.url2pathname urllib.request.quote urllib.request.unquote urllib.request.parse_http_list urllib.request.parse_keqv_list
        urllib3.util.* urllib3.exceptions.* urllib3.fields.* urllib3.filepost.* aiohttp.ClientTimeout* httpx.HTTPError* grpc.StatusCode* redis.exceptions.*
        socket.inet_aton socket.inet_ntoa socket.inet_pton socket.inet_ntop huggingface_hub.utils.*"""),
    ("HS004", "!", _DATABASE, """
        pandas.read_sql pandas.read_sql_query pandas.read_sql_table pandas.read_gbq polars.read_database psycopg.* psycopg2.* asyncpg.* pymysql.* MySQLdb.*
        mysql.connector.* pyodbc.* cx_Oracle.* oracledb.* snowflake.* sqlalchemy.create_engine* sqlalchemy.orm.Session* django.db.* peewee.* cassandra.* neo4j.*"""),
    ("HS006", "!", _SETS, """
        os.chdir os.fchdir os.putenv os.unsetenv os.umask os.setuid os.setgid os.nice signal.signal signal.alarm signal.setitimer locale.setlocale sys.setrecursionlimit
        sys.settrace sys.setprofile sys.setswitchinterval atexit.register decimal.setcontext socket.setdefaulttimeout logging.basicConfig logging.disable logging.config.* numpy.seterr numpy.set_printoptions
        pandas.set_option pandas.reset_option torch.set_default_dtype torch.set_default_device torch.set_grad_enabled torch.set_num_threads matplotlib.use
        matplotlib.rc seaborn.set* threading.settrace gc.disable gc.enable gc.set_threshold faulthandler.enable readline.* sys.path.append sys.path.insert sys.path.extend sys.path.remove
        os.environ.update os.environ.setdefault os.environ.pop os.environ.clear site.addsitedir mimetypes.add_type copyreg.pickle codecs.register locale.resetlocale
        sys.addaudithook sys.set_int_max_str_digits contextvars.ContextVar().set contextvars.ContextVar().reset sys.setdlopenflags os.setpgid os.setsid"""),
    ("HS006", ".", _SETS, "warnings.simplefilter warnings.filterwarnings warnings.resetwarnings"),
    ("HS006", ".", "seeds the process's generator, which a hit leaves out", """
        random.seed numpy.random.seed torch.manual_seed torch.cuda.manual_seed tensorflow.random.set_seed random.setstate numpy.random.set_state"""),
    ("HS007", ".", TELLS, """
        builtins.print warnings.warn warnings.warn_explicit logging.debug logging.info logging.warning logging.error logging.critical logging.exception
        logging.log logging.getLogger().debug logging.getLogger().info logging.getLogger().warning logging.getLogger().warn logging.getLogger().error
        logging.getLogger().exception logging.getLogger().critical logging.getLogger().log pprint.pprint pprint.pp traceback.print_exc traceback.print_stack
        sys.stdout.write sys.stderr.write sys.stdout.flush sys.stderr.flush tqdm.* click.echo click.secho click.progressbar rich.print rich.console.Console().print
        rich.console.Console().log rich.progress.* typer.echo typer.secho loguru.logger.* structlog.get_logger().* sys.stdout.writelines"""),
    ("HS007", "!", _WRITES, """
        pathlib.*().write_text pathlib.*().write_bytes numpy.save numpy.savez numpy.savez_compressed numpy.savetxt numpy.memmap torch.save joblib.dump
        matplotlib.pyplot.savefig cv2.imwrite imageio.imwrite imageio.mimsave soundfile.write scipy.io.savemat scipy.io.wavfile.write scipy.sparse.save_npz
        shutil.copyfileobj plistlib.dump tempfile.mkstemp tempfile.mkdtemp tempfile.mktemp os.write os.mkfifo logging.FileHandler*
        logging.handlers.*"""),
    ("HS007", "!", _FILES, """
        os.remove os.unlink os.rename os.renames os.replace os.mkdir os.makedirs os.rmdir os.removedirs os.link os.symlink os.chmod os.chown os.truncate os.utime
        os.ftruncate os.fsync os.fchmod os.mknod os.setxattr shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.copymode shutil.copystat shutil.move shutil.rmtree shutil.make_archive
        shutil.unpack_archive shutil.chown pathlib.*().unlink pathlib.*().mkdir pathlib.*().touch pathlib.*().rename pathlib.*().replace pathlib.*().rmdir
        pathlib.*().symlink_to pathlib.*().hardlink_to pathlib.*().chmod zipfile.ZipFile().extractall zipfile.ZipFile().extract tarfile.open().extractall
        tarfile.TarFile().extractall py_compile.compile compileall.*"""),
    ("HS007", "!", _SHOWS, """
        matplotlib.pyplot.show matplotlib.pyplot.draw matplotlib.pyplot.pause
        webbrowser.open* IPython.display.* cv2.imshow cv2.waitKey streamlit.* tkinter.* curses.* pyperclip.* winsound.* subprocess_tee.*
        os._exit os.abort os.kill signal.raise_signal os.killpg faulthandler.dump_traceback"""),
    ("HS007", "!", _TRACKS, "mlflow.* wandb.* neptune.* comet_ml.* sentry_sdk.* torch.utils.tensorboard.* tensorboardX.* prometheus_client.* statsd.* opentelemetry.*"),
    ("HS008", "!?", _CALLER, """
        inspect.currentframe inspect.stack inspect.trace inspect.getouterframes sys._getframe sys._getframemodulename sys.exc_info traceback.format_exc traceback.extract_stack
        traceback.format_stack sys._current_frames gc.get_objects gc.get_referrers sys.getrefcount sys.gettrace builtins.breakpoint"""),
    ("HS008", "!", _NATIVE, """
        ctypes.CDLL* ctypes.PyDLL* ctypes.WinDLL* ctypes.cdll.* ctypes.windll.* ctypes.util.find_library cffi.FFI* ctypes.pythonapi.* importlib.reload
        importlib.util.spec_from_file_location importlib.machinery.* runpy.* code.interact"""),
    ("HS008", "!", "asks which plug-ins are installed, which is not recorded", """
        pkgutil.iter_modules pkgutil.walk_packages importlib.metadata.entry_points importlib_metadata.entry_points pkg_resources.*"""),
    ("HS012", ".", "asks what is installed, which is not recorded", """
        importlib.util.find_spec importlib.metadata.version importlib.metadata.distribution importlib.metadata.distributions importlib.metadata.metadata
        importlib.metadata.files importlib.metadata.packages_distributions importlib_metadata.version"""),
    ("HS012", "!?", _SETTING, """
        decimal.getcontext locale.getlocale locale.localeconv locale.getpreferredencoding locale.getdefaultlocale locale.currency locale.format_string locale.str
        locale.atof locale.strcoll locale.strxfrm torch.get_default_dtype torch.get_default_device torch.is_grad_enabled pandas.get_option numpy.geterr numpy.get_printoptions
        gettext.* sys.getrecursionlimit sys.getswitchinterval warnings.catch_warnings().__enter__ socket.getdefaulttimeout time.tzset
        sys.getfilesystemencoding sys.getdefaultencoding contextvars.copy_context contextvars.ContextVar().get asyncio.get_event_loop asyncio.get_running_loop
        asyncio.current_task asyncio.all_tasks threading.current_thread threading.get_ident threading.get_native_id threading.active_count threading.enumerate
        threading.main_thread multiprocessing.current_process multiprocessing.parent_process signal.getsignal logging.getLogger().isEnabledFor logging.getLogger().getEffectiveLevel
        logging.getLogger().handlers threading.local().*"""),
    ("HS004", "-", "", "sqlite3.connect().execute* sqlite3.connect().cursor*"),  # its file is recorded
    ("HS012", "!?", _AMBIENT, """
        os.getcwd os.getcwdb pathlib.Path.cwd pathlib.*().absolute os.path.abspath os.getpid os.getppid os.getlogin os.getuid os.geteuid os.getgid os.getloadavg os.times
        os.uname os.ttyname os.isatty os.get_terminal_size shutil.get_terminal_size getpass.getuser socket.gethostname platform.node platform.uname psutil.*
        tempfile.gettempdir pwd.* grp.* torch.cuda.is_available torch.cuda.device_count torch.cuda.* torch.backends.* tracemalloc.* sys.stdout.isatty
        sys.stderr.isatty sys.stdin.isatty os.environ.copy uuid.getnode site.getsitepackages site.getusersitepackages sysconfig.get_path sysconfig.get_paths
        os.getpgid os.getpriority os.sched_getaffinity os.get_exec_path os.path.relpath"""),
    ("HS012", ".?", "depends on the machine, which is not recorded", """
        os.cpu_count multiprocessing.cpu_count os.process_cpu_count joblib.cpu_count platform.system platform.machine platform.platform platform.processor platform.release platform.version
        platform.architecture"""),
    ("HS013", "!", _PROCESS, """
        subprocess.* os.system os.popen* os.spawn* os.exec* os.posix_spawn* os.fork os.forkpty pty.* pexpect.* sh.* plumbum.* asyncio.create_subprocess_exec
        asyncio.create_subprocess_shell anyio.run_process anyio.open_process anyio.to_process.* trio.run_process trio.lowlevel.open_process multiprocessing.Process* multiprocessing.process.* fabric.* docker.* git.Repo* pygit2.*"""),
    ("HS013", "-", "", "subprocess.list2cmdline subprocess.CalledProcessError* subprocess.TimeoutExpired* subprocess.SubprocessError*"),
    ("HS013", ".", _WORKERS, """
        multiprocessing.Pool* multiprocessing.pool.Pool* concurrent.futures.ProcessPoolExecutor* concurrent.futures.process.ProcessPoolExecutor*
        joblib.Parallel* dask.compute dask.delayed* ray.* mpi4py.* loky.* pathos.* billiard.* celery.* distributed.* multiprocessing.Queue multiprocessing.Manager*"""),
)  # fmt: skip

_READS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("HS012", "!?", _AMBIENT, "sys.argv sys.orig_argv os.environb sys.executable sys.path sys.flags sys.warnoptions sys.meta_path sys.prefix sys.base_prefix sys._MEIPASS time.timezone time.tzname time.altzone time.daylight"),
    ("HS012", ".?", "asks which modules are loaded, which is not recorded; what it takes out of them counts", "sys.modules"),
    ("HS003", "!", _C_READ, "sys.stdin sys.__stdin__ sys.stdin.*"),
    ("HS007", ".", TELLS, "sys.stdout sys.stderr sys.__stdout__ sys.__stderr__"),
    ("HS012", "!?", _SETTING, "matplotlib.rcParams matplotlib.pyplot.rcParams pandas.options.*"),
)  # fmt: skip

_METHOD_GROUPS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("HS003", "!?", _ASKS, "is_symlink lstat"),
    ("HS008", "!?", "asks which classes are loaded, which is not recorded", "__subclasses__"),
    ("HS004", "!", _DATABASE, "execute executemany executescript fetchall fetchone fetchmany commit rollback cursor"),
    ("HS004", "!", _NET, "from_pretrained recvfrom recv sendall urlopen sendto"),
    ("HS007", "!", _FILES, "unlink mkdir rmdir symlink_to hardlink_to"),
    ("HS007", "!", _WRITES, "write_text write_bytes savefig to_parquet to_pickle to_feather to_hdf to_excel to_sql to_netcdf to_zarr save_pretrained imwrite write_html write_image writerow writerows"),
    ("HS007", ".", TELLS, "debug info warning exception critical"),
    ("HS007", "!", "sends something, which a hit leaves out", "send_request send_message post_message publish emit notify broadcast"),
    ("HS013", "!", _PROCESS, "communicate"),
)  # fmt: skip


def _table(groups: tuple[tuple[str, str, str, str], ...]) -> tuple[dict[str, Known | None], dict[str, Known | None]]:
    exact: dict[str, Known | None] = {}
    prefixes: dict[str, Known | None] = {}
    for code, marks, words, names in groups:
        known = None if marks == "-" else Known(code, "warning" if marks[0] == "!" else "note", words, "?" in marks)
        for name in names.split():
            if name.endswith("*"):
                prefixes[name[:-1]] = known
            elif "*" in name:  # any class of pathlib
                head, _, tail = name.partition("*")
                for cls in ("Path", "PosixPath", "WindowsPath"):
                    exact[head + cls + tail] = known
            else:
                exact[name] = known
    return exact, prefixes


_CALLED, _CALLED_PREFIXES = _table(_GROUPS)
_READ, _READ_PREFIXES = _table(_READS)
_METHODS: Final = _table(_METHOD_GROUPS)[0]


@lru_cache(maxsize=10_000)
def known_call(name: str) -> Known | None:
    """What calling the external `name` does."""
    return None if _is_exception(name) else _longest(name, _CALLED, _CALLED_PREFIXES)


def is_harmless(name: str) -> bool:
    """Whether calling the external `name` is known to be nothing that speaks against memoising."""
    return known_call(name) is None and (name in _CALLED or any(name.startswith(prefix) for prefix in _CALLED_PREFIXES))


@lru_cache(maxsize=10_000)
def known_read(name: str) -> Known | None:
    """What reading the external variable `name` does."""
    return _longest(name, _READ, _READ_PREFIXES)


def known_method(name: str) -> Known | None:
    """What a method of this name likely does, on an object of a type that is not known."""
    return _METHODS.get(name) or _METHODS.get(name.removesuffix("_async"))


def _longest(name: str, exact: dict[str, Known | None], prefixes: dict[str, Known | None]) -> Known | None:
    if name in exact:
        return exact[name]
    for length in range(len(name), 0, -1):
        if name[:length] in prefixes:
            return prefixes[name[:length]]
    return None


def _is_exception(name: str) -> bool:
    return name.endswith(("Error", "Exception", "Warning", "Timeout")) and name.rpartition(".")[2][:1].isupper()
