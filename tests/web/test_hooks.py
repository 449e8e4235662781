import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from service.deliver import hooks
from service.deliver.publisher import Publisher
from service.errors import StoreError
from service.store import hooks as stored
from service.store.tables import HookEventRow
from tests.web import shelf
from tests.web.conftest import browser

POST = {"post": {"url": "https://shelf.example/new/", "title": "New", "html": "<p>Words.</p>"}}


def signed(body: str, event: str = "evt-1", at: datetime | None = None) -> dict[str, str]:
    moment = at or datetime.now(UTC)
    return {
        "webhook-id": event,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(shelf.SECRET).sign(event, moment, body),
    }


def send(client: TestClient, body: str, *, source: str = "cms", **kwargs: Any) -> Any:
    return client.post(f"/hooks/{source}", content=body, headers=signed(body, **kwargs))


def kept(at: Publisher) -> list[str]:
    with at.store.session() as session:
        return list(session.scalars(select(HookEventRow.webhook_id)))


def test_a_signed_post_is_stored_and_accepted(at: Publisher) -> None:
    answer = send(browser(at), json.dumps(POST))
    assert answer.status_code == 202
    assert answer.json() == {"id": "evt-1", "status": "accepted"}
    assert kept(at) == ["evt-1"]


def test_a_signed_permalink_is_stored_and_accepted(at: Publisher) -> None:
    answer = send(browser(at), '{"url": "https://shelf.example/new/"}')
    assert answer.status_code == 202
    assert kept(at) == ["evt-1"]


def test_the_same_id_again_is_accepted_and_does_nothing(at: Publisher) -> None:
    client = browser(at)
    send(client, json.dumps(POST))
    again = send(client, json.dumps(POST))
    assert again.status_code == 202
    assert again.json()["status"] == "known"
    assert kept(at) == ["evt-1"]


def test_hooks_need_no_password_and_answer_to_any_name(at: Publisher) -> None:
    client = browser(at, password="slow", host="shelf.example")
    assert send(client, json.dumps(POST)).status_code == 202


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_or_early_timestamp_is_refused(at: Publisher, minutes: int) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    assert send(browser(at), json.dumps(POST), at=moment).status_code == 401
    assert kept(at) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,!"},
        {"webhook-signature": ""},
        {"webhook-id": "another"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "1e400"},
    ],
    ids=str,
)
def test_what_is_not_signed_with_the_secret_is_refused(
    at: Publisher, headers: dict[str, str]
) -> None:
    body = json.dumps(POST)
    all_headers = {**signed(body), **headers} if headers else {}
    answer = browser(at).post("/hooks/cms", content=body, headers=all_headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert kept(at) == []


def test_a_body_changed_on_its_way_is_refused(at: Publisher) -> None:
    body = json.dumps(POST)
    answer = browser(at).post("/hooks/cms", content=body + " ", headers=signed(body))
    assert answer.status_code == 401


@pytest.mark.parametrize("source", ["nobody", "blog", "cms/", "%2e%2e"])
def test_a_source_that_takes_no_webhooks_is_not_found(at: Publisher, source: str) -> None:
    answer = send(browser(at), json.dumps(POST), source=source)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "",
        "[]",
        "{}",
        '{"url": 7}',
        '{"url": "ftp://shelf.example/new/"}',
        '{"post": {"url": "/new/", "html": "x"}}',
        '{"post": {"url": "https://shelf.example/new/"}}',
        '{"post": {"url": "https://shelf.example/new/", "html": 7}}',
        '{"post": {"url": "https://shelf.example/new/", "html": "x", "tags": "books"}}',
        '{"post": {"url": "https://shelf.example/new/", "html": "x", "published": "soon"}}',
        '{"post": {"url": "https://shelf.example/new/", "html": "x", "title": "\\ud800"}}',
        '{"post": {"url": "https://shelf.example/new/", "html": "x", "title": "\\u0000"}}',
        '{"post": {"url": "https://shelf.example/new/", "html": "x", "words": NaN}}',
        "[" * 15_000,
    ],
    ids=lambda body: body[:60] or "empty",
)
def test_a_signed_body_without_a_post_is_a_bad_request(at: Publisher, body: str) -> None:
    answer = send(browser(at), body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert kept(at) == []


def test_an_escape_of_nul_written_out_in_a_post_is_text(at: Publisher) -> None:
    body = json.dumps({"post": {"url": "https://shelf.example/new/", "html": "write \\u0000"}})
    assert send(browser(at), body).status_code == 202


def test_a_body_over_the_limit_is_too_large(at: Publisher) -> None:
    body = json.dumps({**POST, "more": "x" * 20_000})
    answer = send(browser(at), body)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert kept(at) == []


def test_a_body_at_the_limit_is_taken(at: Publisher) -> None:
    body = json.dumps(POST)
    body += " " * (20_000 - len(body))
    assert send(browser(at), body).status_code == 202


def test_what_could_not_be_stored_is_not_accepted(
    at: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise StoreError("The disk is full.", mend="Free some space.")

    monkeypatch.setattr(stored, "keep", full)
    answer = send(browser(at), json.dumps(POST))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["detail"] == "The disk is full."


def test_an_address_that_nothing_can_read_does_not_stop_what_comes_after(at: Publisher) -> None:
    client = browser(at)
    send(client, '{"url": "http://[nowhere"}', event="evt-1")
    send(client, json.dumps(POST), event="evt-2")
    hooks.work_off(at)
    titles = [post["title"] for post in client.get("/api/v1/posts").json()["items"]]
    assert titles[0] == "New"
