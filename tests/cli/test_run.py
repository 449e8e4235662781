"""`bookplate run` as people and cron run it: a process, its words, its exit codes, its files."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.blog import Blog, prose
from tests.real.servers.smtp import SmtpServer
from tests.workplace import DROP, Workplace


def letter(smtp: SmtpServer, *to: str) -> str:
    readers = json.dumps(list(to) or ["readers@shelf.example"])
    return (
        f'\n[[channel]]\nname = "letter"\nkind = "smtp"\nhost = "127.0.0.1"\nport = {smtp.port}\n'
        f'security = "none"\nsender = "Ada <ada@shelf.example>"\nto = {readers}\n'
        'unsubscribe = "mailto:ada@shelf.example?subject=unsubscribe"\n'
    )


def contents(path: Path) -> list[str]:
    """Everything that the database holds."""
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_the_first_run_makes_note_and_the_next_publishes_once(
    bookplate: Workplace, blog: Blog
) -> None:
    blog.add("old")
    first = bookplate("run")
    assert "not announced" in first.stdout
    assert bookplate.events() == []

    blog.add("new")
    second = bookplate("run")
    assert "1 new" in second.stdout
    assert "1 delivered" in second.stdout
    assert bookplate.done() == [("publish", "new")]
    assert "tag=shelf-20" in bookplate.page("new")

    third = bookplate("run")
    assert "Nothing new." in third.stdout
    assert bookplate.done() == [("publish", "new")]
    assert (first.stderr, second.stderr, third.stderr) == ("", "", "")


def test_since_and_limit_and_post(bookplate: Workplace, blog: Blog) -> None:
    for slug in ("one", "two", "three"):
        blog.add(slug)

    bookplate("run", "--since", "2026-11-02", "--limit", "1")
    assert bookplate.done() == [("publish", "two")]
    bookplate("run", "--post", blog.address("one"), "--limit", "1")
    bookplate("run")

    assert sorted(bookplate.done()) == [("publish", slug) for slug in ("one", "three", "two")]


def test_json_tells_what_was_done(bookplate: Workplace, blog: Blog) -> None:
    blog.add("one")

    said = bookplate.json("run", "--since", "2026-11-01")

    assert said["polls"][0]["source"] == "blog"
    assert [each["title"] for each in said["posts"]] == ["About one"]
    assert [each["state"] for each in said["deliveries"]] == ["delivered"]
    assert said["errors"] == []
    assert said["waiting"]["due"] == 0


def test_a_dry_run_shows_and_changes_nothing(bookplate: Workplace, blog: Blog) -> None:
    blog.add("old")
    bookplate("run")
    blog.add("new")
    blog.edit("old", title="About old, again")
    before = contents(bookplate.folder / "bookplate.db")

    said = bookplate("run", "--dry-run", "--since", "2026-11-01")

    assert "About new" in said.stdout
    assert "2 would be delivered" in said.stdout
    assert contents(bookplate.folder / "bookplate.db") == before
    assert not (bookplate.folder / "drop").exists()
    bookplate("run")
    assert bookplate.done() == [("publish", "new")]


def test_a_run_with_nothing_to_do_imports_nothing_heavy(bookplate: Workplace, blog: Blog) -> None:
    blog.add("old")
    bookplate("run")
    (bookplate.folder / "sitecustomize.py").write_text(
        "import atexit, sys\n"
        "atexit.register(lambda: open('modules', 'w').write('\\n'.join(sys.modules)))\n"
    )

    bookplate("run", env={"PYTHONPATH": str(bookplate.folder)})

    loaded = (bookplate.folder / "modules").read_text().splitlines()
    tops = {name.partition(".")[0] for name in loaded}
    assert "sqlalchemy" in tops
    assert not tops & {"dbos", "fastapi", "alembic", "uvicorn", "trafilatura", "psycopg"}


def test_a_channel_that_is_down_gets_it_with_the_next_run(
    bookplate: Workplace, blog: Blog, smtp: SmtpServer
) -> None:
    bookplate.configure(blog.feed, DROP, letter(smtp))
    bookplate("run")
    blog.add("new")
    smtp.stop()

    down = bookplate("run", expect=3)
    assert "127.0.0.1, port" in down.stdout
    assert "1 not delivered" in down.stdout
    assert bookplate.done() == [("publish", "new")]
    assert bookplate.states() == {"drop": "delivered", "letter": "failed"}

    smtp.start()
    bookplate("run")
    bookplate("run")
    (message,) = smtp.messages()
    assert message.message["Subject"] == "About new"
    assert bookplate.done() == [("publish", "new")]


def test_a_feed_that_cannot_be_had_ends_with_1(bookplate: Workplace, blog: Blog) -> None:
    blog.failing = 500

    said = bookplate("run", expect=1)

    assert "failed:" in said.stderr
    assert blog.feed in said.stderr
    assert "Traceback" not in said.stderr


def test_a_source_that_asks_to_be_left_alone_is_told_and_asked_again_on_demand(
    bookplate: Workplace, blog: Blog
) -> None:
    blog.failing = 429
    bookplate("run", expect=1)
    blog.failing = None

    left = bookplate("run")
    asked = bookplate("run", "--again", "blog")

    assert "note: blog" in left.stderr
    assert "wants to be left alone until" in left.stderr
    assert "Nothing new." in left.stdout
    assert asked.stderr == ""
    assert blog.asked("/feed.xml") == [429, 200]


def test_a_source_that_is_none_cannot_be_asked_again(bookplate: Workplace, blog: Blog) -> None:
    assert "nosuch" in bookplate("run", "--again", "nosuch", expect=1).stderr


def test_one_source_of_two_that_cannot_be_had_ends_with_3(bookplate: Workplace, blog: Blog) -> None:
    bookplate.append(f'\n[[source]]\nname = "other"\nkind = "feed"\nurl = "{blog.url}/none.xml"\n')

    said = bookplate("run", expect=3)

    assert "/none.xml" in said.stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("run", "--since", "soon"), 2, "no date"),
        (("run", "--limit", "-1"), 2, "--limit"),
        (("run", "--sinse", "2026-11-01"), 2, "--sinse"),
        (("walk",), 2, "walk"),
        (("run", "--config", "other.toml"), 1, "bookplate init"),
    ],
)
def test_wrong_words_are_told(
    bookplate: Workplace, words: tuple[str, ...], code: int, told: str
) -> None:
    said = bookplate(*words, expect=code)

    assert told in said.stderr
    assert "Traceback" not in said.stderr


def test_two_runs_at_once_double_nothing(
    bookplate: Workplace, blog: Blog, smtp: SmtpServer
) -> None:
    bookplate.configure(blog.feed, DROP, letter(smtp))
    bookplate("run")
    for number in range(4):
        blog.add(f"post-{number}")

    started = [bookplate.start("run") for _ in range(3)]
    ended = [each.communicate(timeout=120) for each in started]

    assert [each.returncode for each in started] == [0, 0, 0], ended
    assert sorted(bookplate.done()) == [("publish", f"post-{number}") for number in range(4)]
    assert len(smtp.messages()) == 4


def test_two_first_runs_at_once_make_one_database(bookplate: Workplace, blog: Blog) -> None:
    blog.add("one")

    started = [bookplate.start("run", "--since", "2026-11-01") for _ in range(3)]
    ended = [each.communicate(timeout=120) for each in started]

    assert [each.returncode for each in started] == [0, 0, 0], ended
    assert bookplate.done() == [("publish", "one")]


@pytest.mark.xdist_group("postgresql")
def test_two_runs_at_once_on_postgresql_double_nothing(
    bookplate: Workplace, blog: Blog, smtp: SmtpServer, postgres_url: str
) -> None:
    bookplate.configure(blog.feed, DROP, letter(smtp))
    bookplate.env["BOOKPLATE_DATABASE_URL"] = postgres_url
    for number in range(4):
        blog.add(f"post-{number}")

    started = [bookplate.start("run", "--since", "2026-11-01") for _ in range(3)]
    ended = [each.communicate(timeout=120) for each in started]

    assert [each.returncode for each in started] == [0, 0, 0], ended
    assert sorted(bookplate.done()) == [("publish", f"post-{number}") for number in range(4)]
    assert len(smtp.messages()) == 4
    assert not (bookplate.folder / "bookplate.db").exists()


def test_a_run_beside_serve_doubles_nothing(
    bookplate: Workplace, blog: Blog, smtp: SmtpServer
) -> None:
    from tests.workplace import until

    bookplate.configure(blog.feed, DROP, letter(smtp))
    bookplate("run")
    serving = bookplate.start("serve", "--port", "0")
    try:
        lock = bookplate.folder / "bookplate.db.slot-0"
        until(lambda: lock.exists() or serving.poll() is not None, "serve holds its slot")
        blog.add("post")

        bookplate("run")

        until(lambda: bookplate.done() and smtp.messages(), "everything is out")
        assert bookplate.done() == [("publish", "post")]
        assert len(smtp.messages()) == 1
    finally:
        serving.terminate()
        assert serving.wait(30) == 0


# ── a disk that is full ──────────────────────────────────────────────────────────────────

#: the command, with a database that can't grow by more than $PAGES pages
_FULL = """
import os, sqlite3, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine

