"""Deliveries as durable workflows (DBOS): each try is one, and a crash resumes it.

The deliveries table is the truth, the engine its hands: what is due is submitted under an id made
of its key and try, and submitting it again does nothing.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self

from service.deliver import send
from service.deliver.slots import MOST_SLOTS, Slot, slot_name, take_slot
from service.store import deliveries as stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.deliver.publisher import Publisher
    from service.store.engine import Store
    from service.store.tables import DeliveryRow

#: bumped when a workflow's steps change shape, so that old ones are not resumed by new code
WORKFLOWS = "1"
QUEUE = "deliveries"
_POLL_SECONDS = 0.1
_LIVE = frozenset(("PENDING", "ENQUEUED", "DELAYED"))


class Engine:
    """The workflow engine in one process, which must hold `slot`. A context manager."""

    def __init__(self, publisher: Publisher, slot: Slot) -> None:
        self._publisher = publisher
        self._slot = slot

    def __enter__(self) -> Self:
        from dbos import DBOS

        for name in ("dbos", "alembic"):
            logging.getLogger(name).setLevel(logging.ERROR)
        DBOS(
            config={
                "name": "bookplate",
                "system_database_url": _engine_url(self._publisher.store),
                "executor_id": self._slot.name,
                "application_version": WORKFLOWS,
                "log_level": "ERROR",
                "use_listen_notify": False,
                "scheduler_polling_interval_sec": 3600.0,
                "notification_listener_polling_interval_sec": 0.5,
            }
        )
        _register(self._publisher)
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=8,
            partition_concurrency=1,
            polling_interval_sec=_POLL_SECONDS,
            on_conflict="always_update",
        )
        self.recover_the_dead()
        return self

    def __exit__(self, *_: object) -> None:
        from dbos import DBOS

        DBOS.destroy(workflow_completion_timeout_sec=0)

    def recover_the_dead(self) -> None:
        """Take over what a process left unfinished whose slot nobody holds any more."""
        from dbos import DBOS

        for number in range(MOST_SLOTS):
            name = slot_name(number)
            if name == self._slot.name or not DBOS.list_workflows(
                status="PENDING", executor_id=name, limit=1
            ):
                continue
            slot = take_slot(self._publisher.store, number)
            if slot is None:
                continue
            try:
                for workflow in DBOS.list_workflows(status="PENDING", executor_id=name):
                    DBOS.resume_workflow(workflow.workflow_id)
            finally:
                slot.release()

    def submit(self) -> dict[int, str]:
        """Submit every delivery that is due: id → workflow. One in hand already stays in hand."""
        publisher = self._publisher
        with publisher.store.session() as session:
            rows = stored.due(session, publisher.owner, publisher.now())
            wanted = [(row.id, row.channel, self._claim_id(row)) for row in rows]
            for row, (_, _, workflow) in zip(rows, wanted, strict=True):
                row.workflow = workflow
        for delivery_id, channel, workflow in wanted:
            self._enqueue(delivery_id, channel, workflow)
        return {delivery_id: workflow for delivery_id, _, workflow in wanted}

    def works_on(self, rows: Sequence[DeliveryRow]) -> bool:
        """Whether any of these deliveries is still in the hands of a workflow."""
        return any(row.workflow is not None and self._status(row.workflow) in _LIVE for row in rows)

    def _claim_id(self, row: DeliveryRow) -> str:
        """The workflow's id for this try; another where one of that id ended without a word."""
        base = row.workflow
        if base is None or row.state == "failed":
            base = f"{row.key}:{row.tries + 1}"
        while not self._is_usable(base):
            base += "+"
        return base

    def _is_usable(self, workflow: str) -> bool:
        status = self._status(workflow)
        return status is None or status in _LIVE

    def _status(self, workflow: str) -> str | None:
        from dbos import DBOS

        found = DBOS.get_workflow_status(workflow)
        return None if found is None else found.status

    def _enqueue(self, delivery_id: int, channel: str, workflow: str) -> None:
        from dbos import DBOS

        DBOS.enqueue_workflow_with_options(
            {
                "workflow_name": "deliver",
                "queue_name": QUEUE,
                "workflow_id": workflow,
                "queue_partition_key": channel,
            },
            delivery_id,
            workflow,
        )


_registered: dict[str, Publisher] = {}


def _register(publisher: Publisher) -> None:
    """Tell the engine our one workflow. It is a process's, so it asks for the publisher."""
    from dbos import DBOS

    first = not _registered
    _registered["publisher"] = publisher
    if not first:
        return

    @DBOS.step(name="hand over")
    def hand_over(delivery_id: int, workflow: str) -> tuple[send.Job, send.Ending] | None:
        job = send.claim(_registered["publisher"], delivery_id, workflow)
        if job is None:
            return None
        return job, send.hand_over(_registered["publisher"], job)

    @DBOS.workflow(name="deliver")
    def deliver(delivery_id: int, workflow: str) -> None:
        done = hand_over(delivery_id, workflow)
        if done is not None:
            send.record(_registered["publisher"], *done, workflow)


def _engine_url(store: Store) -> str:
    """Where workflows are kept: beside the SQLite file, or in the same PostgreSQL database."""
    if store.path is not None:
        return f"sqlite:///{store.path.with_name(store.path.stem + '.workflows.db')}"
    return store.url
