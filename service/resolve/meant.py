"""Every mention with the book it means and the edition that a link to it should lead to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from service.model import Book, Edition, Finding
from service.resolve.editions import Chosen, chosen, full_title
from service.resolve.titles import main_key
from service.resolve.works import pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.ports import Catalogue
    from service.resolve.agreement import Words
    from service.resolve.languages import Reader

#: below this a title is not worth looking for its book
_WORTH = 0.2


def with_books(
    mentions: Sequence[Finding],
    links: Sequence[Finding],
    catalogue: Catalogue,
    *,
    reader: Reader,
    words: Words,
) -> list[Finding]:
    """Every mention with title, authors and numbers, as far as they are known.

    The same title means the same book throughout a post; a link to a shop or to
    the book's page says which edition. `words` are the post's, asked where only they can decide.
    """
    by_title: dict[str, list[Finding]] = defaultdict(list)
    for each in mentions:
        by_title[main_key(each.text)].append(each)
    paged = [each for each in mentions if each.isbn13 and _is_of(each, catalogue)]
    linked = {main_key(each.text): each for each in paged}
    linked |= {main_key(e.title): e for e in links if e.title and (e.asin or e.isbn13)}
    known = {
        key: _meant(same, linked.get(key), catalogue, reader, words)
        for key, same in by_title.items()
    }
    return [_filled(each, known[main_key(each.text)]) for each in mentions]


def _meant(
    same: Sequence[Finding],
    link: Finding | None,
    catalogue: Catalogue,
    reader: Reader,
    words: Words,
) -> Chosen:
    """The book that these mentions of one title mean."""
    title = max((each.text for each in same), key=len)
    authors = next((each.authors for each in sorted(same, key=_surest) if each.authors), ())
    found = Chosen(Book(title, authors), (), ())
    if max(each.confidence for each in same) >= _WORTH:
        choice = pick(catalogue.by_title(title), title, authors, words)
        found = chosen(choice, reader, catalogue) or _undecided(found, choice.others)
    if link is not None:
        edition = Edition(link.isbn13, link.isbn10, link.asin)
        why = ("the link in this post says which edition",)
        return Chosen(replace(found.book, edition=edition), why, found.alternatives)
    return found


def _is_of(mention: Finding, catalogue: Catalogue) -> bool:
    """Whether the ISBN of the page that a mention links to may be that of its title."""
    book = catalogue.by_isbn(mention.isbn13) if mention.isbn13 else None
    return book is None or main_key(book.title) == main_key(mention.text)


def _undecided(found: Chosen, others: tuple[Book, ...]) -> Chosen:
    """Several books could be meant: a search finds them all."""
    if len(others) < 2:
        return found._replace(alternatives=others)
    names = [each.authors[0] for each in others[:3]]
    by = f"by {', '.join(names[:-1])} or {names[-1]}"
    why = f"it could be the one {by}: a search finds them"
    return found._replace(why=(why,), alternatives=others[:3])


def _surest(finding: Finding) -> float:
    return -finding.confidence


def _filled(mention: Finding, found: Chosen) -> Finding:
    book = found.book
    edition = book.edition or Edition()
    return replace(
        mention,
        title=full_title(book),
        authors=book.authors or mention.authors,
        isbn13=edition.isbn13,
        isbn10=edition.isbn10,
        asin=edition.asin or edition.isbn10,
        why=(*mention.why, *found.why),
        alternatives=found.alternatives,
    )
