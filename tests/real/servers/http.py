"""A small JSON client for the fixtures themselves, so that they need no HTTP library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

TIMEOUT_SECONDS = 10.0

# A proxy set in the environment must never see traffic for the loopback address.
_OPENER = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Answer:
    """What a server answered, whatever its status."""

    status: int
    body: bytes
    headers: Message

    def json(self) -> Any:
        return json.loads(self.body)


def request(
    method: str,
    url: str,
    *,
    json_body: object | None = None,
    body: bytes | None = None,
    query: Mapping[str, str] | None = None,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request; an HTTP error status is an answer, not an exception."""
    sent = dict(headers or {})
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    if json_body is not None:
        body = json.dumps(json_body).encode()
        sent["Content-Type"] = "application/json"
    address = f"{url}?{urlencode(query)}" if query else url
    try:
        with _OPENER.open(
            Request(address, data=body, headers=sent, method=method), timeout=TIMEOUT_SECONDS
        ) as response:
            return Answer(response.status, response.read(), response.headers)
    except HTTPError as error:
        with error:
            return Answer(error.code, error.read(), error.headers)


def answers(url: str) -> bool:
    """Whether a GET is answered with a status below 400 (for readiness polls)."""
    try:
        return request("GET", url).status < 400
    except (URLError, OSError):
        return False
