"""Many sources asked at once, as their servers want it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from service import pipeline
from service.deliver.polling import poll_all
from service.model import Manners, Source
from service.store import views
from tests.blog import Blog, prose
from tests.deliver.conftest import on_sqlite
from tests.deliver.rig import Rig
from tests.ingest.loopback import Loopback

pytestmark = on_sqlite


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


def feed(*slugs: str, site: str = "https://shelf.example") -> bytes:
    items = "".join(
        f"<item><title>About {slug}</title><link>{site}/{slug}/</link><guid>{site}/{slug}</guid>"
        f"<content:encoded><![CDATA[{prose(slug)}]]></content:encoded></item>"
        for slug in slugs
    )
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Shelf</title><link>{site}/</link>{items}"
        "</channel></rss>"
    ).encode()


def follow(publisher: Rig, *urls: str) -> list[Source]:
    """Let these feeds be the only sources."""
    sources = [
        Source(f"s{number}", "feed", url, settle=timedelta(0)) for number, url in enumerate(urls)
    ]
    publisher.set_up(sources=tuple(sources))
    return sources


def asked(server: Loopback, path: str) -> int:
    return sum(each == path for each, _ in server.requests)


def source(publisher: Rig, name: str = "s0") -> views.SourceView:
    with publisher.store.session() as session:
        return next(each for each in views.sources(session, publisher.owner) if each.name == name)


# ── at once, and together ────────────────────────────────────────────────────────────────


def test_sources_are_asked_at_once(publisher: Rig, server: Loopback) -> None:
    together = threading.Barrier(4, timeout=10)
    for number in range(4):
        server.serve(f"/{number}", feed(f"post-{number}"))
        answer = server.routes[f"/{number}"]

        def wait_and_answer(request, answer=answer):  # type: ignore[no-untyped-def]
            together.wait()
            answer(request)

        server.routes[f"/{number}"] = wait_and_answer
    follow(publisher, *(f"{server.url}/{number}" for number in range(4)))

    done = publisher.run()

    assert [poll.baseline for poll in done.polls] == [[f"About post-{n}"] for n in range(4)]
    assert done.errors == []


def test_no_more_are_under_way_than_settings_say(publisher: Rig, server: Loopback) -> None:
    now, most = [], []
    for number in range(12):
        server.serve(f"/{number}", feed(f"post-{number}"))
        answer = server.routes[f"/{number}"]

        def counted(request, answer=answer):  # type: ignore[no-untyped-def]
            now.append(1)
            most.append(len(now))
            answer(request)
            now.pop()

        server.routes[f"/{number}"] = counted
    follow(publisher, *(f"{server.url}/{number}" for number in range(12)))
    publisher.set_up(manners=Manners(parallel=2))

    publisher.run()

    assert len(publisher.posts()) == 12
    assert max(most) <= 2


def test_many_sources_are_remembered_like_one_after_the_other(
    publisher: Rig, server: Loopback
) -> None:
    urls = [server.serve(f"/{number}", feed(f"a{number}")) for number in range(60)]
    follow(publisher, *urls)
    publisher.run()
    for number in range(0, 60, 2):
        server.serve(f"/{number}", feed(f"b{number}", f"a{number}"))

    publisher.run()

    posts = publisher.posts()
    assert len(posts) == 90
    for slug, post in posts.items():
        assert post.state == ("announced" if slug.startswith("b") else "baseline")
        assert post.source == f"s{slug[1:]}"
    assert len(publisher.scripted["social"].calls) == 30


def test_a_post_that_two_sources_tell_at_once_is_one(publisher: Rig, server: Loopback) -> None:
    urls = [server.serve(f"/{number}", feed("old")) for number in range(3)]
    follow(publisher, *urls)
    publisher.run()
    for number in range(3):
        server.serve(f"/{number}", feed("new", "old"))

    done = publisher.run()

    assert set(publisher.posts()) == {"old", "new"}
    assert sum(len(poll.new) for poll in done.polls) == 1
    assert publisher.scripted["social"].actions == ["publish"]


def test_one_source_that_our_own_code_fails_on_spoils_no_other(
    publisher: Rig, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(publisher, *(server.serve(f"/{number}", feed(f"p{number}")) for number in range(5)))
    recognise = pipeline.recognise

    def failing(known, entries, **rest):  # type: ignore[no-untyped-def]
        if entries and "p3" in entries[0].title:
            raise ZeroDivisionError
        return recognise(known, entries, **rest)

    monkeypatch.setattr(pipeline, "recognise", failing)

    done = publisher.run()

    assert set(publisher.posts()) == {"p0", "p1", "p2", "p4"}
    assert done.polls[3].errors == ["ZeroDivisionError: "]
    assert [poll.errors for poll in done.polls if poll.source != "s3"] == [[]] * 4


def test_a_feed_that_cannot_be_read_is_told_with_its_name(
    publisher: Rig, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(publisher, server.serve("/a", feed("a")), server.serve("/b", feed("b")))
    read = pipeline.read_feed

    def failing(body, **rest):  # type: ignore[no-untyped-def]
        if b"About b" in body:
            raise ZeroDivisionError("division by zero")
        return read(body, **rest)

    monkeypatch.setattr(pipeline, "read_feed", failing)

    done = publisher.run()

    assert set(publisher.posts()) == {"a"}
    (error,) = done.errors
    assert f"{server.url}/b could not be read" in error


def test_a_poll_that_is_stopped_leaves_what_was_not_begun(publisher: Rig, server: Loopback) -> None:
    follow(publisher, *(server.serve(f"/{number}", feed(f"p{number}")) for number in range(50)))
    publisher.set_up(manners=Manners(parallel=1))

    poll_all(publisher, publisher.blog.sources, stopped=lambda: True)

    assert publisher.posts() == {}


# ── as the server wants it ───────────────────────────────────────────────────────────────


def test_a_server_that_asks_to_wait_is_waited_for_by_run_too(
    publisher: Rig, server: Loopback
) -> None:
    url = server.serve("/feed", b"", status=429, retry_after="600")
    follow(publisher, url)
    first = publisher.run()
    server.serve("/feed", feed("post"))

    second = publisher.run()
    assert asked(server, "/feed") == 1
    assert "429" in first.errors[0]
    assert second.errors == []
    (note,) = second.polls[0].notes
    assert "wants to be left alone until" in note
    assert "--again s0" in note

    publisher.clock.forward(seconds=601)
    publisher.run()
    assert asked(server, "/feed") == 2
    assert set(publisher.posts()) == {"post"}


def test_a_person_may_ask_all_the_same(publisher: Rig, server: Loopback) -> None:
    sources = follow(publisher, server.serve("/feed", b"", status=503, retry_after="600"))
    publisher.run()
    server.serve("/feed", feed("post"))

    poll_all(publisher, sources, again=["s0"])

    assert set(publisher.posts()) == {"post"}


def test_a_server_that_just_fails_is_asked_by_the_next_run(
    publisher: Rig, server: Loopback
) -> None:
    follow(publisher, server.serve("/feed", b"", status=503))
    publisher.run()
    publisher.run()
    assert asked(server, "/feed") == 2
    assert source(publisher).failures == 2


def test_a_wait_of_years_is_a_week(publisher: Rig, server: Loopback) -> None:
    follow(publisher, server.serve("/feed", b"", status=503, retry_after="999999999"))
    publisher.run()
    publisher.clock.forward(days=7, seconds=1)
    publisher.run()
    assert asked(server, "/feed") == 2


def test_a_source_that_is_gone_for_good_is_asked_no_more(publisher: Rig, server: Loopback) -> None:
    follow(publisher, server.serve("/feed", feed("post")))
    publisher.run()
    server.serve("/feed", b"", status=410)

    told = publisher.run()
    later = publisher.run()

    assert "410" in told.errors[0]
    assert asked(server, "/feed") == 2
    assert later.errors == []
    assert "not asked any more: it answered 410 Gone on 2026-11-24." in later.polls[0].notes[0]


def test_its_new_address_is_asked_again(publisher: Rig, server: Loopback) -> None:
    follow(publisher, server.serve("/feed", b"", status=410))
    publisher.run()
    follow(publisher, server.serve("/new", feed("post")))

    publisher.run()

    assert set(publisher.posts()) == {"post"}


def test_a_page_that_is_gone_stops_no_source(publisher: Rig, blog: Blog) -> None:
    publisher.set_up(sources=(Source("blog", "page", f"{blog.url}/", settle=timedelta(0)),))
    blog.add("first")
    blog.add("second")
    publisher.run()
    blog.posts["second"].status = 410
    publisher.run()
    blog.add("third")

    publisher.run()

    assert publisher.posts()["third"].state == "announced"
    assert publisher.posts()["second"].state == "baseline"


@pytest.mark.parametrize("status", [301, 308])
def test_a_feed_that_moved_for_good_is_asked_where_it_went(
    publisher: Rig, server: Loopback, status: int
) -> None:
    follow(publisher, server.serve("/old", b"", status=status, location="/new"))
    server.serve("/new", feed("post"), etag='"1"')
    first = publisher.run()
    server.serve("/new", b"", status=304, etag='"1"')

    second = publisher.run()

    (note,) = first.polls[0].notes
    assert f"s0 has moved for good to {server.url}/new" in note
    assert asked(server, "/old") == 1
    assert second.polls[0].notes == []
    assert second.polls[0].unchanged


def test_a_feed_that_moved_and_is_unchanged_is_remembered_too(
    publisher: Rig, server: Loopback
) -> None:
    follow(publisher, server.serve("/old", feed("post"), etag='"1"'))
    publisher.run()
    server.serve("/old", b"", status=301, location="/new")
    server.serve("/new", b"", status=304, etag='"1"')

    publisher.run()
    publisher.run()

    assert asked(server, "/old") == 2
    assert asked(server, "/new") == 2
    assert publisher.posts()["post"].state == "baseline"


def test_a_feed_that_moved_for_a_while_stays_where_it_is(publisher: Rig, server: Loopback) -> None:
    follow(publisher, server.serve("/old", b"", status=302, location="/new"))
    server.serve("/new", feed("post"))
    publisher.run()
    publisher.run()
    assert asked(server, "/old") == 2


def test_a_password_in_the_address_is_shown_nowhere(publisher: Rig, server: Loopback) -> None:
    address = f"http://ada:secret@127.0.0.1:{server.port}"
    body = feed("post").replace(b"https://shelf.example/post/", b"/post/")
    server.serve("/feed", body)
    follow(publisher, f"{address}/feed", f"{address}/none", f"{address}/gone")
    server.serve("/gone", b"", status=410)
    told = [publisher.run(), publisher.run()]

    assert "secret" not in repr(told)
    assert publisher.posts()["post"].url == f"{server.url}/post/"
    with publisher.store.session() as session:
        assert "secret" not in repr(views.sources(session, publisher.owner))


# ── how often ────────────────────────────────────────────────────────────────────────────


def test_what_stays_fresh_is_not_asked_sooner_by_serve(publisher: Rig, server: Loopback) -> None:
    follow(publisher, server.serve("/feed", feed("post"), cache_control="max-age=7200"))
    publisher.run()
    view = source(publisher)
    assert view.polled_at
    assert view.next_poll_at == view.polled_at + timedelta(hours=2)


def test_a_quiet_source_is_asked_less_often_and_a_lively_one_again(
    publisher: Rig, server: Loopback
) -> None:
    follow(publisher, server.serve("/feed", feed("post")))

    def pause() -> timedelta:
        publisher.run()
        view = source(publisher)
        assert view.polled_at
        assert view.next_poll_at
        return view.next_poll_at - view.polled_at

    assert pause() == timedelta(minutes=15)
    publisher.clock.forward(days=2)
    assert timedelta(minutes=59) < pause() < timedelta(minutes=61)
    publisher.clock.forward(days=30)
    assert pause() == timedelta(hours=2)
    server.serve("/feed", feed("new", "post"))
    assert pause() == timedelta(minutes=15)


# ── posts that leave a feed ──────────────────────────────────────────────────────────────


def test_an_old_post_that_makes_room_for_a_new_one_is_not_asked_for(
    publisher: Rig, blog: Blog
) -> None:
    for slug in ("one", "two", "three"):
        blog.add(slug)
    publisher.run()
    blog.unlist("one")
    blog.add("four")

    publisher.run()
    blog.restore("one")
    publisher.run()

    assert blog.asked("/one/") == []
    assert publisher.posts()["one"].state == "baseline"
    assert publisher.posts()["four"].state == "announced"


def test_one_that_leaves_without_need_is_asked_for(publisher: Rig, blog: Blog) -> None:
    for slug in ("one", "two", "three"):
        blog.add(slug)
    publisher.run()
    blog.delete("two", 410)
    blog.add("four")

    publisher.run()

    assert blog.asked("/two/") == [410]


def test_one_that_is_out_is_asked_for_where_all_that_is_known_has_left(
    publisher: Rig, blog: Blog
) -> None:
    publisher.run()
    blog.add("one")
    publisher.run()
    blog.delete("one", 410)
    blog.add("two")

    publisher.run()

    assert publisher.posts()["one"].state == "gone"


def test_names_are_not_mixed_up_when_a_source_is_added(publisher: Rig, server: Loopback) -> None:
    follow(publisher, server.serve("/a", feed("a")))
    publisher.run()
    one = publisher.blog.sources[0]
    other = replace(one, name="other", url=server.serve("/b", feed("b")))
    publisher.set_up(sources=(other, one))

    done = publisher.run()

    assert [(poll.source, poll.baseline) for poll in done.polls] == [
        ("other", ["About b"]),
        ("s0", []),
    ]
