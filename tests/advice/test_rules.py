"""What is found in a function, and what is not. Each case is the body of ``f(x, xs, path, seed=None)``; notes are in lower case."""

from __future__ import annotations

from textwrap import indent

import pytest

CASES = {
    # the clock
    "return time.time()": ["HS001"],
    "from datetime import datetime as dt\nreturn dt.now()": ["HS001"],
    "import datetime\nreturn datetime.date.today()": ["HS001"],
    "begun = time.perf_counter()\ny = x + 1\nprint(time.perf_counter() - begun)\nreturn y": ["hs007"],
    "begun = time.perf_counter()\ny = x + 1\ntook = time.perf_counter() - begun\nif took > 5:\n    print(f'{took:.1f} s')\nreturn y": ["hs007"],
    "begun = time.perf_counter()\ny = x + 1\nreturn y, time.perf_counter() - begun": ["HS001", "HS001"],
    "while time.monotonic() < x:\n    pass\nreturn x": ["HS001"],
    "return time.strftime('%Y')": ["HS001"],
    "return time.strftime('%Y', x)": [],
    "return time.gmtime(x)": [],
    "return time.localtime(x)": ["HS012"],
    "time.sleep(1)\nreturn x": [],
    # chance
    "return random.random()": ["HS002"],
    "from random import shuffle\nys = list(xs)\nshuffle(ys)\nreturn ys": ["HS002"],
    "return random.Random(0).random()": [],
    "rng = random.Random(x)\nreturn rng.choice(xs)": [],
    "rng = random.Random()\nreturn rng.choice(xs)": ["HS002"],
    "return np.random.rand(3)": ["HS002"],
    "return np.random.default_rng().normal()": ["HS002"],
    "return np.random.default_rng(0).normal()": [],
    "return np.random.default_rng(x).normal()": [],
    "return np.random.default_rng(seed).normal()": ["HS002"],
    "np.random.seed(x)\nreturn np.random.rand(3)": ["hs006"],
    "import uuid\nreturn str(uuid.uuid4())": ["HS002"],
    "import uuid\nreturn uuid.uuid5(uuid.NAMESPACE_DNS, x)": [],
    "return hash(x)": ["HS002"],
    "from sklearn.cluster import KMeans\nreturn KMeans(3).fit_predict(xs)": ["HS002"],
    "from sklearn.cluster import KMeans\nreturn KMeans(3, random_state=x).fit_predict(xs)": [],
    "return xs.sample(frac=0.5)": ["HS002"],
    "return xs.sample(frac=0.5, random_state=0)": [],
    # files and folders that are recorded are no findings
    "with open(path) as file:\n    return file.read()": [],
    "return Path(path).read_text()": [],
    "return os.listdir(path)": [],
    "return sorted(Path(path).glob('*.csv'))": [],
    "import pandas as pd\nreturn pd.read_csv(path)": [],
    "import json\nwith open(path, encoding='utf-8') as file:\n    return json.load(file)": [],
    "return os.path.exists(path), os.path.getsize(path)": [],
    "return Path(path).is_file()": [],
    # those that are not
    "return os.stat(path).st_size": ["HS003"],
    "return os.access(path, os.R_OK)": ["HS003"],
    "p = Path(path) / 'a'\nreturn p.stat().st_size": ["HS003"],
    "import sqlite3\nreturn list(sqlite3.connect(path))": ["HS003"],
    "import pandas as pd\nreturn pd.read_parquet(path)": ["HS003"],
    "return input('name?')": ["HS003"],
    "return sys.stdin.read()": ["HS003"],
    # the network
    "import urllib.request\nreturn urllib.request.urlopen(path).read()": ["HS004"],
    "import requests\nreturn requests.get(path).json()": ["HS004"],
    "from requests import get as fetch\nreturn fetch(path).text": ["HS004"],
    "import pandas as pd\nreturn pd.read_csv('https://example.org/a.csv')": ["HS004"],
    "from urllib.parse import urlparse\nreturn urlparse(path).netloc": [],
    # the environment
    "return os.environ['HOME']": [],
    "return os.environ.get('HOME', '')": [],
    "return os.getenv('HOME')": [],
    "return os.getenv(x)": ["hs005"],
    "return os.environ[x]": ["hs005"],
    "return dict(os.environ)": ["hs005"],
    # changes
    "xs.append(x)\nreturn xs": ["HS006"],
    "ys = xs\nys.append(x)\nreturn ys": ["HS006"],
    "ys = list(xs)\nys.append(x)\nreturn ys": [],
    "xs = [*xs]\nxs.sort()\nreturn xs": [],
    "xs = xs or []\nxs.append(x)\nreturn xs": ["HS006"],
    "for y in xs:\n    y.n = 1\nreturn xs": ["HS006"],
    "xs[0] = x\nreturn xs": ["HS006"],
    "del xs[0]\nreturn xs": ["HS006"],
    "x += 1\nreturn x": [],
    "COUNTS[x] = 1\nreturn x": ["hs006"],
    "COUNTS.clear()\nreturn x": ["HS006"],
    "global LAST\nLAST = x\nreturn x": ["hs006"],
    "os.environ['A'] = x\nreturn x": ["HS006"],
    "os.chdir(path)\nreturn x": ["HS006"],
    "xs.sort(key=len)\nreturn xs": ["HS006"],
    "xs.fillna(0, inplace=True)\nreturn xs": ["HS006"],
    "return sorted(xs)": [],
    "import heapq\nheapq.heappush(xs, x)\nreturn xs": ["HS006"],
    # effects
    "print(x)\nreturn x": ["hs007"],
    "import logging\nlogging.getLogger(__name__).info('x')\nreturn x": ["hs007"],
    "with open(path, 'w') as file:\n    file.write(x)\nreturn path": ["HS007"],
    "with open(path, mode='ab') as file:\n    file.write(x)\nreturn path": ["HS007"],
    "Path(path).write_text(x)\nreturn path": ["HS007"],
    "os.makedirs(path)\nreturn path": ["HS007"],
    "xs.to_csv(path)\nreturn path": ["HS007"],
    "return xs.to_csv()": [],
    "import io\nbuffer = io.BytesIO()\nxs.savefig(buffer)\nreturn buffer.getvalue()": [],
    "xs.savefig(path)\nreturn path": ["HS007"],
    "y = x + 1": ["HS007"],
    "if x < 0:\n    raise ValueError(x)": [],
    "pass": [],
    "import tempfile\nwith tempfile.TemporaryDirectory() as folder:\n    return len(folder)": [],
    # code that can't be tracked
    "return eval(x)": ["HS008"],
    "return eval('1 + 1')": [],
    "import importlib\nreturn importlib.import_module(x).f()": ["hs008"],
    "import importlib\nreturn importlib.import_module('json').dumps(x)": [],
    "return globals()[x]()": ["HS008"],
    "return sys._getframe(1).f_code.co_name": ["HS008"],
    "import ctypes\nreturn ctypes.CDLL(path).f()": ["HS008"],
    # parameters and results
    "return xs.readline()": ["HS009"],
    "return next(xs)": ["HS009"],
    "return (y for y in xs)": ["HS010"],
    "return lambda y: y + x": ["HS010"],
    "def inner(y):\n    return y\nreturn inner": ["HS010"],
    "return open(path)": ["HS010"],
    "yield from xs": [],
    # the surroundings
    "return os.getcwd()": ["HS012"],
    "return os.path.abspath(path)": ["HS012"],
    "return os.path.abspath(__file__)": [],
    "return sys.argv[1]": ["HS012"],
    "import decimal\nreturn decimal.getcontext().prec": ["HS012"],
    "import socket\nreturn socket.gethostname()": ["HS012"],
    "import importlib.metadata\nreturn importlib.metadata.version(x)": ["hs012"],
    "return 'pandas' in sys.modules": ["hs012"],
    # other processes
    "import subprocess\nreturn subprocess.run(['ls'], capture_output=True).stdout": ["HS013"],
    "return os.system(x)": ["HS013"],
    "from concurrent.futures import ProcessPoolExecutor\nwith ProcessPoolExecutor() as pool:\n    return list(pool.map(str, xs))": ["hs013"],
    "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as pool:\n    return list(pool.map(str, xs))": [],
}


@pytest.mark.parametrize("body", CASES)
def test_a_function_has_the_findings_that_it_deserves(codes, body):
    """And no others."""
    assert codes(f"COUNTS = {{}}\nLAST = None\n@memo\ndef f(x, xs, path, seed=None):\n{indent(body, '    ')}\n") == CASES[body]
