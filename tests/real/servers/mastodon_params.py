"""Request parameters as Mastodon (Rails) reads them: JSON, form and multipart bodies alike."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.real.servers.mastodon_rules import RefusedError

TRUE = ("true", "1", "on", "t")


@dataclass
class Params:
    """The parameters of one request, whatever its encoding."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, UploadFile] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return None if value is None else str(value)

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in TRUE

    def strings(self, name: str) -> list[str]:
        value = self.values.get(name)
        return [str(entry) for entry in value] if isinstance(value, list) else []

    def objects(self, name: str) -> list[dict[str, Any]]:
        value = self.values.get(name)
        if not isinstance(value, list):
            return []
        return [entry for entry in value if isinstance(entry, dict)]


async def read_params(request: Request) -> Params:
    if request.headers.get("content-type", "").startswith("application/json"):
        return Params(values=_json(await request.body()))
    async with request.form() as form:
        return _form(form.multi_items())


def _json(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body or b"{}")
    except ValueError:
        raise RefusedError(400, "Error occurred while parsing request parameters") from None
    return values if isinstance(values, dict) else {}


def _form(pairs: Iterable[tuple[str, UploadFile | str]]) -> Params:
    params = Params()
    for key, value in pairs:
        if isinstance(value, UploadFile):
            params.files[key] = value
        else:
            _put(params.values, key, value)
    return params


def _put(values: dict[str, Any], key: str, value: str) -> None:
    name, bracket, rest = key.partition("[")
    if not bracket:
        values[name] = value
    elif rest == "]":
        values.setdefault(name, []).append(value)
    elif rest.startswith("][") and rest.endswith("]"):
        _put_member(values.setdefault(name, []), rest[2:-1], value)
    else:
        values.setdefault(name, {})[rest.partition("]")[0]] = value


def _put_member(entries: list[dict[str, str]], member: str, value: str) -> None:
    # Rails begins a new object when a member comes a second time.
    if not entries or member in entries[-1]:
        entries.append({})
    entries[-1][member] = value
