"""robots.txt: asked for what is scraped, not for feeds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from service.errors import Disallowed, FetchError, Unreachable
from service.ingest.batches import Span
from service.ingest.fetch import Fetcher
from service.ingest.patience import Patient
from service.ingest.robots import Robots
from service.ingest.sitemap import Listed, Place
from service.ingest.sitemap_pages import sitemap_batches
from service.model import Manners
from tests.ingest.loopback import Loopback

RULES = b"""User-agent: *
Disallow: /private/

User-agent: Bookplate
Disallow: /not-for-bookplate/
Crawl-delay: 3
"""


def test_what_robots_forbid_is_not_scraped(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/robots.txt", RULES)
    server.serve("/not-for-bookplate/a", b"x")
    open_ = server.serve("/open", b"x")
    assert fetcher.get(open_, scraping=True).body == b"x"
    with pytest.raises(Disallowed, match=r"robots\.txt forbids") as caught:
        fetcher.get(server.url + "/not-for-bookplate/a", scraping=True)
    assert "[fetch] ignore_robots" in caught.value.mend
    assert [path for path, _ in server.requests] == ["/robots.txt", "/open"]


def test_a_redirect_does_not_lead_around_them(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/robots.txt", RULES)
    url = server.serve("/open", b"", status=302, location="/not-for-bookplate/a")
    with pytest.raises(Disallowed):
        fetcher.get(url, scraping=True)


def test_a_feed_needs_no_leave(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/robots.txt", b"User-agent: *\nDisallow: /\n")
    assert fetcher.get(server.serve("/feed", b"x")).body == b"x"
    assert [path for path, _ in server.requests] == ["/feed"]


def test_a_bloggers_own_host_needs_none_either(server: Loopback) -> None:
    server.serve("/robots.txt", b"User-agent: *\nDisallow: /\n")
    url = server.serve("/a", b"x")
    manners = Manners(ignore_robots=("127.0.0.1",))
    with Fetcher(allow_private=["127.0.0.1"], version="1", manners=manners) as fetcher:
        assert fetcher.get(url, scraping=True).body == b"x"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_rules_allows_everything(
    server: Loopback, fetcher: Fetcher, status: int
) -> None:
    server.serve("/robots.txt", b"", status=status)
    assert fetcher.get(server.serve("/a", b"x"), scraping=True).body == b"x"


def test_a_site_that_fails_to_tell_its_rules_is_left_alone(
    server: Loopback, fetcher: Fetcher
) -> None:
    server.serve("/robots.txt", b"", status=503)
    with pytest.raises(Unreachable, match=r"robots\.txt can't be had.*503"):
        fetcher.get(server.serve("/a", b"x"), scraping=True)


def test_rules_without_end_are_no_rules(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/robots.txt", b"#" * 1_000_000)
    with pytest.raises(Unreachable, match="larger"):
        fetcher.get(server.serve("/a", b"x"), scraping=True)


def test_rules_are_asked_for_once_a_day(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/robots.txt", RULES)
    url = server.serve("/a", b"x")
    hours = [0.0]
    robots = Robots(fetcher.get, "Bookplate/1", clock=lambda: hours[0] * 3600)
    for now in (0.0, 12.0, 23.0, 25.0):
        hours[0] = now
        assert robots.delay(url) == 3.0
    assert len(server.requests) == 2


def test_old_rules_hold_while_new_ones_cannot_be_had(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/robots.txt", RULES)
    hours = [0.0]
    robots = Robots(fetcher.get, "Bookplate/1", clock=lambda: hours[0] * 3600)
    assert robots.delay(server.url + "/a") == 3.0
    hours[0] = 30.0
    server.serve("/robots.txt", b"", status=500)
    assert robots.delay(server.url + "/a") == 3.0
    with pytest.raises(FetchError):
        robots.delay(server.url + "/not-for-bookplate/")


@pytest.mark.parametrize(("said", "delay"), [("2", 2.0), ("900", 10.0), ("soon", None)])
def test_a_crawl_delay_is_kept_within_reason(
    server: Loopback, fetcher: Fetcher, said: str, delay: float | None
) -> None:
    server.serve("/robots.txt", f"User-agent: *\nCrawl-delay: {said}\n".encode())
    assert Robots(fetcher.get, "Bookplate/1").delay(server.url + "/a") == delay


def test_what_a_sitemap_lists_is_scraped(server: Loopback, fetcher: Fetcher) -> None:
    server.serve("/robots.txt", RULES)
    pages = ("/not-for-bookplate/a", "/open")
    for path in pages:
        server.serve(path, b"<h1>A post</h1><p>It says so.</p>")
    listed = Listed(tuple(Place(server.url + path) for path in pages), certain=True)
    gets = Patient(fetcher, pause=0, sleep=lambda _: None, tell=lambda _: None)
    batches = list(
        sitemap_batches(
            listed,
            gets,
            Span(None, datetime(2026, 1, 1, tzinfo=UTC)),
            is_done=lambda _: False,
            is_permalink=lambda _: True,
        )
    )
    assert [url for batch in batches for url, _ in batch.failed] == [server.url + pages[0]]
    assert [path for path, _ in server.requests] == ["/robots.txt", "/open"]
