"""The Mastodon channel against a strict fake of its API, a process of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.social.mastodon import STATUS, Mastodon
from service.errors import (
    ChannelUnreachable,
    RateLimited,
    RemoteGone,
    RenditionRejected,
    SettingsError,
    TokenRejected,
    Unsure,
)
from service.model import Published, ShortText
from tests.adapters.notebook import Notebook, article, context, short
from tests.real.servers.http import request as ask
from tests.real.servers.mastodon import MastodonFake, mastodon_fake
from tests.real.servers.mastodon_faults import Fault
from tests.real.servers.processes import free_port

URL = "https://blog.example/three-winters/?a=1&b=2"
TEXT = f"Three winters with one book & a “cat”\n\nI read it slowly.\n\n{URL}\n\n#Books"


@pytest.fixture(scope="module")
def shared() -> Iterator[MastodonFake]:
    with mastodon_fake() as server:
        yield server


@pytest.fixture
def server(shared: MastodonFake) -> MastodonFake:
    """The fake, with none of the statuses of the tests before."""
    for status in shared.statuses():
        ask("DELETE", f"{shared.url}/api/v1/statuses/{status['id']}", token=shared.token)
    return shared


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """An idempotency key of the test's own: the server remembers those of others."""
    return str(request.node.name)


@pytest.fixture
def long_fake() -> Iterator[MastodonFake]:
    with mastodon_fake(max_characters=1000) as server:
        yield server


def channel(server: MastodonFake, folder: Path, **options: str) -> Mastodon:
    given = {"server": server.url, "access_token": server.token} | options
    return Mastodon("mastodon", Mastodon.Options(**given), context(folder))  # type: ignore[arg-type]


def body(text: str = TEXT) -> ShortText:
    return ShortText(text, language="en-GB")


def post(server: MastodonFake, text: str) -> None:
    address = f"{server.url}/api/v1/statuses"
    ask("POST", address, json_body={"status": text}, token=server.token)


def test_a_post_is_published_once(server: MastodonFake, tmp_path: Path, key: str) -> None:
    notebook = Notebook()
    first = channel(server, tmp_path).publish(short(body()), key, notebook)
    again = channel(server, tmp_path).publish(short(body()), key, Notebook())
    (status,) = server.statuses()
    assert first.remote_id == again.remote_id == status["id"]
    assert first.url == status["url"]
    assert (status["visibility"], status["language"]) == ("public", "en")
    assert notebook.done == {STATUS: status["id"]}


def test_an_edit_and_a_withdrawal_reach_the_status(
    server: MastodonFake, tmp_path: Path, key: str
) -> None:
    mastodon = channel(server, tmp_path)
    published = mastodon.publish(short(body()), key, Notebook())
    edited = mastodon.update(published, short(body("Four winters")), "k2", Notebook())
    assert edited == published
    assert "Four winters" in server.statuses()[0]["content"]
    for _ in range(2):
        mastodon.withdraw(published, "k3", Notebook())
    assert server.statuses() == []


def test_verify_names_the_account_and_posts_nothing(server: MastodonFake, tmp_path: Path) -> None:
    said = channel(server, tmp_path).verify()
    assert said.startswith(f"posts as @{server.username} on {server.url}")
    assert server.statuses() == []


def test_verify_reads_the_servers_own_limits(long_fake: MastodonFake, tmp_path: Path) -> None:
    mastodon = channel(long_fake, tmp_path)
    assert mastodon.verify().endswith("up to 1000 characters")
    assert (mastodon.abilities.graphemes, mastodon.abilities.url_length) == (1000, 23)


def test_an_unknown_token_is_told_so(server: MastodonFake, tmp_path: Path, key: str) -> None:
    notebook = Notebook()
    with pytest.raises(TokenRejected, match="401"):
        channel(server, tmp_path, access_token="x").publish(short(body()), key, notebook)
    assert not notebook.begun


def test_a_token_that_may_only_read_is_told_so(
    server: MastodonFake, tmp_path: Path, key: str
) -> None:
    mastodon = channel(server, tmp_path, access_token=server.read_only_token)
    with pytest.raises(TokenRejected, match="403"):
        mastodon.publish(short(body()), key, Notebook())


