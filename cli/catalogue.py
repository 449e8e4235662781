"""bookplate catalogue: build, import and look at the offline index of books."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from cli import tables
from cli.batch import default_jobs
from cli.workplace import ConfigOption
from service.errors import UsageError

if TYPE_CHECKING:
    from service.resolve.index.build import Report
    from service.resolve.index.finish import Watch
    from service.resolve.index.layout import Head

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

DEFAULT = Path("books.index")
#: as many languages and sources are shown
_SHOWN = 12
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="INDEX", help="The index to make.")
]
JobsOption = Annotated[
    int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 for one a core.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback()
def catalogue() -> None:
    """The offline index of books: make one, add to it, see what is in it.

    Example: bookplate catalogue info
    """


@app.command()
def build(
    output: OutputOption = DEFAULT,
    editions: Annotated[
        list[Path] | None, typer.Option("--editions", metavar="FILE", help="Dump of editions.")
    ] = None,
    works: Annotated[
        list[Path] | None, typer.Option("--works", metavar="FILE", help="Dump of works.")
    ] = None,
    authors: Annotated[
        list[Path] | None, typer.Option("--authors", metavar="FILE", help="Dump of authors.")
    ] = None,
    dump: Annotated[
        list[Path] | None,
        typer.Option("--dump", metavar="FILE", help="A dump of all of them; or of redirects."),
    ] = None,
    readers: Annotated[
        list[Path] | None,
        typer.Option(
            "--readers", metavar="FILE", help="Reading log or ratings: who reads what. Repeatable."
        ),
    ] = None,
    jobs: JobsOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Make an index of books from Open Library's dumps, gzipped or not.

    The dumps: https://openlibrary.org/developers/dumps. It takes a while and needs about twice
    the room of the dumps beside the index. Stopped or killed, it goes on where it was when the
    same command runs again; an index that was there before stays until the new one is whole.

    Example: bookplate catalogue build --editions ol_dump_editions_latest.txt.gz --works
    ol_dump_works_latest.txt.gz --authors ol_dump_authors_latest.txt.gz -o books.index
    """
    from service import catalogues

    dumps = [*(dump or ()), *(authors or ()), *(works or ()), *(editions or ())]
    if not dumps:
        raise UsageError(
            "Name the dumps to build from.",
            mend="--editions FILE --works FILE --authors FILE, or --dump FILE for all in one.",
        )
    _there([*dumps, *(readers or ())])
    with _progress() as watch:
        report = catalogues.build(
            dumps, readers or (), output, jobs=jobs or default_jobs(), made=_now(), watch=watch
        )
    _told(output, report, as_json)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Exports and catalogues.")],
    output: OutputOption = DEFAULT,
    kind: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="KIND",
            help="auto, json_lines, index, goodreads_csv, storygraph_csv, librarything, "
            "calibre, calibre_csv.",
        ),
    ] = "auto",
    starter: Annotated[
        bool, typer.Option("--starter", help="The books that ship with Bookplate too.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Without the books that the index held before.")
    ] = False,
    jobs: JobsOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Add the books of files to an index: JSON Lines, other indexes, and exports of Goodreads,
    the StoryGraph, LibraryThing and Calibre (metadata.db or CSV).

    Books that are the same in several are united, their editions kept. Rows that are no books are
    named and left out.

    Example: bookplate catalogue import goodreads_library_export.csv --starter -o books.index
    """
    from service import catalogues
    from service.plugins import exports

    sources = catalogues.sources_of(files, kind, exports())
    before = [output] if output.exists() and not replace else []
    if starter:
        before.append(catalogues.starter())
    sources = [*catalogues.sources_of(before, "index", ()), *sources]
    with _progress() as watch:
        report = catalogues.import_books(
            sources, output, jobs=jobs or default_jobs(), made=_now(), watch=watch
        )
    _told(output, report, as_json)


@app.command()
def info(
    index: Annotated[
        Path | None,
        typer.Argument(
            metavar="INDEX", help="The configured one, else the installed.", show_default=False
        ),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read all of it and compare its checksums.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """What is in an index: books, editions, languages, where they come from, when it was made.

    Example: bookplate catalogue info books.index
    """
    from service import catalogues

    path = index or _configured(config)
    opened = catalogues.index_of(path)
    if verify:
        opened.verify()
    if as_json:
        tables.print_json({"path": str(path or opened.name), **_plain(opened.head)})
        return
    _show(str(path) if path else "the installed catalogue", opened.head)
    if verify:
        print("Its checksums are right.")


def _configured(config: Path | None) -> Path | None:
    """The catalogue that the configuration names, if there is a configuration."""
    from service.configuration import load, locate

    if config is None and not locate().exists():
        return None
    named = load(config).blog.catalogue
    return Path(named) if named else None


def _there(paths: list[Path]) -> None:
    for path in paths:
        if not path.is_file():
            raise UsageError(f"There is no file {path}.", mend="Check the path.")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(head: "Head") -> dict[str, object]:
    told = asdict(head)
    return {key: told[key] for key in told if key not in ("sections", "keys", "buckets", "slots")}


def _told(output: Path, report: "Report", as_json: bool) -> None:
    """What was made; the lines that were none, on stderr; exit code 3 where there are any."""
    for line in report.bad:
        print(f"skipped: {line}", file=sys.stderr)
    if report.broken > len(report.bad):
        print(f"skipped: {report.broken - len(report.bad):,} more", file=sys.stderr)
    if as_json:
        told = {"path": str(output), **_plain(report.head), "skipped": report.broken}
        tables.print_json(told)
    else:
        _show(str(output), report.head)
        print(f'Use it: bookplate scan --catalogue {output} …, or catalogue = "{output}" at the')
        print("top of bookplate.toml.")
    if report.broken:
        raise typer.Exit(3 if report.head.rows else 1)


def _show(name: str, head: "Head") -> None:
    of = f"{_many(head.books, 'book')} of {_many(head.titles, 'title')}"
    print(f"{name}: {of}, {_many(head.editions, 'edition')}")
    lines = {
        "made": head.made or "with Bookplate",
        "from": ", ".join(f"{each['name']} ({each['rows']:,})" for each in head.inputs),
        "rows": f"{head.rows:,}",
        "size": f"{head.size / 1e6:,.1f} MB",
        "languages": _counted(head.languages),
        "sources": _counted(head.sources),
    }
    for what, told in lines.items():
        if told:
            first = f"  {what:<10} "
            print(fill(told, tables.WIDTH, initial_indent=first, subsequent_indent=" " * 13))


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _counted(counts: Mapping[str, int]) -> str:
    shown = [f"{name or 'unnamed'} {count:,}" for name, count in list(counts.items())[:_SHOWN]]
    more = len(counts) - len(shown)
    return ", ".join(shown) + (f", {more} more" if more > 0 else "")


def _unwatched(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


@contextmanager
def _progress() -> "Iterator[Watch]":
    """A bar on stderr when a person watches."""
    if not sys.stderr.isatty():
        yield _unwatched
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown: dict[str, object] = {}

        def watch(stage: str, done: int, total: int) -> None:
            if stage not in shown:
                shown[stage] = bar.add_task(stage, total=total or None)
            bar.update(shown[stage], completed=done, total=total or None)  # type: ignore[arg-type]

        yield watch
