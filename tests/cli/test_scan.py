"""`bookplate scan`: JSON Lines for programs, in order, bad files named."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FIELDS = "kind start end text title authors isbn13 isbn10 asin marketplace confidence decision why"
POST = "<p>I read <em>The Shipping News</em> by Annie Proulx, a novel.</p>"


def bookplate(*words: str) -> tuple[int, list[Any], str]:
    """Exit code, the JSON lines of stdout, stderr."""
    command = [sys.executable, "-m", "cli.main", "scan", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_line_a_document_with_every_field_of_the_interface(tmp_path: Path) -> None:
    post = tmp_path / "post.html"
    post.write_text(POST)
    code, (line,), _ = bookplate(str(post))
    assert code == 0
    assert line["source"] == str(post)
    (finding,) = line["findings"]
    assert list(finding) == [*FIELDS.split(), "alternatives"]
    assert POST[finding["start"] : finding["end"]] == "The Shipping News"
    assert (finding["kind"], finding["decision"]) == ("book_mention", "link")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_folders_come_in_order_and_a_bad_file_is_named(tmp_path: Path, jobs: str) -> None:
    for number in range(12):
        (tmp_path / f"{number:02}.html").write_text(POST)
    (tmp_path / "05.html").write_bytes(b"\0" * 100)
    code, lines, errors = bookplate(str(tmp_path), "--jobs", jobs)
    assert code == 3
    assert "05.html" in errors
    names = [Path(line["source"]).name for line in lines]
    assert names == [f"{number:02}.html" for number in range(12) if number != 5]


@pytest.mark.parametrize("command", ["scan", "rewrite", "extract", "preview"])
def test_what_is_no_text_is_refused_in_plain_words(tmp_path: Path, command: str) -> None:
    (tmp_path / "post.html").write_bytes(b"%PDF-1.4\n1 0 obj <</Type/Catalog>> endobj")
    words = [sys.executable, "-m", "cli.main", command, "post.html"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert not done.stdout
    assert "post.html is no text: it is a PDF document.\n  → Save it as HTML" in done.stderr


def test_formats_are_told_by_the_name_or_given(tmp_path: Path) -> None:
    post = tmp_path / "post.md"
    post.write_text("I read *The Shipping News* by Annie Proulx, a novel.\n")
    _, (sniffed,), _ = bookplate(str(post))
    _, (given,), _ = bookplate(str(post), "--format", "text")
    assert [each["text"] for each in sniffed["findings"]] == ["The Shipping News"]
    assert [each["text"] for each in given["findings"]] == ["The Shipping News"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("no-such-file.html",), 2),
        (("--format", "pdf", "x"), 2),
        ((".", "--catalogue", "none.jsonl"), 1),
    ],
)
def test_mistakes_are_told_with_their_exit_code(words: tuple[str, ...], code: int) -> None:
    found, _, errors = bookplate(*words)
    assert found == code
    assert errors


def test_explain_prints_reasons_and_json(tmp_path: Path) -> None:
    post = tmp_path / "post.html"
    post.write_text(POST)
    words = ["--explain", "The Shipping news", str(post)]
    command = [sys.executable, "-m", "cli.main", "scan", *words]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.search(r"linked, \d+% sure", said)
    assert "in italics" in said
    code, (told,), _ = bookplate(*words, "--json")
    assert code == 0
    (place,) = told["places"]
    assert (place["outcome"], place["against"]) == ("link", [])
    assert "in italics" in place["for"]
    assert POST[place["start"] : place["end"]] == "The Shipping News"
