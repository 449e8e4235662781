import re

import pytest
from starlette.testclient import TestClient

from service.deliver import desk
from service.deliver.publisher import Publisher
from service.errors import StoreError
from service.store import views
from tests.web.conftest import browser


def post_id(client: TestClient, words: str) -> int:
    posts = client.get("/api/v1/posts").json()["items"]
    return next(int(post["id"]) for post in posts if words in post["title"])


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_what_waits_stands_before_the_posts(client: TestClient) -> None:
    page = client.get("/").text
    assert page.index("Waits for you") < page.index(">Posts<") < page.index(">Sources<")
    waits = text_of(page[page.index("Waits for you") : page.index(">Posts<")])
    for words in ("A second helping of winter", "Stoner", "John Williams", "held", "given up"):
        assert words in waits


def test_a_suggestion_stands_in_its_sentence(client: TestClient) -> None:
    page = client.get("/").text
    assert 'swears by <mark class="found waits">Stoner</mark> instead' in page
    assert 'lent me <mark class="found waits">It</mark>, which is longer' in page


def test_each_post_tells_what_was_found_why_and_what_went_where(client: TestClient) -> None:
    page = text_of(client.get("/").text)
    assert "The Summer Book Tove Jansson 97 % linked in italics; “by” and a name follow" in page
    assert "Alexandre Dumas 100 % tagged as yours" in page
    assert "over here 100 % kept as it was" in page
    assert "drop failed, tried again /srv/outbox: No space left on device." in page


def test_a_book_named_twice_is_told_of_once(client: TestClient) -> None:
    page = client.get("/").text
    assert text_of(page).count("The Summer Book Tove Jansson") == 1


def test_the_copy_is_linked_where_there_is_one(client: TestClient) -> None:
    assert 'href="https://bsky.example/profile/shelf.example/post/3k"' in client.get("/").text


def test_sources_tell_of_their_last_look(client: TestClient) -> None:
    page = text_of(client.get("/").text.partition("sources-title")[2])
    assert "blog feed" in page
    assert "well" in page
    assert "cms webhook it calls us" in page


def test_an_empty_shelf_says_what_will_be_there(empty: Publisher) -> None:
    page = text_of(browser(empty).get("/").text)
    assert "nothing waits for you" in page
    assert "No post is known yet" in page
    assert "blog: not looked at yet" in page


