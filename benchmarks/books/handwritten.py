"""Posts written for Bookplate by invented bloggers, with the books that they name marked.

They teach the weights ways of writing that the few marked posts don't hold. A blogger is a file of
`written/`:

    blog = "Late Frost"
    who = "a gardener in her sixties"
    [[post]]
    title = "What the frost taught me"
    tags = ["garden"]
    media = "html"                       # html unless said otherwise: markdown, text
    text = '''<p>I read {{Onward and Upward in the Garden | Katharine S. White}} in bed.</p>'''

`{{words}}` are a title; `{{words | AUTHOR}}` says who wrote it, `{{words = TITLE}}` which title a
short form stands for, `{{? words}}` is neither right nor wrong (a series, initials, a story).
"""

import html
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.books.made_up import BEGINS, ENDS
from service.find.reading import read
from service.model import Document
from service.resolve.titles import main_key

FOLDER = Path(__file__).with_name("written")
_MARK = re.compile(r"\{\{(\? )?(.+?)(?: = (.+?))?(?: \| (.+?))?\}\}", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Mark:
    """A title in a post. `start`, `end`: places in its readable text, white space not counted.

    `title` is the book's, which `words` may shorten; `author` as far as the blogger knows.
    """

    start: int
    end: int
    words: str
    title: str
    author: str | None
    optional: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A post of an invented blogger."""

    id: str
    blog: str
    document: Document
    marks: tuple[Mark, ...]


def written_posts(folder: Path = FOLDER) -> list[Written]:
    """The posts of every blogger, in the order of the files' names."""
    return [post for path in sorted(folder.glob("*.toml")) for post in _of_blogger(path)]


def works(posts: Iterable[Written]) -> dict[str, str | None]:
    """The titles that are named, with their authors; under its longest name each work."""
    longest: dict[str, str] = {}
    authors: dict[str, str | None] = {}
    for mark in (mark for post in posts for mark in post.marks if not mark.optional):
        key = main_key(mark.title)
        longest[key] = max(longest.get(key, ""), mark.title, key=len)
        authors[key] = authors.get(key) or mark.author
    return {title: authors[key] for key, title in longest.items()}


def as_row(post: Written) -> dict[str, Any]:
    """The post's marks in the form of gold/posts.jsonl, as far as gold/score.py reads it."""
    mentions = [
        {"title": m.words, "ns_start": m.start, "ns_end": m.end, "optional": m.optional}
        for m in post.marks
    ]
    return {"id": post.id, "text": read(post.document).text.text, "mentions": mentions}


def _of_blogger(path: Path) -> Iterator[Written]:
    blogger = tomllib.loads(path.read_text(encoding="utf-8"))
    for number, post in enumerate(blogger["post"], 1):
        yield _post(f"{path.stem}/{number}", blogger["blog"], post)


def _post(name: str, blog: str, post: Mapping[str, Any]) -> Written:
    media, title, tags = post.get("media", "html"), post.get("title"), tuple(post.get("tags", ()))
    found = list(_MARK.finditer(post["text"]))
    document = Document(_MARK.sub(r"\2", post["text"]), media, None, title, tags)
    marked = Document(_MARK.sub(rf"{BEGINS}\2{ENDS}", post["text"]), media, None, title, tags)
    places = list(between(read(marked).text.text))
    if len(places) != len(found):
        raise ValueError(f"{name}: {len(found)} titles are marked, {len(places)} can be read")
    marks = tuple(_mark(match, place) for match, place in zip(found, places, strict=True))
    return Written(name, blog, document, marks)


def _mark(match: re.Match[str], place: tuple[int, int]) -> Mark:
    optional, marked, title, author = match.groups()
    words = " ".join(html.unescape(_TAG.sub("", marked)).split())
    return Mark(*place, words, title or words, author, optional is not None)


def between(text: str) -> Iterator[tuple[int, int]]:
    """The places between BEGINS and ENDS, white space not counted."""
    solid = begun = 0
    for character in text:
        if character == BEGINS:
            begun = solid
        elif character == ENDS:
            yield begun, solid
        else:
            solid += not character.isspace()
