"""Which entries are new: feed histories, each poll seen by someone who remembers the last."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.identity import likeness, normalised_url
from service.ingest.news import KnownPost, Sighting, fingerprint, keys, recognise
from service.model import Entry, Revision
from tests.ingest.histories import HISTORIES, VERDICTS, entry, prose


class Memory:
    """What the service remembers between two polls."""

    def __init__(self) -> None:
        self.known: dict[int, KnownPost] = {}
        self.first = True

    def poll(self, entries: list[Entry], hold_above: int = 5) -> list[Sighting]:
        sightings = recognise(
            list(self.known.values()), entries, first_poll=self.first, hold_above=hold_above
        )
        self.first = False
        listed = {each.post_id for each in sightings}
        for number, post in self.known.items():
            self.known[number] = replace(post, listed=number in listed)
        for each in sightings:
            if each.post_id is None and each.verdict == "same":
                continue
            number = each.post_id if each.post_id is not None else len(self.known) + 1
            before = self.known[number].keys if number in self.known else frozenset()
            self.known[number] = KnownPost(
                number, before | set(each.keys), fingerprint(each.entry), each.verdict
            )
        return sightings


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history["name"])
def test_each_really_new_post_is_new_once_and_nothing_else_is(history: dict[str, Any]) -> None:
    memory = Memory()
    for specs, expected in zip(history["polls"], history["expect"], strict=True):
        got = memory.poll([entry(spec) for spec in specs])
        assert [each.verdict for each in got] == [VERDICTS[code] for code in expected.split()], [
            (each.entry.title, each.verdict, each.reason) for each in got
        ]


def test_every_sighting_says_why() -> None:
    memory = Memory()
    reasons = [each.reason for each in memory.poll([entry("a")])]
    reasons += [each.reason for each in memory.poll([entry("b"), entry({"e": "a", "edit": 1})], 0)]
    assert "not announced" in reasons[0]
    assert "held until you decide" in reasons[1]
    assert reasons[2] == "Known by its id and address; its content changed."


def test_a_post_known_in_spite_of_a_new_address_says_so() -> None:
    memory = Memory()
    memory.poll([entry("b"), entry("a")])
    moved = entry({"e": "a", "id": "x", "url": "https://blog.example/x"})
    (sighting,) = memory.poll([moved])
    assert sighting.reason == (
        "Known by its text, though its id and address are new; nothing changed."
    )


def test_sightings_keep_the_feeds_order_and_entries() -> None:
    entries = [entry("c"), entry("c"), entry("a")]
    assert [each.entry for each in Memory().poll(entries)] == entries


def test_fingerprint_is_that_of_the_revision() -> None:
    post = entry("a")
    assert fingerprint(post) == Revision(post.url or "", post.title, post.html).fingerprint


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Example.com/a/?utm_source=x#top", "example.com/a"),
        ("http://example.com:80/a/index.html", "example.com/a"),
        ("http://example.com:8080/a", "example.com:8080/a"),
        ("https://example.com/?p=12", "example.com?p=12"),
        ("https://example.com/caf%C3%A9", "example.com/caf%C3%A9"),
        ("https://example.com/café", "example.com/caf%C3%A9"),
        ("https://example.com/", None),
        ("not a url", None),
        ("http://[::1", None),
    ],
)
def test_a_normalised_url_is_what_stays_when_a_permalink_is_spelled_otherwise(
    url: str, expected: str | None
) -> None:
    assert normalised_url(url) == expected


def test_likeness_falls_with_edits() -> None:
    def sketch(html: str) -> str:
        (found,) = (k for k in keys(Entry(None, "", html)) if k.startswith("like:"))
        return found.removeprefix("like:")

    original = sketch(prose("a"))
    assert likeness(original, sketch(prose("a"))) == 1.0
    assert likeness(original, sketch(prose("a", edit=2))) >= 0.5
    assert likeness(original, sketch(prose("b"))) < 0.3


names = st.sampled_from("abcdefgh")
specs = st.fixed_dictionaries(
    {"e": names},
    optional={
        "id": st.sampled_from([None, "1", "tag:x"]),
        "url": st.sampled_from([None, "https://blog.example/", "https://blog.example/same"]),
        "title": st.sampled_from(["", "Weekly links"]),
        "html": st.sampled_from(["", "<p>Brief.</p>"]),
        "d": st.integers(1, 28),
    },
)


@given(st.lists(specs, max_size=8))
def test_the_same_feed_again_brings_nothing_new(feed: list[dict[str, Any]]) -> None:
    memory = Memory()
    entries = [entry(spec) for spec in feed]
    memory.poll(entries)
    before = len(memory.known)
    verdicts = {each.verdict for each in memory.poll(entries)}
    assert verdicts <= {"same", "changed"}
    assert len(memory.known) == before


@given(st.lists(names, unique=True, max_size=6), st.lists(names, unique=True, max_size=6))
def test_well_behaved_feeds_are_told_exactly(first: list[str], second: list[str]) -> None:
    memory = Memory()
    memory.poll([entry(name) for name in first])
    got = memory.poll([entry(name) for name in second], hold_above=99)
    assert [each.verdict == "new" for each in got] == [name not in first for name in second]


@given(st.lists(st.lists(specs, max_size=6), max_size=4), st.integers(0, 3))
def test_never_more_new_than_allowed_and_one_sighting_an_entry(
    polls: list[list[dict[str, Any]]], hold_above: int
) -> None:
    memory = Memory()
    for feed in polls:
        got = memory.poll([entry(spec) for spec in feed], hold_above)
        assert len(got) == len(feed)
        assert sum(each.verdict == "new" for each in got) <= hold_above
