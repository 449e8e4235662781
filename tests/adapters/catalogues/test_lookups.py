"""What online catalogues are asked, and what is made of their answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from adapters.catalogues import amazon_creators, googlebooks, openlibrary
from service.errors import LookupFailed
from service.model import Book
from service.ports import Lookup, LookupContext
from tests.adapters.catalogues.services import Services

FOREMAN = ("The Patient Foreman", ("Jane Tallow",))


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


def ask(method: str, url: str, *, form: object = None, **asked: Any) -> Any:
    response = httpx2.request(method, url, data=form, **asked)  # type: ignore[arg-type]
    if response.status_code == 404:
        return None
    if not response.is_success:
        raise LookupFailed(f"answered {response.status_code}: {response.text}")
    return response.json()


CONTEXT = LookupContext(ask, "amazon.com", "shelf-20")


def lookup(kind: str, services: Services, **options: Any) -> Lookup:
    url = services.url
    if kind == "openlibrary":
        return openlibrary.OpenLibrary(openlibrary.Options(url), CONTEXT)
    if kind == "googlebooks":
        key = options.get("key", "google-key")
        return googlebooks.GoogleBooks(googlebooks.Options(key, f"{url}/books/v1"), CONTEXT)
    version = options.get("version", "3.1")
    made = amazon_creators.Options("id", "secret", version, url, f"{url}/token/{version[0]}")
    return amazon_creators.AmazonCreators(made, options.get("context", CONTEXT))


@pytest.mark.parametrize("kind", ["openlibrary", "googlebooks", "amazon_creators"])
def test_a_book_is_found_by_title_and_author_with_its_english_print_edition(
    services: Services, kind: str
) -> None:
    books = lookup(kind, services).find(*FOREMAN)
    numbers = {
        each.isbn13: each
        for book in books
        for each in (book.edition, *book.editions)
        if each is not None
    }
    (book, *_) = books
    assert isinstance(book, Book)
    assert (book.title, book.subtitle, book.authors) == (FOREMAN[0], "Sawmills", FOREMAN[1])
    edition = numbers["9780306406157"]
    assert (edition.isbn10, edition.language, edition.published) == ("0306406152", "en", 2017)
    assert "9780306406158" not in numbers


@pytest.mark.parametrize("kind", ["openlibrary", "googlebooks", "amazon_creators"])
def test_what_nobody_knows_is_nothing(services: Services, kind: str) -> None:
    assert list(lookup(kind, services).find("A Ledger of Rain", ())) == []


def test_open_library_tells_language_and_form_of_every_edition(services: Services) -> None:
    (book,) = lookup("openlibrary", services).find(*FOREMAN)
    assert [(each.isbn13, each.language, each.form) for each in book.editions] == [
        ("9783518367063", "de", None),
        ("9780306406157", "en", None),
        ("9781455586684", None, "ebook"),
    ]
    assert book.work == "OL1W"


def test_a_title_with_quotes_stays_one_phrase_at_google(services: Services) -> None:
    lookup("googlebooks", services).find('A "Ledger" of Rain', ('Jonas "Jo" Perle',))
    assert (
        services.asked[-1].query["q"] == 'intitle:"A  Ledger  of Rain" inauthor:"Jonas  Jo  Perle"'
    )


def test_a_wrong_key_is_told(services: Services) -> None:
    with pytest.raises(LookupFailed, match="403"):
        lookup("googlebooks", services, key="wrong").find(*FOREMAN)


@pytest.mark.parametrize("version", ["2.1", "3.1"])
def test_amazon_wants_one_token_for_many_questions(services: Services, version: str) -> None:
    asking = lookup("amazon_creators", services, version=version)
    kindle, printed = asking.find(*FOREMAN)
    asking.find(*FOREMAN)
    assert [each.path for each in services.asked].count(f"/token/{version[0]}") == 1
    assert kindle.edition is not None
    assert printed.edition is not None
    assert (kindle.edition.asin, kindle.edition.form) == ("B00L9B7IKE", "ebook")
    assert (printed.edition.form, printed.authors) == ("print", ("Jane Tallow",))


def test_a_token_that_ended_is_had_anew(services: Services) -> None:
    asking = lookup("amazon_creators", services)
    asking.find(*FOREMAN)
    services.instead.append((401, {}, {"type": "UnauthorizedException"}))
    with pytest.raises(LookupFailed):
        asking.find(*FOREMAN)
    assert asking.find(*FOREMAN)


def test_amazon_is_not_asked_without_a_tracking_id(services: Services) -> None:
    context = LookupContext(ask, "amazon.de", None)
    with pytest.raises(LookupFailed, match=r"amazon\.de"):
        lookup("amazon_creators", services, context=context).find(*FOREMAN)
    assert services.asked == []
