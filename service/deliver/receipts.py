"""Receipts kept in the store: what is known of an action's parts across crashes."""

from service.deliver.publisher import Publisher
from service.store import deliveries
from service.store.tables import ReceiptRow


class StoredReceipts:
    """The receipts of one action, by its idempotency key. Fills ports.Receipts."""

    def __init__(self, publisher: Publisher, key: str) -> None:
        self._store = publisher.store
        self._now = publisher.now
        self._key = key

    def finished(self, part: str) -> str | None:
        with self._store.session() as session:
            row = deliveries.receipt(session, self._key, part)
            return row.remote_id if row is not None and row.state == "finished" else None

    def cut_off(self, part: str) -> bool:
        with self._store.session() as session:
            row = deliveries.receipt(session, self._key, part)
            return row is not None and row.state == "begun"

    def begin(self, part: str) -> None:
        self._put(part, "begun", None)

    def finish(self, part: str, remote_id: str) -> None:
        self._put(part, "finished", remote_id)

    def drop(self, part: str) -> None:
        self._put(part, "dropped", None)

    def _put(self, part: str, state: str, remote_id: str | None) -> None:
        now = self._now()
        with self._store.session() as session:
            session.merge(
                ReceiptRow(key=self._key, part=part, state=state, remote_id=remote_id, at=now)
            )
