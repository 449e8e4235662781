import pytest
from pydantic import TypeAdapter

from service.model import Article, Rendition
from tests.render.posts import ARTICLE, BLUESKY, DISCLOSURE, LETTER, post, rendered


def article(**changes: object) -> Article:
    body = rendered(ARTICLE, post(**changes)).body
    assert isinstance(body, Article)
    return body


def test_the_whole_post_stands_in_it_with_paid_links_and_disclosure() -> None:
    html = article().html
    assert 'href="https://www.amazon.com/dp/0441478123?tag=example-20" rel="sponsored"' in html
    assert f'<p class="bookplate-disclosure">{DISCLOSURE}</p>' in html
    assert html.index(DISCLOSURE) < html.index("amazon.com")
    assert 'src="https://blog.example/lake.jpg"' in html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<h1>Three winters <em>with</em> one book</h1><p>a</p>", "<p>a</p>"),
        ("<p>#tag</p><h2>THREE WINTERS WITH ONE BOOK</h2><p>a</p>", "<p>#tag</p><p>a</p>"),
        ("<h1>Another</h1><h1>Three winters with one book</h1>", None),
    ],
)
def test_the_title_is_not_said_twice(html: str, left: str | None) -> None:
    body = rendered(ARTICLE, html=html).body
    assert isinstance(body, Article)
    assert body.html == (left or html)


def test_the_summary_is_the_posts_own_words() -> None:
    assert article().summary.startswith("I have read The Left Hand of Darkness")
    assert "Associate" not in article().summary


def test_the_picture_is_absolute_or_left_out() -> None:
    image = article().image
    assert image is not None
    assert image.url == "https://blog.example/cover.jpg"
    assert article(image="data:image/png;base64,x").image is None
    assert article(image="http://[").image is None


def test_a_post_without_title_is_called_by_its_first_words() -> None:
    rendition = rendered(ARTICLE, post(title=" "))
    assert rendition.title.startswith("I have read The Left Hand of Darkness")
    assert rendered(ARTICLE, post(title="", html="")).title == "https://blog.example/2026/post"


def test_a_paid_link_where_none_may_be_is_held() -> None:
    assert rendered(ARTICLE, verdict="forbidden").held == "the rule's reason"
    assert rendered(ARTICLE, verdict="forbidden", tagged=False).held is None
    assert rendered(ARTICLE).held is None


def test_a_rendition_of_every_form_survives_being_stored() -> None:
    adapter = TypeAdapter(Rendition)
    for abilities in (ARTICLE, LETTER, BLUESKY):
        rendition = rendered(abilities)
        assert adapter.validate_json(adapter.dump_json(rendition)) == rendition
