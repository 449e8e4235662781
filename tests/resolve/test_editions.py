"""Of a work's editions the one that a link should lead to, and what is shown beside it."""

from collections.abc import Sequence

import pytest

from service.model import Book, Document, Edition, Finding
from service.resolve import Reader, resolve

ENGLISH = Edition("9780310350071", language="en", form="print", published=2004)
ENGLISH_PAPERBACK = Edition("9780385480017", language="en", form="print", published=1995)
GERMAN = Edition("9783518367063", language="de", form="print")
FRENCH = Edition("9782070364237", language="fr", form="print")
AUDIO = Edition("9781455586691", language="en", form="audio")
EBOOK = Edition("9781455586684", language="en", form="ebook")
KINDLE = Edition(asin="B00L9B7IKE")
SELF_PUBLISHED = Edition("9798123401200", asin="B0CXYZ1234", language="en", form="print")


class Shelf:
    """A catalogue of the books given."""

    def __init__(self, *books: Book) -> None:
        self.books = books

    def by_title(self, title: str) -> Sequence[Book]:
        return [each for each in self.books if each.title.casefold() == title.casefold()]

    def by_isbn(self, isbn13: str) -> Book | None:
        return next(
            (book for book in self.books for each in book.editions if each.isbn13 == isbn13), None
        )

    def by_asin(self, asin: str) -> Book | None:
        return None


def named(
    *books: Book,
    language: str = "en",
    marketplace: str = "amazon.com",
    authors: tuple[str, ...] = ("Ann Hill",),
) -> Finding:
    """What becomes of "The Slow Shed", named with these authors in a post of this language."""
    mention = Finding(
        "book_mention", 0, 13, "The Slow Shed", 0.95, "suggest", ("it says so",), authors=authors
    )
    document = Document("The Slow Shed", "text", language=language)
    reader = Reader(lambda: language, marketplace)
    (found,) = resolve([mention], document, Shelf(*books), reader=reader)
    return found


def work(*editions: Edition, title: str = "The Slow Shed", by: str = "Ann Hill") -> Book:
    return Book(title, (by,), edition=editions[0], editions=editions, work="OL1W")


CHOICES: list[tuple[tuple[Edition, ...], str, str, str | None]] = [
    ((GERMAN, ENGLISH), "en", "amazon.com", "9780310350071"),
    ((ENGLISH, GERMAN), "de", "amazon.com", "9783518367063"),
    ((FRENCH, GERMAN, ENGLISH), "it", "amazon.de", "9783518367063"),
    ((FRENCH, ENGLISH), "it", "amazon.it", "9780310350071"),
    ((FRENCH, GERMAN), "en", "amazon.co.uk", None),
    ((AUDIO, EBOOK, ENGLISH_PAPERBACK), "en", "amazon.com", "9780385480017"),
    ((ENGLISH_PAPERBACK, ENGLISH), "en", "amazon.com", "9780385480017"),
    ((AUDIO, EBOOK), "en", "amazon.com", None),
    ((KINDLE,), "en", "amazon.com", None),
    ((Edition("9798123401200"), ENGLISH), "en", "amazon.com", "9780310350071"),
    ((Edition("9798123401200"), GERMAN), "en", "amazon.com", "9798123401200"),
    ((Edition("9780310350072"), ENGLISH), "en", "amazon.com", "9780310350071"),
]


@pytest.mark.parametrize(("editions", "language", "marketplace", "isbn13"), CHOICES)
def test_print_in_the_readers_language_then_the_markets_then_english(
    editions: tuple[Edition, ...], language: str, marketplace: str, isbn13: str | None
) -> None:
    found = named(work(*editions), language=language, marketplace=marketplace)
    assert found.isbn13 == isbn13
    assert found.authors == ("Ann Hill",)


def test_a_print_books_asin_is_its_isbn10() -> None:
    found = named(work(Edition("9780385480017", None, "B00L9B7IKE")))
    assert (found.isbn10, found.asin) == ("0385480016", "0385480016")
    assert [each.edition and each.edition.asin for each in found.alternatives] == ["B00L9B7IKE"]


def test_a_printed_979_keeps_the_asin_that_its_own_edition_has() -> None:
    found = named(work(SELF_PUBLISHED))
    assert (found.isbn13, found.asin) == ("9798123401200", "B0CXYZ1234")


def test_the_choice_says_why_and_what_else_there_is() -> None:
    rival = Book("The Slow Shed", ("Jane Tallow",), edition=FRENCH, popularity=3)
    found = named(work(GERMAN, ENGLISH, KINDLE), rival)
    assert found.why[-1] == "of 2 print editions known, one in English"
    assert [(each.authors[0], str(each.edition)) for each in found.alternatives] == [
        ("Ann Hill", "ISBN 9783518367063, de, print"),
        ("Ann Hill", "ASIN B00L9B7IKE"),
        ("Jane Tallow", "ISBN 9782070364237, fr, print"),
    ]


def test_what_is_not_linked_is_said() -> None:
    assert "known in French only" in named(work(FRENCH)).why[-1]
    assert "e-book or audiobook only" in named(work(KINDLE)).why[-1]
    assert "has no ISBN-10" in named(work(Edition("9798123401200"))).why[-1]
    either = (work(ENGLISH), Book("The Slow Shed", ("Jane Tallow",), edition=FRENCH, popularity=9))
    assert "by Jane Tallow or Ann Hill" in named(*either, authors=()).why[-1]


def test_the_same_work_under_another_title_gives_the_edition_in_the_readers_language() -> None:
    original = work(GERMAN, title="Der langsame Schuppen")
    translated = Book("The Slow Shed", ("Ann Hill",), edition=GERMAN)
    english = work(GERMAN, ENGLISH, title="Der langsame Schuppen")
    assert named(translated, original).isbn13 is None
    assert named(translated, english).isbn13 == "9780310350071"


def test_of_volumes_with_one_main_title_none_is_guessed() -> None:
    one = Book("The Slow Shed", ("Ann Hill",), "Spring", edition=ENGLISH, popularity=50)
    other = Book("The Slow Shed", ("Ann Hill",), "Autumn", edition=ENGLISH_PAPERBACK, popularity=45)
    assert named(one, other).isbn13 is None
    assert {each.subtitle for each in named(one, other).alternatives} == {"Spring", "Autumn"}


def test_what_the_blogger_said_wins_over_the_catalogue() -> None:
    told = Book("The Slow Shed", ("Ann Hill",), edition=KINDLE, told="you linked it on 2024-03-01")
    found = named(work(ENGLISH), told)
    assert (found.asin, found.isbn13) == ("B00L9B7IKE", None)
    assert "you linked it on 2024-03-01" in found.why
    assert named(work(ENGLISH), told, authors=("Jane Tallow",)).asin is None
