"""How long answers stay fresh, by their headers."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.freshness import fresh_for, retry_after

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ROWS = list(
    csv.DictReader(
        (Path(__file__).parents[1] / "data/fetch_freshness.csv").read_text("utf-8").splitlines()
    )
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["why"])
def test_freshness_is_what_the_headers_say(row: dict[str, str]) -> None:
    headers = {
        name.replace("_", "-"): row[name]
        for name in ("cache_control", "expires", "date", "age")
        if row[name]
    }
    expected = float(row["seconds"]) if row["seconds"] else None
    assert fresh_for(headers, NOON) == expected


@given(st.text(), st.text(), st.text())
def test_no_header_breaks_it(control: str, expires: str, age: str) -> None:
    seconds = fresh_for({"cache-control": control, "expires": expires, "age": age}, NOON)
    assert seconds is None or seconds > 0
    assert (retry_after(control, NOON) or 0.0) >= 0
