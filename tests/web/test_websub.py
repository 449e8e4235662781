"""Pushed by a hub (WebSub): asked for, verified, renewed, believed only when signed, given up."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import uvicorn
from sqlalchemy import select

from service.deliver import hooks
from service.deliver.subscriptions import Subscriptions
from service.store.engine import Store, open_store
from service.store.tables import HookEventRow, SubscriptionRow
from service.web.app import create_app
from tests.blog import FEED, Blog
from tests.deliver.conftest import SECRET
from tests.deliver.rig import PromptEngine, Rig, rig
from tests.hub import Hub

LIMIT = 60_000


@dataclass
class Pushed:
    """A blog whose feed names a hub, and the service that the hub reaches at `url`."""

    owner: Rig
    blog: Blog
    hub: Hub
    url: str
    said: list[str]

    def __post_init__(self) -> None:
        self.subscriptions = self.at(self.url)

    def at(self, url: str) -> Subscriptions:
        return Subscriptions(self.owner, url, self.said.append)

    def keep(self) -> None:
        """What `serve` does every few seconds; then the hub comes back."""
        self.subscriptions.keep()
        self.hub.wait()

    def rows(self) -> list[SubscriptionRow]:
        with self.owner.store.reading() as session:
            return list(session.scalars(select(SubscriptionRow).order_by(SubscriptionRow.id)))

    def feed(self) -> bytes:
        return self.blog.answer(FEED, {})[2]

    def announced(self) -> list[str]:
        calls = self.owner.scripted["social"].calls
        return [call.rendition.title for call in calls if call.rendition]


@pytest.fixture
def store(empty_sqlite: Path, tmp_path: Path) -> Iterator[Store]:
    """Nothing here depends on the kind of database."""
    path = shutil.copy(empty_sqlite, tmp_path / "bookplate.db")
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def pushed(
    store: Store, blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pushed]:
    monkeypatch.setattr("service.deliver.engine.Engine", PromptEngine)
    blog.add("first")
    with Hub() as hub, rig(blog.feed, store, tmp_path, SECRET) as owner:
        link = f'<{hub.url}>; rel="hub", <{blog.feed}>; rel="self"'
        blog.more_headers = lambda path: {"Link": link} if path == FEED else {}  # type: ignore[method-assign]
        app = create_app(owner, None, password=None, max_body=LIMIT)
        with _serving(app) as url:
            owner.run()
            yield Pushed(owner, blog, hub, url, [])


class _serving:  # noqa: N801 - used as a context
    """An application on a free loopback port, while this lasts."""

    def __init__(self, app: object) -> None:
        config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="none")  # type: ignore[arg-type]
        self._server = uvicorn.Server(config)
        self._socket = config.bind_socket()
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


# ── asking ───────────────────────────────────────────────────────────────────────────────


def test_a_feed_that_names_a_hub_is_subscribed_to_once(pushed: Pushed) -> None:
    pushed.keep()
    pushed.keep()

    (form,) = pushed.hub.asked
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", pushed.blog.feed)
    assert len(form["hub.callback"].rpartition("/")[2]) >= 32
    assert pushed.hub.verified == [("subscribe", 200)]
    (row,) = pushed.rows()
    assert row.state == "active"


def test_it_is_renewed_before_its_lease_ends(pushed: Pushed) -> None:
    pushed.hub.lease = 1000
    pushed.keep()
    first = pushed.rows()[0].expires_at

    pushed.owner.clock.forward(seconds=700)
    pushed.keep()
    assert len(pushed.hub.asked) == 1
    pushed.owner.clock.forward(seconds=200)
    pushed.keep()

    assert [each["hub.callback"] for each in pushed.hub.asked] == [pushed.rows()[0].callback] * 2
    second = pushed.rows()[0].expires_at
    assert first is not None
    assert second is not None
    assert second > first


def test_a_hub_that_fails_is_left_alone_for_longer_each_time(pushed: Pushed) -> None:
    pushed.hub.refuses = 503
    asked = []
    for _ in range(12):
        pushed.keep()
        asked.append(len(pushed.hub.asked))
        pushed.owner.clock.forward(minutes=15)

    assert asked[-1] < 6
    assert any("polled all the same" in line for line in pushed.said)
    pushed.hub.refuses = None
    pushed.owner.clock.forward(days=1)
    pushed.keep()
    assert pushed.rows()[0].state == "active"


def test_a_hub_that_denies_is_not_asked_again_that_day(pushed: Pushed) -> None:
    pushed.hub.denies = True
    pushed.keep()
    pushed.owner.clock.forward(hours=5)
    pushed.keep()

    assert len(pushed.hub.asked) == 1
    assert (pushed.rows()[0].state, pushed.rows()[0].reason) == ("denied", "The hub denied it: no")


def test_a_hub_may_send_us_on_to_another(pushed: Pushed) -> None:
    with Hub() as other:
        pushed.hub.sends_on_to = other.url
        pushed.keep()
        other.wait()

        assert len(other.subscribers) == 1
        assert pushed.rows()[0].state == "active"


def test_a_feed_that_moves_to_another_hub_takes_us_along(pushed: Pushed) -> None:
    pushed.keep()
    with Hub() as other:
        link = f'<{other.url}>; rel="hub", <{pushed.blog.feed}>; rel="self"'
        pushed.blog.more_headers = lambda path: {"Link": link}  # type: ignore[method-assign]
        pushed.owner.clock.forward(days=9)
        pushed.keep()
        other.wait()

        assert len(other.subscribers) == 1
        assert pushed.hub.subscribers == {}
        assert [row.hub for row in pushed.rows()] == [other.url]


def test_it_is_given_up_with_its_source(pushed: Pushed) -> None:
    pushed.keep()
    pushed.owner.set_up(sources=pushed.owner.blog.sources[1:])

    pushed.keep()

    assert pushed.hub.verified[-1] == ("unsubscribe", 200)
    assert pushed.hub.subscribers == {}
    assert pushed.rows() == []


def test_a_new_address_of_ours_is_a_new_subscription(pushed: Pushed) -> None:
    pushed.keep()
    pushed.subscriptions = pushed.at(pushed.url.replace("127.0.0.1", "localhost"))

    pushed.keep()

    assert len(pushed.hub.subscribers) == 1
    assert "localhost" in pushed.rows()[0].callback


def test_what_is_renewed_is_the_subscription_of_our_new_address(pushed: Pushed) -> None:
    pushed.hub.lease = 1000
    pushed.keep()
    old = pushed.rows()[0].callback
    pushed.owner.clock.forward(seconds=900)
    pushed.subscriptions = pushed.at(pushed.url.replace("127.0.0.1", "localhost"))

    pushed.keep()
    pushed.owner.clock.forward(seconds=900)
    pushed.keep()

    (row,) = pushed.rows()
    asked = [(each["hub.mode"], each["hub.callback"]) for each in pushed.hub.asked]
    assert asked[0] == ("subscribe", old)
    assert sorted(asked[1:]) == [
        ("subscribe", row.callback),
        ("subscribe", row.callback),
        ("unsubscribe", old),
    ]
    assert row.callback.startswith("http://localhost:")
    assert row.state == "active"
    assert [callback for callback, _ in pushed.hub.subscribers] == [row.callback]


def test_a_feed_without_a_hub_is_looked_at_once_a_day(pushed: Pushed) -> None:
    pushed.blog.more_headers = lambda path: {}  # type: ignore[method-assign]
    pushed.blog.requests.clear()
    pushed.keep()
    pushed.keep()
    assert len(pushed.blog.asked(FEED)) == 1
    pushed.owner.clock.forward(days=2)
    pushed.keep()
    assert len(pushed.blog.asked(FEED)) == 2
    assert pushed.hub.asked == []


# ── questions that we did not ask for ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.topic": "https://other.example/feed"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": "publish"},
        {"hub.mode": ""},
        {"hub.challenge": ""},
    ],
)
def test_only_what_was_asked_for_is_confirmed(pushed: Pushed, changed: dict[str, str]) -> None:
    pushed.keep()
    (row,) = pushed.rows()
    asked = {"hub.mode": "subscribe", "hub.topic": row.topic, "hub.challenge": "<b>x</b>"}

    answer = pushed.hub.question(row.callback, asked)
    assert (answer.status_code, answer.text) == (200, "<b>x</b>")
    assert answer.headers["content-type"].startswith("text/plain")
    assert pushed.hub.question(row.callback, {**asked, **changed}).status_code == 404
    assert pushed.hub.question(f"{row.callback}x", asked).status_code == 404
    assert pushed.rows()[0].state == "active"


# ── what is pushed ───────────────────────────────────────────────────────────────────────


def test_a_pushed_post_is_announced_once_whatever_else_tells_of_it(pushed: Pushed) -> None:
    pushed.keep()
    pushed.blog.add("second", day=20)
    pushed.blog.failing = 503
    pushed.blog.failing, body = None, pushed.feed()

    assert pushed.hub.distribute(body) == [202]
    assert pushed.hub.distribute(body) == [202]
    hooks.work_off(pushed.owner)
    pushed.blog.requests.clear()
    pushed.owner.run()
    pushed.hub.distribute(body)
    pushed.owner.run()

    assert pushed.announced() == ["About second"]


def test_only_the_new_part_of_a_feed_may_be_pushed(pushed: Pushed) -> None:
    for slug in ("second", "third"):
        pushed.blog.add(slug)
    pushed.owner.run()
    pushed.keep()
    before = set(pushed.announced())
    pushed.blog.add("fourth", day=20)
    for slug in ("first", "second", "third"):
        pushed.blog.unlist(slug)
    part = pushed.feed()
    for slug in ("first", "second", "third"):
        pushed.blog.restore(slug)

    pushed.hub.distribute(part)
    pushed.owner.run()

    assert set(pushed.announced()) - before == {"About fourth"}
    assert {each.state for each in pushed.owner.posts().values()} == {"baseline", "announced"}


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_signature_of_the_recommendation_is_known(pushed: Pushed, method: str) -> None:
    pushed.keep()
    pushed.blog.add("second", day=20)

    pushed.hub.distribute(pushed.feed(), method=method)
    hooks.work_off(pushed.owner)

    assert "second" in pushed.owner.posts()


@pytest.mark.parametrize("forged", [{"forged": True}, {"method": ""}, {"method": "md5"}])
def test_what_is_not_signed_with_our_secret_is_ignored(
    pushed: Pushed, forged: dict[str, object]
) -> None:
    pushed.keep()
    pushed.blog.add("second", day=20)

    assert pushed.hub.distribute(pushed.feed(), **forged) == [202]  # type: ignore[arg-type]
    hooks.work_off(pushed.owner)

    assert set(pushed.owner.posts()) == {"first"}
    assert "not signed" in pushed.rows()[0].reason


def test_a_hub_without_tls_gets_no_secret_and_only_hastens_the_poll(pushed: Pushed) -> None:
    pushed.keep()
    (row,) = pushed.rows()
    with pushed.owner.store.session() as session:
        found = session.get(SubscriptionRow, row.id)
        assert found is not None
        found.secret = None
    pushed.owner.clock.forward(minutes=2)

    assert httpx2.post(row.callback, content=b"anything").status_code == 202

    with pushed.owner.store.reading() as session:
        assert session.scalars(select(HookEventRow)).all() == []
    assert _is_due(pushed.owner)


def _is_due(owner: Rig) -> bool:
    from service.store.tables import SourceRow

    with owner.store.reading() as session:
        found = session.scalars(select(SourceRow).where(SourceRow.name == "blog")).one()
        return found.next_poll_at is not None and found.next_poll_at <= owner.now()


def test_what_is_too_large_or_nobodys_is_refused(pushed: Pushed) -> None:
    pushed.keep()
    (row,) = pushed.rows()

    assert httpx2.post(row.callback, content=b"x" * (LIMIT + 1)).status_code == 413
    assert httpx2.post(f"{row.callback}x", content=b"x").status_code == 410


def test_a_push_that_is_no_feed_is_told_and_stops_nothing(pushed: Pushed) -> None:
    pushed.keep()
    pushed.hub.distribute(b"<html>not a feed</html>")

    (error,) = hooks.work_off(pushed.owner)

    assert "web page" in error or "not a feed" in error
    assert hooks.work_off(pushed.owner) == []


def test_a_feed_is_not_kept_once_its_posts_are(pushed: Pushed) -> None:
    pushed.keep()
    pushed.hub.distribute(pushed.feed())
    hooks.work_off(pushed.owner)

    with pushed.owner.store.reading() as session:
        (event,) = session.scalars(select(HookEventRow)).all()
    assert (event.state, event.payload) == ("done", {"feed": {"url": pushed.blog.feed}})


def test_before_the_first_poll_a_push_announces_nothing(pushed: Pushed) -> None:
    pushed.keep()
    from service.store.tables import SourceRow

    with pushed.owner.store.session() as session:
        session.scalars(select(SourceRow).where(SourceRow.name == "blog")).one().baseline_at = None
    pushed.blog.add("second", day=20)
    pushed.hub.distribute(pushed.feed())
    hooks.work_off(pushed.owner)

    assert set(pushed.owner.posts()) == {"first"}
