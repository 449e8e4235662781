"""Webhooks in: signed, kept once, worked off, whatever their posts are like."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from service.deliver import desk, hooks
from service.errors import HookRefused
from service.model import Source
from service.store import views
from service.store.views import HookView
from tests.blog import Blog, prose
from tests.deliver.conftest import SECRET, on_sqlite
from tests.deliver.rig import Rig


def signed(
    body: bytes, webhook_id: str = "msg_1", *, secret: str = SECRET, ago: float = 0
) -> dict[str, str]:
    """The headers of a webhook that was sent so many seconds ago."""
    moment = datetime.now(UTC) - timedelta(seconds=ago)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, moment, body.decode()),
    }


def push(publisher: Rig, payload: Any, webhook_id: str = "msg_1") -> bool:
    body = json.dumps(payload).encode()
    return hooks.receive(publisher, "cms", signed(body, webhook_id), body)


def post(blog: Blog, slug: str = "pushed", **changes: Any) -> dict[str, Any]:
    return {
        "post": {
            "url": blog.address(slug),
            "title": f"About {slug}",
            "html": prose(slug),
            "published": "2026-11-20T09:00:00+01:00",
            "tags": ["books"],
            **changes,
        }
    }


def kept(publisher: Rig) -> list[HookView]:
    """The events that wait or failed."""
    with publisher.store.session() as session:
        return views.hooks(session, publisher.owner)


def published(publisher: Rig) -> list[str]:
    calls = publisher.scripted["social"].calls
    return [each.rendition.post_url for each in calls if each.rendition]


def test_a_pushed_post_goes_out_and_nothing_is_fetched(publisher: Rig, blog: Blog) -> None:
    assert push(publisher, post(blog))

    publisher.run()

    assert published(publisher) == [blog.address("pushed")]
    assert blog.asked("/pushed/") == []
    assert not kept(publisher)


def test_a_pushed_address_is_fetched_and_goes_out(publisher: Rig, blog: Blog) -> None:
    url = blog.add("pushed", listed=False)
    push(publisher, {"url": url})

    publisher.run()

    assert published(publisher) == [url]
    assert blog.asked("/pushed/") == [200]


def test_the_same_id_again_is_harmless(publisher: Rig, blog: Blog) -> None:
    assert push(publisher, post(blog))
    assert not push(publisher, post(blog))
    publisher.run()
    assert not push(publisher, post(blog))
    publisher.run()

    assert len(published(publisher)) == 1


def test_the_same_post_under_another_id_changes_nothing(publisher: Rig, blog: Blog) -> None:
    push(publisher, post(blog), "msg_1")
    push(publisher, post(blog), "msg_2")

    publisher.run()

    assert len(published(publisher)) == 1


def test_a_pushed_edit_updates_the_copies(publisher: Rig, blog: Blog) -> None:
    push(publisher, post(blog), "msg_1")
    publisher.run()
    push(publisher, post(blog, title="About pushed, again"), "msg_2")

    publisher.run()

    assert publisher.scripted["social"].actions == ["publish", "update"]


def test_what_is_pushed_and_listed_goes_out_once(publisher: Rig, blog: Blog) -> None:
    publisher.run()
    blog.add("pushed")
    push(publisher, post(blog, html=blog.posts["pushed"].html))

    publisher.run()
    publisher.run()

    assert len(published(publisher)) == 1
    assert publisher.scripted["social"].actions == ["publish"]


def test_an_old_post_that_is_pushed_goes_out(publisher: Rig, blog: Blog) -> None:
    url = blog.add("old")
    publisher.run()
    push(publisher, {"url": url})

    publisher.run()

    assert published(publisher) == [url]


def test_a_post_that_a_person_rejected_stays_so_when_it_is_pushed(
    publisher: Rig, blog: Blog
) -> None:
    url = blog.add("old")
    publisher.run()
    desk.skip_post(publisher, publisher.posts()["old"].id)
    push(publisher, {"url": url})

    publisher.run()

    assert not published(publisher)


def test_a_pushed_address_that_is_gone_is_withdrawn(publisher: Rig, blog: Blog) -> None:
    url = blog.add("pushed", listed=False)
    push(publisher, {"url": url}, "msg_1")
    publisher.run()
    blog.delete("pushed", 410)
    push(publisher, {"url": url}, "msg_2")

    publisher.run()

    assert publisher.scripted["social"].actions == ["publish", "withdraw"]
    assert not kept(publisher)


def test_a_pushed_address_that_never_was_fails_and_is_told(publisher: Rig, blog: Blog) -> None:
    push(publisher, {"url": blog.address("nowhere")})

    done = publisher.run()

    assert "/nowhere/" in done.errors[0]
    (event,) = kept(publisher)
    assert event.state == "failed"
    assert not publisher.run().errors


def test_an_address_that_does_not_answer_is_asked_again_later(publisher: Rig, blog: Blog) -> None:
    url = blog.add("pushed", listed=False)
    blog.posts["pushed"].status = 503
    push(publisher, {"url": url})
    done = publisher.run()
    assert "503" in done.errors[0]
    assert kept(publisher)[0].state == "pending"

    blog.posts["pushed"].status = 200
    publisher.run()
    assert not published(publisher)
    publisher.clock.forward(seconds=30)
    publisher.run()
    assert published(publisher) == [url]


def test_an_address_that_does_not_answer_for_a_day_has_failed(publisher: Rig, blog: Blog) -> None:
    url = blog.add("pushed", listed=False)
    blog.posts["pushed"].status = 503
    push(publisher, {"url": url})

    publisher.clock.forward(hours=24, seconds=1)
    publisher.run()

    assert kept(publisher)[0].state == "failed"


def test_an_event_outlives_the_process_that_took_it(publisher: Rig, blog: Blog) -> None:
    """Kept before it is answered: the 202 is given on what `receive` left in the database."""
    push(publisher, post(blog))

    publisher.rehearsing(publisher.store).run()

    assert len(published(publisher)) == 1


def test_one_bad_event_does_not_stop_the_next(publisher: Rig, blog: Blog) -> None:
    blog.add("broken", html=" ", listed=False)
    push(publisher, {"url": "http://[broken"}, "msg_1")
    push(publisher, post(blog), "msg_2")

    done = publisher.run()

    assert len(done.errors) == 1
    assert published(publisher) == [blog.address("pushed")]


# ── refused ──────────────────────────────────────────────────────────────────────────────


def refused(publisher: Rig, headers: dict[str, str], body: bytes, source: str = "cms") -> int:
    with pytest.raises(HookRefused) as refusal:
        hooks.receive(publisher, source, headers, body)
    assert not kept(publisher)
    return refusal.value.status


BODY = b'{"url": "https://blog.example/a-post/"}'
OTHER = "whsec_" + "YSBkaWZmZXJlbnQgc2VjcmV0LCBtYWRlIGVsc2V3aGVyZQ=="


@on_sqlite
@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(BODY, secret=OTHER),
        signed(BODY + b" "),
        {**signed(BODY), "webhook-id": "msg_2"},
        {**signed(BODY), "webhook-signature": "v1,AAAA"},
        {**signed(BODY), "webhook-signature": "garbage"},
        {**signed(BODY), "webhook-timestamp": "yesterday"},
        {key: value for key, value in signed(BODY).items() if key != "webhook-timestamp"},
    ],
    ids=["none", "secret", "body", "id", "signature", "garbage", "timestamp", "no-timestamp"],
)
def test_what_is_not_signed_right_is_refused(publisher: Rig, headers: dict[str, str]) -> None:
    assert refused(publisher, headers, BODY) == 401


@on_sqlite
@pytest.mark.parametrize("ago", [301 + 60, -301 - 60])
def test_a_stale_or_early_timestamp_is_refused(publisher: Rig, ago: float) -> None:
    assert refused(publisher, signed(BODY, ago=ago), BODY) == 401


@on_sqlite
@pytest.mark.parametrize("source", ["nobody", "blog"])
def test_only_webhook_sources_take_webhooks(publisher: Rig, source: str) -> None:
    assert refused(publisher, signed(BODY), BODY, source) == 404


@on_sqlite
@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b"{}",
        b'{"url": 7}',
        b'{"url": "ftp://blog.example/"}',
        b'{"post": {"url": "https://blog.example/"}}',
        b'{"post": {"url": "javascript:alert(1)", "html": ""}}',
        b'{"post": {"url": "https://blog.example/", "html": 7}}',
        b'{"post": {"url": "https://blog.example/", "html": "", "tags": "books"}}',
        b'{"post": {"url": "https://blog.example/", "html": "", "tags": [7]}}',
        b'{"post": {"url": "https://blog.example/", "html": "", "published": "soon"}}',
        b'{"post": {"url": "https://blog.example/", "html": "", "published": 7}}',
        b'{"post": {"url": "https://blog.example/", "html": "\\u0000"}}',
        b'{"post": {"url": "https://blog.example/", "html": "\\ud800"}}',
        b'{"url": NaN}',
        b"[" * 100_000,
    ],
)
def test_a_body_without_a_post_is_refused(publisher: Rig, body: bytes) -> None:
    assert refused(publisher, signed(body), body) == 400


@on_sqlite
@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!", "no secret at all"])
def test_a_secret_that_is_none_is_told(publisher: Rig, secret: str) -> None:
    publisher.set_up(sources=(Source("cms", "webhook", secret=secret),))

    assert refused(publisher, signed(BODY), BODY) in (401, 500)
