import os
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.deliver.publisher import Publisher

TYPES = {
    "xml": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


@pytest.fixture
def folder(at: Publisher) -> Path:
    """Where the channel "site" writes; its three files are there."""
    folder = at.directory / "outbox" / "site"
    folder.mkdir(parents=True)
    for form in TYPES:
        (folder / f"site.{form}").write_text(f"a feed as {form}", "utf-8")
    return folder


@pytest.mark.parametrize("form", TYPES)
def test_each_form_is_served_as_written(client: TestClient, folder: Path, form: str) -> None:
    answer = client.get(f"/feeds/site.{form}")
    assert answer.text == f"a feed as {form}"
    assert answer.headers["content-type"] == TYPES[form]


def test_a_reader_who_knows_it_gets_nothing_again(client: TestClient, folder: Path) -> None:
    first = client.get("/feeds/site.xml").headers
    for headers in (
        {"if-none-match": first["etag"]},
        {"if-none-match": f'"other", W/{first["etag"]}'},
        {"if-modified-since": first["last-modified"]},
    ):
        again = client.get("/feeds/site.xml", headers=headers)
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == first["etag"]


def test_a_reader_of_an_older_one_gets_the_new_one(client: TestClient, folder: Path) -> None:
    first = client.get("/feeds/site.xml").headers
    (folder / "site.xml").write_text("newer", "utf-8")
    os.utime(folder / "site.xml", (2_000_000_000, 2_000_000_000))
    for headers in (
        {"if-none-match": first["etag"]},
        {"if-modified-since": first["last-modified"]},
        {"if-none-match": first["etag"], "if-modified-since": "Wed, 18 May 2039 00:00:00 GMT"},
        {"if-modified-since": "yesterday"},
    ):
        assert client.get("/feeds/site.xml", headers=headers).text == "newer"


def test_asking_for_the_head_gives_no_body(client: TestClient, folder: Path) -> None:
    answer = client.head("/feeds/site.json")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["etag"]


@pytest.mark.parametrize(
    "path", ["nobody.xml", "site.html", "drop.xml", "site", "..%2Fsite.xml", "%2e%2e/site.xml"]
)
def test_no_other_file_is_served(client: TestClient, folder: Path, path: str) -> None:
    answer = client.get(f"/feeds/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_empty_feed_says_when_it_will_be_there(client: TestClient) -> None:
    answer = client.get("/feeds/site.atom")
    assert answer.status_code == 404
    assert "once the first post has gone out" in answer.json()["detail"]
