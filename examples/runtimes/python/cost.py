"""Says what a policy costs here: `python cost.py FILE`, in milliseconds."""

import sys
import time
from pathlib import Path
from statistics import median

from code_execute_policy import Cache, Policy

code = Path(sys.argv[1]).read_text(encoding="utf-8")


def timed(work):
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


compiling = timed(lambda: Policy.default(cache=Cache.none()))
policy = Policy.default()
loading = timed(Policy.default)
scanning = median(timed(lambda: policy.scan(code)) for _ in range(501))
print(
    f"compile {compiling:.0f} ms, load what was kept {loading:.0f} ms, "
    f"fresh instance and scan of {len(code)} bytes {scanning:.2f} ms"
)
