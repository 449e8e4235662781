import pytest
from starlette.testclient import TestClient


def test_posts_come_newest_first_with_findings_and_deliveries(client: TestClient) -> None:
    answer = client.get("/api/v1/posts").json()
    ids = [post["id"] for post in answer["items"]]
    assert ids == sorted(ids, reverse=True)
    assert answer["next"] is None
    winter = next(post for post in answer["items"] if "stove" in post["title"])
    assert {finding["decision"] for finding in winter["findings"]} >= {"link", "suggest", "keep"}
    assert [each["channel"] for each in winter["deliveries"]] == ["letter", "bluesky", "drop"]


def test_pages_of_a_list_follow_each_other_without_gap_or_repetition(client: TestClient) -> None:
    whole = [post["id"] for post in client.get("/api/v1/posts").json()["items"]]
    gathered: list[int] = []
    url = "/api/v1/posts?limit=3"
    while url:
        answer = client.get(url)
        gathered += [post["id"] for post in answer.json()["items"]]
        url = answer.json()["next"]
        assert (answer.headers.get("link") is None) == (url is None)
        if url:
            assert answer.headers["link"] == f'<{url}>; rel="next"'
    assert gathered == whole


def test_posts_of_one_state_only(client: TestClient) -> None:
    answer = client.get("/api/v1/posts", params={"state": "held"}).json()
    assert [post["title"] for post in answer["items"]] == ["A second helping of winter"]


def test_the_next_page_keeps_the_filter(client: TestClient) -> None:
    answer = client.get("/api/v1/deliveries?channel=drop&limit=1").json()
    assert "channel=drop" in answer["next"]
    assert {each["channel"] for each in client.get(answer["next"]).json()["items"]} == {"drop"}


def test_deliveries_of_one_state_and_channel(client: TestClient) -> None:
    answer = client.get("/api/v1/deliveries", params={"state": "dead", "channel": "bluesky"})
    (only,) = answer.json()["items"]
    assert only["reason"] == "No answer from bsky.example for 7 days."


def test_a_delivery_comes_with_its_rendition_and_every_try(client: TestClient) -> None:
    (dead,) = client.get("/api/v1/deliveries?state=dead").json()["items"]
    answer = client.get(f"/api/v1/deliveries/{dead['id']}").json()
    assert answer["delivery"] == dead
    assert answer["rendition"]["body"]["form"] == "short_text"
    assert [each["outcome"] for each in answer["attempts"]] == ["unreachable"]


def test_one_post_is_the_same_as_in_the_list(client: TestClient) -> None:
    listed = client.get("/api/v1/posts?limit=1").json()["items"][0]
    assert client.get(f"/api/v1/posts/{listed['id']}").json() == listed


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/posts/999", 404),
        ("/api/v1/deliveries/999", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/posts?limit=0", 422),
        ("/api/v1/posts?limit=201", 422),
        ("/api/v1/posts?state=lost", 422),
        ("/api/v1/posts?before=soon", 422),
        ("/api/v1/posts/99999999999999999999", 422),
        ("/api/v1/posts/one", 422),
    ],
)
def test_every_error_is_a_problem(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    assert ("errors" in problem) == (status == 422)


def test_writing_is_not_allowed(client: TestClient) -> None:
    answer = client.post("/api/v1/posts")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_interface_describes_itself(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert set(described["paths"]) == {
        "/api/v1/books",
        "/api/v1/books/{book_id}",
        "/api/v1/posts",
        "/api/v1/posts/{post_id}",
        "/api/v1/deliveries",
        "/api/v1/deliveries/{delivery_id}",
        "/hooks/{source}",
    }
    named = described["components"]["schemas"]
    assert {"PostView", "DeliveryView", "Rendition", "Problem", "WrongField"} <= set(named)
    assert "HTTPValidationError" not in named


def test_every_reference_in_the_description_leads_somewhere(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    named = described["components"]["schemas"]
    for reference in _references(described):
        assert reference.removeprefix("#/components/schemas/") in named, reference


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [each for value in part.values() for each in _references(value)]
    if isinstance(part, list):
        return [each for value in part for each in _references(value)]
    return []
