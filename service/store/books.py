"""The ledger of books: which a blog names and links, where, and what the blogger corrected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select

from service.model import Book, Edition, Place, Ruling
from service.store.nouns import book_from, book_json, ruling_from, ruling_json
from service.store.tables import BookPlaceRow, BookRow, PostRow, RevisionRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

#: keys or numbers asked for in one query
_CHUNK = 200


def unbooked(session: Session, owner: int, limit: int) -> Sequence[int]:
    """Revisions whose books are not in the ledger yet, the oldest first."""
    return session.scalars(
        select(RevisionRow.id)
        .join(PostRow, PostRow.id == RevisionRow.post_id)
        .where(PostRow.blog_id == owner, RevisionRow.booked_at.is_(None))
        .order_by(RevisionRow.id)
        .limit(limit)
    ).all()


def record(
    session: Session, post: PostRow, revision: RevisionRow, places: Sequence[Place], now: datetime
) -> None:
    """Let these be the places of the revision, each at its book; books are made as needed."""
    known = _candidates(session, post.blog_id, places)
    before = session.scalars(
        select(BookPlaceRow).where(BookPlaceRow.post_id == post.id).order_by(BookPlaceRow.since)
    ).all()
    since = _first_seen(session, post, revision)
    old = {each.book_id for each in before if each.revision_id == revision.id}
    stood = {(each.key, each.isbn13, each.asin, each.url): each.since for each in reversed(before)}
    session.execute(delete(BookPlaceRow).where(BookPlaceRow.revision_id == revision.id))
    touched: set[int] = set()
    for place in places:
        book = _book_of(place, known)
        if book is None:
            book = BookRow(
                blog_id=post.blog_id,
                book=book_json(place.book),
                surnames=list(place.surnames),
                alternatives=[],
                corrections=[],
                since=since,
            )
            session.add(book)
            session.flush()
        row = _row(place, post, revision, book)
        row.since = stood.get((row.key, row.isbn13, row.asin, row.url), since)
        session.add(row)
        known.append((book, row))
        touched.add(book.id)
        if place.alternatives:
            book.alternatives = [book_json(each) for each in place.alternatives]
    session.flush()
    for book_id in touched | old:
        _refresh(session, book_id)
    revision.booked_at = now


def _candidates(
    session: Session, owner: int, places: Sequence[Place]
) -> list[tuple[BookRow, BookPlaceRow]]:
    """The blog's books that share a title or a number with one of these places."""
    keys = sorted({each.key for each in places if each.key})
    editions = [each.book.edition for each in places if each.book.edition]
    numbers = sorted({each.isbn13 for each in editions if each.isbn13})
    asins = sorted({each.asin for each in editions if each.asin})
    found: list[tuple[BookRow, BookPlaceRow]] = []
    for column, wanted in (
        (BookPlaceRow.key, keys),
        (BookPlaceRow.isbn13, numbers),
        (BookPlaceRow.asin, asins),
    ):
        for start in range(0, len(wanted), _CHUNK):
            query = (
                select(BookRow, BookPlaceRow)
                .join(BookPlaceRow, BookPlaceRow.book_id == BookRow.id)
                .where(BookPlaceRow.blog_id == owner, column.in_(wanted[start : start + _CHUNK]))
            )
            found.extend((book, place) for book, place in session.execute(query))
    return found


def _book_of(place: Place, known: Iterable[tuple[BookRow, BookPlaceRow]]) -> BookRow | None:
    """The book that a place is about: of the same number, else of the same title; never of
    somebody else."""
    edition = place.book.edition or Edition()
    by_title = None
    for book, other in known:
        others = set(book.surnames)
        if others and place.surnames and not others & set(place.surnames):
            continue
        same = (edition.isbn13 and edition.isbn13 == other.isbn13) or (
            edition.asin and edition.asin == other.asin
        )
        if same:
            return book
        if place.key and place.key == other.key and by_title is None:
            by_title = book
    return by_title


def _first_seen(session: Session, post: PostRow, revision: RevisionRow) -> datetime:
    """Since when a revision says what it says: from its post's publication, if it is the first
    that is more than a summary."""
    first = session.scalar(
        select(RevisionRow.id)
        .where(RevisionRow.post_id == post.id, RevisionRow.complete)
        .order_by(RevisionRow.seen_at, RevisionRow.id)
        .limit(1)
    )
    if first in (None, revision.id) and post.published_at is not None:
        return min(post.published_at, revision.seen_at)
    return revision.seen_at


def _row(place: Place, post: PostRow, revision: RevisionRow, book: BookRow) -> BookPlaceRow:
    edition = place.book.edition or Edition()
    return BookPlaceRow(
        blog_id=post.blog_id,
        book_id=book.id,
        post_id=post.id,
        revision_id=revision.id,
        key=place.key,
        words=place.words,
        book=book_json(place.book),
        isbn13=edition.isbn13,
        asin=edition.asin,
        url=place.url,
        decision=place.decision,
        confidence=place.confidence,
    )


