"""Nothing hostile gets through: special addresses however spelled, bombs, endless answers."""

from __future__ import annotations

import gzip
import resource
import socket
from typing import TYPE_CHECKING

import httpcore2
import pytest

from service.errors import AddressRefused, FetchError, TooLarge, Unreachable, UnreadableInput
from service.ingest import transport
from service.ingest.feeds import read_feed
from service.ingest.fetch import Fetcher
from service.ingest.pages import extract

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    from tests.ingest.loopback import Loopback

SPELLINGS = [
    "127.0.0.1",
    "localhost",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.1",
    "127.1",
    "0177.0.0.01",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "169.254.169.254",
    "2852039166",
    "10.0.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "127.0.0.1.",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "user:pass@127.0.0.1",
    "example.com:80@127.0.0.1",
    "%31%32%37.0.0.1",
    "0x7F.0x0.0x0.0x1",
    "0177.0.0.1",
    "0x7f.0.0.0x1",
    "127.0.1",
    "00000000177.0.0.1",
    "LOCALHOST",
    "localhost.",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::7f00:1]",
    "[2001:0:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[fe80::1%25lo]",
    "[fd20:ce::254]",
    "[fec0::1]",
    "[ff02::1]",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "172.16.0.1",
]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address that a socket was connected to."""
    made: list[object] = []
    connect = socket.socket.connect

    def recorded(self: socket.socket, address: object) -> None:
        made.append(address)
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", recorded)
    return made


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_reaches_a_special_address(
    server: Loopback, connections: list[object], host: str
) -> None:
    server.serve("/", b"secret")
    with Fetcher(version="1") as fetcher, pytest.raises(FetchError):
        fetcher.get(f"http://{host}:{server.port}/")
    assert connections == []
    assert server.requests == []


#: those that do not come down to the host that the fixture allows
OTHERS = [host for host in SPELLINGS if host.rstrip(".").rpartition("@")[2] != "127.0.0.1"]


@pytest.mark.parametrize("host", [each for each in OTHERS if each.isascii()])
def test_no_redirect_reaches_one(server: Loopback, fetcher: Fetcher, host: str) -> None:
    server.serve("/secret", b"secret")
    url = server.serve("/a", b"", status=302, location=f"http://{host}:{server.port}/secret")
    with pytest.raises(FetchError):
        fetcher.get(url)
    assert [path for path, _ in server.requests] == ["/a"]


def test_the_refusal_says_what_to_do(server: Loopback) -> None:
    with Fetcher(version="1") as fetcher, pytest.raises(AddressRefused) as caught:
        fetcher.get(server.url)
    assert "127.0.0.1" in caught.value.what
    assert "--allow-private" in caught.value.mend
    assert caught.value.url.startswith("http://127.0.0.1")


def test_a_port_can_be_allowed_alone(server: Loopback) -> None:
    url = server.serve("/", b"x")
    with Fetcher(allow_private=[f"127.0.0.1:{server.port}"], version="1") as fetcher:
        assert fetcher.get(url).body == b"x"
        with pytest.raises(AddressRefused):
            fetcher.get(f"http://127.0.0.1:{server.port + 1}/")


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["169.254.169.254"], ["::ffff:10.0.0.1"]],
)
def test_a_name_that_stands_at_a_special_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, connections: list[object], addresses: list[str]
) -> None:
    monkeypatch.setattr(transport, "resolve", lambda host, port: addresses)
    with Fetcher(version="1") as fetcher, pytest.raises(AddressRefused):
        fetcher.get("http://blog.example/")
    assert connections == []


def test_the_address_checked_is_the_address_connected_to(
    monkeypatch: pytest.MonkeyPatch, server: Loopback, connections: list[object]
) -> None:
    """DNS rebinding: the second answer for a name is another than the first."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    monkeypatch.setattr(transport, "resolve", lambda host, port: next(answers))
    connected: list[str] = []

    def refused(self: object, host: str, *_: object, **__: object) -> None:
        connected.append(host)
        raise httpcore2.ConnectError("no route")

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", refused)
    with Fetcher(version="1") as fetcher:
        with pytest.raises(Unreachable):
            fetcher.get(f"http://rebind.example:{server.port}/")
        with pytest.raises(AddressRefused):
            fetcher.get(f"http://rebind.example:{server.port}/")
    assert connected == ["93.184.216.34"]


def test_an_allowed_name_may_stand_at_loopback(
    monkeypatch: pytest.MonkeyPatch, server: Loopback
) -> None:
    monkeypatch.setattr(transport, "resolve", lambda host, port: ["127.0.0.1"])
    server.serve("/", b"x")
    with Fetcher(allow_private=["blog.lan"], version="1") as fetcher:
        assert fetcher.get(f"http://blog.lan:{server.port}/").body == b"x"
        with pytest.raises(AddressRefused):
            fetcher.get(f"http://other.lan:{server.port}/")
    (_, headers), *_ = server.requests
    assert headers["host"] == f"blog.lan:{server.port}"


# ── answers without end ──────────────────────────────────────────────────────────────────


