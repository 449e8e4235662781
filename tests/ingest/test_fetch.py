"""The door to the outside web, against a real server on loopback."""

import base64
import gzip
import threading
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import brotli
import pytest
from backports import zstd

from service.errors import FetchError, Gone, TooLarge, Unreachable
from service.ingest import fetch, transport
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
    monkeypatch.setitem(fetch._TIMEOUT, "pool", 0.01)
    with Fetcher(allow_private=["127.0.0.1"], version="1") as fetcher:
        for _ in range(transport.CONNECTIONS + 1):
            with suppress(FetchError):
                fetcher.get(url)
    assert len(server.requests) == transport.CONNECTIONS + 1


@pytest.mark.parametrize("status", [200, 304, 302, 404, 503])
def test_one_connection_serves_many_answers(
    fetcher: Fetcher, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = []
    checked = transport._checked

    def counted(*told):  # type: ignore[no-untyped-def]
        connected.append(told)
        return checked(*told)

    monkeypatch.setattr(transport, "_checked", counted)
    with Loopback(keep_alive=True) as server:
        url = server.serve("/", b"" if status == 304 else b"x", status=status)
        for _ in range(3):
            with suppress(FetchError):
                fetcher.get(url)
        assert len(server.requests) == 3
    assert len(connected) == 1


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


# ── names and passwords in addresses ─────────────────────────────────────────────────────


def test_a_name_and_password_are_sent_and_never_shown(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/feed", b"x")
    address = f"http://ada:s%40cret@127.0.0.1:{server.port}"
    got = fetcher.get(address + "/feed")
    (_, headers), *_ = server.requests
    assert headers["authorization"] == "Basic " + base64.b64encode(b"ada:s@cret").decode()
    assert "@" not in headers["host"]
    assert got.url == server.url + "/feed"
    for path in ("/none", "/moved-away"):
        with pytest.raises(FetchError) as caught:
            fetcher.get(address + path)
        assert "cret" not in str(caught.value)
        assert "cret" not in caught.value.url


def test_they_go_along_to_the_same_origin_only(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/a", b"", status=301, location="/b")
    server.serve("/b", b"", status=302, location=f"http://localhost:{server.port}/c")
    server.serve("/c", b"x")
    with Fetcher(allow_private=["127.0.0.1", "localhost"], version="1") as both:
        both.get(f"http://ada:secret@127.0.0.1:{server.port}/a")
    assert ["authorization" in headers for _, headers in server.requests] == [True, True, False]


def test_a_redirect_cannot_give_any(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/a", b"", status=302, location=f"http://eve:evil@127.0.0.1:{server.port}/b")
    server.serve("/b", b"x")
    fetcher.get(server.url + "/a")
    assert all("authorization" not in headers for _, headers in server.requests)


def test_where_they_are_wanted_it_says_how_to_give_them(server: Loopback, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError) as caught:
        fetcher.get(server.serve("/feed", b"", status=401))
    assert "NAME:PASSWORD" in caught.value.mend


@pytest.mark.parametrize(
    "url",
    [
        "http://ada:secret@[::1/",
        "ftp://ada:secret@blog.example/",
        "http://ada:secret@127.0.0.2:1/",
        "http://ada:secret@blog.invalid./",
        "http://ada:sec@ret@127.0.0.2:1/",
    ],
)
def test_no_error_shows_them(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetcher.get(url)
    assert "sec" not in str(caught.value) + caught.value.url


# ── what else comes with an answer ───────────────────────────────────────────────────────


def test_how_long_an_answer_stays_fresh_is_told(server: Loopback, fetcher: Fetcher) -> None:
    got = fetcher.get(server.serve("/", b"x", cache_control="max-age=600"))
    assert got.fresh == timedelta(minutes=10)
    assert fetcher.get(server.serve("/n", b"x", cache_control="no-cache")).fresh is None


def test_brotli_and_zstd_are_asked_for(server: Loopback, fetcher: Fetcher) -> None:
    url = server.serve("/br", brotli.compress(b"hello"), content_encoding="br")
    assert fetcher.get(url).body == b"hello"
    assert fetcher.get(
        server.serve("/z", zstd.compress(b"hello"), content_encoding="zstd")
    ).body == (b"hello")
    (_, headers), *_ = server.requests
    assert headers["accept-encoding"] == "gzip, deflate, br, zstd"


def test_a_length_beyond_the_limit_is_believed(server: Loopback, fetcher: Fetcher) -> None:
    def boast(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("content-length", "99999999999")
        request.end_headers()

    server.routes["/"] = boast
    with pytest.raises(TooLarge):
        fetcher.get(server.url + "/")


def test_a_resolver_that_hangs_is_left_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(transport, "resolve", lambda host, port: never.wait(20) and [])
    with (
        Fetcher(version="1", max_seconds=0.2) as fetcher,
        pytest.raises(Unreachable, match="in time"),
    ):
        fetcher.get("http://blog.example/")
    never.set()
