"""unhurried.py FILE … or -c CODE: runs it with time for every View, so that on a busy machine no figure is left out for having taken long."""

from __future__ import annotations

import runpy
import sys

from hitsave.values.views import bounds, pictures

pictures._SLOW_SECONDS = 60.0
bounds.Allowance.__init__.__kwdefaults__["seconds"] = 60.0

sys.path[0] = ""
if sys.argv[1] == "-c":
    exec(compile(sys.argv[2], "<string>", "exec"), {"__name__": "__main__"})
else:
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
