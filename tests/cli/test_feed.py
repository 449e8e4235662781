"""`bookplate feed`: what is promised of its output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import feed as command
from service import pipeline
from service.errors import AddressRefused, UnreadableInput
from tests.ingest.loopback import Loopback

FEEDS = Path(__file__).parents[1] / "data/feeds"
FORMATS = (
    "rss20.xml rss091.xml rdf10.xml atom10.xml atom03.xml feed10.json feed11.json broken.xml"
).split()
ENTRY = [
    "id",
    "url",
    "title",
    "authors",
    "published",
    "updated",
    "tags",
    "html",
    "summary",
    "image",
]


def run(*arguments: str, stdin: bytes | None = None) -> str:
    app = typer.Typer()
    app.command()(command.feed)
    return CliRunner().invoke(app, arguments, input=stdin, catch_exceptions=False).stdout


def fields(*arguments: str, stdin: bytes | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, stdin=stdin))
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_promised_fields(name: str) -> None:
    found = fields(str(FEEDS / name), "--json")
    assert set(found) == {"feed", "entries"}
    assert found["feed"]["title"]
    for entry in found["entries"]:
        assert list(entry)[: len(ENTRY)] == ENTRY
        assert isinstance(entry["authors"], list)
        assert isinstance(entry["tags"], list)


def test_dates_are_iso_8601_with_a_zone() -> None:
    first = fields(str(FEEDS / "rss20.xml"), "--json")["entries"][0]
    assert first["published"] == "2026-11-03T08:30:00+00:00"
    assert first["updated"] is None


def test_json_is_written_where_nobody_watches() -> None:
    assert fields(str(FEEDS / "rss091.xml"))["entries"][0]["title"] == "First brick"


def test_standard_input() -> None:
    assert fields("-", stdin=(FEEDS / "atom03.xml").read_bytes())["feed"]["title"] == "Early Atoms"


def test_a_person_gets_a_list_without_control_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    found = pipeline.read_feed((FEEDS / "rss20.xml").read_bytes())
    text = command._readable(found)
    assert "2026-11-03  Tea & twine" in text
    assert text.endswith("3 posts, 2 of them as a summary only. Every field: --json")
    assert all(len(line) <= 100 for line in text.split("\n"))
    hostile = (
        '{"version": "x", "title": "\\u001b[2J", "items": [{"id": "1", "title": "a\\u001b]0;b"}]}'
    )
    assert "\x1b" not in command._readable(pipeline.read_feed(hostile.encode()))


def test_an_address_is_fetched_only_where_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "version", lambda: "1")
    with Loopback() as server:
        url = server.serve("/feed.xml", (FEEDS / "rss20.xml").read_bytes())
        with pytest.raises(AddressRefused):
            run(url)
        assert server.requests == []
        found = fields(url, "--allow-private", "127.0.0.1")
    assert found["feed"]["url"] == url
    assert len(found["entries"]) == 3


def test_what_can_not_be_read_is_named() -> None:
    with pytest.raises(UnreadableInput, match=r"missing\.xml"):
        run("missing.xml")
    with pytest.raises(UnreadableInput, match="web page"):
        run("-", stdin=b"<html><p>Hi")
