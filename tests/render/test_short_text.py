from dataclasses import replace
from typing import Any

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from service.errors import SettingsError
from service.model import Abilities, PaidLink, ShortText
from service.render.short_text import hashtags, short_text
from tests.render.posts import BLOG, BLUESKY, MASTODON, URL, post, rendered, vectors

WILD = st.text() | st.lists(
    st.sampled_from(
        ["👩‍👩‍👧", "é̂", "🇩🇪", "क्षि", "שלום", "\u202e", "word", " ", ". ", "#x", "\ud83d", URL]
    ),
    max_size=60,
).map("".join)
TIGHT = Abilities("short_text", "tight", graphemes=60, max_bytes=120)


def short(abilities: Abilities, **changes: Any) -> ShortText:
    text = changes.pop("post_text", None)
    body = rendered(abilities, post(**changes), post_text=text).body
    assert isinstance(body, ShortText)
    return body


def counted(text: str, url_length: int | None) -> int:
    if url_length is not None:
        text = regex.sub(r"https?://\S+", "x" * url_length, text)
    return len(regex.findall(r"\X", text))


def test_title_first_words_link_and_tags_in_this_order() -> None:
    assert short(MASTODON).text == (
        "Three winters with one book\n\n"
        "I have read The Left Hand of Darkness three times, each in the coldest week. "
        "Nobody else would have done it.\n\n"
        f"{URL}\n\n"
        "#WinterReading #Books"
    )


def test_links_and_tags_are_found_at_their_offsets() -> None:
    body = short(BLUESKY, title="📚 👩‍👩‍👧 Über Bücher")
    shown = [(body.text[link.start : link.end], link.target, link.kind) for link in body.links]
    assert shown == [
        (URL, URL, "link"),
        ("#WinterReading", "WinterReading", "tag"),
        ("#Books", "Books", "tag"),
    ]


def test_the_link_is_the_posts_own_and_no_paid_one() -> None:
    for abilities in (BLUESKY, MASTODON):
        body = short(abilities)
        assert "amazon" not in body.text
        assert "Associate" not in body.text
        assert [link.target for link in body.links if link.kind == "link"] == [URL]


def test_the_card_tells_of_the_post() -> None:
    card = short(BLUESKY).card
    assert card is not None
    assert (card.url, card.title) == (URL, "Three winters with one book")
    assert card.description.startswith("I have read")
    assert card.image is not None
    assert card.image.url == "https://blog.example/cover.jpg"
    assert short(MASTODON).card is None


def test_the_card_of_a_post_without_title_has_one() -> None:
    card = short(BLUESKY, title="").card
    assert card is not None
    assert card.title.startswith("I have read The Left Hand of Darkness")


@given(title=WILD, html=WILD, tags=st.lists(WILD, max_size=6), summary=st.none() | WILD)
@example(title="x" * 10_000, html="", tags=[], summary=None)
@example(title="👩‍👩‍👧" * 3_000, html="<p>" + "é̂ " * 3_000, tags=["本" * 20] * 9, summary=None)
@pytest.mark.parametrize("abilities", [BLUESKY, MASTODON, TIGHT], ids=lambda each: each.network)
def test_no_text_is_ever_over_the_limits(
    abilities: Abilities, title: str, html: str, tags: list[str], summary: str | None
) -> None:
    body = short(abilities, title=title, html=html, tags=tuple(tags), summary=summary)
    assert abilities.graphemes is not None
    assert counted(body.text, abilities.url_length) <= abilities.graphemes
    assert len(body.text.encode()) <= (abilities.max_bytes or 10**6)
    assert URL in body.text
    for link in body.links:
        shown = body.text[link.start : link.end]
        assert shown == (link.target if link.kind == "link" else f"#{link.target}")


def test_a_long_link_is_shown_shortened_where_words_can_be_links() -> None:
    url = "https://blog.example/" + "x" * 500
    body = short(BLUESKY, url=url)
    (link,) = [each for each in body.links if each.kind == "link"]
    assert link.target == url
    assert body.text[link.start : link.end] == f"blog.example/{'x' * 47}…"
    assert url in short(MASTODON, url=url).text


def test_a_link_that_cannot_fit_is_left_out() -> None:
    body = short(TIGHT, url="https://blog.example/" + "x" * 500)
    assert body.text == "Three winters with one book"


def test_the_bloggers_own_wording_is_used() -> None:
    body = short(
        MASTODON, post_text="New: {title}\n{tags}\n{url} (more at https://blog.example/all)"
    )
    assert body.text == (
        "New: Three winters with one book\n#WinterReading #Books\n"
        f"{URL} (more at https://blog.example/all)"
    )
    assert [link.target for link in body.links if link.kind == "link"] == [
        URL,
        "https://blog.example/all",
    ]


def test_a_line_with_nothing_to_say_is_left_out() -> None:
    assert short(MASTODON, tags=(), html="").text == f"Three winters with one book\n\n{URL}"


@pytest.mark.parametrize("wording", ["{titel}", "{}", "{url} {0}"])
def test_an_unknown_placeholder_is_named(wording: str) -> None:
    with pytest.raises(SettingsError, match="stands for nothing"):
        short(MASTODON, post_text=wording)


def test_a_wording_too_long_by_itself_is_refused() -> None:
    with pytest.raises(SettingsError, match="longer"):
        short(replace(TIGHT, graphemes=20), post_text="x" * 30)


@pytest.mark.parametrize(
    "case", vectors("render_hashtags.jsonl"), ids=lambda case: str(case["tags"])
)
def test_tags_become_hashtags(case: dict[str, Any]) -> None:
    assert list(hashtags(case["tags"])) == case["hashtags"]


def test_the_language_is_the_posts_or_the_blogs() -> None:
    assert short(MASTODON, language="de").language == "de"
    assert short(MASTODON, language=None).language == "en"


PAID = PaidLink("https://www.amazon.com/dp/0201633612?tag=example-20", "(bezahlter Link)")


def paid(abilities: Abilities, words: str, *links: PaidLink) -> str:
    return short_text(post(), abilities, BLOG, "A title", words, links).text


def test_a_paid_link_is_there_only_where_it_is_asked_for_and_has_its_label() -> None:
    assert paid(MASTODON, "{title}: {book}", PAID) == (
        f"Three winters with one book: {PAID.url} (bezahlter Link)"
    )
    assert "amazon" not in paid(MASTODON, "{title} {url}", PAID)
    assert paid(MASTODON, "{title}\n{book}") == "Three winters with one book"
    unlabelled = PaidLink(PAID.url)
    assert paid(MASTODON, "{book}", unlabelled) == PAID.url


def test_a_paid_link_in_the_bloggers_own_words_gets_its_label_once() -> None:
    assert paid(MASTODON, f"Buy {PAID.url}.", PAID) == f"Buy {PAID.url} (bezahlter Link)."
    labelled = f"Buy {PAID.url} (bezahlter Link)."
    assert paid(MASTODON, labelled, PAID) == labelled
    longer = f"Buy {PAID.url}&x=1"
    assert paid(MASTODON, longer, PAID) == longer


def test_the_label_is_counted_and_stays_with_its_link() -> None:
    room = Abilities("short_text", "tight", graphemes=len(f"{PAID.url} (bezahlter Link)"))
    assert paid(room, "{title} {book}", PAID) == f"{PAID.url} (bezahlter Link)"
    less = replace(room, graphemes=(room.graphemes or 0) - 1)
    assert "amazon" not in paid(less, "{title} {book}", PAID)
