"""The door to the outside web, against a real server on loopback."""

import gzip
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import httpx2
import pytest

from service.errors import FetchError, Gone, TooLarge, Unreachable
from service.ingest import transport
from service.ingest.fetch import Fetcher, guarded_client, retry_after
from service.ingest.transport import user_agent
from tests.ingest.loopback import Loopback


def test_a_document_comes_with_what_is_needed_to_ask_again(
    server: Loopback, fetcher: Fetcher
) -> None:
    url = server.serve(
        "/feed", b"x", etag='"v1"', last_modified="now", content_type="text/xml; charset=latin-1"
    )
    got = fetcher.get(url)
    assert (got.url, got.status, got.body) == (url, 200, b"x")
    assert (got.etag, got.last_modified, got.charset) == ('"v1"', "now", "latin-1")
    assert not got.not_modified
    assert got.permanent_url is None


def test_we_say_who_we_are(server: Loopback, fetcher: Fetcher) -> None:
    fetcher.get(server.serve("/", b"x"))
    (_, headers), *_ = server.requests
    assert headers["user-agent"] == "Bookplate/9.9 (+https://e.example/me)"


def test_a_contact_cannot_break_the_header() -> None:
    assert user_agent("1", "https://e.example/\r\nX: y") == "Bookplate/1 (+https://e.example/X: y)"
    assert user_agent("1") == "Bookplate/1"


def test_unchanged_documents_are_not_sent_again(server: Loopback, fetcher: Fetcher) -> None:
    url = server.serve("/feed", b"", status=304, etag='"v1"')
    got = fetcher.get(url, etag='"v1"', last_modified="Tue, 03 Nov 2026 10:00:00 GMT")
    (_, headers), *_ = server.requests
    assert headers["if-none-match"] == '"v1"'
    assert headers["if-modified-since"] == "Tue, 03 Nov 2026 10:00:00 GMT"
    assert got.not_modified
    assert got.body == b""


def test_a_permanent_redirect_is_remembered_up_to_the_first_temporary_one(
    server: Loopback, fetcher: Fetcher
) -> None:
    server.serve("/a", b"", status=301, location="/b")
    server.serve("/b", b"", status=308, location="c")
    server.serve("/c", b"", status=302, location="/d#x")
    server.serve("/d", b"end")
    got = fetcher.get(server.url + "/a")
    assert got.url == server.url + "/d"
    assert got.permanent_url == server.url + "/c"


def test_a_temporary_redirect_is_not_remembered(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/a", b"", status=307, location="/b")
    server.serve("/b", b"", status=301, location="/c")
    server.serve("/c", b"end")
    assert fetcher.get(server.url + "/a").permanent_url is None


def test_redirects_end(server: Loopback, fetcher: Fetcher) -> None:
    url = server.serve("/round", b"", status=302, location="/round")
    with pytest.raises(TooLarge, match="redirects more than 10 times"):
        fetcher.get(url)
    assert len(server.requests) == 11


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:x"])
def test_redirects_lead_to_web_addresses_only(
    server: Loopback, fetcher: Fetcher, location: str
) -> None:
    with pytest.raises(FetchError, match="no web address"):
        fetcher.get(server.serve("/a", b"", status=302, location=location))


@pytest.mark.parametrize(("status", "permanent"), [(404, False), (410, True)])
def test_what_is_gone_is_told(
    server: Loopback, fetcher: Fetcher, status: int, permanent: bool
) -> None:
    with pytest.raises(Gone) as caught:
        fetcher.get(server.serve("/x", b"", status=status))
    assert caught.value.permanent is permanent


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_failing_servers_are_asked_again_when_they_say(
    server: Loopback, fetcher: Fetcher, status: int
) -> None:
    with pytest.raises(Unreachable) as caught:
        fetcher.get(server.serve("/x", b"", status=status, retry_after="120"))
    assert caught.value.retry_after == 120.0


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_refusal_is_neither_gone_nor_unreachable(
    server: Loopback, fetcher: Fetcher, status: int
) -> None:
    with pytest.raises(FetchError) as caught:
        fetcher.get(server.serve("/x", b"", status=status))
    assert type(caught.value) is FetchError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("Tue, 24 Nov 2026 12:01:00 GMT", 60.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_in_either_form(value: str | None, expected: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 24, 12, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("x-gzip", gzip.compress(b"hello", mtime=0)),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("gzip, deflate", zlib.compress(gzip.compress(b"hello", mtime=0))),
        ("identity", b"hello"),
    ],
)
def test_bodies_are_decompressed(
    server: Loopback, fetcher: Fetcher, encoding: str, body: bytes
) -> None:
    assert fetcher.get(server.serve("/z", body, content_encoding=encoding)).body == b"hello"


def test_broken_compression_is_an_answer_that_failed(server: Loopback, fetcher: Fetcher) -> None:
    whole = gzip.compress(b"hello" * 100)
    for path, body in (("/cut", whole[:-10]), ("/junk", b"junk")):
        with pytest.raises(Unreachable, match="compressed"):
            fetcher.get(server.serve(path, body, content_encoding="gzip"))


@pytest.mark.parametrize("status", [200, 304, 404, 503])
def test_every_answer_frees_its_connection(
    server: Loopback, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.serve("/", b"" if status == 304 else b"x", status=status)
    monkeypatch.setattr(transport, "TIMEOUT", httpx2.Timeout(5.0, pool=0.01))
    with Fetcher(allow_private=["127.0.0.1"], version="1") as fetcher:
        for _ in range(transport.CONNECTIONS + 1):
            with suppress(FetchError):
                fetcher.get(url)
    assert len(server.requests) == transport.CONNECTIONS + 1


def test_cookies_are_not_kept(server: Loopback, fetcher: Fetcher) -> None:
    url = server.serve("/", b"x", set_cookie="a=b; Path=/")
    fetcher.get(url)
    fetcher.get(url)
    assert all("cookie" not in headers for _, headers in server.requests)


def test_proxies_of_the_environment_are_not_used(
    server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Fetcher(allow_private=["127.0.0.1"], version="1") as fetcher:
        assert fetcher.get(server.serve("/", b"x")).body == b"x"


def test_channels_get_a_client_behind_the_same_guard(server: Loopback) -> None:
    url = server.serve("/", b"x")
    with guarded_client(["127.0.0.1"], "https://e.example/", "1") as client:
        assert client.get(url).text == "x"
    with guarded_client([], None, "1") as client, pytest.raises(FetchError):
        client.get(url)


@pytest.mark.parametrize("url", ["example.com", "ftp://example.com/", "http://", "http://[::1", ""])
def test_only_web_addresses_are_fetched(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(FetchError):
        fetcher.get(url)


def test_a_redirect_can_be_read_without_following_it(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/short", b"", status=301, location="/long?a=b", set_cookie="id=1")
    assert fetcher.location(server.url + "/short") == server.url + "/long?a=b"
    assert fetcher.location(server.url + "/short") == server.url + "/long?a=b"
    assert [path for path, _ in server.requests] == ["/short", "/short"]
    assert all("cookie" not in headers for _, headers in server.requests)


def test_an_address_that_redirects_nowhere_has_no_location(
    server: Loopback, fetcher: Fetcher
) -> None:
    assert fetcher.location(server.serve("/here", b"x")) is None
    with pytest.raises(Gone):
        fetcher.location(server.url + "/nothing")
