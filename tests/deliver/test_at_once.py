"""Two processes see the same post at the same moment, on a database where both may write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from service.deliver import acquaintance, intake
from service.deliver.polling import poll_all
from service.deliver.told import PollReport
from service.model import Entry
from service.store.engine import Store, open_store
from service.store.tables import SourceRow
from tests.blog import Blog, prose
from tests.deliver.conftest import SECRET
from tests.deliver.rig import Rig, rig

on_postgresql = pytest.mark.parametrize(
    "store",
    [pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))],
    indirect=True,
)


@pytest.fixture
def other(publisher: Rig, store: Store, tmp_path: Path) -> Iterator[Rig]:
    """The same blog in another process, as it were."""
    opened = open_store(store.url)
    with rig(publisher.blog.url, opened, tmp_path, SECRET) as made:
        yield made
    opened.close()


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads that both look before either writes."""
    barrier, met = threading.Barrier(2, timeout=20), threading.local()
    real = acquaintance.Acquaintance.__init__

    def looked(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]
        if not hasattr(met, "once"):
            met.once = True
            barrier.wait()

    monkeypatch.setattr(acquaintance.Acquaintance, "__init__", looked)


def at_once(*works: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result(60) for each in [pool.submit(work) for work in works]]


@on_postgresql
@pytest.mark.usefixtures("together")
def test_a_post_that_two_runs_find_in_two_sources_is_new_once(
    publisher: Rig, other: Rig, blog: Blog
) -> None:
    (first, *_) = publisher.blog.sources
    second = replace(first, name="again")
    for each in (publisher, other):
        each.set_up(sources=(first, second))
    begin(publisher)
    blog.add("new")

    told = at_once(
        lambda: poll_all(publisher, [first]),
        lambda: poll_all(other, [second]),
    )

    reports = [report for each in told for report in each if isinstance(report, PollReport)]  # type: ignore[attr-defined]
    assert [report.errors for report in reports] == [[], []]
    assert sorted(report.new for report in reports) == [[], ["About new"]]
    assert list(publisher.posts()) == ["new"]


@on_postgresql
@pytest.mark.usefixtures("together")
def test_a_post_that_is_pushed_and_polled_at_once_is_new_once(
    publisher: Rig, other: Rig, blog: Blog
) -> None:
    feed, cms = publisher.blog.sources
    begin(publisher)
    blog.add("new")
    pushed = Entry(url=blog.address("new"), title="About new", html=prose("new"))

    at_once(
        lambda: poll_all(publisher, [feed]),
        lambda: intake.take(other, cms, pushed, "It was pushed."),
    )

    assert list(publisher.posts()) == ["new"]


def begin(publisher: Rig) -> None:
    """Let everything that comes be new."""
    from service.store import sources

    with publisher.store.session() as session:
        sources.source_rows(session, publisher.owner, publisher.blog.sources)
        session.execute(update(SourceRow).values(baseline_at=publisher.now()))
