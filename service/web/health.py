"""For those who watch over the service: does it answer, is it at work, how much of what."""

import time
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy import func, select, text

from service.errors import StoreError
from service.store import views
from service.store.tables import DeliveryRow, HookEventRow, PostRow
from service.web.auth import PRIVATE
from service.web.context import Context, Here

#: a round that takes longer than this hangs: polling many slow pages may take minutes, in seconds
_ROUND_IS_RECENT = 600.0

router = APIRouter(include_in_schema=False)


@router.api_route("/healthz", methods=["GET", "HEAD"])
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.api_route("/readyz", methods=["GET", "HEAD"])
def readyz(here: Here) -> JSONResponse:
    """The database answers, and the rounds turn."""
    checks = {"database": _database(here), "rounds": _rounds(here)}
    ready = all(said == "ok" for said in checks.values())
    return JSONResponse(
        {"status": "ok" if ready else "not ready", **checks},
        status_code=200 if ready else 503,
        headers={"Cache-Control": "no-store"},
    )


def _database(here: Context) -> str:
    try:
        with here.publisher.store.reading() as session:
            session.execute(text("SELECT 1"))
    except StoreError as error:
        return error.what
    return "ok"


def _rounds(here: Context) -> str:
    if here.service is None:
        return "ok"
    last = here.service.last_round
    if last is None:
        return "the first round is under way"
    ago = time.time() - last
    return "ok" if ago < _ROUND_IS_RECENT else f"the last round ended {ago:.0f} s ago"


@router.get("/metrics", dependencies=PRIVATE)
def metrics(here: Here) -> Response:
    """Counts by state, in Prometheus' text format 0.0.4."""
    return PlainTextResponse(
        "\n".join(_lines(here)) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _lines(here: Context) -> Iterator[str]:
    with here.session() as session:
        posts = session.execute(
            select(PostRow.state, func.count())
            .where(PostRow.blog_id == here.owner)
            .group_by(PostRow.state)
        ).all()
        deliveries = session.execute(
            select(DeliveryRow.channel, DeliveryRow.state, func.count())
            .where(DeliveryRow.blog_id == here.owner)
            .group_by(DeliveryRow.channel, DeliveryRow.state)
        ).all()
        hooks = session.execute(
            select(HookEventRow.source, HookEventRow.state, func.count())
            .where(HookEventRow.blog_id == here.owner)
            .group_by(HookEventRow.source, HookEventRow.state)
        ).all()
        sources = views.sources(session, here.owner)
    yield from _gauge("posts", "Posts by state.", ("state",), posts)
    yield from _gauge("deliveries", "Deliveries by state.", ("channel", "state"), deliveries)
    yield from _gauge("webhooks", "Webhooks by state.", ("source", "state"), hooks)
    failures = [(source.name, source.failures) for source in sources]
    yield from _gauge("source_failures", "Polls failed in a row.", ("source",), failures)
    if here.service is not None and here.service.last_round is not None:
        ended = [(here.service.last_round,)]
        yield from _gauge("last_round_timestamp_seconds", "End of the last round.", (), ended)


def _gauge(name: str, about: str, labels: tuple[str, ...], rows: Any) -> Iterator[str]:
    yield f"# HELP bookplate_{name} {about}"
    yield f"# TYPE bookplate_{name} gauge"
    for *values, number in sorted(rows):
        named = ",".join(
            f'{label}="{_escaped(value)}"' for label, value in zip(labels, values, strict=True)
        )
        yield f"bookplate_{name}{{{named}}} {number}" if named else f"bookplate_{name} {number}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