def _refresh(session: Session, book_id: int) -> None:
    """Let the book be told as its best place tells it; forget one that nothing speaks of."""
    book = session.get(BookRow, book_id)
    assert book is not None
    places = session.scalars(select(BookPlaceRow).where(BookPlaceRow.book_id == book_id)).all()
    if not places:
        if not book.corrections:
            session.delete(book)
        return
    ranked = sorted(places, key=_worth, reverse=True)
    told = next((each.book for each in ranked if each.book["title"]), ranked[0].book)
    best = ranked[0]
    book.book = {**told, "edition": best.book["edition"]}
    book.since = min(each.since for each in places)
    named = (each for each in ranked if each.book["authors"])
    authors = next((each.book["authors"] for each in named), None)
    if authors and not told["authors"]:
        book.book = {**book.book, "authors": authors}


def _worth(row: BookPlaceRow) -> tuple[bool, bool, bool, datetime]:
    """A place says more of its book the more it knows: the newest of what the blogger linked."""
    return row.url is not None, row.isbn13 is not None, row.asin is not None, row.since


# ── what the blogger says of a book ──────────────────────────────────────────────────────


def find(session: Session, owner: int, book_id: int) -> BookRow | None:
    """The blog's book of this id."""
    row = session.get(BookRow, book_id)
    return row if row is not None and row.blog_id == owner else None


def correct(row: BookRow, book: Book, now: datetime, *, instead_of: Sequence[Ruling] = ()) -> None:
    """From now on, the book is this one, also where rulings said which book a title means."""
    said = {
        "book": book_json(book),
        "at": now.isoformat(),
        "before": row.book,
        "rulings": [ruling_json(each) for each in instead_of],
    }
    row.corrections = [*row.corrections, said]


def undo(row: BookRow) -> tuple[Ruling, ...] | None:
    """Take the last correction back; the rulings that it stood in for. None: there was none."""
    if not row.corrections:
        return None
    *row.corrections, last = row.corrections
    if not row.corrections:
        row.book = last.get("before", row.book)  # a run since then wrote the corrected one there
    return tuple(ruling_from(each) for each in last.get("rulings", ()))


def keys_of(session: Session, book_id: int) -> set[str]:
    """The title keys under which the book stands in the blog."""
    query = select(BookPlaceRow.key).where(BookPlaceRow.book_id == book_id).distinct()
    return set(session.scalars(query)) - {""}


def corrected(row: BookRow) -> tuple[Book, str] | None:
    """What the blogger said the book is, and on which day."""
    if not row.corrections:
        return None
    last: dict[str, Any] = row.corrections[-1]
    return book_from(last["book"]), last["at"][:10]


def own_books(
    session: Session, owner: int
) -> list[tuple[Book, tuple[str, ...], tuple[str, ...], bool]]:
    """What the blogger corrected and linked himself: (book, title keys, numbers, corrected),
    with the day in `Book.told`; corrections first, then the newest link."""
    rows = session.execute(
        select(BookRow, BookPlaceRow)
        .join(BookPlaceRow, BookPlaceRow.book_id == BookRow.id)
        .where(BookRow.blog_id == owner)
        .order_by(BookPlaceRow.since.desc(), BookPlaceRow.id.desc())
    ).all()
    keys: dict[int, set[str]] = {}
    numbers: dict[int, set[str]] = {}
    for book, place in rows:
        keys.setdefault(book.id, set()).add(place.key)
        numbers.setdefault(book.id, set()).update({place.isbn13 or "", place.asin or ""} - {""})
    found = []
    for book in {book.id: book for book, _ in rows if book.corrections}.values():
        said = corrected(book)
        assert said is not None
        told = _told(said[0], f"you corrected it on {said[1]}")
        mine = tuple(sorted(keys[book.id] - {""}))
        found.append((told, mine, tuple(sorted(numbers[book.id])), True))
    seen: set[tuple[str, str | None, str | None]] = set()
    for book, place in rows:
        mark = (place.key, place.isbn13, place.asin)
        if book.corrections or not _teaches(place) or mark in seen:
            continue
        seen.add(mark)
        told = _told(book_from(place.book), f"you linked it on {place.since:%Y-%m-%d}")
        codes = tuple(each for each in (place.isbn13, place.asin) if each)
        found.append((told, (place.key,) if place.key else (), codes, False))
    return found


#: a link to what may be no book (an ASIN alone) teaches only a title that is as sure as this
_SURE = 0.8


def _teaches(place: BookPlaceRow) -> bool:
    if place.url is None:
        return False
    return place.isbn13 is not None or (place.asin is not None and place.confidence >= _SURE)


def _told(book: Book, words: str) -> Book:
    return replace(book, told=words)


def announced_with(session: Session, book_id: int) -> Sequence[PostRow]:
    """The posts that went out and whose newest content names or links the book."""
    there = select(BookPlaceRow.revision_id).where(BookPlaceRow.book_id == book_id)
    return session.scalars(
        select(PostRow).where(
            PostRow.revision_id.in_(there),
            or_(PostRow.state == "announced", PostRow.state == "settling"),
        )
    ).all()
