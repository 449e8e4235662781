"""Read-only JSON of what the pages show: posts and deliveries."""

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from service.model import Rendition
from service.store import ledger, views
from service.store.ledger import BookView
from service.store.views import AttemptView, DeliveryView, PostView
from service.web.api.paging import Before, Id, Limit, Listed, listed
from service.web.auth import PRIVATE
from service.web.context import Here
from service.web.problems import DOCUMENTED

OPENAPI = "/api/v1/openapi.json"

PostState = Literal["baseline", "settling", "announced", "held", "skipped", "gone"]
DeliveryState = Literal[
    "planned",
    "held",
    "due",
    "sending",
    "delivered",
    "updated",
    "withdrawn",
    "failed",
    "dead",
    "cancelled",
]

router = APIRouter(prefix="/api/v1", dependencies=PRIVATE, responses=DOCUMENTED)


class DeliveryDetail(BaseModel):
    """A delivery with what is sent, and every try at it."""

    delivery: DeliveryView
    rendition: Rendition
    attempts: list[AttemptView]


@router.get("/posts", tags=["posts"])
def posts(
    request: Request,
    response: Response,
    here: Here,
    state: Annotated[PostState | None, Query(description="Only posts in this state.")] = None,
    before: Before = None,
    limit: Limit = 50,
) -> Listed[PostView]:
    """The posts, newest first, each with what was found in it and what went where."""
    with here.session() as session:
        found = views.posts(session, here.owner, state=state, before=before, limit=limit + 1)
    page = listed(request, response, found, limit, [each.id for each in found])
    return Listed[PostView].model_construct(None, **page)


@router.get("/posts/{post_id}", tags=["posts"])
def post(here: Here, post_id: Id) -> PostView:
    """One post."""
    with here.session() as session:
        found = views.post(session, here.owner, post_id)
    if found is None:
        raise HTTPException(404, f"There is no post {post_id}.")
    return found


@router.get("/deliveries", tags=["deliveries"])
def deliveries(
    request: Request,
    response: Response,
    here: Here,
    state: Annotated[
        DeliveryState | None, Query(description="Only deliveries in this state.")
    ] = None,
    channel: Annotated[str | None, Query(description="Only this channel's.")] = None,
    before: Before = None,
    limit: Limit = 50,
) -> Listed[DeliveryView]:
    """The deliveries, newest first."""
    with here.session() as session:
        found = views.deliveries(
            session, here.owner, state=state, channel=channel, before=before, limit=limit + 1
        )
    page = listed(request, response, found, limit, [each.id for each in found])
    return Listed[DeliveryView].model_construct(None, **page)


@router.get("/deliveries/{delivery_id}", tags=["deliveries"])
def delivery(here: Here, delivery_id: Id) -> DeliveryDetail:
    """One delivery: its rendition, complete, and every try."""
    with here.session() as session:
        found = views.delivery(session, here.owner, delivery_id)
    if found is None:
        raise HTTPException(404, f"There is no delivery {delivery_id}.")
    about, rendition, attempts = found
    return DeliveryDetail(delivery=about, rendition=rendition, attempts=list(attempts))


@router.get("/books", tags=["books"])
def books(here: Here) -> list[BookView]:
    """Every book that the blog names or links, in the order of the titles."""
    with here.session() as session:
        return ledger.ledger(session, here.owner)


@router.get("/books/{book_id}", tags=["books"])
def book(here: Here, book_id: Id) -> BookView:
    """One book: every place that names or links it, and what else it could be."""
    with here.session() as session:
        found = ledger.book(session, here.owner, book_id)
    if found is None:
        raise HTTPException(404, f"There is no book {book_id}.")
    return found


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> JSONResponse:
    """This interface, described (OpenAPI 3.1)."""
    return JSONResponse(request.app.openapi())
