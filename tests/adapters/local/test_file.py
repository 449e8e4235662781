"""The file channel: one page a post, one line a deed, whatever breaks between."""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.local.file import EVENTS, File
from service.errors import ChannelUnreachable, RemoteGone, RenditionRejected
from service.model import Published
from tests.adapters.notebook import Notebook, article, context, letter

NOTHING = Notebook()
NAME = "2026-11-03-three-winters-with-one-book.html"


class Crashed(BaseException):
    """The process ended here."""


def channel(folder: Path) -> File:
    return File("drop", File.Options("out/drop"), context(folder))


def events(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "out/drop" / EVENTS).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def pages(folder: Path) -> list[str]:
    return sorted(each.name for each in (folder / "out/drop").glob("*.html"))


def test_a_post_becomes_a_page_and_a_line(tmp_path: Path) -> None:
    published = channel(tmp_path).publish(article(), "key-1", NOTHING)
    assert published.remote_id == NAME
    assert published.url == (tmp_path / "out/drop" / NAME).as_uri()
    (event,) = events(tmp_path)
    assert list(event) == ["action", "post_url", "title", "key", "file", "at"]
    assert event | {"at": ""} == {
        "action": "publish",
        "post_url": "https://blog.example/three-winters/",
        "title": "Three winters with one book",
        "key": "key-1",
        "file": NAME,
        "at": "",
    }
    page = (tmp_path / "out/drop" / NAME).read_text("utf-8")
    assert "<p>I read it <em>slowly</em>.</p>" in page
    assert '<html lang="en">' in page


def test_what_the_post_says_cannot_leave_its_place_in_the_page(tmp_path: Path) -> None:
    rendition = article("</title><script>alert(1)</script>", url='https://b.example/"><script>')
    file = channel(tmp_path).publish(rendition, "k", NOTHING).remote_id
    assert "<script>" not in (tmp_path / "out/drop" / file).read_text("utf-8")


def test_a_repeated_key_writes_no_second_line(tmp_path: Path) -> None:
    first = channel(tmp_path).publish(article(), "k", NOTHING)
    assert channel(tmp_path).publish(article(), "k", NOTHING) == first
    assert len(events(tmp_path)) == 1


def test_an_update_rewrites_the_same_file(tmp_path: Path) -> None:
    drop = channel(tmp_path)
    published = drop.publish(article(), "k1", NOTHING)
    assert drop.update(published, article("Four winters"), "k2", NOTHING) == published
    drop.update(published, article("Four winters"), "k2", NOTHING)
    assert pages(tmp_path) == [NAME]
    assert "Four winters" in (tmp_path / "out/drop" / NAME).read_text("utf-8")
    assert [(e["action"], e["title"]) for e in events(tmp_path)] == [
        ("publish", "Three winters with one book"),
        ("update", "Four winters"),
    ]


def test_a_withdrawn_page_is_gone_and_its_line_says_which_post(tmp_path: Path) -> None:
    drop = channel(tmp_path)
    published = drop.publish(article(), "k1", NOTHING)
    for _ in range(2):
        drop.withdraw(published, "k2", NOTHING)
    assert pages(tmp_path) == []
    last = events(tmp_path)[-1]
    assert len(events(tmp_path)) == 2
    assert (last["action"], last["post_url"], last["title"], last["file"]) == (
        "withdraw",
        "https://blog.example/three-winters/",
        "Three winters with one book",
        NAME,
    )


def test_a_page_removed_by_hand_cannot_be_updated(tmp_path: Path) -> None:
    drop = channel(tmp_path)
    published = drop.publish(article(), "k1", NOTHING)
    (tmp_path / "out/drop" / NAME).unlink()
    with pytest.raises(RemoteGone):
        drop.update(published, article(), "k2", NOTHING)


def test_two_posts_of_one_title_get_two_files(tmp_path: Path) -> None:
    drop = channel(tmp_path)
    drop.publish(article(), "k1", NOTHING)
    other = drop.publish(article(url="https://blog.example/other/"), "k2", NOTHING)
    assert other.remote_id != NAME
    assert len(pages(tmp_path)) == 2


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    drop = channel(tmp_path)
    drop.verify()
    theirs = tmp_path / "out/drop" / NAME
    theirs.write_text("mine", "utf-8")
    assert drop.publish(article(), "k", NOTHING).remote_id != NAME
    assert theirs.read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Über Bücher & Äpfel", "2026-11-03-uber-bucher-apfel.html"),
        ("../../etc/passwd", "2026-11-03-etc-passwd.html"),
        ("三つの冬", "2026-11-03-post.html"),
        ("word " * 40, "2026-11-03-" + "-".join(["word"] * 12) + ".html"),
    ],
)
def test_file_names_are_plain(tmp_path: Path, title: str, name: str) -> None:
    assert channel(tmp_path).publish(article(title), "k", NOTHING).remote_id == name


def test_a_remote_id_cannot_lead_out_of_the_directory(tmp_path: Path) -> None:
    outside = tmp_path / "out" / "outside.html"
    drop = channel(tmp_path)
    drop.verify()
    outside.write_text("kept", "utf-8")
    drop.withdraw(Published("../outside.html"), "k", NOTHING)
    assert outside.exists()


