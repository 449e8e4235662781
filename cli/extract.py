"""`bookplate extract`: the post in a web page."""

from __future__ import annotations

import json
import sys
import textwrap
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from service.errors import UnreadableInput, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.batch import Input
    from service.model import Page

WIDTH = 100
_FIELDS = (
    "title authors published updated canonical_url site_name language tags image summary html text"
).split()


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file, an address or standard input holds. `url` is where it was fetched from."""

    body: bytes
    url: str | None = None
    charset: str | None = None
    content_type: str | None = None


def extract(
    sources: list[str] = typer.Argument(
        ...,
        metavar="FILE|URL|-…",
        help="A page; - is standard input. Also several files, or folders of them.",
    ),
    url: str | None = typer.Option(
        None, "--url", metavar="PERMALINK", help="The page's own address, for relative links."
    ),
    as_json: bool = typer.Option(False, "--json", help="One JSON object with every field."),
    as_html: bool = typer.Option(False, "--html", help="Only the post's HTML."),
    as_text: bool = typer.Option(False, "--text", help="Only the post's words."),
    jobs: int = typer.Option(
        0, "--jobs", "-j", min=0, help="Processes for several files; 0 for one a core."
    ),
    allow_private: list[str] = typer.Option(
        [], "--allow-private", metavar="HOST", help="A private host that may be fetched."
    ),
) -> None:
    """Get the post out of a web page: its own HTML, title, authors, dates, tags and picture.

    Prints JSON where no person watches, otherwise something to read; the text is without the
    captions of pictures, the HTML has them. Several files give a line of JSON each, "source" first.

    Example: bookplate extract https://example.com/2026/a-post --json
    """
    from service import pipeline
    from service.binary import refuse_binary

    if as_json + as_html + as_text > 1:
        raise UsageError("--json, --html and --text exclude each other.", mend="Give one of them.")
    if len(sources) > 1 or Path(sources[0]).is_dir():
        if url or as_html or as_text:
            raise UsageError(
                "--url, --html and --text are for one page.", mend="Give one, or leave them out."
            )
        _extract_all(sources, jobs)
        return
    origin = opened(sources[0], allow_private)
    if sources[0] != "-":
        refuse_binary(origin.body, sources[0])
    page = pipeline.extract(origin.body, url=url or origin.url, charset=origin.charset)
    if as_html:
        put(page.html)
    elif as_text:
        put(page.text)
    elif as_json or not sys.stdout.isatty():
        put_json(page_fields(page))
    else:
        put(_readable(page))


def _extract_all(paths: Sequence[str], jobs: int) -> None:
    """A line of JSON for each file; what can't be read is named on stderr, and the rest goes on."""
    from cli.batch import Tally, default_jobs, inputs, run

    far = next((each for each in paths if "://" in each), None)
    if far:
        raise UsageError(f"{far} is an address.", mend="Give addresses one at a time.")
    tally = Tally()
    found = inputs(paths, (".html", ".htm", ".xhtml"))
    for outcome in run(found, extracted, jobs=jobs or default_jobs(), label="Extracting"):
        fields = tally.good(outcome)
        if fields is not None:
            put(json.dumps({"source": outcome.input.name, **fields}, ensure_ascii=False))
    if tally.exit_code:
        raise typer.Exit(tally.exit_code)


def extracted(source: Input) -> dict[str, Any]:
    """The fields of the post in a file. Raises UnreadableInput."""
    from cli.batch import read_bytes
    from service import pipeline

    body = read_bytes(source)
    try:
        return page_fields(pipeline.extract(body, url=None))
    except UnreadableInput as error:
        raise UnreadableInput(f"{source.name} holds no web page.", mend="Leave it out.") from error


def page_fields(page: Page) -> dict[str, Any]:
    """The fields promised for a page, in their order; dates as ISO 8601."""
    fields = asdict(page)
    return {name: plain(fields[name]) for name in _FIELDS}


def plain(value: Any) -> Any:
    """A value as JSON can say it."""
    return value.isoformat() if isinstance(value, datetime) else value


def opened(source: str, allow_private: Sequence[str] = ()) -> Origin:
    """The bytes of a file, of an http or https address, or of standard input ("-").

    Raises UnreadableInput and FetchError.
    """
    if source == "-":
        return Origin(sys.stdin.buffer.read())
    if source.lower().startswith(("http://", "https://")):
        from service import pipeline

        with pipeline.fetcher(allow_private=allow_private) as fetcher:
            got = fetcher.get(source)
        return Origin(got.body, got.url, got.charset, got.content_type)
    try:
        return Origin(Path(source).read_bytes())
    except OSError as error:
        raise UnreadableInput(
            f"{source} can't be read: {error.strerror or error}.",
            mend="Give a file, an address that begins with https://, or - for standard input.",
        ) from error


def put(text: str) -> None:
    """Text to standard output in UTF-8, whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.rstrip("\n").encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def put_json(value: object) -> None:
    put(json.dumps(value, ensure_ascii=False, indent=2))


def shown(words: str | None) -> str:
    """Words from outside, safe for a terminal: no control characters, one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in words or "").split())


def _readable(page: Page) -> str:
    about = [
        ", ".join(map(shown, page.authors)),
        page.published.strftime("%-d %B %Y") if page.published else "",
        shown(page.canonical_url),
    ]
    lines = [shown(page.title) or "Untitled", " · ".join(filter(None, about))]
    if page.tags:
        lines.append("Tags: " + ", ".join(map(shown, page.tags)))
    for paragraph in page.text.split("\n"):
        lines += ["", textwrap.fill(shown(paragraph), WIDTH)]
    words = len(page.text.split())
    lines += ["", f"{words:,} words. Every field: --json; the post's HTML: --html"]
    return "\n".join(lines)
