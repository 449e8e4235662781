"""Which addresses are special, and whom the user may allow."""

import csv
from pathlib import Path

import pytest

from service.ingest.addresses import AllowedHosts, special

ROWS = list(
    csv.DictReader(
        (Path(__file__).parents[1] / "data/ingest_addresses.csv").read_text().splitlines()
    )
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["address"])
def test_special_addresses_are_known(row: dict[str, str]) -> None:
    assert (special(row["address"]) is not None) == (row["special"] == "yes"), row["why"]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::1", "fd12::1", "192.168.0.9"])
def test_a_users_own_machine_and_network_can_be_allowed(address: str) -> None:
    found = special(address)
    assert found is not None
    assert found.allowable


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0", "224.0.0.1"])
def test_others_can_never_be_allowed(address: str) -> None:
    found = special(address)
    assert found is not None
    assert not found.allowable


@pytest.mark.parametrize(
    ("allowed", "host", "port", "expected"),
    [
        ("127.0.0.1", "127.0.0.1", 80, True),
        ("127.0.0.1", "127.0.0.2", 80, False),
        ("127.0.0.1", "2130706433", 80, False),
        ("127.0.0.1:8000", "127.0.0.1", 8000, True),
        ("127.0.0.1:8000", "127.0.0.1", 8001, False),
        ("Blog.LAN", "blog.lan.", 443, True),
        ("http://blog.lan:81/x", "blog.lan", 81, True),
        ("::1", "::1", 80, True),
        ("[::1]:81", "::1", 81, True),
        ("[::1]:81", "::1", 80, False),
    ],
)
def test_hosts_are_allowed_as_typed(allowed: str, host: str, port: int, expected: bool) -> None:
    assert ((host, port) in AllowedHosts([allowed])) is expected