def test_a_zip_bomb_ends_at_the_limit(server: Loopback, fetcher: Fetcher) -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    url = server.serve("/bomb", gzip.compress(bomb), content_encoding="gzip, gzip")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TooLarge, match="larger than 1,000,000 bytes"):
        fetcher.get(url, max_bytes=1_000_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_an_endless_body_ends_at_the_limit(server: Loopback, fetcher: Fetcher) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not server.over.is_set():
            request.wfile.write(b"x" * 65_536)

    server.routes["/endless"] = endless
    with pytest.raises(TooLarge):
        fetcher.get(server.url + "/endless", max_bytes=500_000)


def _dripping(server: Loopback, piece: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not server.over.wait(0.02):
            request.wfile.write(piece)

    return drip


def test_headers_that_drip_are_no_answer(server: Loopback) -> None:
    server.routes["/"] = _dripping(server, b"x")
    with (
        Fetcher(allow_private=["127.0.0.1"], version="1", max_seconds=0.3) as fetcher,
        pytest.raises(Unreachable, match="in time"),
    ):
        fetcher.get(server.url + "/")


def test_a_body_that_drips_ends_with_the_time(server: Loopback) -> None:
    server.routes["/"] = _dripping(server, b"x: y\r\n\r\n")
    with (
        Fetcher(allow_private=["127.0.0.1"], version="1", max_seconds=0.3) as fetcher,
        pytest.raises(TooLarge, match="still sending"),
    ):
        fetcher.get(server.url + "/")


def test_a_server_that_never_answers_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with (
            Fetcher(allow_private=["127.0.0.1"], version="1", max_seconds=0.2) as fetcher,
            pytest.raises(Unreachable),
        ):
            fetcher.get(f"http://127.0.0.1:{port}/")


def test_headers_without_end_are_no_answer(server: Loopback, fetcher: Fetcher) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not server.over.is_set():
            request.wfile.write(b"x: " + b"y" * 8000 + b"\r\n")

    server.routes["/"] = endless
    with pytest.raises(Unreachable):
        fetcher.get(server.url + "/")


# ── feeds and pages that are bombs ───────────────────────────────────────────────────────


def _laughs() -> str:
    entities = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{entities}]>'
        '<rss version="2.0"><channel><title>t</title>'
        "<item><title>&l11;</title><guid>a</guid></item></channel></rss>"
    )


def _quadratic() -> str:
    return (
        f'<!DOCTYPE rss [\n<!ENTITY a "{"x" * 100_000}">\n]><rss version="2.0"><channel>'
        f"<item><guid>a</guid><title>{'&a;' * 100_000}</title></item></channel></rss>"
    )


def _external() -> str:
    return (
        '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel>'
        "<item><guid>a</guid><title>[&f;]</title></item></channel></rss>"
    )


def _many(piece: str, within: str = "") -> bytes:
    """A post with a hundred thousand of something."""
    pieces = "".join(map(piece.format, range(100_000)))
    declared = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    inner = f"<{within}>{pieces}</{within}>" if within else pieces
    return f'<rss version="2.0" {declared}><channel><item>{inner}</item></channel></rss>'.encode()


@pytest.mark.parametrize("bomb", [_laughs, _quadratic, _external])
def test_entities_do_not_grow(bomb: Callable[[], str]) -> None:
    source = bomb()
    feed = read_feed(source.encode(), url="https://blog.example/feed")
    assert [each.id for each in feed.entries] == ["a"]
    assert len(feed.entries[0].title) <= len(source)
    assert "root:" not in feed.entries[0].title


@pytest.mark.parametrize(
    "body",
    [
        b'<rss version="2.0"><channel><item><title>q</title><description>' + b"x" * 10_000_000,
        b"<rss><channel>" + b"<" * 3_000_000,
        b"<rss><channel>" + b"<![CDATA[" * 300_000,
        b'<rss version="2.0"><channel><item><description>' + b"<a>" * 300_000,
        b"<!--" * 500_000,
        b"<!DOCTYPE " * 300_000,
        b"[" * 1_000_000,
        b'{"items": [' + b"[" * 1_000_000,
        b"\0\1\2\3 nothing",
        b'<rss version="2.0"><channel>' + b"<a/>" * 3_000_000 + b"</channel></rss>",
        _many("<category>{0}</category>"),
        b"<!DOCTYPE rss>" + _many("<category>{0}</category>"),
        b"<!DOCTYPE rss>" + _many("{0},", "itunes:keywords"),
        b"<!DOCTYPE rss>" + _many('<p{0}:a xmlns:p{0}="urn:{0}"/>'),
    ],
    ids=(
        "10 MB line;<;CDATA;deep;comments;doctypes;[;JSON;NUL;"
        "elements;tags;tags by feedparser;keywords;namespaces"
    ).split(";"),
)
def test_monstrous_feeds_end_in_a_feed_or_a_clear_error(body: bytes) -> None:
    assert _ends_well(lambda: read_feed(body, url="https://blog.example/feed"))


@pytest.mark.parametrize(
    "body",
    [
        b"<p>" + b"x" * 10_000_000,
        b"<div>" * 300_000 + b"x",
        b"<p>a, b" * 30_000,
        b"<a href=" * 300_000,
        b"<script type=application/ld+json>" * 20_000,
        b"<!--" * 500_000,
        b"<html><head>" + b"<meta name=a content=b>" * 20_000,
    ],
    ids=["10 MB line", "deep", "paragraphs", "attributes", "scripts", "comments", "metas"],
)
def test_monstrous_pages_end_in_a_page_or_a_clear_error(body: bytes) -> None:
    assert _ends_well(lambda: extract(body, url="https://blog.example/a"))


def _ends_well(reading: Callable[[], object]) -> bool:
    try:
        reading()
    except UnreadableInput as error:
        return "https://blog.example/" in error.what and bool(error.mend)
    return True
