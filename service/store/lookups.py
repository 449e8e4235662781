"""What online catalogues answered, for as long as it may be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.store.nouns import book_from, book_json
from service.store.tables import LookupRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session

    from service.model import Book

#: the question that stands for "may it be asked at all"
_AT_ALL = ""


def kept(session: Session, catalogue: str, question: str, now: datetime) -> tuple[Book, ...] | None:
    """The catalogue's answer, empty where it had none; None where it is to be asked."""
    row = session.get(LookupRow, (catalogue, question))
    if row is None or row.until <= now:
        return None
    return tuple(book_from(each) for each in row.answer)


def keep(
    session: Session,
    catalogue: str,
    question: str,
    books: Sequence[Book],
    *,
    now: datetime,
    span: timedelta,
) -> None:
    """Remember an answer for so long; an earlier one gives way."""
    answer = [book_json(each) for each in books]
    session.merge(
        LookupRow(catalogue=catalogue, question=question, answer=answer, at=now, until=now + span)
    )


def rests(session: Session, catalogue: str, now: datetime) -> bool:
    """Whether the catalogue asked to be left alone, or failed, a short while ago."""
    row = session.get(LookupRow, (catalogue, _AT_ALL))
    return row is not None and row.until > now


def let_rest(session: Session, catalogue: str, *, now: datetime, span: timedelta) -> None:
    """Leave the catalogue alone for so long."""
    keep(session, catalogue, _AT_ALL, (), now=now, span=span)
