"""`bookplate extract`: what is promised of its output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli import extract as command
from service import pipeline
from service.errors import AddressRefused, Gone, UnreadableInput, UsageError
from tests.ingest.loopback import Loopback

PAGE = Path(__file__).parents[1] / "data/ingest_wordpress.html"
FIELDS = (
    "title authors published updated canonical_url site_name language tags image summary html text"
).split()


def run(*arguments: str, stdin: bytes | None = None) -> str:
    app = typer.Typer()
    app.command()(command.extract)
    return CliRunner().invoke(app, arguments, input=stdin, catch_exceptions=False).stdout


def test_json_has_the_promised_fields_in_order() -> None:
    found = json.loads(run(str(PAGE), "--json"))
    assert list(found) == FIELDS
    assert found["title"] == "How to prune a pear"
    assert found["published"] == "2026-02-03T08:30:00+00:00"
    assert found["authors"] == ["Ines Marlow"]


def test_json_is_written_where_nobody_watches() -> None:
    assert json.loads(run("-", stdin="<p>Größe, gewiß.</p>".encode()))["text"] == "Größe, gewiß."


def test_the_permalink_makes_links_absolute() -> None:
    html = b'<p>A <a href="b">link</a>, and words.</p>'
    got = run("-", "--url", "https://a.example/x/", "--html", stdin=html)
    assert got == '<p>A <a href="https://a.example/x/b">link</a>, and words.</p>\n'


def test_only_the_words() -> None:
    assert run("-", "--text", stdin=b"<p>One,<br>two.</p><p>Three.</p>") == "One,\ntwo.\nThree.\n"


def test_a_person_gets_something_to_read() -> None:
    text = command._readable(pipeline.extract(PAGE.read_bytes()))
    assert text.startswith(
        "How to prune a pear\nInes Marlow · 3 February 2026 · https://wall.example/"
    )
    assert text.endswith("words. Every field: --json; the post's HTML: --html")
    assert all(len(line) <= 100 for line in text.split("\n"))


def test_forms_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        run(str(PAGE), "--html", "--text")


def test_an_address_is_fetched_only_where_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "version", lambda: "1")
    with Loopback() as server:
        url = server.serve("/post", "<p>Größe, gewiß.</p>".encode("latin-1"),
                           content_type="text/html; charset=latin-1")  # fmt: skip
        with pytest.raises(AddressRefused):
            run(url)
        found = json.loads(run(url, "--allow-private", "127.0.0.1"))
        with pytest.raises(Gone):
            run(server.url + "/missing", "--allow-private", "127.0.0.1")
    assert found["text"] == "Größe, gewiß."
    assert found["canonical_url"] == url


def test_what_can_not_be_read_is_named() -> None:
    with pytest.raises(UnreadableInput, match=r"missing\.html"):
        run("missing.html")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_many_files_give_a_line_each_in_order(tmp_path: Path, jobs: str) -> None:
    for number in range(5):
        html = f"<title>Post {number}</title><p>The words of post {number}, all of them.</p>"
        (tmp_path / f"{number}.html").write_text(html)
    found = [json.loads(line) for line in run(str(tmp_path), "--jobs", jobs).splitlines()]
    assert [each["title"] for each in found] == [f"Post {number}" for number in range(5)]
    assert list(found[0]) == ["source", *FIELDS]


def test_a_file_without_a_page_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>The words of a post, all of them.</p>")
    (tmp_path / "empty.html").write_text("")
    app = typer.Typer()
    app.command()(command.extract)
    done = CliRunner().invoke(app, [str(tmp_path), "--jobs", "1"])
    assert done.exit_code == 3
    assert len(done.stdout.splitlines()) == 1
    assert "empty.html holds no web page" in done.stderr


@pytest.mark.parametrize(
    "more", [["--html"], ["--url", "https://a.example/"], ["https://a.example/"]]
)
def test_what_is_for_one_page_is_refused_for_many(more: list[str]) -> None:
    app = typer.Typer()
    app.command()(command.extract)
    with pytest.raises(UsageError):
        CliRunner().invoke(app, [str(PAGE), str(PAGE), *more], catch_exceptions=False)
