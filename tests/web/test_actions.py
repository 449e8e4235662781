import pytest
from starlette.testclient import TestClient

from service.deliver.publisher import Publisher
from service.deliver.rounds import Service
from service.store import rulings
from service.web.app import create_app


def first(client: TestClient, path: str) -> int:
    return int(client.get(path).json()["items"][0]["id"])


@pytest.mark.parametrize(
    ("state", "action", "becomes"),
    [
        ("held", "approve", "settling"),
        ("held", "skip", "skipped"),
        ("baseline", "approve", "settling"),
        ("settling", "skip", "skipped"),
        ("announced", "withdraw", "skipped"),
    ],
)
def test_a_post_is_decided(client: TestClient, state: str, action: str, becomes: str) -> None:
    post = first(client, f"/api/v1/posts?state={state}")
    answer = client.post(f"/posts/{post}/{action}")
    assert answer.status_code == 303
    assert client.get(f"/api/v1/posts/{post}").json()["state"] == becomes


@pytest.mark.parametrize(
    ("state", "action", "becomes"),
    [
        ("held", "approve", "due"),
        ("held", "cancel", "cancelled"),
        ("dead", "retry", "due"),
        ("failed", "hold", "held"),
        ("failed", "retry", "due"),
        ("due", "hold", "held"),
        ("due", "cancel", "cancelled"),
        ("updated", "withdraw", "due"),
    ],
)
def test_a_delivery_is_decided(client: TestClient, state: str, action: str, becomes: str) -> None:
    delivery = first(client, f"/api/v1/deliveries?state={state}")
    answer = client.post(f"/deliveries/{delivery}/{action}")
    assert answer.status_code == 303
    now = client.get(f"/api/v1/deliveries/{delivery}").json()["delivery"]
    assert now["state"] == becomes


@pytest.mark.parametrize("decision", ["link", "ignore"])
def test_a_title_is_decided_for_the_whole_blog(
    at: Publisher, client: TestClient, decision: str
) -> None:
    answer = client.post("/rulings", data={"title": "Stoner", "decision": decision})
    assert answer.status_code == 303
    with at.store.session() as session:
        (ruling,) = rulings.of_blog(session, at.owner)
    assert (ruling.title, ruling.decision) == ("Stoner", decision)
    assert "swears by" not in client.get("/").text


@pytest.mark.parametrize(
    ("number", "asin"),
    [
        ("978-1-4555-8669-1", "1455586692"),
        ("B000000001", "B000000001"),
        (" https://www.amazon.com/dp/1455586692?x=y ", "1455586692"),
    ],
)
def test_a_title_may_be_said_to_mean_a_book_and_that_forgotten(
    at: Publisher, client: TestClient, number: str, asin: str
) -> None:
    form = {"title": "Stoner", "decision": "link", "number": number}
    assert client.post("/rulings", data=form).status_code == 303
    with at.store.session() as session:
        (ruling,) = rulings.of_blog(session, at.owner)
    assert ruling.book is not None
    assert ruling.book.edition is not None
    assert ruling.book.edition.asin == asin
    client.post("/rulings", data={"title": "Stoner", "decision": "forget"})
    with at.store.session() as session:
        assert rulings.of_blog(session, at.owner) == ()


def test_a_number_that_is_none_is_said_to_be_and_nothing_decided(
    at: Publisher, client: TestClient
) -> None:
    form = {"title": "Stoner", "decision": "link", "number": "978-1-4555-8669-2", "back": "/"}
    client.post("/rulings", data=form)
    assert "is no book’s number" in client.get("/").text
    with at.store.session() as session:
        assert rulings.of_blog(session, at.owner) == ()


@pytest.mark.parametrize(
    "form", [{}, {"title": "Stoner"}, {"title": " ", "decision": "link"}, {"decision": "link"}]
)
def test_a_ruling_without_title_or_decision_is_none(
    client: TestClient, form: dict[str, str]
) -> None:
    assert client.post("/rulings", data=form).status_code == 400


def test_what_was_done_is_said_once_on_the_next_page(client: TestClient) -> None:
    held = first(client, "/api/v1/posts?state=held")
    client.post(f"/posts/{held}/approve")
    assert "Approved: the post goes out now." in client.get("/").text
    assert "Approved" not in client.get("/").text.partition("<main")[2].partition("<section")[0]


def test_what_can_not_be_done_is_said_on_the_next_page(client: TestClient) -> None:
    announced = first(client, "/api/v1/posts?state=announced")
    assert client.post(f"/posts/{announced}/approve").status_code == 303
    page = client.get("/").text
    assert "That did not work." in page
    assert "there is nothing to approve" in page


def test_a_message_is_text(client: TestClient) -> None:
    client.post("/rulings", data={"title": "<b>;\r\nSet-Cookie: x", "decision": "link"})
    page = client.get("/").text
    assert "<b>;" not in page
    assert "&lt;b&gt;;" in page


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/posts/4#delivery-2", "/posts/4#delivery-2"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("/\t/elsewhere.example/", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_stays_here(client: TestClient, back: str, leads_to: str) -> None:
    held = first(client, "/api/v1/posts?state=held")
    answer = client.post(f"/posts/{held}/approve", data={"back": back})
    assert answer.headers["location"] == leads_to


@pytest.mark.parametrize(
    "path", ["/posts/1/explode", "/deliveries/1/explode", "/posts/one/approve"]
)
def test_an_unknown_action_is_not_found(client: TestClient, path: str) -> None:
    assert client.post(path).status_code == 404


def test_deciding_about_what_is_not_there_says_so(client: TestClient) -> None:
    client.post("/deliveries/999/retry")
    assert "There is no delivery 999." in client.get("/").text


def test_an_endless_form_is_refused(client: TestClient) -> None:
    answer = client.post("/rulings", data={"title": "x" * 20_000, "decision": "link"})
    assert answer.status_code == 413
    many = {f"field{number}": "x" for number in range(50)}
    assert client.post("/rulings", data=many).status_code == 400


def test_a_decision_wakes_the_rounds(at: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(at, lambda _: None)
    woken: list[bool] = []
    monkeypatch.setattr(service, "wake", lambda: woken.append(True))
    app = create_app(at, service, password=None, max_body=1024)
    client = TestClient(app, base_url="http://localhost", follow_redirects=False)
    client.post(f"/posts/{first(client, '/api/v1/posts?state=held')}/approve")
    assert woken == [True]
