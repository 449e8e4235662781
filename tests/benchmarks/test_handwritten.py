"""Posts written for Bookplate: the marks stand where the titles are."""

from pathlib import Path

import pytest

from benchmarks.books.handwritten import FOLDER, Written, as_row, works, written_posts
from service.find.reading import read
from service.resolve.titles import main_key

POSTS = written_posts()


def solid(text: str) -> str:
    return "".join(text.split())


def written(folder: Path, text: str, media: str = "html") -> Written:
    blogger = f"blog = 'Late Frost'\n[[post]]\nmedia = '{media}'\ntext = '''{text}'''\n"
    (folder / "late_frost.toml").write_text(blogger, encoding="utf-8")
    (post,) = written_posts(folder)
    return post


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.id)
def test_every_title_is_read_where_it_is_marked(post: Written) -> None:
    assert "{{" not in post.document.source
    assert "}}" not in post.document.source
    text = solid(read(post.document).text.text)
    assert [text[m.start : m.end] for m in post.marks] == [solid(m.words) for m in post.marks]


def test_a_third_of_the_posts_names_no_book() -> None:
    share = sum(not post.marks for post in POSTS) / len(POSTS)
    assert 0.25 < share < 0.45


def test_no_title_is_two_peoples() -> None:
    authors: dict[str, set[str]] = {}
    for mark in (mark for post in POSTS for mark in post.marks if mark.author):
        authors.setdefault(main_key(mark.title), set()).add(str(mark.author))
    assert {title: names for title, names in authors.items() if len(names) > 1} == {}


def test_a_blogger_is_a_file_and_a_blog() -> None:
    blogs = {post.id.split("/")[0]: post.blog for post in POSTS}
    assert len(set(blogs.values())) == len(blogs) == len(list(FOLDER.glob("*.toml")))


def test_marks_say_author_title_and_whether_they_count(tmp_path: Path) -> None:
    post = written(
        tmp_path,
        "<p>I read <em>{{Slow &amp; Steady: A Life | Ann Hill}}</em> and {{? Dune}}; "
        "{{Slow = Slow & Steady: A Life}} is <b>{{A <i>Book</i>}}</b>.</p>",
    )
    assert [(m.words, m.title, m.author, m.optional) for m in post.marks] == [
        ("Slow & Steady: A Life", "Slow & Steady: A Life", "Ann Hill", False),
        ("Dune", "Dune", None, True),
        ("Slow", "Slow & Steady: A Life", None, False),
        ("A Book", "A Book", None, False),
    ]
    assert post.marks[0].start == len("Iread")
    assert works([post]) == {"Slow & Steady: A Life": "Ann Hill", "A Book": None}
    assert as_row(post)["mentions"][2] == {
        "title": "Slow",
        "ns_start": post.marks[2].start,
        "ns_end": post.marks[2].end,
        "optional": False,
    }


@pytest.mark.parametrize("media", ["markdown", "text"])
def test_marks_stand_in_other_media_too(tmp_path: Path, media: str) -> None:
    post = written(tmp_path, "I read\n\n*{{Quiet Hours | Ann Hill}}* twice.", media)
    text = solid(read(post.document).text.text)
    assert [text[m.start : m.end] for m in post.marks] == ["QuietHours"]


def test_a_title_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"late_frost/1: 1 titles are marked, 0 can be read"):
        written(tmp_path, "<p>A picture: <img alt='{{Quiet Hours}}'></p>")
