"""The ledger of books as people and programs look at it, read only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.model import Book, Edition
from service.store.books import corrected
from service.store.nouns import book_from
from service.store.tables import BookPlaceRow, BookRow, PostRow

How = Literal["linked by you", "linked", "named", "waits for you"]
_SAYS_MOST: tuple[How, ...] = ("linked by you", "linked", "waits for you", "named")


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where a post names or links a book: `words` say how, `url` is the link that stands there,
    `isbn13` and `asin` the number that is meant. "linked" is what Bookplate links."""

    post_id: int
    post_title: str
    post_url: str
    how: How
    words: str
    url: str | None
    isbn13: str | None
    asin: str | None
    confidence: float
    since: datetime


@dataclass(frozen=True, slots=True)
class BookView:
    """A book of the ledger, as `bookplate books` and /api/v1/books show it.

    `number_from` says who decided which edition: "you corrected it on 2026-11-25", "you linked
    it", "the catalogue"; None where no number is known. `places` are those of the posts as they
    stand now; a book that stands nowhere any more has none.
    """

    id: int
    title: str
    authors: tuple[str, ...]
    isbn13: str | None
    isbn10: str | None
    asin: str | None
    number_from: str | None
    since: datetime
    places: tuple[PlaceView, ...]
    alternatives: tuple[Book, ...]

    def posts(self) -> tuple[PlaceView, ...]:
        """A place of each post, in order: the one that says most."""
        best: dict[int, PlaceView] = {}
        for each in self.places:
            other = best.get(each.post_id)
            if other is None or _SAYS_MOST.index(each.how) < _SAYS_MOST.index(other.how):
                best[each.post_id] = each
        return tuple(best.values())


def ledger(session: Session, owner: int) -> list[BookView]:
    """Every book, in the order of the titles; those that stand nowhere now are left out."""
    found = _views(session, owner, None)
    named = [each for each in found if each.places or (each.number_from or "").startswith("you c")]
    return sorted(named, key=lambda each: (each.title.casefold(), each.id))


def book(session: Session, owner: int, book_id: int) -> BookView | None:
    """The book of this id."""
    return next(iter(_views(session, owner, book_id)), None)


def _views(session: Session, owner: int, book_id: int | None) -> list[BookView]:
    books = select(BookRow).where(BookRow.blog_id == owner)
    places = (
        select(BookPlaceRow, PostRow)
        .join(PostRow, PostRow.revision_id == BookPlaceRow.revision_id)
        .where(BookPlaceRow.blog_id == owner, PostRow.state != "gone")
        .order_by(BookPlaceRow.since, BookPlaceRow.id)
    )
    if book_id is not None:
        books = books.where(BookRow.id == book_id)
        places = places.where(BookPlaceRow.book_id == book_id)
    by_book: dict[int, list[tuple[BookPlaceRow, PostRow]]] = {}
    for place, post in session.execute(places):
        by_book.setdefault(place.book_id, []).append((place, post))
    return [_view(row, by_book.get(row.id, ())) for row in session.scalars(books)]


def _view(row: BookRow, places: Sequence[tuple[BookPlaceRow, PostRow]]) -> BookView:
    told, source = book_from(row.book), _number_from(places)
    said = corrected(row)
    if said is not None:
        told, source = said[0], f"you corrected it on {said[1]}"
    edition = told.edition
    return BookView(
        row.id,
        told.title,
        told.authors,
        edition.isbn13 if edition else None,
        edition.isbn10 if edition else None,
        (edition.asin or edition.isbn10) if edition else None,
        source if edition or said else None,
        row.since,
        tuple(_place(place, post) for place, post in places),
        tuple(_others(row, told)),
    )


def _others(row: BookRow, told: Book) -> Iterator[Book]:
    """What else the book could be: nothing of the number that it has."""
    for each in map(book_from, row.alternatives):
        if each.edition is None or _number(each) != _number(told):
            yield replace(each, editions=())


def _number(book: Book) -> str | None:
    edition = book.edition or Edition()
    return edition.isbn13 or edition.asin or edition.isbn10


def _number_from(places: Sequence[tuple[BookPlaceRow, PostRow]]) -> str:
    if any(place.url is not None for place, _ in places):
        return "you linked it"
    return "the catalogue"


def _place(place: BookPlaceRow, post: PostRow) -> PlaceView:
    return PlaceView(
        post.id,
        post.title or post.url,
        post.url,
        _how(place, post),
        place.words,
        place.url,
        place.isbn13,
        place.asin,
        place.confidence,
        place.since,
    )


def _how(place: BookPlaceRow, post: PostRow) -> How:
    if place.url is not None:
        return "linked by you"
    if place.decision == "suggest":
        return "waits for you"
    return "linked" if place.decision == "link" and post.state == "announced" else "named"
