"""How fast commands start, beside a bare `python -c pass`: medians of the same run."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 21
_PYTHON = Path(sys.executable)
_BOOKPLATE = _PYTHON.with_name("bookplate")
_URL = b"https://www.amazon.com/dp/0670024856\n"
COMMANDS: dict[str, tuple[list[str], bytes, float]] = {
    "bookplate links": ([str(_BOOKPLATE), "links"], _URL, 10),
    "bookplate --help": ([str(_BOOKPLATE), "--help"], b"", 12),
}


def _milliseconds(command: list[str], given: bytes) -> float:
    begun = time.perf_counter()
    subprocess.run(command, input=given, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    """Print each command's median as a multiple of the bare interpreter's, and its limit."""
    bare: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        bare.append(_milliseconds([str(_PYTHON), "-c", "pass"], b""))
        for name, (command, given, _limit) in COMMANDS.items():
            taken[name].append(_milliseconds(command, given))
    base = statistics.median(bare)
    print(f"python -c pass       {base:6.1f} ms")
    for name, times in taken.items():
        median = statistics.median(times)
        limit = COMMANDS[name][2]
        print(f"{name:20} {median:6.1f} ms  {median / base:4.1f} × (at most {limit:g} ×)")


if __name__ == "__main__":
    main()
