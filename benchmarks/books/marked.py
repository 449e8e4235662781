"""Marked posts, read and looked at once, with what is a title among the candidates.

Places are counted in characters other than white space, as the marks are.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.books.handwritten import Written, between
from benchmarks.books.learning import Example
from benchmarks.books.made_up import BEGINS, ENDS, MadeUp
from service.find.known import Shelf
from service.find.language import spoken
from service.find.mentions import first_look
from service.find.places import Places
from service.find.reading import Reading, read
from service.find.relations import Weighed
from service.model import Document
from service.ports import Catalogue

#: a made-up post counts for a blog of this many
_MADE_UP_BLOGS = 40
#: a wrong span upon a title is wrong, but not as wrong as one elsewhere
_NEAR_MISS = 0.5


@dataclass(frozen=True, slots=True)
class Post:
    """A post and the spans marked in it; `optional` ones are neither right nor wrong."""

    id: str
    blog: str
    document: Document
    titles: frozenset[tuple[int, int]]
    optional: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Looked:
    """A post with its candidates, as one catalogue knows them."""

    post: Post
    places: Places
    shelf: Shelf
    candidates: list[Weighed]
    solid: list[int]

    def span(self, each: Weighed) -> tuple[int, int]:
        """The candidate's place, white space not counted."""
        return self.solid[each.candidate.start], self.solid[each.candidate.end]

    def fresh(self) -> list[Weighed]:
        """The candidates, not yet weighed."""
        return [each.unweighed() for each in self.candidates]


def read_posts(path: Path) -> tuple[list[dict[str, Any]], list[Post]]:
    """The rows of a file of marked posts, and the posts."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return rows, [_post(row) for row in rows]


def _post(row: Mapping[str, Any]) -> Post:
    document = Document(row["html"], "html", None, row["title"] or None, tuple(row["tags"]))
    spans = [(m["ns_start"], m["ns_end"], m["optional"]) for m in row["mentions"]]
    return Post(
        row["id"],
        row["repo"],
        document,
        frozenset((start, end) for start, end, optional in spans if not optional),
        tuple((start, end) for start, end, optional in spans if optional),
    )


def made_up_posts(made: Iterable[MadeUp]) -> list[Post]:
    """Made-up posts as marked ones."""
    found = []
    for number, each in enumerate(made):
        text = read(Document(each.html, "html", None, each.title, each.tags)).text.text
        source = each.html.replace(BEGINS, "").replace(ENDS, "")
        document = Document(source, "html", None, each.title, each.tags)
        blog = f"made up {number % _MADE_UP_BLOGS}"
        found.append(Post(f"{blog}/{number}", blog, document, frozenset(between(text)), ()))
    return found


def as_marked(written: Iterable[Written]) -> list[Post]:
    """Posts written for Bookplate as marked ones."""
    return [
        Post(
            each.id,
            each.blog,
            each.document,
            frozenset((m.start, m.end) for m in each.marks if not m.optional),
            tuple((m.start, m.end) for m in each.marks if m.optional),
        )
        for each in written
    ]


def look(post: Post, catalogue: Catalogue | None) -> Looked:
    """The post's candidates with all that is seen of them at first."""
    reading = read(post.document)
    places = Places(reading, spoken(reading.text.text, reading.language))
    shelf = Shelf(reading.text.text, catalogue)
    return Looked(post, places, shelf, first_look(places, shelf), solid_of(reading))


def solid_of(reading: Reading) -> list[int]:
    """How many characters other than white space stand before each place of the text."""
    solid = [0]
    for character in reading.text.text:
        solid.append(solid[-1] + (not character.isspace()))
    return solid


def examples(looked: Looked, weighed: Sequence[Weighed]) -> Iterable[Example]:
    """What is learned from one post: all candidates but those on optional titles."""
    post = looked.post
    for each in weighed:
        start, end = looked.span(each)
        names = (*each.features, *each.relations)
        if (start, end) in post.titles:
            yield Example(names, True)
        elif not any(start < b and a < end for a, b in post.optional):
            near = any(start < b and a < end for a, b in post.titles)
            yield Example(names, False, _NEAR_MISS if near else 1.0)
