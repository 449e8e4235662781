"""Many files through one function: in order, on several cores, in bounded memory.

A bad file is named and skipped; the rest goes on, and the exit code says so.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from service.binary import refuse_binary
from service.charset import Decoded, decode
from service.errors import BookplateError, UnreadableInput, UsageError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from service.model import Media

T = TypeVar("T")
Done = tuple[T | None, str | None]

#: inputs that a worker is handed at once: few enough that all end at about the same time
_BATCH = 8
#: batches that each worker may have waiting: enough to keep it busy, few enough to stay small
_AHEAD = 4
_CHUNK = 1 << 20
#: without it Windows would change line ends
AS_IT_IS = getattr(os, "O_BINARY", 0)
_HTML = (".html", ".htm", ".xhtml")
POSTS = (*_HTML, ".md", ".markdown", ".txt")


class Input(NamedTuple):
    """One document to work on: `name` is its path as people write it, `-` standard input;
    `relative` is where its output belongs below an output folder, with `/` between folders.

    Plain strings: of a short document, paths as objects would be a tenth of the work.
    """

    name: str
    relative: str

    @property
    def is_stdin(self) -> bool:
        return self.name == "-"


class Outcome(NamedTuple, Generic[T]):
    """What came of one input: a value, or the error in words."""

    input: Input
    value: T | None = None
    error: str | None = None


def inputs(paths: Sequence[str], suffixes: Sequence[str] = POSTS) -> Iterator[Input]:
    """The files named, and those below the folders named, in a stable order.

    Raises UsageError for a path that does not exist. `-` is standard input.
    """
    for name in paths:
        if name == "-":
            yield Input("-", "stdin.html")
            continue
        path = Path(name)
        if path.is_dir():
            yield from _below(str(path), "", tuple(suffixes))
        elif path.exists():
            yield Input(name, path.name)
        else:
            raise UsageError(f"There is no file or folder {name}.", mend="Check the path.")


def _below(folder: str, relative: str, suffixes: tuple[str, ...]) -> Iterator[Input]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=attrgetter("name"))
    begin = "" if folder == "." else f"{folder.rstrip(os.sep)}{os.sep}"
    for entry in found:
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _below(f"{begin}{name}", f"{relative}{name}/", suffixes)
        elif name.lower().endswith(suffixes):
            yield Input(f"{begin}{name}", f"{relative}{name}")


def media_of(source: Input, text: str) -> "Media":
    """html, markdown or text: by the file's ending, else by what stands in it."""
    name = source.name.lower()
    if name.endswith(_HTML):
        return "html"
    if name.endswith((".md", ".markdown")):
        return "markdown"
    if name.endswith(".txt"):
        return "text"
    head = text[:4096].lower()
    marks = ("<p", "<a ", "<div", "<html", "<!doctype", "<br", "<h1", "<h2", "<li")
    return "html" if any(mark in head for mark in marks) else "text"


def read(source: Input) -> Decoded:
    """The input, decoded. Raises UnreadableInput."""
    return decode(read_bytes(source))


def read_bytes(source: Input) -> bytes:
    """The input as it lies there. Raises UnreadableInput, also for what is no text."""
    try:
        data = sys.stdin.buffer.read() if source.is_stdin else _content(source.name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableInput(f"{source.name} can't be read: {reason}.") from error
    refuse_binary(data, "The input" if source.is_stdin else source.name)
    return data


def _content(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY | AS_IT_IS)
    try:
        size = os.fstat(file).st_size
        # a byte more than there should be: nothing short of it is left
        content = os.read(file, size + 1)
        if len(content) == size and size:
            return content
        pieces = [content]
        while pieces[-1]:
            pieces.append(os.read(file, _CHUNK))
        return b"".join(pieces)
    finally:
        os.close(file)


def run(
    sources: Iterable[Input], work: Callable[[Input], T], *, jobs: int, label: str
) -> Iterator[Outcome[T]]:
    """`work` done on each input, outcomes in the inputs' order. `jobs` processes (1: none).

    `work` must be a module's function (or a partial of one) when jobs > 1. `label` names the
    progress bar, which is shown on stderr when a person watches and the inputs can be counted.
    """
    listed = list(sources) if sys.stderr.isatty() else None
    outcomes = _outcomes(sources if listed is None else listed, work, jobs)
    if listed is None or len(listed) < 20:
        return outcomes
    return _watched(outcomes, len(listed), label)


def _outcomes(
    sources: Iterable[Input], work: Callable[[Input], T], jobs: int
) -> Iterator[Outcome[T]]:
    if jobs <= 1:
        yield from (_one(work, source) for source in sources)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as pool:
        for batch, results in _windowed(pool, _batches(sources), work, jobs * _AHEAD):
            for source, (value, error) in zip(batch, results.result(), strict=True):
                yield Outcome(source, value, error)


def _batches(sources: Iterable[Input]) -> Iterator[list[Input]]:
    """The inputs by the handful; standard input by itself."""
    batch: list[Input] = []
    for source in sources:
        batch.append(source)
        if len(batch) == _BATCH or source.is_stdin:
            yield batch
            batch = []
    if batch:
        yield batch


def _windowed(
    pool: "Executor", batches: Iterable[list[Input]], work: Callable[[Input], T], window: int
) -> "Iterator[tuple[list[Input], Future[list[Done[T]]]]]":
    waiting: deque[tuple[list[Input], Future[list[Done[T]]]]] = deque()
    for batch in batches:
        waiting.append((batch, _begun(pool, batch, work)))
        if len(waiting) >= window:
            yield waiting.popleft()
    yield from waiting


def _begun(
    pool: "Executor", batch: list[Input], work: Callable[[Input], T]
) -> "Future[list[Done[T]]]":
    """The work under way; on standard input in this process, as others have another."""
    if not batch[-1].is_stdin:
        return pool.submit(_several, work, batch)
    from concurrent.futures import Future

    done: Future[list[Done[T]]] = Future()
    done.set_result(_several(work, batch))
    return done


def _several(work: Callable[[Input], T], batch: Sequence[Input]) -> list[Done[T]]:
    """What came of each: a value, or the error in words."""
    outcomes = [_one(work, source) for source in batch]
    return [(each.value, each.error) for each in outcomes]


def _one(work: Callable[[Input], T], source: Input) -> Outcome[T]:
    try:
        return Outcome(source, work(source))
    except BookplateError as error:
        return Outcome(source, error=str(error))
    except RecursionError:
        return Outcome(source, error=f"{source.name} is nested too deeply to be read.")


def _watched(outcomes: Iterator[Outcome[T]], total: int, label: str) -> Iterator[Outcome[T]]:
    from rich.console import Console
    from rich.progress import track

    yield from track(outcomes, label, total, console=Console(stderr=True), transient=True)


class Tally:
    """Counts what went well and what did not, names the latter, and knows the exit code."""

    def __init__(self) -> None:
        self.done = 0
        self.failed = 0

    def good(self, outcome: Outcome[T]) -> T | None:
        """The outcome's value; an error is told on stderr, counted, and gives None."""
        if outcome.error is not None:
            self.failed += 1
            print(f"skipped: {outcome.error}", file=sys.stderr)
            return None
        self.done += 1
        return outcome.value

    @property
    def exit_code(self) -> int:
        """0 all done, 3 done in part, 1 nothing done."""
        if not self.failed:
            return 0
        return 3 if self.done else 1


def default_jobs() -> int:
    """The cores that this process may use."""
    with suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
