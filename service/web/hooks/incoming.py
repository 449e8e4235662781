"""`POST /hooks/{source}`: a webhook is kept before it is answered (Standard Webhooks 1.0)."""

import asyncio
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from service.deliver import hooks
from service.web.context import Here
from service.web.problems import DOCUMENTED

#: how long a body may take to arrive, in seconds
_BODY_SECONDS = 30.0
#: how long what is too large is read and thrown away, so that its sender hears why, in seconds
_DRAIN_SECONDS = 2.0

_SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"description": said, "content": DOCUMENTED[404]["content"]}
    for status, said in {
        400: "The body names no post",
        401: "Not signed with the source's secret, or more than five minutes ago",
        404: "No such source, or one that takes no webhooks",
        408: "The body did not arrive in time",
        413: "The body is too large",
        503: "It could not be stored: send it again",
    }.items()
}
_DOCUMENTED_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "examples": {
                    "permalink": {"value": {"url": "https://example.com/a-post/"}},
                    "post": {
                        "value": {
                            "post": {
                                "url": "https://example.com/a-post/",
                                "title": "A post",
                                "html": "<p>Its words.</p>",
                                "published": "2026-11-24T09:00:00Z",
                                "tags": ["books"],
                            }
                        }
                    },
                }
            }
        },
    },
    "parameters": [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in _SIGNED
    ],
}

router = APIRouter(tags=["webhooks"])


class Accepted(BaseModel):
    """The event is durably stored."""

    id: str = Field(description="Its webhook-id.")
    status: str = Field(description='"accepted", or "known" where this id was stored before.')


@router.post(
    "/hooks/{source}",
    status_code=202,
    response_model=Accepted,
    responses=_REFUSED,
    openapi_extra=_DOCUMENTED_BODY,
)
async def incoming(request: Request, here: Here, source: str) -> JSONResponse:
    """Republish a post that a site's own system has just published or changed.

    Signed as Standard Webhooks. 202 once it is stored; the same `webhook-id` again does nothing.
    """
    body = await limited_body(request, here.max_body)
    # header names come in lower case from Starlette
    headers = {name: request.headers[name] for name in _SIGNED if name in request.headers}
    new = await run_in_threadpool(hooks.receive, here.publisher, source, headers, body)
    here.wake()
    answer = Accepted(id=headers["webhook-id"], status="accepted" if new else "known")
    return JSONResponse(answer.model_dump(), status_code=202)


async def limited_body(request: Request, most: int) -> bytes:
    """The body. Raises HTTPException 413 as soon as it is known to be over `most` bytes."""
    announced = request.headers.get("content-length", "")
    is_too_large = announced.isdigit() and int(announced) > most
    body = b"" if is_too_large else await _read(request, most)
    if is_too_large or len(body) > most:
        await _drain(request, most)
        raise HTTPException(413, f"The body is over the limit of {most} bytes.")
    return body


async def _read(request: Request, most: int) -> bytes:
    """The body, or as much of it as shows that it is over `most` bytes."""
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    break
    except TimeoutError:
        raise HTTPException(408, "The body did not arrive in time.") from None
    except ClientDisconnect:
        raise HTTPException(400, "The sender went away before the body's end.") from None
    return bytes(body)


async def _drain(request: Request, most: int) -> None:
    """Read and forget a little more: who is cut off while sending never sees the answer."""
    if "expect" in request.headers:
        return
    left = most
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while left > 0:
                message = await request.receive()
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
                left -= len(message.get("body", b""))
    except TimeoutError:
        return
