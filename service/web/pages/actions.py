"""What a person decides on a page: a form is sent, the decision kept, the page shown again."""

from collections.abc import Callable
from typing import Literal
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from service.deliver import desk
from service.deliver.meant import book_meant
from service.deliver.publisher import Publisher
from service.errors import SettingsError, UsageError
from service.model import Ruling
from service.web.api.paging import Id
from service.web.auth import PRIVATE, own_form
from service.web.context import Context, Here
from service.web.pages.rendering import say_next

_LARGEST_FORM = 16_384

router = APIRouter(include_in_schema=False, dependencies=[*PRIVATE, Depends(own_form)])

Decide = Callable[[Publisher, int], None]

_POSTS: dict[str, tuple[Decide, str]] = {
    "approve": (desk.approve_post, "Approved: the post goes out now."),
    "skip": (desk.skip_post, "Left out: the post is never announced."),
    "withdraw": (desk.withdraw_post, "The post is being taken back from every channel that can."),
}
_DELIVERIES: dict[str, tuple[Decide, str]] = {
    "approve": (desk.approve, "Approved: it is sent now."),
    "retry": (desk.retry, "It is tried again now."),
    "hold": (desk.hold, "Held: it is not sent until you approve it."),
    "cancel": (desk.cancel, "Cancelled: it is not sent."),
    "withdraw": (desk.withdraw, "The copy is being taken back."),
}


@router.post("/posts/{post_id}/{action}")
async def decide_post(
    request: Request, here: Here, post_id: Id, action: Literal["approve", "skip", "withdraw"]
) -> RedirectResponse:
    """Let a held post go out, leave it out, or take it back everywhere."""
    form = await form_of(request)
    decide, said = _POSTS[action]
    return await done(here, form, said, lambda: decide(here.publisher, post_id))


@router.post("/deliveries/{delivery_id}/{action}")
async def decide_delivery(
    request: Request,
    here: Here,
    delivery_id: Id,
    action: Literal["approve", "retry", "hold", "cancel", "withdraw"],
) -> RedirectResponse:
    """Send, retry, hold, cancel or take back one delivery."""
    form = await form_of(request)
    decide, said = _DELIVERIES[action]
    return await done(here, form, said, lambda: decide(here.publisher, delivery_id))


@router.post("/rulings")
async def decide_title(request: Request, here: Here) -> RedirectResponse:
    """Accept or reject a title, say which book it means (`number`), or forget what was decided;
    for all posts of the blog."""
    form = await form_of(request)
    title, decision = form.get("title", "").strip(), form.get("decision")
    if not title or decision not in _RULINGS:
        raise HTTPException(400, 'A ruling needs "title", and "decision": link, ignore or forget.')
    number = form.get("number", "").strip() if decision == "link" else ""
    said = f"“{title}” {_RULINGS[decision]}"
    return await done(here, form, said, lambda: _rule(here.publisher, title, decision, number))


_RULINGS = {
    "link": "is linked from now on, in all posts.",
    "ignore": "is left alone from now on, in all posts.",
    "forget": "is weighed like any other again.",
}


def _rule(publisher: Publisher, title: str, decision: str, number: str) -> None:
    if decision == "forget":
        desk.forget_ruling(publisher, title)
        return
    book = book_meant(publisher, title, number, None, ()) if number else None
    ruling = Ruling(title, "link" if decision == "link" else "ignore", book)
    desk.rule_on_title(publisher, ruling)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form (application/x-www-form-urlencoded), the first of each name."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            raise HTTPException(413, "No form of ours is that large.")
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError as error:
        raise HTTPException(400, "No form of ours has that many fields.") from error
    return {name: values[0] for name, values in fields.items()}


async def done(
    here: Context, form: dict[str, str], said: str, decide: Callable[[], str | None]
) -> RedirectResponse:
    """Decide, and go back to the page on which the form stood, with what is to be said of it:
    `said`, and what the decision gives."""
    response = RedirectResponse(_way_back(form.get("back", "/")), status_code=303)
    try:
        more = await run_in_threadpool(decide)
    except (UsageError, SettingsError) as error:
        say_next(response, error.what, failed=True)
    else:
        here.wake()
        say_next(response, f"{said} {more}" if more else said)
    return response


def _way_back(path: str) -> str:
    """A path of ours: never another site's address."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else "/"
