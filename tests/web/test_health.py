import time

import pytest
from starlette.testclient import TestClient

from service.deliver.publisher import Publisher
from service.deliver.rounds import Service
from service.errors import StoreError
from service.web.app import create_app


def test_a_process_that_answers_is_alive(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.head("/healthz").status_code == 200


def _serving(at: Publisher, last_round: float | None) -> TestClient:
    service = Service(at, lambda _: None)
    service.last_round = last_round
    return TestClient(create_app(at, service, password=None, max_body=1024))


def test_it_is_ready_while_rounds_turn(at: Publisher) -> None:
    answer = _serving(at, time.time()).get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "rounds": "ok"}


@pytest.mark.parametrize("last_round", [None, 1.0])
def test_it_is_not_ready_before_the_first_round_nor_when_one_hangs(
    at: Publisher, last_round: float | None
) -> None:
    answer = _serving(at, last_round).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["rounds"] != "ok"


def test_it_is_not_ready_without_its_database(
    at: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _serving(at, time.time())

    def gone() -> None:
        raise StoreError("The database does not answer.")

    monkeypatch.setattr(at.store, "session", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "The database does not answer."
    assert client.get("/healthz").status_code == 200


def test_metrics_count_by_state(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert 'bookplate_posts{state="announced"} 3' in lines
    assert 'bookplate_deliveries{channel="bluesky",state="dead"} 1' in lines
    assert 'bookplate_source_failures{source="blog"} 0' in lines
