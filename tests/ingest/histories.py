"""Feed histories from the data files: what a feed says at each poll, and what that is."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

from service.model import Entry

DATA = Path(__file__).parents[1] / "data/feeds"
HISTORIES: list[dict[str, Any]] = [
    json.loads(line)
    for name in ("histories.jsonl", "histories_told_apart.jsonl")
    for line in (DATA / name).read_text("utf-8").splitlines()
]
#: how the data files write a verdict
VERDICTS = {
    "B": "baseline",
    "N": "new",
    "C": "changed",
    "S": "same",
    "H": "held",
    "K": "skipped",
}
WORDS = (
    "apple bench cedar drawer envelope fern garden hedge ivy jar kettle ladder moss nettle oak "
    "packet quince rake seed trowel urn vine willow yarrow zinnia lamp shelf frost paper stone"
).split()


def prose(seed: str, edit: int = 0) -> str:
    """120 words that depend on the seed alone, some of them changed."""
    chance = random.Random(seed)
    words = [chance.choice(WORDS) for _ in range(120)]
    for at in range(edit):
        words[10 + 7 * at] = "corrected"
    return f"<p>{' '.join(words[:60])}</p><p>{' '.join(words[60:])}</p>"


def entry(spec: str | dict[str, Any]) -> Entry:
    """The entry that a data file means: a name alone is that of an ordinary post."""
    given: dict[str, Any] = {"e": spec} if isinstance(spec, str) else spec
    name = given["e"]
    day, bumped = given.get("d"), given.get("updated")
    moment = f"2026-05-{day:02d}T00:00:00" if day else given.get("at")
    body = prose(given.get("body", name), given.get("edit", 0))
    if given.get("short"):
        body = f"<p>Body of {name}.</p>"
    return Entry(
        url=given.get("url", f"https://blog.example/2026/{name}/"),
        title=given.get("title", f"About {name}"),
        html=given.get("html", body),
        id=given.get("id", f"tag:blog.example,2026:{name}"),
        published=datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None,
        updated=datetime(2026, 5, bumped, tzinfo=UTC) if bumped else None,
    )


def rss(entries: list[Entry]) -> str:
    """These entries as a feed."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        "<channel><title>Histories</title><language>en</language>"
        f"{''.join(map(_item, entries))}</channel></rss>"
    )


def _item(post: Entry) -> str:
    parts = [f"<title>{escape(post.title)}</title>"]
    if post.url:
        parts.append(f"<link>{escape(post.url)}</link>")
    if post.id:
        parts.append(f'<guid isPermaLink="false">{escape(post.id)}</guid>')
    if post.published:
        parts.append(f"<pubDate>{format_datetime(post.published)}</pubDate>")
    parts.append(f"<content:encoded>{escape(post.html)}</content:encoded>")
    return f"<item>{''.join(parts)}</item>"
