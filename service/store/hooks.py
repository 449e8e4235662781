"""Webhooks that came in: stored before they are answered, each id once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Overtaken
from service.store.engine import Store
from service.store.tables import HookEventRow


def keep(
    store: Store, owner: int, source: str, webhook_id: str, payload: dict[str, Any], now: datetime
) -> bool:
    """Durably keep an event; False where the same id of this source was kept before."""
    event = HookEventRow(
        blog_id=owner,
        source=source,
        webhook_id=webhook_id,
        payload=payload,
        state="pending",
        reason="",
        tries=0,
        due_at=now,
        received_at=now,
    )
    try:
        with store.session() as session:
            session.add(event)
    except Overtaken:
        return False
    return True


def pending(session: Session, owner: int, now: datetime) -> Sequence[HookEventRow]:
    """The events to be worked on now, in the order they came."""
    return session.scalars(
        select(HookEventRow)
        .where(
            HookEventRow.blog_id == owner,
            HookEventRow.state == "pending",
            HookEventRow.due_at <= now,
        )
        .order_by(HookEventRow.id)
    ).all()