@pytest.mark.parametrize("left", range(1, 300, 13))
def test_a_torn_last_line_is_mended(tmp_path: Path, left: int) -> None:
    drop = channel(tmp_path)
    drop.publish(article(), "k1", NOTHING)
    log = tmp_path / "out/drop" / EVENTS
    whole = log.read_bytes()
    drop.publish(article("Ü" * 9, url="https://blog.example/2/"), "k2", NOTHING)
    log.write_bytes(log.read_bytes()[: len(whole) + left])
    drop.publish(article("Ü" * 9, url="https://blog.example/2/"), "k2", NOTHING)
    assert [event["key"] for event in events(tmp_path)] == ["k1", "k2"]
    assert log.read_bytes().startswith(whole)


def _break_at(patch: pytest.MonkeyPatch, call: int, error: BaseException) -> list[str]:
    """Make the call-th of the calls that change the disk fail; the list tells which were made."""
    made: list[str] = []

    def broken(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            made.append(name)
            if len(made) == call:
                if name == "write":
                    real(args[0], args[1][:40])
                raise error
            return real(*args, **kwargs)

        return wrapper

    for name in ("write", "fsync", "ftruncate"):
        patch.setattr(os, name, broken(name, getattr(os, name)))
    for name in ("replace", "unlink"):
        patch.setattr(Path, name, broken(name, getattr(Path, name)))
    return made


@pytest.mark.parametrize("call", range(1, 12))
@pytest.mark.parametrize(
    "error", [Crashed(), OSError(errno.ENOSPC, "No space left on device")], ids=["crash", "full"]
)
def test_a_break_at_any_point_leaves_one_page_and_one_line_after_a_retry(
    tmp_path: Path, call: int, error: BaseException
) -> None:
    drop = channel(tmp_path)
    first = drop.publish(article(url="https://blog.example/first/"), "k0", NOTHING)
    with pytest.MonkeyPatch.context() as patch:
        made = _break_at(patch, call, error)
        try:
            drop.publish(article("Second"), "k1", NOTHING)
        except (Crashed, ChannelUnreachable):
            assert len(made) >= call
        else:
            assert len(made) < call
    second = channel(tmp_path).publish(article("Second"), "k1", NOTHING)
    assert pages(tmp_path) == sorted([first.remote_id, second.remote_id])
    assert [event["key"] for event in events(tmp_path)] == ["k0", "k1"]
    assert not list((tmp_path / "out/drop").glob("*.part"))


@pytest.mark.parametrize("call", range(1, 7))
def test_a_break_while_withdrawing_leaves_one_line_after_a_retry(tmp_path: Path, call: int) -> None:
    drop = channel(tmp_path)
    published = drop.publish(article(), "k0", NOTHING)
    with pytest.MonkeyPatch.context() as patch:
        _break_at(patch, call, Crashed())
        with contextlib.suppress(Crashed):
            drop.withdraw(published, "k1", NOTHING)
    channel(tmp_path).withdraw(published, "k1", NOTHING)
    assert pages(tmp_path) == []
    assert [event["action"] for event in events(tmp_path)] == ["publish", "withdraw"]


def test_a_full_disk_is_named_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    drop = channel(tmp_path)
    drop.verify()
    with pytest.MonkeyPatch.context() as patch:
        _break_at(patch, 1, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(ChannelUnreachable, match="is full"):
            drop.publish(article(), "k", NOTHING)
    assert {each.name for each in (tmp_path / "out/drop").iterdir()} <= {EVENTS, ".lock"}


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", "utf-8")
    with pytest.raises(ChannelUnreachable, match="out"):
        channel(tmp_path).verify()


def test_writers_side_by_side_lose_and_double_nothing(tmp_path: Path) -> None:
    def write(number: int) -> None:
        for post in range(6):
            rendition = article(f"Post {post}", url=f"https://blog.example/{post}/")
            channel(tmp_path).publish(rendition, f"k{post}", Notebook())

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(event["key"] for event in events(tmp_path)) == [f"k{post}" for post in range(6)]
    assert len(pages(tmp_path)) == 6


_ENDLESS = """
import sys
from pathlib import Path
from tests.adapters.local.test_file import channel, Notebook, article
drop = channel(Path(sys.argv[1]))
for post in range(int(sys.argv[2])):
    rendition = article(f"Post {post}", url=f"https://blog.example/{post}/")
    drop.publish(rendition, f"k{post}", Notebook())
    print(post, flush=True)
"""


def test_kill_9_loses_and_doubles_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ENDLESS, str(tmp_path)]
    root = Path(__file__).parents[3]
    for kill_after in (0, 7, 23):
        child = subprocess.Popen([*command, "100000"], cwd=root, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        while int(child.stdout.readline()) < kill_after:
            pass
        child.send_signal(signal.SIGKILL)
        child.communicate()
    subprocess.run([*command, "40"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    keys = [event["key"] for event in events(tmp_path)]
    assert len(keys) == len(set(keys)) == len(pages(tmp_path))
    assert {f"k{post}" for post in range(40)} <= set(keys)


def test_other_forms_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RenditionRejected, match="letter"):
        channel(tmp_path).publish(letter(), "k", NOTHING)
    assert events(tmp_path) == [] if (tmp_path / "out/drop" / EVENTS).exists() else True