def test_older_posts_are_a_page_away(
    at: Publisher, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.web.pages.home.POSTS_A_PAGE", 3)
    first = client.get("/").text
    older = re.search(r'href="(/\?before=\d+)"', first)
    assert older
    second = client.get(older[1]).text
    assert "Apples, mostly" not in first.partition(">Posts<")[2]
    assert "Waits for you" not in second
    assert len(re.findall('class="entry', second)) == 3


def test_findings_are_marked_in_the_post_itself(client: TestClient) -> None:
    page = client.get(f"/posts/{post_id(client, 'stove')}").text
    assert re.search(
        r'<em><span class="note good" id="note-1".*?</span>\s*<mark class="found good" '
        r'aria-describedby="note-1" data-number="1">The Summer Book</mark></em>',
        page,
        re.DOTALL,
    )
    assert re.search(
        r'<a href="https://www.amazon.com/dp/0140449264\?tag=someone-20"[^>]*>'
        r'<mark class="found good"[^>]*>The Count of Monte\nCristo</mark></a>',
        page,
    )


def test_a_suggestion_is_decided_beside_its_line(client: TestClient) -> None:
    page = client.get(f"/posts/{post_id(client, 'stove')}").text
    note = re.search(r'id="note-2".*?</span></span>', page, re.DOTALL)
    assert note
    assert "Stoner" in note[0]
    assert '<button form="ruling-2"' in note[0]
    assert re.search(r'<form id="ruling-2" method="post" action="/rulings" hidden>', page)


def test_what_was_decided_before_stands_with_the_post(client: TestClient, at: Publisher) -> None:
    number = post_id(client, "Just now, on the pier")
    assert "What was decided" not in client.get(f"/posts/{number}").text

    desk.skip_post(at, number)

    page = text_of(client.get(f"/posts/{number}").text.partition("What was decided")[2])
    assert page.index("settling") < page.index("Rejected by you.")


def test_what_was_left_alone_is_listed_and_can_be_linked(client: TestClient) -> None:
    page = client.get(f"/posts/{post_id(client, 'stove')}").text
    left = text_of(page.partition("Left alone")[2].partition("What went where")[0])
    assert "The Road 8 % written like a sentence; no author near It is a book: link it" in left


def test_a_picture_is_told_not_fetched(client: TestClient) -> None:
    page = client.get(f"/posts/{post_id(client, 'stove')}").text
    assert "<img" not in page
    assert "Picture: A window sill with a thick paperback" in page


def test_no_script_of_a_post_comes_through(client: TestClient) -> None:
    page = client.get(f"/posts/{post_id(client, 'stove')}").text
    assert "<script" not in page
    assert "alert(1)" not in page


def test_each_channel_shows_what_it_gets(client: TestClient) -> None:
    page = client.get(f"/posts/{post_id(client, 'stove')}").text
    assert '<iframe class="letter"' in page
    assert '<span class="link" title="reading">#reading</span>' in page
    assert "is linked to its page, tagged as yours" in page
    assert "stays untagged" in page


def test_a_letter_is_shown_as_it_is_sent_and_can_do_nothing(client: TestClient) -> None:
    page = client.get(f"/posts/{post_id(client, 'stove')}").text
    framed = re.search(r'src="(/deliveries/\d+/letter)"', page)
    assert framed
    letter = client.get(framed[1])
    assert "<h1>What I read with my feet on the stove</h1>" in letter.text
    policy = letter.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


def test_a_channel_without_letters_has_no_letter_page(client: TestClient) -> None:
    drop = client.get("/api/v1/deliveries?channel=drop").json()["items"][0]["id"]
    assert client.get(f"/deliveries/{drop}/letter").status_code == 404


@pytest.mark.parametrize("path", ["/", "/posts/4", "/nothing", "/style.css", "/api/v1/posts"])
def test_nothing_runs_and_nothing_comes_from_elsewhere(client: TestClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("words", ["stove", "ferry", "Apples", "helping", "pier", "lending"])
def test_pages_keep_to_their_own_policy(client: TestClient, words: str) -> None:
    for path in ("/", f"/posts/{post_id(client, words)}"):
        page = client.get(path).text
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page)
        loaded = re.findall(r'<(?:link|img|iframe|script)[^>]*(?:href|src)="([^"]+)"', page)
        assert all(address.startswith("/") for address in loaded)


@pytest.mark.parametrize("words", ["stove", "ferry", "Apples", "helping", "pier", "lending"])
def test_ids_are_unique_and_forms_have_their_buttons(client: TestClient, words: str) -> None:
    page = client.get(f"/posts/{post_id(client, words)}").text
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'\sform="([^"]+)"', page)) <= set(ids)
    assert set(re.findall(r'aria-describedby="([^"]+)"', page)) <= set(ids)


def test_a_strangers_title_is_text(client: TestClient, at: Publisher) -> None:
    from service.store.tables import PostRow

    number = post_id(client, "Apples")
    with at.store.session() as session:
        post = session.get(PostRow, number)
        assert post is not None
        post.title = '<script>alert("x")</script>'
        post.url = "javascript:alert(1)"
    for path in ("/", f"/posts/{number}"):
        page = client.get(path).text
        assert "<script" not in page
        assert 'href="javascript' not in page


@pytest.mark.parametrize("path", ["/nothing", "/posts/999", "/posts/one", "/?before=soon"])
def test_a_page_that_is_not_there_says_so_as_a_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert 'href="/"' in answer.text


def test_trouble_with_the_database_is_told_with_its_mend(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise StoreError("The database stayed busy.", mend="Run the same command again.")

    monkeypatch.setattr(views, "waiting", busy)
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "The database stayed busy." in answer.text
    assert "Run the same command again." in answer.text


def test_what_nobody_foresaw_is_told_without_its_insides(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret insides")

    monkeypatch.setattr(views, "waiting", broken)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "secret insides" not in answer.text


def test_the_style_sheet_may_be_kept_for_ever_under_its_name(client: TestClient) -> None:
    named = re.search(r'href="(/style\.css\?v=\w+)"', client.get("/").text)
    assert named
    assert "immutable" in client.get(named[1]).headers["cache-control"]