@event.listens_for(Engine, "connect")
def fill(connection, record):
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + int(os.environ['PAGES'])}")

from cli.main import main
sys.argv = ["bookplate", "run"]
main()
"""


def run_full(bookplate: Workplace, pages: int) -> tuple[int, str]:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", _FULL],
        cwd=bookplate.folder,
        env={**bookplate._environment(None), "PAGES": str(pages)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_full_disk_is_told_and_loses_nothing(bookplate: Workplace, blog: Blog) -> None:
    bookplate("run")
    for number in range(3):
        blog.add(f"post-{number}", html=prose(f"post-{number}", "word " * 3000))

    code, said = run_full(bookplate, 0)

    assert code == 1
    assert "The disk is full" in said
    assert "Free some space" in said
    assert "Traceback" not in said
    bookplate("run")
    assert sorted(bookplate.done()) == [("publish", f"post-{number}") for number in range(3)]


def test_a_full_folder_is_told_and_filled_later(bookplate: Workplace, blog: Blog) -> None:
    bookplate("run")
    blog.add("post")
    (bookplate.folder / "drop").write_text("where the folder should be")

    said = bookplate("run", expect=3)
    assert "1 not delivered" in said.stdout

    (bookplate.folder / "drop").unlink()
    bookplate("run")
    assert bookplate.done() == [("publish", "post")]
