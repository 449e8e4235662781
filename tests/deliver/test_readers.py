"""Feeds read by a process beside this one: the same words, whatever becomes of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.deliver.readers import Readers
from service.deliver.reading import read
from service.errors import UnreadableInput

URL = "https://shelf.example/feed"


def feed(number: int) -> bytes:
    return (
        f'<rss version="2.0"><channel><title>Shelf</title><item><title>Post {number}</title>'
        f"<link>https://shelf.example/{number}/</link><description>About it.</description></item>"
        "</channel></rss>"
    ).encode()


def test_another_process_reads_as_this_one_does() -> None:
    with Readers(few=2, cores=2) as readers, ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda each: readers.read(feed(each), URL, None, "en"), range(50)))
        assert readers._process is not None
    assert told == [read(feed(each), URL, None, "en") for each in range(50)]


def test_what_is_no_feed_is_told_in_the_same_words() -> None:
    with pytest.raises(UnreadableInput) as here:
        read(b"<html><p>x", URL, "text/html", None)
    with Readers(few=0, cores=2) as readers, pytest.raises(UnreadableInput) as there:
        readers.read(b"<html><p>x", URL, "text/html", None)
    assert str(there.value) == str(here.value)


def test_a_few_feeds_are_worth_no_process() -> None:
    with Readers(few=5, cores=2) as readers:
        for number in range(5):
            readers.read(feed(number), URL, None, None)
        assert readers._process is None


def test_one_core_reads_alone() -> None:
    with Readers(few=0, cores=1) as readers:
        assert readers.read(feed(1), URL, None, None).title == "Shelf"
        assert readers._process is None


def test_a_process_that_dies_is_done_without() -> None:
    with Readers(few=0, cores=2) as readers:
        readers.read(feed(1), URL, None, None)
        assert readers._process is not None
        readers._process.kill()
        readers._process.wait()
        told = [readers.read(feed(each), URL, None, None) for each in range(3)]
    assert [each.entries[0].title for each in told] == ["Post 0", "Post 1", "Post 2"]


def test_nothing_is_left_running() -> None:
    with Readers(few=0, cores=2) as readers:
        readers.read(feed(1), URL, None, None)
        process = readers._process
    assert process is not None
    assert process.poll() is not None
    for thread in threading.enumerate():
        if thread.name == "reading":
            thread.join(5)
            assert not thread.is_alive()
