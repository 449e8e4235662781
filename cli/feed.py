"""`bookplate feed`: a feed of any format, read."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from cli.extract import WIDTH, opened, plain, put, put_json, shown

if TYPE_CHECKING:
    from service.model import Entry, Feed

_FEED_FIELDS = "title url site_url description language image hub".split()
_ENTRY_FIELDS = (
    "id url title authors published updated tags html summary image language complete"
).split()


def feed(
    source: str = typer.Argument(..., metavar="FILE|URL|-", help="A feed; - is standard input."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object with every entry."),
    discover: bool = typer.Option(
        False, "--discover", help="From any page of a blog: its feed, and all ways to its posts."
    ),
    allow_private: list[str] = typer.Option(
        [], "--allow-private", metavar="HOST", help="A private host that may be fetched."
    ),
) -> None:
    """Read a feed: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed.

    Prints JSON where no person watches, otherwise a list.

    Example: bookplate feed https://example.com/feed.xml --json
    """
    from service import pipeline

    if discover:
        _discover(source, as_json, allow_private)
        return
    origin = opened(source, allow_private)
    found = pipeline.read_feed(origin.body, url=origin.url, content_type=origin.content_type)
    if as_json or not sys.stdout.isatty():
        put_json(feed_fields(found))
    else:
        put(_readable(found))


def _discover(url: str, as_json: bool, allow_private: list[str]) -> None:
    from service import archives, pipeline

    with pipeline.fetcher(allow_private=allow_private) as door:
        found, ways = archives.survey(url, door)
    if as_json or not sys.stdout.isatty():
        put_json({**asdict(found), "ways": [asdict(way) for way in ways]})
        return
    lines = [shown(found.title) or "Untitled", found.feed_url or found.site_url, "", found.why]
    lines += [f"  {way.kind:<11}{way.url}\n  {'':<11}{way.what}" for way in ways[1:]]
    put("\n".join([*lines, "", f"Follow it with: bookplate init {url}"]))


def feed_fields(found: Feed) -> dict[str, Any]:
    """The fields promised for a feed; dates as ISO 8601."""
    return {
        "feed": {name: getattr(found, name) for name in _FEED_FIELDS},
        "entries": [
            {name: plain(getattr(entry, name)) for name in _ENTRY_FIELDS} for entry in found.entries
        ],
    }


def _readable(found: Feed) -> str:
    lines = [shown(found.title) or "Untitled feed", shown(found.site_url or found.url), ""]
    lines += [_line(entry) for entry in found.entries]
    count, short = len(found.entries), sum(not entry.complete for entry in found.entries)
    said = "1 post" if count == 1 else f"{count} posts"
    if short:
        said += f", {short} of them as a summary only"
    lines += ["", f"{said}. Every field: --json"]
    return "\n".join(lines)


def _line(entry: Entry) -> str:
    moment = entry.published or entry.updated
    date = f"{moment:%Y-%m-%d}" if moment else " " * 10
    title = shown(entry.title) or shown(entry.summary) or shown(entry.url) or "Untitled"
    room = WIDTH - 12
    return f"{date}  {title if len(title) <= room else title[: room - 1] + '…'}"
