"""`make bench`: every benchmark in turn. One that misses its data says so and is passed over."""

import importlib
import sys

ALL = ("benchmarks.startup", "benchmarks.idle_run")


def main() -> int:
    for name in sys.argv[1:] or ALL:
        print(f"── {name}")
        importlib.import_module(name).main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
