"""`make bench`: every benchmark in turn, each as a process of its own.

Those that measure on collected data look for it in the folder $BOOKPLATE_DATA; without it they
say what is missing, and the rest goes on.
"""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.books.missing import FILES

#: a benchmark, and the files below $BOOKPLATE_DATA that it is given
ALL: dict[str, tuple[str, ...]] = {
    "benchmarks.startup": (),
    "benchmarks.polling.measure": (),
    "benchmarks.idle_run": (),
    "benchmarks.feeds.measure": (),
    "benchmarks.extraction.measure": ("data/readability_pages.tar.gz",),
    "benchmarks.books.measure": ("",),
    "benchmarks.extraction.platforms": (),
    "benchmarks.resolving.table": (),
    "benchmarks.lost_links.measure": (),
    "benchmarks.catalogue.measure": ("gold/posts.jsonl",),
    "benchmarks.rewriting.measure": ("data/readability_pages.tar.gz",),
}
#: those that are given the folder, and what they look for there
IN_THE_FOLDER = {"benchmarks.books.measure": FILES}
#: those that make up their own data where there is none
SELF_SUFFICIENT = frozenset(("benchmarks.catalogue.measure", "benchmarks.rewriting.measure"))


def main() -> int:
    """Run those named as arguments, else all; 1 where one failed."""
    folder = Path(os.environ.get("BOOKPLATE_DATA", "."))
    failed = False
    for name in sys.argv[1:] or ALL:
        print(f"── {name}", flush=True)
        given = [folder / each for each in ALL[name]]
        needed = [folder / each for each in IN_THE_FOLDER.get(name, ())]
        missing = [str(each) for each in (*given, *needed) if not each.exists()]
        if missing and name in SELF_SUFFICIENT:
            given = []
        elif missing:
            print(f"passed over: there is no {', '.join(missing)}; set BOOKPLATE_DATA")
            continue
        failed |= subprocess.run([sys.executable, "-m", name, *map(str, given)]).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
