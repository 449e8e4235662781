"""Short links are opened by asking the shop's shortener, once for good."""

from __future__ import annotations

import pytest

from service.deliver.short_links import Opened
from service.errors import Unreachable
from service.ingest.fetch import Fetcher
from service.plugins import programme
from service.store.tables import ShortLinkRow
from tests.blog import Blog
from tests.deliver.conftest import on_sqlite
from tests.deliver.rig import Rig

SHORT = "https://amzn.to/3Shelf1"
BOOK = "https://www.amazon.com/dp/0201633612"
HTML = f'<p>The one on the desk is <a href="{SHORT}?x=1">this one</a>, still.</p>'


class Shortener:
    """What Amazon's shortener answers: short link → location, None, or a trouble."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.locations: dict[str, str | Exception | None] = {}
        self.asked: list[str] = []
        monkeypatch.setattr(Fetcher, "location", lambda _, url: self._answer(url))

    def _answer(self, url: str) -> str | None:
        self.asked.append(url)
        found = self.locations.get(url)
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def shortener(monkeypatch: pytest.MonkeyPatch) -> Shortener:
    return Shortener(monkeypatch)


def dropped(publisher: Rig) -> str:
    (page,) = (publisher.directory / "drop").glob("*.html")
    return page.read_text("utf-8")


def announced(publisher: Rig, blog: Blog) -> Rig:
    publisher.run()
    blog.add("desk", html=HTML)
    publisher.run()
    return publisher


def test_a_short_link_is_tagged_where_it_leads(
    publisher: Rig, blog: Blog, shortener: Shortener
) -> None:
    shortener.locations[SHORT] = f"{BOOK}?tag=someone-20&linkCode=ogi"

    announced(publisher, blog)

    assert f'href="{BOOK}?tag=shelf-20"' in dropped(publisher)
    (finding,) = publisher.posts()["desk"].findings
    assert (finding.asin, finding.marketplace) == ("0201633612", "amazon.com")


@on_sqlite
def test_it_is_asked_once_for_good_and_without_our_tag(
    publisher: Rig, blog: Blog, shortener: Shortener
) -> None:
    shortener.locations[SHORT] = BOOK
    announced(publisher, blog)
    blog.edit("desk", html=HTML + "<p>More.</p>")

    publisher.run()

    assert shortener.asked == [SHORT]
    assert "More." in dropped(publisher)
    assert f'href="{BOOK}?tag=shelf-20"' in dropped(publisher)


@on_sqlite
def test_one_shortener_may_lead_to_another(
    publisher: Rig, blog: Blog, shortener: Shortener
) -> None:
    shortener.locations = {SHORT: "https://a.co/d/xyz", "https://a.co/d/xyz": BOOK}

    announced(publisher, blog)

    assert f'href="{BOOK}?tag=shelf-20"' in dropped(publisher)


@on_sqlite
@pytest.mark.parametrize(
    "location", [None, "https://www.amazon.com.evil.example/dp/0201633612", SHORT]
)
def test_one_that_leads_elsewhere_stays_as_it_was(
    publisher: Rig, blog: Blog, shortener: Shortener, location: str | None
) -> None:
    shortener.locations[SHORT] = location

    announced(publisher, blog)

    assert f'href="{SHORT}?x=1"' in dropped(publisher)


@on_sqlite
def test_a_shortener_that_does_not_answer_is_asked_again_another_time(
    publisher: Rig, blog: Blog, shortener: Shortener
) -> None:
    shortener.locations[SHORT] = Unreachable("no answer", url=SHORT)
    announced(publisher, blog)
    assert f'href="{SHORT}?x=1"' in dropped(publisher)
    with publisher.store.reading() as session:
        assert session.get(ShortLinkRow, SHORT) is None
    shortener.locations[SHORT] = BOOK
    blog.edit("desk", html=HTML + "<p>More.</p>")

    publisher.run()

    assert f'href="{BOOK}?tag=shelf-20"' in dropped(publisher)


@on_sqlite
def test_nobody_is_asked_where_the_blogger_wants_none_opened(
    publisher: Rig, blog: Blog, shortener: Shortener
) -> None:
    publisher.set_up(expand_short_links=False)

    announced(publisher, blog)

    assert shortener.asked == []
    assert f'href="{SHORT}?x=1"' in dropped(publisher)


def test_an_opened_shop_reads_all_else_as_before() -> None:
    amazon = programme("amazon")
    opened = Opened(amazon, {SHORT: BOOK})

    for url in (BOOK, "https://amzn.to/other", "https://example.com/", "not a url"):
        assert opened.read(url) == amazon.read(url)
    found = opened.read(f"{SHORT}?ref=x")
    assert found is not None
    assert opened.tagged(found, {"amazon.com": "a-20"}) == f"{BOOK}?tag=a-20"
