"""bookplate catalogue, as a person or script calls it."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

from tests.resolve.index.making import json_lines, write_dump

BOOKPLATE = [sys.executable, "-m", "cli.main"]
ROWS = [
    {"title": "The Quiet Mill", "authors": ["Ada Stone"], "isbn13": "9780747532699"},
    {"title": "Salt", "authors": ["Tom Berger"], "language": "ger", "asin": "B00ABCDEFG"},
]
POST = "<p>I read <em>The Quiet Mill</em> by Ada Stone, a novel.</p>"


def bookplate(*words: object) -> subprocess.CompletedProcess[str]:
    command = [*BOOKPLATE, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_an_index_serves_scan_as_its_rows_do(tmp_path: Path) -> None:
    rows, packed, index = (tmp_path / name for name in ("b.jsonl", "b.jsonl.gz", "b.index"))
    rows.write_bytes(json_lines(ROWS))
    packed.write_bytes(gzip.compress(rows.read_bytes()))
    made = bookplate("catalogue", "import", packed, "-o", index, "--jobs", 2)
    assert made.returncode == 0, made.stderr
    assert "2 books of 2 titles" in made.stdout
    assert made.stderr == ""
    post = tmp_path / "post.html"
    post.write_text(POST)
    answers = {
        bookplate("scan", "--catalogue", each, post).stdout for each in (rows, packed, index)
    }
    assert len(answers) == 1
    assert json.loads(answers.pop())["findings"][0]["isbn13"] == "9780747532699"


def test_import_adds_to_an_index_and_names_what_is_no_book(tmp_path: Path) -> None:
    first, second, index = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "x.index"
    first.write_bytes(json_lines(ROWS))
    second.write_bytes(json_lines([*ROWS, {"title": "Echo"}]) + b'{"titel": "x"}\n')
    bookplate("catalogue", "import", first, "-o", index)
    added = bookplate("catalogue", "import", second, "-o", index, "--json")
    assert added.returncode == 3
    assert "b.jsonl, line 4: it has no title" in added.stderr
    told = json.loads(added.stdout)
    assert (told["books"], told["skipped"]) == (3, 1)
    replaced = bookplate("catalogue", "import", first, "-o", index, "--replace", "--json")
    assert json.loads(replaced.stdout)["books"] == 2


def test_build_makes_an_index_that_info_tells_of(tmp_path: Path) -> None:
    dump = write_dump(
        tmp_path / "all.txt.gz",
        [
            ("author", "/authors/OL1A", {"name": "Ada Stone"}),
            ("work", "/works/OL1W", {"title": "The Quiet Mill"}),
            (
                "edition",
                "/books/OL1M",
                {
                    "title": "The Quiet Mill",
                    "works": [{"key": "/works/OL1W"}],
                    "languages": [{"key": "/languages/eng"}],
                    "isbn_13": ["9780747532699"],
                },
            ),
        ],
    )
    index = tmp_path / "books.index"
    made = bookplate("catalogue", "build", "--dump", dump, "-o", index)
    assert made.returncode == 0, made.stderr
    shown = bookplate("catalogue", "info", index, "--verify")
    assert "all.txt.gz (3)" in shown.stdout
    assert "checksums are right" in shown.stdout
    assert max(map(len, shown.stdout.splitlines()[1:])) <= 100
    told = json.loads(bookplate("catalogue", "info", index, "--json").stdout)
    assert told["languages"] == {"en": 1}
    assert told["inputs"] == [{"name": "all.txt.gz", "size": dump.stat().st_size, "rows": 3}]


def test_info_without_a_name_tells_of_the_installed_catalogue() -> None:
    shown = bookplate("catalogue", "info")
    assert shown.returncode == 0
    assert "the installed catalogue" in shown.stdout


def test_a_file_that_is_no_index_is_not_written_over(tmp_path: Path) -> None:
    rows = tmp_path / "books.jsonl"
    rows.write_bytes(json_lines(ROWS))
    for more in ((), ("--replace",)):
        made = bookplate("catalogue", "import", rows, "-o", rows, *more)
        assert made.returncode == 1
        assert "is no index" in made.stderr
    assert rows.read_bytes() == json_lines(ROWS)


def test_wrong_words_are_named(tmp_path: Path) -> None:
    for words in (("build",), ("build", "--works", tmp_path / "no"), ("import", tmp_path / "no")):
        assert bookplate("catalogue", *words).returncode == 2
    index = tmp_path / "x.index"
    index.write_bytes(b"bookplate-books\n")
    broken = bookplate("catalogue", "info", index)
    assert broken.returncode == 1
    assert "→" in broken.stderr
