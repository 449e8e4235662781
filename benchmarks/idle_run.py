"""What a `bookplate run` with nothing to do costs in CPU, and where it goes.

The example blog is served on loopback; the first run makes note of it, the others find nothing
new. Beside it, as the peer: a bare Python that imports SQLAlchemy and feedparser, which any
program of this kind needs.
"""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from examples.site import served

ROUNDS = 7
LIMIT = 3.0
_PYTHON = Path(sys.executable)
_CONFIGURATION = """\
[blog]
feed = "{base}/feed.xml"
settle = "0s"
[fetch]
allow_private = ["127.0.0.1"]
[[channel]]
name = "drop"
kind = "file"
directory = "drop"
"""
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


def _cpu_seconds(command: list[str], folder: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the CPU seconds of an idle run, the ratio to the peer, and the dearest imports."""
    run = [str(_PYTHON), "-m", "cli.main", "run"]
    peer = [str(_PYTHON), "-c", "import sqlalchemy.orm, feedparser"]
    with served() as base, tempfile.TemporaryDirectory() as folder:
        Path(folder, "bookplate.toml").write_text(_CONFIGURATION.format(base=base), "utf-8")
        _cpu_seconds(run, folder)
        idle = statistics.median(_cpu_seconds(run, folder) for _ in range(ROUNDS))
        bare = statistics.median(_cpu_seconds(peer, folder) for _ in range(ROUNDS))
        print(f"idle run {idle:.2f} s of CPU (at most {LIMIT:g}), {idle / bare:.1f} × the imports")
        for seconds, name in _dearest(run, folder):
            print(f"  {seconds:.2f} s  import {name}")


def _dearest(run: list[str], folder: str) -> list[tuple[float, str]]:
    """The packages whose import takes longest, each with all that it imports."""
    command = [run[0], "-X", "importtime", *run[1:]]
    told = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, env=dict(os.environ)
    ).stderr
    outermost = [
        (int(match[2]) / 1e6, match[4])
        for match in map(_IMPORT.match, told.splitlines())
        if match and "." not in match[4]
    ]
    return sorted(outermost, reverse=True)[:6]


if __name__ == "__main__":
    main()
