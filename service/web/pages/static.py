"""The one style sheet and the one picture."""

from fastapi import APIRouter, Response

from service.web.pages.rendering import HERE

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}

router = APIRouter(include_in_schema=False)


@router.get("/style.css")
def style() -> Response:
    return Response((HERE / "style.css").read_bytes(), media_type="text/css", headers=_FOREVER)


@router.get("/icon.svg")
def icon() -> Response:
    return Response((HERE / "icon.svg").read_bytes(), media_type="image/svg+xml", headers=_FOREVER)
