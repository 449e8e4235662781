"""Which book a title means: by its author, else by being read far the most, else none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.resolve.agreement import surname, surnames
from service.resolve.titles import title_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.model import Book
    from service.resolve.agreement import Words

#: with no author named, the most read book of a title must be this much more read than the next
_DOMINATES = 5
#: and have this many readers at least: 0 says that nobody counted
_READ = 100
#: of an author's volumes with one main title the most read must be this much more read
_DOMINATES_VOLUMES = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """The book that a title means, as every row that the catalogue has of it, the best first;
    none where nothing decides. `others` are books of the same title by somebody else."""

    rows: tuple[Book, ...]
    others: tuple[Book, ...] = ()


def pick(books: Sequence[Book], title: str, authors: Sequence[str], words: Words) -> Choice:
    """The book of this title that is meant.

    Where authors are named they decide; else the author whose name the post's `words` hold; else
    that one book is read far more than the next. What the blogger said of a title himself
    (`Book.told`) wins over what a catalogue knows. Empty where the authors differ, or where
    nothing decides between several.
    """
    ranked = sorted(books, key=lambda book: _rank(book, title, authors), reverse=True)
    fitting = [each for each in ranked if not authors or _may_be_by(each, authors)]
    if not fitting:
        return Choice((), _one_a_work(ranked))
    first = fitting[0] if authors or fitting[0].told else _by_whom(fitting, title, words)
    if first is None or not _is_plain(first, fitting, title):
        return Choice((), _one_a_work(fitting))
    same = [each for each in fitting if _same_work(first, each)]
    others = [each for each in ranked if not _same_work(first, each)]
    return Choice((first, *(each for each in same if each is not first)), _one_a_work(others))


def _by_whom(ranked: Sequence[Book], title: str, words: Words) -> Book | None:
    """Of books by several authors the one meant, though no author is named beside the title."""
    first = ranked[0]
    rivals = [each for each in ranked if each.authors and not _are_akin(first, each)]
    if not rivals:
        return first
    own = set(title_key(title).split())
    named = [each for each in ranked if (surnames(each) & words()) - own]
    if named and all(_are_akin(named[0], each) for each in named):
        return named[0]
    most = max(each.popularity for each in rivals)
    return first if first.popularity >= max(_READ, most * _DOMINATES) else None


def _is_plain(first: Book, ranked: Sequence[Book], title: str) -> bool:
    """Whether it is this volume of the author's that is meant, where only a series is named."""
    if first.told or not first.subtitle or title_key(title) != title_key(first.title):
        return True
    rivals = [
        each.popularity
        for each in ranked
        if each.subtitle and _are_akin(first, each) and not _same_work(first, each)
    ]
    return not rivals or first.popularity >= max(rivals) * _DOMINATES_VOLUMES


def _rank(book: Book, title: str, authors: Sequence[str]) -> tuple[bool, int, bool, bool, int]:
    key = title_key(title)
    whole = title_key(f"{book.title} {book.subtitle or ''}")
    exact = key in (title_key(book.title), whole)
    known = book.edition is not None or bool(book.editions)
    return book.told is not None, _agreement(book, authors), exact, known, book.popularity


def _agreement(book: Book, authors: Sequence[str]) -> int:
    """2: the same name; 1: the same surname; 0: nobody's, or somebody else's."""
    if not authors:
        return 0
    if {title_key(each) for each in authors} & {title_key(each) for each in book.authors}:
        return 2
    return int(bool({surname(each) for each in authors} & surnames(book)))


def _may_be_by(book: Book, authors: Sequence[str]) -> bool:
    return not book.authors or _agreement(book, authors) > 0


def _are_akin(one: Book, other: Book) -> bool:
    """Whether two rows are of one author, or of one number though the names are spelt apart."""
    return bool(surnames(one) & surnames(other)) or _same_number(one, other)


def _same_number(one: Book, other: Book) -> bool:
    if one.edition is None or other.edition is None or one.edition.isbn13 is None:
        return False
    return one.edition.isbn13 == other.edition.isbn13


def _same_work(first: Book, other: Book) -> bool:
    """Whether two rows of one title are one work: one author, and subtitles that don't differ."""
    if first is other or (first.work is not None and first.work == other.work):
        return True
    if _same_number(first, other):
        return True
    if first.authors and other.authors and not _are_akin(first, other):
        return False
    one, another = title_key(first.subtitle or ""), title_key(other.subtitle or "")
    return one.startswith(another) or another.startswith(one)


def _one_a_work(books: Iterable[Book]) -> tuple[Book, ...]:
    kept: list[Book] = []
    for each in books:
        if each.authors and not any(_same_work(other, each) for other in kept):
            kept.append(each)
    return tuple(kept)
