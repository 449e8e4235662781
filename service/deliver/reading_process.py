"""The process that reads feeds for another: `python -m service.deliver.reading_process`.

Questions come on standard input, answers go to standard output, in order. It ends with its input,
so it never outlives who started it.
"""

from __future__ import annotations

import pickle
import sys

from service.deliver.reading import read, receive, send
from service.errors import UnreadableInput


def main() -> None:
    """Read feeds until the input ends. An error is an answer too."""
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    while (frame := receive(asked)) is not None:
        try:
            answer: object = read(*pickle.loads(frame))
        except UnreadableInput as error:
            answer = (error.what, error.mend)
        except Exception as error:  # it is the other process that tells people
            answer = error.with_traceback(None)
        send(told, answer)


if __name__ == "__main__":
    main()
