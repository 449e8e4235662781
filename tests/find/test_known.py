"""What the catalogue says of a candidate, and what it makes likely."""

from collections.abc import Sequence

import pytest

from service.find import find
from service.find.candidates import Candidate
from service.find.known import Shelf
from service.model import Book, Document


class Rows:
    """A catalogue of a few titles."""

    def __init__(self, **books: str) -> None:
        self.books = {
            title.replace("_", " "): Book(title.replace("_", " "), (author,))
            for title, author in books.items()
        }

    def by_title(self, title: str) -> Sequence[Book]:
        book = self.books.get(title)
        return (book,) if book else ()

    def by_isbn(self, isbn13: str) -> Book | None:
        raise AssertionError(isbn13)

    def by_asin(self, asin: str) -> Book | None:
        raise AssertionError(asin)


QUIET = Rows(Quiet_Gardens="Ann Hill", Saturday="Ian Cole")


def said(text: str, words: str, catalogue: Rows | None = QUIET) -> set[str]:
    start = text.index(words)
    return set(Shelf(text, catalogue).known(Candidate(start, start + len(words), words)).features)


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("I read Quiet Gardens by Ann Hill.", "author_agrees"),
        ("I met Ann Hill. Quiet Gardens is hers.", "author_in_full_in_post"),
        ("Hill is right in Quiet Gardens.", "author_in_post_2"),
        ("I read Quiet Gardens by Sue Park.", "author_differs"),
        ("I read Quiet Gardens.", "title_exact"),
        ("I read Quiet Gardens.", "known_2"),
    ],
)
def test_title_and_author_agree_or_differ(text: str, feature: str) -> None:
    assert feature in said(text, "Quiet Gardens")


def test_what_no_catalogue_knows_is_unknown_and_without_one_nothing_is_said() -> None:
    assert said("I read Loud Gardens.", "Loud Gardens") == {"unknown"}
    assert said("I read Loud Gardens.", "Loud Gardens", None) == set()


def test_a_catalogue_that_has_books_of_ordinary_words_knows_nearly_all_books() -> None:
    words = "Monday|Thursday|January|October|August|September|Google|Microsoft|Internet|English"
    everything = Rows(**dict.fromkeys([*words.split("|"), "Quiet_Gardens"], "Ian Cole"))
    assert "known_widely_2" in said("I read Quiet Gardens.", "Quiet Gardens", everything)
    assert "unknown_widely" in said("I read Loud Gardens.", "Loud Gardens", everything)
    assert "known_widely_2" not in said("I read Quiet Gardens.", "Quiet Gardens")


def likely(text: str, words: str, catalogue: Rows | None) -> float:
    found = [each for each in find(Document(text, "text"), (), catalogue) if each.text == words]
    return max((each.confidence for each in found), default=0.0)


def test_a_title_that_the_catalogue_knows_is_likelier_and_says_so() -> None:
    text = "On the train I had Quiet Gardens with me."
    assert likely(text, "Quiet Gardens", QUIET) > likely(text, "Quiet Gardens", None)
    (mention,) = [e for e in find(Document(text, "text"), (), QUIET) if e.text == "Quiet Gardens"]
    assert "the catalogue knows a book of this title" in mention.why


def test_an_ordinary_word_is_no_book_because_one_is_called_so() -> None:
    assert likely("We met on Saturday at the lake.", "Saturday", QUIET) < 0.3


def test_an_author_named_near_says_more_than_one_named_far_away() -> None:
    near = said("Like a novel of Ann Hill (Quiet Gardens, say)", "Quiet Gardens")
    far = said(f"Ann Hill.{' And then some.' * 20} Quiet Gardens", "Quiet Gardens")
    assert {"author_in_full_near", "author_in_full_in_post"} <= near
    assert "author_in_full_near" not in far
    assert "author_in_full_in_post" in far


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("On the train I had Saturday with me, as Cole would want.", True),
        ("On the train I had Saturday with me.", False),
    ],
    ids=["its author is named", "nobody is named"],
)
def test_one_word_alone_is_looked_at_where_the_catalogue_knows_it_and_its_author(
    text: str, found: bool
) -> None:
    assert (likely(text, "Saturday", QUIET) > 0) is found
