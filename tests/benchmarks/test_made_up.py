"""Made-up posts, and what learning says where there is nothing to learn from."""

import subprocess
import sys
from pathlib import Path

from benchmarks.books.made_up import BEGINS, ENDS, posts
from service.model import Book

BOOKS = [
    Book("Quiet Gardens", ("Ann Hill",), "A Year of Doing Less"),
    Book("Saw & Plane", ("X Y",)),
]


def test_the_same_seed_makes_the_same_posts() -> None:
    assert list(posts(BOOKS, 20, 3)) == list(posts(BOOKS, 20, 3))
    assert list(posts(BOOKS, 20, 3)) != list(posts(BOOKS, 20, 4))


def test_every_title_is_marked_and_some_posts_have_none() -> None:
    made = list(posts(BOOKS, 60, 1))
    assert all(each.html.count(BEGINS) == each.html.count(ENDS) for each in made)
    assert any(BEGINS not in each.html for each in made)
    assert any(each.html.count(BEGINS) > 5 for each in made)
    assert not any(BEGINS in each.title or "<" in each.title for each in made)
    assert not any("{" in each.html for each in made)


def test_without_marked_posts_training_says_what_is_missing(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _ASK, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "There is no gold/posts.jsonl" in ran.stderr
    assert "BOOKPLATE_DATA" in ran.stderr


#: numpy is not among what the tests install
_ASK = """
import sys
from pathlib import Path
from benchmarks.books.missing import folder_or_exit
folder_or_exit(Path(sys.argv[1]))
"""
