import pytest

from service.deliver.publisher import Publisher
from service.errors import SettingsError
from service.web.auth import check_reach, is_loopback
from tests.web.conftest import browser

PRIVATE = ["/", "/posts/1", "/api/v1/posts", "/api/v1/openapi.json", "/metrics"]
OPEN = ["/healthz", "/readyz", "/style.css"]


@pytest.mark.parametrize("path", PRIVATE)
def test_a_password_keeps_others_out(at: Publisher, path: str) -> None:
    answer = browser(at, password="slow").get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize("password", ["", "slo", "slow ", "Slow", "sløw"])
def test_another_password_does_not_do(at: Publisher, path: str, password: str) -> None:
    credentials = ("ada", password.encode())
    assert browser(at, password="slow").get(path, auth=credentials).status_code == 401


@pytest.mark.parametrize("path", PRIVATE)
def test_the_password_lets_in_under_any_user_name(at: Publisher, path: str) -> None:
    assert browser(at, password="slow").get(path, auth=("anybody", "slow")).status_code == 200


@pytest.mark.parametrize("path", OPEN)
def test_health_and_style_need_no_password(at: Publisher, path: str) -> None:
    assert browser(at, password="slow").get(path).status_code == 200


def test_forms_need_the_password_too(at: Publisher) -> None:
    assert browser(at, password="slow").post("/posts/1/approve").status_code == 401


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize("host", ["shelf.example", "127.0.0.1.shelf.example", "localhost.example"])
def test_without_a_password_a_foreign_name_reads_nothing(
    at: Publisher, path: str, host: str
) -> None:
    answer = browser(at, host=host).get(path)
    assert answer.status_code == 421
    assert "stove" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
def test_our_own_names_are_answered(at: Publisher, host: str) -> None:
    assert browser(at).get("/", headers={"host": host}).status_code == 200


def test_with_a_password_any_name_is_answered(at: Publisher) -> None:
    answer = browser(at, password="slow", host="shelf.example").get("/", auth=("ada", "slow"))
    assert answer.status_code == 200


@pytest.mark.parametrize("path", OPEN)
def test_what_is_for_everybody_answers_to_any_name(at: Publisher, path: str) -> None:
    assert browser(at, host="shelf.example").get(path).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "http://localhost:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": "http://localhost"},
    ],
)
def test_a_form_of_another_site_decides_nothing(at: Publisher, headers: dict[str, str]) -> None:
    client = browser(at)
    held = client.get("/api/v1/posts?state=held").json()["items"][0]["id"]
    assert client.post(f"/posts/{held}/approve", headers=headers).status_code == 403
    assert client.get(f"/api/v1/posts/{held}").json()["state"] == "held"


@pytest.mark.parametrize(
    "headers", [{}, {"sec-fetch-site": "same-origin"}, {"origin": "http://localhost"}]
)
def test_a_form_of_our_own_decides(at: Publisher, headers: dict[str, str]) -> None:
    client = browser(at)
    held = client.get("/api/v1/posts?state=held").json()["items"][0]["id"]
    assert client.post(f"/posts/{held}/approve", headers=headers).status_code == 303
    assert client.get(f"/api/v1/posts/{held}").json()["state"] == "settling"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "shelf.example"])
def test_others_may_reach_us_only_with_a_password(host: str) -> None:
    with pytest.raises(SettingsError, match="no password"):
        check_reach(host, None)
    check_reach(host, "slow")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_this_machine_no_password_is_needed(host: str) -> None:
    assert is_loopback(host)
    check_reach(host, None)


def test_an_empty_password_is_refused() -> None:
    with pytest.raises(SettingsError, match="empty"):
        check_reach("127.0.0.1", "")
