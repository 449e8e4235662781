"""WebSub as it stands on the wire: which hub, and whose signature."""

import hashlib
import hmac

import pytest

from service.ingest.fetch import Fetched
from service.ingest.websub import is_signed, topic_of


def test_signatures_are_compared_whole() -> None:
    good = hmac.new(b"key", b"body", hashlib.sha1).hexdigest()
    assert is_signed("key", f"sha1={good}", b"body")
    assert is_signed("key", f"SHA1={good.upper()}", b"body")
    for wrong in (None, "", good, f"sha1={good[:-1]}", f"sha256={good}", "sha1=", "sha1=é"):
        assert not is_signed("key", wrong, b"body")


ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>'
    '<link rel="hub" href="https://in.example/"/><link rel="self" href="/own"/></feed>'
)
RSS = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>A</title>'
    '<item><title>x</title></item><atom:link rel="hub" href="https://in.example/"/></channel></rss>'
)
JSON = '{"version": "https://jsonfeed.org/version/1.1", "hubs": [{"type": "WebSub", "url": "https://in.example/"}]}'
HEADER = '<https://head.example/>; rel="hub"'


@pytest.mark.parametrize(
    ("body", "header", "hub", "topic"),
    [
        (ATOM, "", "https://in.example/", "https://b.example/own"),
        (RSS, "", "https://in.example/", "https://b.example/feed"),
        (JSON, "", "https://in.example/", "https://b.example/feed"),
        (ATOM, HEADER, "https://head.example/", "https://b.example/own"),
        (RSS, f'{HEADER}, </it>; rel="self"', "https://head.example/", "https://b.example/it"),
        ("<rss/>", HEADER, "https://head.example/", "https://b.example/feed"),
    ],
)
def test_headers_before_the_document(body: str, header: str, hub: str, topic: str) -> None:
    found = topic_of(Fetched("https://b.example/feed", 200, body.encode(), {"link": header}))
    assert found is not None
    assert (found.hub, found.url) == (hub, topic)


def test_a_feed_that_names_no_hub_is_no_topic() -> None:
    assert topic_of(Fetched("https://b.example/feed", 200, b"<rss/>", {})) is None
