"""Why a post stands as it does, and why it did before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from service.store.decisions import MOST, decide, decisions, note
from service.store.tables import PostRow

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def post() -> PostRow:
    return PostRow(state="settling", reason="It is new.", first_seen_at=DAY)


def told(row: PostRow) -> list[tuple[str, str]]:
    return [(each.state, each.reason) for each in decisions(row)]


def test_what_was_decided_first_is_kept_with_when() -> None:
    row = post()
    decide(row, "held", "Too many at once.", DAY + timedelta(days=1))
    decide(row, "settling", "Approved by you.", DAY + timedelta(days=2))
    assert (row.state, row.reason) == ("settling", "Approved by you.")
    assert told(row) == [
        ("settling", "It is new."),
        ("held", "Too many at once."),
        ("settling", "Approved by you."),
    ]
    assert [each.at for each in decisions(row)] == [DAY + timedelta(days=n) for n in range(3)]


def test_a_note_changes_nothing_of_how_it_stands_and_is_kept_once_in_a_row() -> None:
    row = post()
    for _ in range(3):
        note(row, "An older version.", DAY + timedelta(days=1))
    assert (row.state, row.reason) == ("settling", "It is new.")
    assert told(row) == [("settling", "It is new."), ("settling", "An older version.")]


def test_so_many_are_kept_and_the_first() -> None:
    row = post()
    for number in range(100):
        decide(row, "settling", f"Edited {number}.", DAY + timedelta(hours=number + 1))
    kept = [reason for _, reason in told(row)]
    assert len(kept) == MOST + 1
    assert kept[:2] == ["It is new.", "Edited 80."]
    assert kept[-1] == "Edited 99."
