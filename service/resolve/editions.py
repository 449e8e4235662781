"""Which book a mention means, and which edition a link should lead to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from service.model import Book, Edition, Finding
from service.ports import Catalogue
from service.resolve.agreement import surname, surnames
from service.resolve.titles import main_key, title_key

#: with no author named, the most read book of a title must be this much more read than the next
_DOMINATES = 5


def with_books(
    mentions: Sequence[Finding], links: Sequence[Finding], catalogue: Catalogue
) -> list[Finding]:
    """Every mention with title, authors and numbers, as far as they are known.

    The same title means the same book throughout a post; a shop link on a mention of it says
    which edition.
    """
    by_title: dict[str, list[Finding]] = defaultdict(list)
    for each in mentions:
        by_title[main_key(each.text)].append(each)
    linked = {main_key(each.title): each for each in links if each.title and each.asin}
    known = {key: _book(same, linked.get(key), catalogue) for key, same in by_title.items()}
    return [_filled(each, known[main_key(each.text)]) for each in mentions]


def _book(same: Sequence[Finding], link: Finding | None, catalogue: Catalogue) -> Book:
    """The book that these mentions of one title mean."""
    title = max((each.text for each in same), key=len)
    best = max(same, key=lambda each: each.confidence)
    authors = next((each.authors for each in sorted(same, key=_surest) if each.authors), ())
    told = Book(title, authors)
    found = pick(catalogue.by_title(title), title, authors) if best.confidence >= 0.2 else None
    if link is not None:
        edition = Edition(link.isbn13, link.isbn10, link.asin)
        return replace(found or told, edition=edition)
    return found or told


def _surest(finding: Finding) -> float:
    return -finding.confidence


def pick(books: Sequence[Book], title: str, authors: Sequence[str]) -> Book | None:
    """The book of this title that is meant: by its author, else by being read far the most.

    None where the authors differ, or where nothing decides between several.
    """
    if not books:
        return None
    if authors:
        names = {surname(author) for author in authors}
        books = [book for book in books if names & surnames(book) or not book.authors]
        if not books:
            return None
    ranked = sorted(books, key=lambda book: _rank(book, title), reverse=True)
    first = ranked[0]
    rivals = [book for book in ranked if not surnames(book) & surnames(first)]
    if not authors and rivals:
        most = max(book.popularity for book in rivals)
        if first.popularity < max(1, most * _DOMINATES):
            return None
    return first


def _rank(book: Book, title: str) -> tuple[bool, bool, int]:
    whole = title_key(f"{book.title} {book.subtitle or ''}")
    exact = title_key(title) in (title_key(book.title), whole)
    return exact, book.edition is not None, book.popularity


def _filled(mention: Finding, book: Book) -> Finding:
    edition = book.edition or Edition()
    return replace(
        mention,
        title=full_title(book),
        authors=book.authors or mention.authors,
        isbn13=edition.isbn13,
        isbn10=edition.isbn10,
        asin=edition.asin or edition.isbn10,
    )


def full_title(book: Book) -> str:
    """The title with its subtitle."""
    if book.subtitle and title_key(book.subtitle) not in title_key(book.title):
        return f"{book.title}: {book.subtitle}"
    return book.title
