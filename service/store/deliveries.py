"""Deliveries, their attempts and the receipts of their parts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from service.store.tables import AttemptRow, DeliveryRow, ReceiptRow

#: states in which the channel is to be asked to do something
WAITING = ("due", "failed", "sending")


def of_post(session: Session, post_id: int) -> dict[str, DeliveryRow]:
    """The post's deliveries, by channel."""
    rows = session.scalars(select(DeliveryRow).where(DeliveryRow.post_id == post_id))
    return {row.channel: row for row in rows}


def due(session: Session, owner: int, now: datetime) -> Sequence[DeliveryRow]:
    """What is to be sent now, and what was being sent when somebody died; in order."""
    return session.scalars(
        select(DeliveryRow)
        .where(
            DeliveryRow.blog_id == owner,
            or_(
                DeliveryRow.state == "sending",
                and_(
                    DeliveryRow.state.in_(("due", "failed")),
                    or_(DeliveryRow.due_at.is_(None), DeliveryRow.due_at <= now),
                ),
            ),
        )
        .order_by(DeliveryRow.id)
    ).all()


def hasten(session: Session, owner: int, now: datetime) -> None:
    """Let what failed for want of an answer be tried now; who asked to wait is waited for."""
    for row in session.scalars(
        select(DeliveryRow).where(DeliveryRow.blog_id == owner, DeliveryRow.state == "failed")
    ):
        last = session.scalar(
            select(AttemptRow.outcome)
            .where(AttemptRow.delivery_id == row.id)
            .order_by(AttemptRow.id.desc())
            .limit(1)
        )
        if last != "limited":
            row.due_at = now


def lock(session: Session, delivery_id: int) -> DeliveryRow | None:
    """The delivery, locked for this transaction."""
    return session.scalar(
        select(DeliveryRow).where(DeliveryRow.id == delivery_id).with_for_update()
    )


def note_attempt(
    session: Session, row: DeliveryRow, outcome: str, detail: str, now: datetime
) -> None:
    session.add(
        AttemptRow(
            delivery_id=row.id,
            action=row.action,
            key=row.key,
            outcome=outcome,
            detail=detail,
            at=now,
        )
    )


def attempts(session: Session, delivery_id: int) -> Sequence[AttemptRow]:
    return session.scalars(
        select(AttemptRow).where(AttemptRow.delivery_id == delivery_id).order_by(AttemptRow.id)
    ).all()


def by_ids(session: Session, ids: Iterable[int]) -> Sequence[DeliveryRow]:
    return session.scalars(select(DeliveryRow).where(DeliveryRow.id.in_(list(ids)))).all()


def receipt(session: Session, key: str, part: str) -> ReceiptRow | None:
    return session.get(ReceiptRow, (key, part))


def forget_cut_off(session: Session, key: str) -> None:
    """Forget which parts of an action were begun and never ended: a person looked."""
    session.execute(delete(ReceiptRow).where(ReceiptRow.key == key, ReceiptRow.state == "begun"))
