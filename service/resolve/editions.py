"""Which edition a link should lead to: print, in the reader's language, before any other.

The choice gives its reason in words, and what else there is as alternatives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from service.identifiers import is_asin, is_isbn10, isbns
from service.model import Book, Edition
from service.resolve.languages import language_of, name_of
from service.resolve.titles import title_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from service.ports import Catalogue
    from service.resolve.languages import Reader
    from service.resolve.works import Choice

#: the most other editions, and the most other books, that are shown beside a choice
_MOST_EDITIONS = 5
_MOST_OTHERS = 3


class Chosen(NamedTuple):
    """A book with the edition to link to (None: a search is more honest), why, and what else."""

    book: Book
    why: tuple[str, ...]
    alternatives: tuple[Book, ...]


def chosen(choice: Choice, reader: Reader, catalogue: Catalogue) -> Chosen | None:
    """The edition of the work that is meant; None where no work is."""
    if not choice.rows:
        return None
    first = choice.rows[0]
    others = choice.others[:_MOST_OTHERS]
    editions = _distinct(_editions(choice.rows))
    if first.told is not None:
        own = _sound(first.edition) if first.edition else None
        rest = [each for each in editions if own is None or not _equal(own, each)]
        return Chosen(_with(first, own), (first.told,), (*_shown(first, rest), *others))
    printed = [each for each in editions if _is_printed(each)]
    best = _best(printed, reader)
    if printed and (best is None or _rank(best, reader) != 0):
        editions += _distinct(_under_other_titles(first, printed, catalogue), editions)
        printed = [each for each in editions if _is_printed(each)]
        best = _best(printed, reader)
    rest = [each for each in editions if each is not best]
    why = _why(best, printed, editions)
    return Chosen(_with(first, best), why, (*_shown(first, rest), *others))


def full_title(book: Book) -> str:
    """The title with its subtitle."""
    if book.subtitle and title_key(book.subtitle) not in title_key(book.title):
        return f"{book.title}: {book.subtitle}"
    return book.title


# ── what editions there are ──────────────────────────────────────────────────────────────


def _editions(rows: Iterable[Book]) -> Iterator[Edition]:
    """Every edition of these rows, numbers that can't be right left out."""
    for row in rows:
        for each in (row.edition, *row.editions):
            if each is not None:
                yield from _apart(each)


def _apart(edition: Edition) -> Iterator[Edition]:
    """The edition; where its ASIN is not its ISBN's, that is another one."""
    sound = _sound(edition)
    if sound.isbn10 is None or sound.asin in (None, sound.isbn10):
        yield sound
        return
    yield replace(sound, asin=sound.isbn10)
    assert sound.asin is not None
    isbn13, isbn10 = isbns(sound.asin)
    yield Edition(isbn13, isbn10, sound.asin, sound.language)


def _sound(edition: Edition) -> Edition:
    """The edition without numbers whose check digit does not fit, its ISBN-10 as its ISBN-13's.

    A print book's ASIN is its ISBN-10, so each can be told from the other.
    """
    isbn13, isbn10 = isbns(edition.isbn13 or "")
    if isbn13 is None:
        isbn13, isbn10 = isbns(edition.isbn10 or "")
    asin = edition.asin if edition.asin and is_asin(edition.asin) else None
    if isbn13 is None and asin is not None and edition.form in (None, "print"):
        isbn13, isbn10 = isbns(asin)
    if edition.form in ("ebook", "audio"):
        isbn10 = None
    return replace(edition, isbn13=isbn13, isbn10=isbn10, asin=asin or isbn10)


def _distinct(editions: Iterable[Edition], known: Sequence[Edition] = ()) -> list[Edition]:
    """The editions that have a number, each once, the first of equals the fullest told."""
    found: list[Edition] = []
    for each in editions:
        if not (each.isbn13 or each.asin) or any(_equal(each, other) for other in known):
            continue
        place = next((at for at, other in enumerate(found) if _equal(each, other)), None)
        if place is None:
            found.append(each)
        else:
            found[place] = _merged(found[place], each)
    return found


def _equal(one: Edition, other: Edition) -> bool:
    if one.isbn13 and other.isbn13:
        return one.isbn13 == other.isbn13
    return one.asin is not None and one.asin == other.asin


def _merged(one: Edition, other: Edition) -> Edition:
    return replace(
        one,
        language=one.language or other.language,
        form=one.form or other.form,
        published=one.published or other.published,
    )


def _under_other_titles(
    first: Book, editions: Sequence[Edition], catalogue: Catalogue
) -> Iterator[Edition]:
    """Editions of the same work whose title is another: its number leads to that title."""
    for each in editions[:1]:
        same = catalogue.by_isbn(each.isbn13) if each.isbn13 else None
        if same is None or title_key(same.title) == title_key(first.title):
            continue
        names = {title_key(name) for name in first.authors}
        rows = catalogue.by_title(same.title)
        yield from _editions(
            row for row in rows if names & {title_key(name) for name in row.authors}
        )


# ── which of them ────────────────────────────────────────────────────────────────────────


def _is_printed(edition: Edition) -> bool:
    """Whether it is a print edition as far as is known: an ASIN alone is a Kindle book's."""
    if edition.form is not None:
        return edition.form == "print"
    return edition.isbn13 is not None or is_isbn10(edition.asin or "")


def _best(printed: Sequence[Edition], reader: Reader) -> Edition | None:
    """The print edition in the reader's best language; of those the first with a page of its own.

    None where all are in languages that the reader is not served in.
    """
    readable = [each for each in printed if _rank(each, reader) is not None]
    return min(readable, key=lambda each: (_rank(each, reader), _without_page(each)), default=None)


def _rank(edition: Edition, reader: Reader) -> int | None:
    """The place of its language among the reader's; an unknown one comes last."""
    language = language_of(edition)
    order = reader.languages
    if language is None:
        return len(order)
    return order.index(language) if language in order else None


def _without_page(edition: Edition) -> bool:
    """Whether a shop that knows ASINs only can't lead there: a 979 has no ISBN-10."""
    return edition.asin is None


def _with(book: Book, edition: Edition | None) -> Book:
    return replace(book, edition=edition, editions=())


def _shown(book: Book, editions: Sequence[Edition]) -> Iterator[Book]:
    return (replace(_with(book, each), told=None) for each in editions[:_MOST_EDITIONS])


def _why(
    best: Edition | None, printed: Sequence[Edition], every: Sequence[Edition]
) -> tuple[str, ...]:
    told = []
    languages = [name_of(each) for each in map(language_of, printed) if each]
    if best is None and printed:
        told.append(f"known in {languages[0]} only: a search finds what else there is")
    elif best is None and every:
        told.append("known as an e-book or audiobook only: a search finds what is in print")
    elif best is not None and len(printed) > 1:
        language = language_of(best)
        spoken = f" in {name_of(language)}" if language else ""
        told.append(f"of {len(printed)} print editions known, one{spoken}")
    if best is not None and best.asin is None:
        told.append(f"ISBN {best.isbn13} has no ISBN-10: where that is needed, a search finds it")
    return tuple(told)
