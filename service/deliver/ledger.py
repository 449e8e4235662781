"""The ledger of books is kept: posts are read for it, and a book is corrected everywhere."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service import pipeline
from service.deliver.meant import edition_of
from service.deliver.short_links import knowing_short_links
from service.errors import BookplateError, UsageError
from service.store import books as stored
from service.store import deliveries as stored_deliveries
from service.store import rulings
from service.store.nouns import book_from, revision_from
from service.store.tables import BookRow, PostRow, RevisionRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from service.deliver.publisher import Publisher
    from service.model import Book, Document, Place, Ruling

#: revisions read and noted at once
_BATCH = 100

log = logging.getLogger("bookplate.books")


def keep(
    publisher: Publisher, tell: Callable[[str], None] = lambda _: None, most: int | None = None
) -> int:
    """Read revisions that were not read yet for the books that they name and link, old posts too:
    the blog's own archive is a catalogue. Gives how many were read, `most` of them; the others
    wait for the next time."""
    read = 0
    while most is None or read < most:
        with publisher.store.reading() as session:
            wanted = _BATCH if most is None else min(_BATCH, most - read)
            ids = stored.unbooked(session, publisher.owner, wanted)
            ruled = rulings.of_blog(session, publisher.owner) if ids else ()
        if not ids:
            break
        tell(f"reading {len(ids)} posts for their books")
        done = _read(publisher, ids, ruled)
        read += done
        if done < len(ids):
            break
    if read:
        publisher.forget_own_books()
    return read


def _read(publisher: Publisher, ids: Sequence[int], ruled: tuple[Ruling, ...]) -> int:
    """Read these revisions and note what they say, all at once; how many could be read."""
    with publisher.store.reading() as session:
        rows = [session.get_one(RevisionRow, each) for each in ids]
        documents = [publisher.document(revision_from(row.content)) for row in rows]
    found: list[tuple[Place, ...]] = []
    for revision_id, document in zip(ids, documents, strict=True):
        try:
            found.append(_places(publisher, document, ruled))
        except BookplateError as error:
            log.warning("posts are not read for their books: %s", error)
            break
        except Exception:
            log.exception("revision %d could not be read for its books", revision_id)
            found.append(())
    with publisher.store.session() as session:
        for revision_id, places in zip(ids, found, strict=False):
            row = session.get(RevisionRow, revision_id)
            if row is not None and row.booked_at is None:
                post = session.get_one(PostRow, row.post_id)
                stored.record(session, post, row, places, publisher.now())
    return len(found)


def _places(
    publisher: Publisher, document: Document, ruled: tuple[Ruling, ...]
) -> tuple[Place, ...]:
    links = pipeline.shop_links(document, programmes=publisher.shops.programmes)
    programmes = knowing_short_links(publisher, links, ask=False).programmes
    findings = pipeline.scan(
        document,
        programmes=programmes,
        catalogue=publisher.catalogue,
        rulings=ruled,
        marketplace=publisher.blog.marketplace,
        thresholds=publisher.blog.thresholds,
    )
    return pipeline.places(findings, document, programmes)


# ── corrections ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a correction changes: copies that follow with the next run, posts not sent yet, and
    copies that can't be changed any more, as (post, channel).

    `known_as` is the book that the catalogue has under the number, where it is plainly another."""

    book: Book
    follow: tuple[tuple[str, str], ...]
    unsent: int
    stay: tuple[tuple[str, str], ...]
    known_as: Book | None = None

    @property
    def doubt(self) -> str | None:
        """What speaks against the correction, in words."""
        known = self.known_as
        if known is None:
            return None
        by = f" by {known.authors[0]}" if known.authors else ""
        number = str(self.book.edition).partition(",")[0]
        return f"The catalogue knows {number} as another book: “{known.title}”{by}."


def correct(publisher: Publisher, book_id: int, change: Callable[[Book], Book]) -> Consequences:
    """Let the book be what `change` makes of it, in every post from now on. Raises UsageError."""
    with publisher.store.session() as session:
        row = _book(session, publisher, book_id)
        book = change(_as_told(row))
        ruled = _rulings_on(session, publisher, row)
        stored.correct(row, book, publisher.now(), instead_of=ruled)
        for each in ruled:
            said = replace(each, book=book)
            rulings.decide(session, publisher.owner, said, publisher.now())
        told = _replan(session, publisher, row, book)
    publisher.forget_own_books()
    return replace(told, known_as=pipeline.contradicted(book, publisher.installed))


def change_to(
    publisher: Publisher,
    *,
    number: str | None = None,
    title: str | None = None,
    authors: Sequence[str] = (),
    search: bool = False,
) -> Callable[[Book], Book]:
    """What a correction makes of a book: the edition of this number (an ISBN, an ASIN, a shop's
    address), another title, other authors; `search`: no edition is right. Raises UsageError."""
    edition = edition_of(publisher, number) if number else None

    def change(book: Book) -> Book:
        changed = replace(
            book,
            title=title or book.title,
            subtitle=None if title else book.subtitle,
            authors=tuple(authors) or book.authors,
        )
        return replace(changed, edition=edition) if number or search else changed

    return change


def undo(publisher: Publisher, book_id: int) -> Consequences:
    """Take the last correction of a book back. Raises UsageError where there is none."""
    with publisher.store.session() as session:
        row = _book(session, publisher, book_id)
        ruled = stored.undo(row)
        if ruled is None:
            raise UsageError(
                f"Book {book_id} was not corrected: there is nothing to undo.",
                mend=f"Look at it: bookplate books show {book_id}",
            )
        for each in ruled:
            rulings.decide(session, publisher.owner, each, publisher.now())
        told = _replan(session, publisher, row, _as_told(row))
    publisher.forget_own_books()
    return told


def _rulings_on(session: Session, publisher: Publisher, row: BookRow) -> list[Ruling]:
    """What the blogger ruled that the book's titles mean."""
    keys = stored.keys_of(session, row.id)
    return [
        each
        for each in rulings.of_blog(session, publisher.owner)
        if each.book is not None and pipeline.title_key(each.title) in keys
    ]


def _as_told(row: BookRow) -> Book:
    said = stored.corrected(row)
    return said[0] if said is not None else book_from(row.book)


def _book(session: Session, publisher: Publisher, book_id: int) -> BookRow:
    row = stored.find(session, publisher.owner, book_id)
    if row is None:
        raise UsageError(f"There is no book {book_id}.", mend="List them: bookplate books")
    return row


def _replan(session: Session, publisher: Publisher, row: BookRow, book: Book) -> Consequences:
    """Let every post that went out with the book be planned anew."""
    follow: list[tuple[str, str]] = []
    stay: list[tuple[str, str]] = []
    unsent = 0
    channels = {each.name: each for each in publisher.blog.channels}
    posts: Sequence[PostRow] = stored.announced_with(session, row.id)
    for post in posts:
        if post.state == "announced":
            post.settles_at = publisher.now()
        for channel, delivery in stored_deliveries.of_post(session, post.id).items():
            if delivery.state in ("withdrawn", "cancelled"):
                continue
            if delivery.sent_digest is None:
                unsent += 1
                continue
            settings = channels.get(channel)
            can = settings is not None and publisher.abilities(settings).edit
            (follow if can else stay).append((post.title or post.url, channel))
    return Consequences(book, tuple(follow), unsent, tuple(stay))
