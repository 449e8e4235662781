"""`bookplate scan`: the books and shop links in posts, a JSON object or a table a document."""

import json
import sys
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import typer

from cli.batch import Input, Outcome, Tally, default_jobs, inputs, media_of, read, run
from cli.tables import console, plural, table
from service.errors import UsageError
from service.model import Book, Document, Edition, Finding, Media

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from service.ports import Catalogue

#: a finding's fields in the order of the interface
_FIELDS = (
    "kind start end text title authors isbn13 isbn10 asin marketplace confidence decision why "
    "alternatives"
).split()
_FORMATS = ("auto", "html", "text", "markdown")


def scan(
    paths: list[str] = typer.Argument(..., metavar="PATH…", help="Posts, or folders of them."),
    jsonl: bool = typer.Option(False, "--jsonl", help="JSON Lines, also on a terminal."),
    form: str = typer.Option(
        "auto", "--format", metavar="html|text|markdown|auto", help="What the posts are written in."
    ),
    jobs: int = typer.Option(1, "--jobs", "-j", help="Processes; 0 for one a core.", min=0),
    catalogue: Path | None = typer.Option(
        None,
        "--catalogue",
        metavar="FILE",
        help="Books to know: an index, or JSON Lines, gzipped or not.",
    ),
    explain: str | None = typer.Option(
        None, "--explain", metavar="WORDS", help="Say why these words were found, or were not."
    ),
    as_json: bool = typer.Option(False, "--json", help="With --explain: a JSON object a document."),
) -> None:
    """Find the books and shop links in posts, and say why. Changes nothing, fetches nothing.

    Offsets count code points of the decoded file, end exclusive.

    --explain "Deep Work" tells, for each place where these words stand, what speaks for a book
    and against one, how sure that makes it and what follows, or why they were not looked at.

    Example: bookplate scan posts/ --jobs 2 > findings.jsonl
    """
    if form not in _FORMATS:
        raise UsageError(f"There is no format {form}.", mend=f"Use one of: {', '.join(_FORMATS)}")
    if catalogue is not None:
        opened(catalogue).by_title("")
    if explain is not None:
        from cli.explaining import explain_all

        explain_all(paths, explain, cast(Literal["auto"], form), catalogue, jsonl or as_json)
        return
    shows_lines = jsonl or not sys.stdout.isatty()
    scanning = partial(
        lined if shows_lines else scanned, form=cast(Literal["auto"], form), catalogue=catalogue
    )
    outcomes = run(inputs(paths), scanning, jobs=jobs or default_jobs(), label="Scanning")
    tally = Tally()
    if shows_lines:
        _print_lines(cast("Iterator[Outcome[str]]", outcomes), tally)
    else:
        _print_tables(cast("Iterator[Outcome[tuple[Finding, ...]]]", outcomes), tally)
    if tally.exit_code:
        raise typer.Exit(tally.exit_code)


def scanned(
    source: Input, *, form: Literal["auto"] | Media, catalogue: Path | None
) -> tuple[Finding, ...]:
    """The findings of one document. Raises UnreadableInput, CatalogueError."""
    from service import pipeline
    from service.plugins import programmes

    document = document_of(source, form)
    return pipeline.scan(document, programmes=programmes(), catalogue=opened(catalogue))


def lined(source: Input, *, form: Literal["auto"] | Media, catalogue: Path | None) -> str:
    """The findings of one document as a JSON object. Raises as `scanned` does.

    Made where the findings are, so that a process hands words to another and no objects.
    """
    findings = scanned(source, form=form, catalogue=catalogue)
    line = {"source": source.name, "findings": [_told(each) for each in findings]}
    text = json.dumps(line, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def document_of(source: Input, form: Literal["auto"] | Media) -> Document:
    """The document that lies in a file. Raises UnreadableInput."""
    text = read(source).text
    media = media_of(source, text) if form == "auto" else form
    return Document(text, cast(Media, str(media)))


@cache
def opened(path: Path | None) -> "Catalogue":
    """The catalogue to scan by, opened once a process."""
    from service import pipeline

    return pipeline.catalogue(path)


def _print_lines(outcomes: "Iterator[Outcome[str]]", tally: Tally) -> None:
    for outcome in outcomes:
        line = tally.good(outcome)
        if line is not None:
            sys.stdout.write(line + "\n")


def _print_tables(outcomes: "Iterator[Outcome[tuple[Finding, ...]]]", tally: Tally) -> None:
    screen = console()
    total = 0
    for outcome in outcomes:
        findings = tally.good(outcome)
        if findings is not None:
            _print_table(screen, outcome.input.name, findings)
            total += len(findings)
    print(f"{plural(total, 'finding')} in {plural(tally.done, 'document')}.")


def _told(finding: Finding) -> dict[str, Any]:
    told = {name: getattr(finding, name) for name in _FIELDS}
    told["alternatives"] = [_alternative(each) for each in finding.alternatives]
    return told


def _alternative(book: Book) -> dict[str, Any]:
    edition = book.edition or Edition()
    return {
        "title": book.title,
        "authors": book.authors,
        "isbn13": edition.isbn13,
        "isbn10": edition.isbn10,
        "asin": edition.asin,
    }


def _print_table(screen: "Console", name: str, findings: tuple[Finding, ...]) -> None:
    screen.print(name, style="bold", markup=False)
    if not findings:
        screen.print("  no book, no shop link\n", markup=False)
        return
    made = table("what", "sure", "decision", "why")
    for each in findings:
        made.add_row(_what(each), f"{each.confidence:.0%}", each.decision, "; ".join(_why(each)))
    screen.print(made)


def _why(finding: Finding) -> list[str]:
    """The first reasons, and the last, which tells of the edition."""
    return list(dict.fromkeys((*finding.why[:3], *finding.why[-1:])))


def _what(finding: Finding) -> str:
    """The finding in a few words: the text, and the book where that is something else."""
    shown = " ".join(finding.text.split())
    shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
    by = f" by {', '.join(finding.authors[:2])}" if finding.authors else ""
    if finding.title and finding.title != finding.text:
        return f"{shown}\n→ {finding.title}{by}"
    return shown + by
