"""What learning and measuring need: marked posts, a catalogue's rows, pages of other text."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.books.catalogues import Hiding, books, opened, ordinary_phrases, rows_of, wide_rows
from benchmarks.books.handwritten import as_row, works, written_posts
from benchmarks.books.made_up import posts as make_up
from benchmarks.books.marked import Looked, Post, as_marked, look, made_up_posts, read_posts
from benchmarks.books.missing import FILES
from service.ports import Catalogue

#: made-up posts for each catalogue
MADE_UP = 250


@dataclass(frozen=True, slots=True)
class Data:
    """Marked posts, those written for Bookplate, made-up ones; catalogues: none, narrow, wide."""

    rows: list[dict[str, Any]]
    posts: list[Post]
    written_rows: list[dict[str, Any]]
    written: list[Post]
    made_up: Mapping[str, list[Post]]
    catalogues: Mapping[str, Catalogue | None]

    def looked(self) -> dict[str, list[Looked]]:
        """The marked posts as each catalogue knows them."""
        return {
            name: [look(post, catalogue) for post in self.posts]
            for name, catalogue in self.catalogues.items()
        }

    def looked_at_written(self) -> list[Looked]:
        """The posts written for Bookplate, as every catalogue knows them."""
        return [
            look(post, catalogue) for catalogue in self.catalogues.values() for post in self.written
        ]

    def looked_at_made_up(self) -> list[Looked]:
        """The made-up posts, some of their books hidden as they are from real catalogues."""
        return [
            look(post, _hidden(name, self.catalogues[name]))
            for name, posts in self.made_up.items()
            for post in posts
        ]


#: how many titles in a hundred each catalogue does not know
_UNKNOWN = {"narrow": 50, "wide": 10}


def _hidden(name: str, catalogue: Catalogue | None) -> Catalogue | None:
    return Hiding(catalogue, _UNKNOWN[name]) if catalogue is not None else None


def load(folder: Path, scratch: Path) -> Data:
    """The data of a folder; `scratch` is for catalogues that are made here."""
    posts_file, catalogue_file, pages = (folder / each for each in FILES)
    rows, posts = read_posts(posts_file)
    known = rows_of(catalogue_file)
    titles = books(known)
    written = written_posts()
    named = wide_rows(known, rows, works(written), ordinary_phrases(pages))
    catalogues: dict[str, Catalogue | None] = {
        "none": None,
        "narrow": opened(known, scratch, "narrow"),
        "wide": opened(named, scratch, "wide"),
    }
    made_up = {
        name: made_up_posts(make_up(titles, MADE_UP, seed)) for seed, name in enumerate(catalogues)
    }
    return Data(
        rows, posts, [as_row(each) for each in written], as_marked(written), made_up, catalogues
    )
