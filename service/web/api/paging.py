"""Lists page by page, the newest first: `before` takes up where the page before ended."""

from typing import Annotated, Generic, TypeVar

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, Field

T = TypeVar("T")

#: the largest id that both databases take
LARGEST_ID = 2**31 - 1

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Before = Annotated[
    int | None,
    Query(ge=1, le=LARGEST_ID, description="Only items older than the one of this id."),
]
Limit = Annotated[int, Query(ge=1, le=200, description="At most this many items.")]


class Listed(BaseModel, Generic[T]):
    """A page of a list, the newest first.

    `next` is the address of the page of older items, null on the last one; the `Link` header says
    the same (RFC 8288).
    """

    items: list[T]
    next: str | None = Field(examples=["/api/v1/posts?before=51&limit=50"])


def listed(
    request: Request, response: Response, found: list[T], limit: int, ids: list[int]
) -> dict[str, object]:
    """`found` holds one item more than `limit` where older ones follow; `ids` are the items'."""
    following = None
    if len(found) > limit:
        url = request.url.include_query_params(before=ids[limit - 1], limit=limit)
        following = f"{url.path}?{url.query}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return {"items": found[:limit], "next": following}