def test_a_text_too_long_is_rejected_and_known_not_to_be_out(
    server: MastodonFake, tmp_path: Path, key: str
) -> None:
    notebook = Notebook()
    with pytest.raises(RenditionRejected, match="422"):
        channel(server, tmp_path).publish(short(body("x" * 501)), key, notebook)
    assert not notebook.begun


def test_an_answer_lost_after_the_effect_doubles_nothing(
    server: MastodonFake, tmp_path: Path, key: str
) -> None:
    mastodon, notebook = channel(server, tmp_path), Notebook()
    server.fail_next(Fault(503, after_effect=True))
    with pytest.raises(ChannelUnreachable, match="503"):
        mastodon.publish(short(body()), key, notebook)
    assert notebook.cut_off(STATUS)
    # The hour of the key is over: the server would take any other key for a new status.
    published = mastodon.publish(short(body()), "later key", notebook)
    (status,) = server.statuses()
    assert published == Published(status["id"], status["url"])
    assert notebook.finished(STATUS) == status["id"]


def test_an_attempt_that_did_not_get_through_is_made_again(
    server: MastodonFake, tmp_path: Path, key: str
) -> None:
    mastodon, notebook = channel(server, tmp_path), Notebook()
    server.fail_next(Fault(502))
    with pytest.raises(ChannelUnreachable):
        mastodon.publish(short(body()), key, notebook)
    mastodon.publish(short(body()), key, notebook)
    assert len(server.statuses()) == 1


def test_a_status_far_back_is_found(server: MastodonFake, tmp_path: Path, key: str) -> None:
    post(server, TEXT)
    for number in range(60):
        post(server, f"Something else {number}")
    channel(server, tmp_path).publish(short(body()), key, Notebook(begun={STATUS}))
    assert len(server.statuses()) == 61


def test_a_status_that_links_to_the_post_in_other_words_needs_a_person(
    server: MastodonFake, tmp_path: Path, key: str
) -> None:
    rendition = short(body())
    post(server, f"My own words about it: {rendition.post_url}")
    with pytest.raises(Unsure, match="other words"):
        channel(server, tmp_path).publish(rendition, key, Notebook(begun={STATUS}))
    assert len(server.statuses()) == 1


def test_too_much_says_when_to_come_back(server: MastodonFake, tmp_path: Path, key: str) -> None:
    reset = (datetime.now(UTC) + timedelta(seconds=90)).isoformat().replace("+00:00", "Z")
    server.fail_next(Fault(429, headers={"X-RateLimit-Reset": reset}))
    notebook = Notebook()
    with pytest.raises(RateLimited) as raised:
        channel(server, tmp_path).publish(short(body()), key, notebook)
    assert raised.value.retry_after == pytest.approx(90, abs=10)
    assert not notebook.begun


def test_a_status_deleted_by_hand_cannot_be_edited(
    server: MastodonFake, tmp_path: Path, key: str
) -> None:
    with pytest.raises(RemoteGone):
        channel(server, tmp_path).update(Published("999"), short(body()), key, Notebook())


def test_an_unreachable_server_is_told(tmp_path: Path) -> None:
    options = Mastodon.Options(f"http://127.0.0.1:{free_port()}", "t")
    with pytest.raises(ChannelUnreachable, match="no answer"):
        Mastodon("mastodon", options, context(tmp_path)).verify()


def test_other_forms_are_refused(server: MastodonFake, tmp_path: Path, key: str) -> None:
    with pytest.raises(RenditionRejected, match="article"):
        channel(server, tmp_path).publish(article(), key, Notebook())


def test_an_unknown_visibility_is_refused_at_once(tmp_path: Path) -> None:
    options = Mastodon.Options("mastodon.example", "t", "loud")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="loud"):
        Mastodon("mastodon", options, context(tmp_path))


def test_a_host_name_means_its_https_address(tmp_path: Path) -> None:
    options = Mastodon.Options("mastodon.example", "secret-token")
    assert Mastodon("m", options, context(tmp_path)).server == "https://mastodon.example"
    assert "secret-token" not in repr(options)
