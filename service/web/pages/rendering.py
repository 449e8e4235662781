"""Pages from templates: escaped by default, remembered by nobody."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from service.web.pages import words
from service.web.pages.subjects import subjects

HERE = Path(__file__).parent
#: a message for the next page only; written and read here
_MESSAGE = "bookplate_said"
_LONGEST_MESSAGE = 400


def page(
    name: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    request: Request | None = None,
    **values: object,
) -> HTMLResponse:
    """The template with these values; `request` may bring what the last action said."""
    said = _message(request)
    body = template(name).render(said=said, **values)
    response = HTMLResponse(
        body.encode("utf-8", "replace"),
        status_code=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
    if said is not None:
        response.delete_cookie(_MESSAGE, httponly=True, samesite="strict")
    return response


def template(name: str) -> Template:
    """A part of a page."""
    return _environment().get_template(name)


def say_next(response: Response, message: str, *, failed: bool = False) -> None:
    """Let the next page begin with this message."""
    value = quote(f"{'!' if failed else ' '}{message[:_LONGEST_MESSAGE]}", safe="")
    response.set_cookie(_MESSAGE, value, max_age=60, httponly=True, samesite="strict")


def _message(request: Request | None) -> tuple[str, bool] | None:
    """The message, and whether it tells of a failure."""
    kept = request.cookies.get(_MESSAGE) if request is not None else None
    if not kept:
        return None
    text = unquote(kept)
    return text[1:], text.startswith("!")


@cache
def fingerprint(file: str) -> str:
    """Of a file that pages name: another content has another address."""
    return sha256((HERE / file).read_bytes()).hexdigest()[:12]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=words.percent,
        day=words.day,
        minute=words.minute,
        host=lambda url: urlsplit(url or "").hostname or url,
        counted=words.counted,
    )
    environment.globals.update(
        words=words,
        subjects=lambda findings: list(subjects(findings).values()),
        style=f"/style.css?v={fingerprint('style.css')}",
        icon=f"/icon.svg?v={fingerprint('icon.svg')}",
    )
    return environment
