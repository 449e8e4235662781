"""Posts of our own writing, and the vectors, for the tests of this room."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.model import Abilities, Blog, Rendition, Revision, Rewritten, Rule
from service.render import render

BLOG = Blog("https://blog.example/", title="A Blog of <Books>", language="en")
URL = "https://blog.example/2026/post"
BLUESKY = Abilities("short_text", "bluesky", graphemes=300, max_bytes=3000, card=True)
MASTODON = Abilities("short_text", "mastodon", graphemes=500, url_length=23)
LETTER = Abilities("letter", "email")
ARTICLE = Abilities("article", "own_site")
DISCLOSURE = "As an Amazon Associate I earn from qualifying purchases."
HTML = """<h2>The first winter</h2>
<p>I have read <em>The Left Hand of Darkness</em> three times, each in the coldest week.</p>
<blockquote><p>Nobody else would have done it.</p></blockquote>
<p><img src="/lake.jpg" width="1200" height="800" alt="A frozen lake"></p>"""
REWRITTEN = f"""<h2>The first winter</h2>
<p><em>{DISCLOSURE}</em></p>
<p>I have read <em><a href="https://www.amazon.com/dp/0441478123?tag=example-20" rel="sponsored">The
Left Hand of Darkness</a></em> three times, each in the coldest week.</p>
<blockquote><p>Nobody else would have done it.</p></blockquote>
<p><img src="/lake.jpg" width="1200" height="800" alt="A frozen lake"></p>"""


def vectors(name: str) -> list[dict[str, Any]]:
    path = Path(__file__).parents[1] / "data" / name
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def post(**changes: Any) -> Revision:
    given: dict[str, Any] = {
        "url": URL,
        "title": "Three winters with one book",
        "html": HTML,
        "authors": ("Ada Lindqvist",),
        "published": datetime(2026, 11, 3, tzinfo=UTC),
        "tags": ("winter reading", "Books"),
        "image": "/cover.jpg",
        "language": "en",
    }
    return Revision(**given | changes)


def rendered(
    abilities: Abilities,
    revision: Revision | None = None,
    *,
    verdict: Any = "labelled",
    html: str = REWRITTEN,
    tagged: bool = True,
    post_text: str | None = None,
    blog: Blog = BLOG,
) -> Rendition:
    revision = revision or post()
    return render(
        revision,
        html=html,
        rewritten=Rewritten(revision.html, (), tagged=tagged, disclosure=DISCLOSURE),
        rule=Rule(verdict, "the rule's reason"),
        abilities=abilities,
        channel="channel",
        blog=blog,
        post_text=post_text,
    )
