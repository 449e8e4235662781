"""The Mastodon channel against a third party's mock; against our strict fake: tests/adapters."""

from pathlib import Path

import pytest

from adapters.social.mastodon import STATUS, Mastodon
from service.errors import (
    RemoteGone,
    RenditionRejected,
    TokenRejected,
)
from service.model import Published, ShortText
from tests.adapters.notebook import Notebook, context, short
from tests.real.servers.mastodon import MastodonMock

pytestmark = pytest.mark.real

URL = "https://blog.example/three-winters/?a=1&b=2"
TEXT = f"Three winters with one book & a “cat”\n\nI read it slowly.\n\n{URL}\n\n#Books"


def channel(server: MastodonMock, folder: Path, **options: str) -> Mastodon:
    given = {"server": server.url, "access_token": server.token} | options
    return Mastodon("mastodon", Mastodon.Options(**given), context(folder))  # type: ignore[arg-type]


def body(text: str = TEXT) -> ShortText:
    return ShortText(text, language="en-GB")


def test_a_post_is_published_once(mastodon_mock: MastodonMock, tmp_path: Path) -> None:
    notebook = Notebook()
    first = channel(mastodon_mock, tmp_path).publish(short(body()), "k", notebook)
    again = channel(mastodon_mock, tmp_path).publish(short(body()), "k", Notebook())
    (status,) = mastodon_mock.statuses()
    assert first.remote_id == again.remote_id == status["id"]
    assert first.url == status["url"]
    assert (status["visibility"], status["language"]) == ("public", "en")
    assert notebook.done == {STATUS: status["id"]}


def test_an_edit_and_a_withdrawal_reach_the_status(
    mastodon_mock: MastodonMock, tmp_path: Path
) -> None:
    mastodon = channel(mastodon_mock, tmp_path)
    published = mastodon.publish(short(body()), "k", Notebook())
    edited = mastodon.update(published, short(body("Four winters")), "k2", Notebook())
    assert edited == published
    assert "Four winters" in mastodon_mock.statuses()[0]["content"]
    for _ in range(2):
        mastodon.withdraw(published, "k3", Notebook())
    assert mastodon_mock.statuses() == []


def test_verify_names_the_account_and_posts_nothing(
    mastodon_mock: MastodonMock, tmp_path: Path
) -> None:
    said = channel(mastodon_mock, tmp_path).verify()
    assert said.startswith(f"posts as @{mastodon_mock.username} on {mastodon_mock.url}")
    assert mastodon_mock.statuses() == []


def test_an_unknown_token_is_told_so(mastodon_mock: MastodonMock, tmp_path: Path) -> None:
    notebook = Notebook()
    with pytest.raises(TokenRejected, match="401"):
        channel(mastodon_mock, tmp_path, access_token="x").publish(short(body()), "k", notebook)
    assert not notebook.begun


def test_a_text_too_long_is_rejected_and_known_not_to_be_out(
    mastodon_mock: MastodonMock, tmp_path: Path
) -> None:
    notebook = Notebook()
    with pytest.raises(RenditionRejected, match="422"):
        channel(mastodon_mock, tmp_path).publish(short(body("x" * 501)), "k", notebook)
    assert not notebook.begun


def test_a_status_deleted_by_hand_cannot_be_edited(
    mastodon_mock: MastodonMock, tmp_path: Path
) -> None:
    with pytest.raises(RemoteGone):
        channel(mastodon_mock, tmp_path).update(Published("999"), short(body()), "k", Notebook())
