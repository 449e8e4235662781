"""One `bookplate run` over many sources, beside a bare asynchronous client on the same addresses.

    python -m benchmarks.polling.measure [SOURCES]

2,000 feeds of ten full posts each, from a server process on loopback. Unchanged: every feed answers
304. Changed: each has one new post, which is stored and settles; the peer is the client and the
parser alone. Whole processes are timed, start and all; they take turns, and of each the least
counts. Wall seconds decide; CPU seconds stand beside them for machines that do other things too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

SOURCES, ROUNDS = 2_000, 3
LIMIT, MOST_MB = 1.5, 400
_RUN = [sys.executable, "-m", "cli.main", "run"]
_BARE = [sys.executable, "-m", "benchmarks.polling.bare"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: wall and CPU seconds, and its largest size in MB."""

    wall: float
    cpu: float
    size: float


def cost(command: list[str], folder: Path) -> Cost:
    begun = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


@contextmanager
def served(count: int) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.polling.server", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def configure(folder: Path, port: str, count: int) -> None:
    sources = "".join(
        f'[[source]]\nname = "s{feed}"\nurl = "http://127.0.0.1:{port}/feed/{feed}"\n'
        for feed in range(count)
    )
    (folder / "bookplate.toml").write_text(
        f'[blog]\nlanguage = "en"\n[fetch]\nallow_private = ["127.0.0.1"]\n{sources}'
        '[[channel]]\nname = "drop"\nkind = "file"\ndirectory = "drop"\n',
        "utf-8",
    )


def report(what: str, ours: list[Cost], bare: list[Cost]) -> bool:
    """Print it; whether it is within the limits."""
    wall, cpu = min(each.wall for each in ours), min(each.cpu for each in ours)
    peer, peer_cpu = min(each.wall for each in bare), min(each.cpu for each in bare)
    size = max(each.size for each in ours)
    print(
        f"{what:10} run {wall:5.2f} s ({cpu:5.2f} of CPU, {size:.0f} MB)   peer {peer:5.2f} s "
        f"({peer_cpu:5.2f})   {wall / peer:.2f} × (CPU {cpu / peer_cpu:.2f} ×; at most {LIMIT:g})"
    )
    return wall / peer <= LIMIT and size <= MOST_MB


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SOURCES
    with served(count) as port, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configure(folder, port, count)
        bare = [*_BARE, port, str(count)]
        first = cost(_RUN, folder)
        print(f"{count} sources; the first run, all old: {first.wall:.1f} s, {first.size:.0f} MB")
        unchanged, changed = [], []
        for version in range(ROUNDS):
            tag = f'"{version}"'
            unchanged.append((cost(_RUN, folder), cost([*bare, tag], folder)))
            httpx2.get(f"http://127.0.0.1:{port}/new", timeout=60)
            changed.append((cost(_RUN, folder), cost([*bare, "--parse"], folder)))
        good = [
            report("unchanged", *map(list, zip(*unchanged, strict=True))),
            report("changed", *map(list, zip(*changed, strict=True))),
        ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
