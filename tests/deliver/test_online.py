"""Online catalogues: asked only where needed, politely, within a budget; nothing hangs on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.catalogues.openlibrary import OpenLibrary
from service.deliver.online import Online
from service.model import Finding, OnlineSettings
from tests.adapters.catalogues.services import Services
from tests.blog import Blog
from tests.deliver.conftest import on_sqlite
from tests.deliver.rig import Rig

FOREMAN = "<p>The book on the trade is <em>The Patient Foreman</em> by Jane Tallow, a novel.</p>"
SHED = "<p>I read the book <em>The Slow Shed</em> by Ann Hill, a novel.</p>"
KNOWN = "<p>I read <em>Pride and Prejudice</em> by Jane Austen again, a novel.</p>"


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def waits(publisher: Rig, services: Services) -> list[float]:
    """The publisher asks Open Library; how long it waited between questions."""
    waited: list[float] = []
    allow(publisher, services, waited)
    return waited


def allow(publisher: Rig, services: Services, waited: list[float], budget: int = 30) -> None:
    publisher.set_up(online=OnlineSettings((("openlibrary", {"url": services.url}),), budget))
    client = publisher._door_for(["127.0.0.1"])
    publisher.__dict__["online"] = Online(
        publisher.blog,
        publisher.store,
        lambda: client,
        now=publisher.clock,
        sleep=waited.append,
        clock=lambda: 0.0,
    )


def announced(publisher: Rig, blog: Blog, slug: str, html: str) -> Finding:
    """The book named in a post that went out."""
    if not blog.posts:
        publisher.run()
    blog.add(slug, html=html)
    publisher.run()
    found = publisher.posts()[slug].findings
    return next(each for each in found if each.kind == "book_mention")


def test_a_book_that_no_catalogue_knows_is_looked_up(
    publisher: Rig, blog: Blog, services: Services, waits: list[float]
) -> None:
    finding = announced(publisher, blog, "new", FOREMAN)
    assert (finding.isbn13, finding.asin) == ("9780306406157", "0306406152")
    assert [each.edition and each.edition.isbn13 for each in finding.alternatives] == [
        "9783518367063",
        "9781455586684",
    ]
    assert [each.path for each in services.asked] == ["/search.json", "/works/OL1W/editions.json"]
    assert waits == [OpenLibrary.pause]
    assert finding.why[-1] == "Open Library knows this book"


@on_sqlite
def test_what_the_installed_catalogue_settles_is_not_asked(
    publisher: Rig, blog: Blog, services: Services, waits: list[float]
) -> None:
    announced(publisher, blog, "new", KNOWN)
    assert services.asked == []


def test_answers_are_kept_for_a_time_also_those_that_know_nothing(
    publisher: Rig, blog: Blog, services: Services, waits: list[float]
) -> None:
    announced(publisher, blog, "one", FOREMAN)
    nothing = announced(publisher, blog, "two", SHED.replace("Ann Hill", "Mira Solt"))
    assert nothing.why[-1] == "Open Library knows no such book"
    asked = len(services.asked)

    announced(publisher, blog, "three", FOREMAN + "<p>Again.</p>")
    announced(publisher, blog, "four", SHED.replace("Ann Hill", "Mira Solt") + "<p>Again.</p>")
    assert len(services.asked) == asked

    publisher.clock.forward(days=15)
    announced(publisher, blog, "five", SHED.replace("Ann Hill", "Mira Solt") + "<p>Later.</p>")
    assert len(services.asked) == asked + 1


@on_sqlite
def test_a_budget_is_kept_and_what_was_not_asked_says_so(
    publisher: Rig, blog: Blog, services: Services
) -> None:
    allow(publisher, services, [], budget=0)
    finding = announced(publisher, blog, "new", FOREMAN)
    assert services.asked == []
    assert "asked as often as it may" in finding.why[-1]
    assert publisher.delivery("drop").state == "delivered"


@on_sqlite
@pytest.mark.parametrize("status", [429, 503, 500])
def test_a_catalogue_that_fails_is_left_alone_and_nothing_waits_for_it(
    publisher: Rig, blog: Blog, services: Services, waits: list[float], status: int
) -> None:
    services.instead.append((status, {"retry-after": "3600"}, {}))
    finding = announced(publisher, blog, "one", FOREMAN)
    assert "could not be asked" in finding.why[-1]
    assert publisher.delivery("drop", "one").state == "delivered"

    announced(publisher, blog, "two", SHED)
    assert len(services.asked) == 1

    publisher.clock.forward(hours=1)
    announced(publisher, blog, "three", FOREMAN + "<p>Later.</p>")
    assert len(services.asked) > 1


@on_sqlite
def test_with_the_network_off_all_goes_on(publisher: Rig, blog: Blog) -> None:
    with Services() as gone:
        allow(publisher, gone, [])
    finding = announced(publisher, blog, "new", FOREMAN)
    assert "does not answer" in finding.why[-1]
    assert publisher.delivery("drop").state == "delivered"


@on_sqlite
def test_a_book_of_that_title_by_somebody_else_is_not_believed(
    publisher: Rig, blog: Blog, services: Services, waits: list[float]
) -> None:
    finding = announced(publisher, blog, "new", FOREMAN.replace("Jane Tallow", "Sabine Vogler"))
    assert finding.isbn13 is None


@on_sqlite
def test_who_asks_says_who_he_is(publisher: Rig, blog: Blog, services: Services) -> None:
    publisher.set_up(contact="https://shelf.example/about")
    allow(publisher, services, [])
    announced(publisher, blog, "new", FOREMAN)
    assert "https://shelf.example/about" in services.asked[0].headers["user-agent"]


@on_sqlite
def test_without_wishing_for_it_nothing_is_asked(
    publisher: Rig, blog: Blog, services: Services
) -> None:
    finding = announced(publisher, blog, "new", FOREMAN)
    assert services.asked == []
    assert finding.isbn13 is None
