"""A strict fake of Mastodon's REST API: `python -m tests.real.servers.mastodon_fake SETTINGS`.

Written from the published documentation (statuses, media, accounts and instance methods, "Posting
to your profile", "Rate limits"); where that is silent, from what Mastodon's own services do:

- a status is refused with 422 when blank or longer than the limit, counted in graphemes with
  each link as 23, a remote mention without its domain, and the content warning included;
- Idempotency-Key gives the first status again for one hour, whatever the second body says, and
  404 once that status was deleted;
- an edit (PUT) replaces the whole content: media not named in media_ids are detached, a missing
  status text counts as blank; an edit that changes nothing leaves edited_at alone;
- media ids must be known, unattached and processed; at most 4, no video beside images;
- an unknown token is 401, a token without the scope 403, another's or no record 404.

Left out: OAuth itself, polls (501), publishing of scheduled statuses, quotes, boosts, replies by
others, mention and hashtag entities, streaming, admin, and any limit on request rates — but a
test can order failures, also after the effect took place (see `Fault`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.real.servers.mastodon_faults import FaultMiddleware, fault_routes
from tests.real.servers.mastodon_params import Params, read_params
from tests.real.servers.mastodon_posting import Posting
from tests.real.servers.mastodon_rules import (
    CHARACTERS_PER_URL,
    IMAGE_SIZE_LIMIT,
    MAGIC,
    MAX_DESCRIPTION,
    MAX_MEDIA,
    VIDEO_SIZE_LIMIT,
    RefusedError,
    check_description,
    check_file,
    focus_of,
    invalid,
    not_found,
)
from tests.real.servers.mastodon_store import Entity, MediaItem, Store
from tests.real.servers.processes import LOOPBACK

DEFAULT_PAGE, MAX_PAGE = 20, 40


class Api:
    """The routes of one instance with one account."""

    def __init__(self, settings: dict[str, Any]) -> None:
        base_url = f"http://{LOOPBACK}:{settings['port']}"
        self.base_url = base_url
        self.limit: int = settings["max_characters"]
        self.tokens: dict[str, str] = settings["tokens"]
        self.polls: int = settings["media_polls"]
        self.store = Store(base_url, settings["username"])
        self.posting = Posting(self.store, self.limit)

    def routes(self) -> list[Route]:
        status = "/api/v1/statuses/{id}"
        return [
            Route("/api/v2/instance", self.instance),
            Route("/api/v1/accounts/verify_credentials", self.verify_credentials),
            Route("/api/v1/accounts/{id}/statuses", self.account_statuses),
            Route("/api/v1/statuses", self.create_status, methods=["POST"]),
            Route(status, self.show_status),
            Route(status, self.edit_status, methods=["PUT"]),
            Route(status, self.delete_status, methods=["DELETE"]),
            Route(f"{status}/source", self.status_source),
            Route(f"{status}/history", self.status_history),
            Route("/api/v2/media", self.upload, methods=["POST"]),
            Route("/api/v1/media/{id}", self.show_media),
            Route("/api/v1/media/{id}", self.update_media, methods=["PUT"]),
        ]

    async def instance(self, request: Request) -> Response:
        return JSONResponse(
            {
                "domain": self.base_url.removeprefix("http://"),
                "title": "Strict fake",
                "version": "4.5.0",
                "api_versions": {"mastodon": 7},
                "configuration": {
                    "statuses": {
                        "max_characters": self.limit,
                        "max_media_attachments": MAX_MEDIA,
                        "characters_reserved_per_url": CHARACTERS_PER_URL,
                    },
                    "media_attachments": {
                        "supported_mime_types": list(MAGIC),
                        "description_limit": MAX_DESCRIPTION,
                        "image_size_limit": IMAGE_SIZE_LIMIT,
                        "video_size_limit": VIDEO_SIZE_LIMIT,
                    },
                },
            }
        )

    async def verify_credentials(self, request: Request) -> Response:
        self._require(request, "read")
        return JSONResponse(self.store.account(own=True))

    async def account_statuses(self, request: Request) -> Response:
        """Newest first, by pages; without a token only what everybody may see."""
        if request.path_params["id"] != self.store.account_id:
            raise not_found()
        scopes = self._scopes(request)
        visible = [
            item
            for item in self.store.statuses.values()
            if scopes is not None or item.visibility in ("public", "unlisted")
        ]
        query = request.query_params
        wanted = [
            item
            for item in sorted(visible, key=lambda item: int(item.id), reverse=True)
            if int(item.id) < int(query.get("max_id", 10**30))
            and int(item.id) > int(query.get("since_id", query.get("min_id", 0)))
        ]
        size = min(int(query.get("limit", DEFAULT_PAGE)), MAX_PAGE)
        page = wanted[-size:] if "min_id" in query else wanted[:size]
        return JSONResponse([self.store.status(item) for item in page], headers=self._link(page))

    async def create_status(self, request: Request) -> Response:
        self._require(request, "write")
        params = await read_params(request)
        return JSONResponse(self.posting.create(params, request.headers.get("idempotency-key")))

    async def show_status(self, request: Request) -> Response:
        item = self.posting.find(request.path_params["id"])
        hidden = item.visibility not in ("public", "unlisted")
        if hidden and self._scopes(request) is None:
            raise not_found()
        return JSONResponse(self.store.status(item))

    async def edit_status(self, request: Request) -> Response:
        self._require(request, "write")
        params = await read_params(request)
        return JSONResponse(self.posting.edit(request.path_params["id"], params))

    async def delete_status(self, request: Request) -> Response:
        self._require(request, "write")
        return JSONResponse(self.posting.delete(request.path_params["id"]))

    async def status_source(self, request: Request) -> Response:
        self._require(request, "read")
        item = self.posting.find(request.path_params["id"])
        source = {"text": item.content.text, "spoiler_text": item.content.spoiler_text}
        return JSONResponse({"id": item.id, **source})

    async def status_history(self, request: Request) -> Response:
        item = self.posting.find(request.path_params["id"])
        return JSONResponse(self.store.history(item))

    async def upload(self, request: Request) -> Response:
        self._require(request, "write")
        async with request.form() as form:
            file = form.get("file")
            if file is None or isinstance(file, str):
                raise invalid("File can't be blank")
            kind = check_file(await file.read(), file.content_type)
            values = {key: value for key, value in form.items() if isinstance(value, str)}
        item = self._new_media(kind, Params(values=values))
        return JSONResponse(item.entity(), status_code=202 if item.processing else 200)

    async def show_media(self, request: Request) -> Response:
        item = self._unattached(request)
        if item.processing:
            item.polls_left -= 1
            if item.processing:
                return JSONResponse(item.entity(), status_code=206)
        return JSONResponse(item.entity())

    async def update_media(self, request: Request) -> Response:
        item = self._unattached(request)
        params = await read_params(request)
        check_description(params.text("description"))
        if "description" in params.values:
            item.description = params.text("description")
        if "focus" in params.values:
            item.focus = focus_of(params.text("focus"))
        return JSONResponse(item.entity())

    def _new_media(self, kind: str, params: Params) -> MediaItem:
        description = params.text("description")
        check_description(description)
        key = self.store.next_id()
        item = MediaItem(
            id=key,
            kind=kind,
            description=description,
            focus=focus_of(params.text("focus")),
            address=f"{self.base_url}/system/media_attachments/{key}",
            polls_left=self.polls,
        )
        self.store.media[key] = item
        return item

    def _unattached(self, request: Request) -> MediaItem:
        self._require(request, "write")
        item = self.store.media.get(request.path_params["id"])
        if item is None or item.status_id is not None:
            raise not_found()
        return item

    def _link(self, page: list[Any]) -> dict[str, str]:
        if not page:
            return {}
        address = f"{self.base_url}/api/v1/accounts/{self.store.account_id}/statuses"
        older = f'<{address}?max_id={page[-1].id}>; rel="next"'
        newer = f'<{address}?min_id={page[0].id}>; rel="prev"'
        return {"Link": f"{older}, {newer}"}

    def _scopes(self, request: Request) -> str | None:
        """The scopes of the request's token; None without a token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not token:
            return None
        if scheme.lower() != "bearer" or token not in self.tokens:
            raise RefusedError(401, "The access token is invalid")
        return self.tokens[token]

    def _require(self, request: Request, scope: str) -> None:
        scopes = self._scopes(request)
        if scopes is None:
            raise RefusedError(401, "The access token is invalid")
        if scope not in scopes.split():
            raise RefusedError(403, "This action is outside the authorized scopes")


async def refuse(request: Request, error: Exception) -> Response:
    if not isinstance(error, RefusedError):
        raise error
    body: Entity = {"error": error.error}
    return JSONResponse(body, status_code=error.status)


async def no_route(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "Not Found"}, status_code=404)


def application(settings: dict[str, Any]) -> FaultMiddleware:
    api = Api(settings)
    app = Starlette(
        routes=[*fault_routes(), *api.routes()],
        exception_handlers={RefusedError: refuse, 404: no_route},
    )
    return FaultMiddleware(app)


if __name__ == "__main__":
    values: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    uvicorn.run(application(values), host=LOOPBACK, port=values["port"], log_level="info")
