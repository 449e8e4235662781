"""`/hooks/websub/{token}`: where hubs verify what we asked of them, and push (WebSub).

The token can't be guessed, and is known to the one hub that was told it.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse

from service.deliver import push
from service.web.context import Here
from service.web.hooks.incoming import limited_body

#: for hubs alone, each of which gets an address of its own
router = APIRouter(prefix="/hooks/websub", include_in_schema=False)


@router.get("/{token}")
def verify(
    here: Here,
    token: str,
    mode: Annotated[str, Query(alias="hub.mode")] = "",
    topic: Annotated[str, Query(alias="hub.topic")] = "",
    challenge: Annotated[str, Query(alias="hub.challenge")] = "",
    lease: Annotated[str | None, Query(alias="hub.lease_seconds")] = None,
    reason: Annotated[str, Query(alias="hub.reason")] = "",
) -> PlainTextResponse:
    """The hub's challenge, where it asks of what we asked for; 404 otherwise.

    As plain text, which no browser runs (WebSub, section 5.3.1).
    """
    answer = push.confirm(
        here.publisher,
        token,
        mode=mode,
        topic=topic,
        challenge=challenge,
        lease=lease,
        reason=reason,
    )
    return PlainTextResponse(answer)


@router.post("/{token}")
async def pushed(request: Request, here: Here, token: str) -> PlainTextResponse:
    """A feed that its hub pushes: 202 once it is kept, and for what is ignored too."""
    body = await limited_body(request, here.max_body)
    taken = await run_in_threadpool(
        push.receive,
        here.publisher,
        token,
        signature=request.headers.get("x-hub-signature"),
        content_type=request.headers.get("content-type", ""),
        body=body,
    )
    if taken:
        here.wake()
    return PlainTextResponse("", status_code=202)
