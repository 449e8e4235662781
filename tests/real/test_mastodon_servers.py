"""The two Mastodon servers hold to the API, and the strict fake to its rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.real.servers.http import Answer, request
from tests.real.servers.mastodon import MastodonFake, MastodonServer, mastodon_fake
from tests.real.servers.mastodon_faults import Fault
from tests.real.servers.mastodon_rules import countable_length

pytestmark = pytest.mark.real

STATUSES = "/api/v1/statuses"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
BOUNDARY = "bookplate-boundary"


@pytest.fixture(params=["mastodon_mock", "strict_mastodon"])
def either(request: pytest.FixtureRequest) -> MastodonServer:
    """Each of the two servers in turn."""
    server: MastodonServer = request.getfixturevalue(request.param)
    return server


def post(server: MastodonServer, text: str, key: str | None = None, **more: object) -> Answer:
    headers = {} if key is None else {"Idempotency-Key": key}
    body = {"status": text, **more}
    return request(
        "POST", server.url + STATUSES, json_body=body, token=server.token, headers=headers
    )


def edit(server: MastodonServer, posted: dict[str, Any], **body: object) -> Answer:
    address = f"{server.url}{STATUSES}/{posted['id']}"
    return request("PUT", address, json_body=body, token=server.token)


def upload(server: MastodonServer, content: bytes = PNG, content_type: str = "image/png") -> Answer:
    parts = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="description"\r\n\r\nA cover\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="cover"\r\n'
        f"Content-Type: {content_type}\r\n\r\n"
    )
    return request(
        "POST",
        f"{server.url}/api/v2/media",
        body=parts.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode(),
        token=server.token,
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )


class TestBothServers:
    def test_same_idempotency_key_gives_one_status(self, either: MastodonServer) -> None:
        first, second = post(either, "Hello", "key-1"), post(either, "Hello", "key-1")
        assert first.json()["id"] == second.json()["id"]
        assert len(either.statuses()) == 1

    def test_status_can_be_edited_and_deleted(self, either: MastodonServer) -> None:
        status = post(either, "Hello").json()
        edited = edit(either, status, status="Hello again").json()
        assert (edited["id"], edited["content"]) == (status["id"], "<p>Hello again</p>")
        assert edited["edited_at"] is not None
        address = f"{either.url}{STATUSES}/{status['id']}"
        assert request("DELETE", address, token=either.token).json()["text"] == "Hello again"
        assert request("GET", address, token=either.token).status == 404

    def test_too_long_or_blank_status_is_refused(self, either: MastodonServer) -> None:
        assert post(either, "x" * 501).status == 422
        assert post(either, " ").status == 422
        assert either.statuses() == []

    def test_unknown_token_is_refused(self, either: MastodonServer) -> None:
        answer = request("POST", either.url + STATUSES, json_body={"status": "x"}, token="none")
        assert answer.status == 401
        assert "error" in answer.json()

    def test_uploaded_image_is_attached_with_its_description(self, either: MastodonServer) -> None:
        media = upload(either).json()
        status = post(either, "Cover", media_ids=[media["id"]]).json()
        assert [item["description"] for item in status["media_attachments"]] == ["A cover"]

    def test_instance_tells_its_limits(self, either: MastodonServer) -> None:
        limits = either.get("/api/v2/instance")["configuration"]["statuses"]
        assert (limits["max_characters"], limits["characters_reserved_per_url"]) == (500, 23)

    def test_statuses_come_oldest_first_over_several_pages(self, either: MastodonServer) -> None:
        for number in range(45):
            assert post(either, str(number)).status == 200
        texts = [status["content"] for status in either.statuses()]
        assert texts == [f"<p>{number}</p>" for number in range(45)]


class TestStrictFake:
    @pytest.mark.parametrize(
        ("text", "length"),
        [
            ("plain", 5),
            ("https://example.org/" + "a" * 300, 23),
            ("(see https://example.org/a).", 5 + 23 + 2),
            ("http://127.0.0.1:8000/aaaaaaaaaa", 32),
            ("@reader@books.example.org hi", 10),
            ("👩‍👩‍👧‍👦é", 2),
        ],
    )
    def test_length_is_counted_as_mastodon_counts_it(self, text: str, length: int) -> None:
        assert countable_length(text, "") == length

    def test_content_warning_counts_against_the_limit(self, strict_mastodon: MastodonFake) -> None:
        assert post(strict_mastodon, "x" * 500).status == 200
        assert post(strict_mastodon, "x" * 500, spoiler_text="w").status == 422

    def test_too_long_edit_is_refused_and_changes_nothing(
        self, strict_mastodon: MastodonFake
    ) -> None:
        status = post(strict_mastodon, "Hello").json()
        assert edit(strict_mastodon, status, status="x" * 501).status == 422
        assert [entry["edited_at"] for entry in strict_mastodon.statuses()] == [None]

    def test_edit_without_changes_is_no_edit(self, strict_mastodon: MastodonFake) -> None:
        status = post(strict_mastodon, "Hello").json()
        assert edit(strict_mastodon, status, status="Hello").json()["edited_at"] is None

    def test_edit_that_names_no_media_removes_them(self, strict_mastodon: MastodonFake) -> None:
        media = upload(strict_mastodon).json()
        status = post(strict_mastodon, "Cover", media_ids=[media["id"]]).json()
        kept = edit(strict_mastodon, status, status="Kept", media_ids=[media["id"]]).json()
        assert len(kept["media_attachments"]) == 1
        assert edit(strict_mastodon, status, status="Bare").json()["media_attachments"] == []

    def test_edit_history_has_every_version(self, strict_mastodon: MastodonFake) -> None:
        status = post(strict_mastodon, "one").json()
        edit(strict_mastodon, status, status="two")
        history = strict_mastodon.get(f"{STATUSES}/{status['id']}/history")
        assert [entry["content"] for entry in history] == ["<p>one</p>", "<p>two</p>"]

    def test_key_of_a_deleted_status_is_not_found(self, strict_mastodon: MastodonFake) -> None:
        status = post(strict_mastodon, "Hello", "key-1").json()
        address = f"{strict_mastodon.url}{STATUSES}/{status['id']}"
        request("DELETE", address, token=strict_mastodon.token)
        assert post(strict_mastodon, "Hello", "key-1").status == 404

    def test_token_without_write_scope_may_only_read(self, strict_mastodon: MastodonFake) -> None:
        token = strict_mastodon.read_only_token
        address = strict_mastodon.url
        me = request("GET", f"{address}/api/v1/accounts/verify_credentials", token=token)
        assert me.json()["username"] == strict_mastodon.username
        answer = request("POST", address + STATUSES, json_body={"status": "x"}, token=token)
        assert answer.status == 403

    def test_media_must_be_known_and_unattached(self, strict_mastodon: MastodonFake) -> None:
        media = upload(strict_mastodon).json()
        assert post(strict_mastodon, "Cover", media_ids=["1"]).status == 422
        assert post(strict_mastodon, "Cover", media_ids=[media["id"]]).status == 200
        assert post(strict_mastodon, "Cover", media_ids=[media["id"]]).status == 422

    def test_file_that_is_not_what_it_says_is_refused(self, strict_mastodon: MastodonFake) -> None:
        assert upload(strict_mastodon, b"<svg/>", "image/svg+xml").status == 422
        assert upload(strict_mastodon, b"not a picture").status == 422

    def test_media_in_processing_cannot_be_attached_yet(self) -> None:
        with mastodon_fake(media_polls=2) as server:
            answer = upload(server)
            key = answer.json()["id"]
            assert (answer.status, answer.json()["url"]) == (202, None)
            assert post(server, "Cover", media_ids=[key]).status == 422
            address = f"{server.url}/api/v1/media/{key}"
            polls = [request("GET", address, token=server.token).status for _ in range(2)]
            assert polls == [206, 200]
            assert post(server, "Cover", media_ids=[key]).status == 200

    def test_form_and_multipart_parameters_are_read_like_json(
        self, strict_mastodon: MastodonFake
    ) -> None:
        media = upload(strict_mastodon).json()["id"]
        body = f"status=Form&sensitive=true&media_ids%5B%5D={media}".encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        address = strict_mastodon.url + STATUSES
        status = request(
            "POST", address, body=body, token=strict_mastodon.token, headers=form
        ).json()
        assert (status["content"], status["sensitive"]) == ("<p>Form</p>", True)
        assert len(status["media_attachments"]) == 1

    def test_lost_answer_is_made_good_by_the_idempotency_key(
        self, strict_mastodon: MastodonFake
    ) -> None:
        strict_mastodon.fail_next(Fault(503, after_effect=True))
        assert post(strict_mastodon, "Hello", "key-1").status == 503
        assert post(strict_mastodon, "Hello", "key-1").status == 200
        assert len(strict_mastodon.statuses()) == 1

    def test_ordered_rate_limit_answers_before_any_effect(
        self, strict_mastodon: MastodonFake
    ) -> None:
        reset = {"X-RateLimit-Reset": "2026-01-01T00:05:00Z"}
        strict_mastodon.fail_next(Fault(429, headers=reset))
        answer = post(strict_mastodon, "Hello")
        assert (answer.status, answer.headers["X-RateLimit-Reset"]) == (429, reset.popitem()[1])
        assert strict_mastodon.statuses() == []
        posts = [entry for entry in strict_mastodon.requests() if entry["method"] == "POST"]
        assert [entry["answer"] for entry in posts] == [429]
