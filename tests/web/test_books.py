"""The ledger of books as pages and as JSON."""

import pytest
from starlette.testclient import TestClient

from service.deliver import ledger
from service.deliver.publisher import Publisher
from tests.web.conftest import browser


@pytest.fixture
def reader(at: Publisher) -> TestClient:
    """Someone who looks after the posts were read for their books."""
    ledger.keep(at)
    return browser(at)


def test_every_book_is_listed_and_has_a_page(reader: TestClient) -> None:
    books = reader.get("/api/v1/books").json()
    assert books
    page = reader.get("/books").text
    for book in books:
        assert f'href="/books/{book["id"]}"' in page
        assert reader.get(f"/api/v1/books/{book['id']}").json() == book
        own = reader.get(f"/books/{book['id']}")
        assert own.status_code == 200
        assert all(f'href="/posts/{each["post_id"]}"' in own.text for each in book["places"])


def test_a_search_keeps_the_books_that_hold_the_words(reader: TestClient) -> None:
    book = reader.get("/api/v1/books").json()[0]
    assert book["title"].partition(":")[0] in reader.get(f"/books?q={book['title'][:8]}").text
    assert "No book speaks of “nothing like it”" in reader.get("/books?q=nothing like it").text


def test_a_book_is_corrected_and_put_back(reader: TestClient) -> None:
    before = reader.get("/api/v1/books").json()[0]
    path = f"/books/{before['id']}"

    answer = reader.post(f"{path}/correct", data={"number": "9780306406157", "back": path})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    after = reader.get(f"/api/v1{path}").json()
    assert (after["isbn13"], after["asin"]) == ("9780306406157", "0306406152")
    assert after["number_from"].startswith("you corrected it on")

    reader.post(f"{path}/correct", data={"act": "search"})
    assert reader.get(f"/api/v1{path}").json()["isbn13"] is None
    for _ in range(2):
        reader.post(f"{path}/correct", data={"act": "undo"})
    assert reader.get(f"/api/v1{path}").json() == before


@pytest.mark.parametrize("number", ["9780306406158", "not a number", "https://shelf.example/"])
def test_a_number_that_is_none_is_told(reader: TestClient, number: str) -> None:
    book = reader.get("/api/v1/books").json()[0]
    path = f"/books/{book['id']}"
    reader.post(f"{path}/correct", data={"number": number, "back": path})
    assert "no book’s number" in reader.get(path).text
    assert reader.get(f"/api/v1{path}").json() == book


def test_a_number_of_another_book_is_taken_and_said(reader: TestClient) -> None:
    before = reader.get("/api/v1/books").json()[0]
    path = f"/books/{before['id']}"

    reader.post(f"{path}/correct", data={"number": "9781455586691", "back": path})

    assert "knows ISBN 9781455586691 as another book" in reader.get(path).text
    reader.post(f"{path}/correct", data={"act": "undo"})


def test_an_empty_correction_and_an_unknown_book_are_refused(reader: TestClient) -> None:
    book = reader.get("/api/v1/books").json()[0]
    assert reader.post(f"/books/{book['id']}/correct", data={}).status_code == 400
    assert reader.get("/books/99999").status_code == 404
    assert reader.get("/api/v1/books/99999").status_code == 404


def test_before_any_book_the_page_says_what_will_stand_there(empty: Publisher) -> None:
    assert "No book yet" in browser(empty).get("/books").text
