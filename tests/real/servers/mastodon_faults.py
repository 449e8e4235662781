"""Ordered failures and a record of the requests, in front of the strict Mastodon fake."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTROL = "/_test"


@dataclass(frozen=True)
class Fault:
    """A failure for the next matching request.

    With `after_effect` the request is carried out first and only its answer is lost, which is
    what an Idempotency-Key is for.
    """

    status: int
    method: str = "POST"
    path: str = "/api/v1/statuses"
    headers: dict[str, str] = field(default_factory=dict)
    after_effect: bool = False

    def matches(self, scope: Scope) -> bool:
        return bool(scope["method"] == self.method and scope["path"] == self.path)


class FaultMiddleware:
    """Notes every API request with its answer, and lets ordered failures happen."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._faults: deque[Fault] = deque()
        self._requests: list[dict[str, Any]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            scope["faults"], scope["requests"] = self._faults, self._requests
            await self._app(scope, receive, send)
            return
        note = self._note(scope)

        async def noting_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                note["answer"] = message["status"]
            await send(message)

        fault = next((entry for entry in self._faults if entry.matches(scope)), None)
        if fault is None:
            await self._app(scope, receive, noting_send)
            return
        self._faults.remove(fault)
        if fault.after_effect:
            await self._app(scope, receive, _swallow)
        body = {"error": f"Ordered failure {fault.status}"}
        answer = JSONResponse(body, status_code=fault.status, headers=fault.headers)
        await answer(scope, receive, noting_send)

    def _note(self, scope: Scope) -> dict[str, Any]:
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        note = {
            "method": scope["method"],
            "path": scope["path"],
            "idempotency_key": headers.get("idempotency-key"),
            "user_agent": headers.get("user-agent"),
            "answer": None,
        }
        self._requests.append(note)
        return note


def fault_routes() -> list[Route]:
    return [
        Route(f"{CONTROL}/faults", _order, methods=["POST"]),
        Route(f"{CONTROL}/requests", _list_requests),
    ]


def fault_body(fault: Fault) -> dict[str, Any]:
    """A fault as the body that orders it."""
    return asdict(fault)


async def _order(request: Request) -> Response:
    request.scope["faults"].append(Fault(**await request.json()))
    return JSONResponse({})


async def _list_requests(request: Request) -> Response:
    return JSONResponse(request.scope["requests"])


async def _swallow(message: Message) -> None:
    return None
