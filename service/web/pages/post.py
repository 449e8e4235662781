"""The page of one post: its text with findings in the margin, and what each channel gets."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from service.errors import SettingsError
from service.model import Article, Letter, Rendition, ShortText
from service.store import views
from service.store.views import AttemptView, DeliveryView
from service.web.api.paging import Id
from service.web.auth import PRIVATE
from service.web.context import Context, Here
from service.web.headers import LETTER_POLICY
from service.web.pages.clean import clean
from service.web.pages.margin import Marked, Note, marked
from service.web.pages.rendering import page, template

router = APIRouter(include_in_schema=False, dependencies=PRIVATE)


@dataclass(frozen=True, slots=True)
class Copy:
    """What one channel gets: the delivery, what is sent as HTML, and every try."""

    delivery: DeliveryView
    rendition: Rendition
    attempts: tuple[AttemptView, ...]
    shown: Markup | None
    can_withdraw: bool


@router.api_route("/posts/{post_id}", methods=["GET", "HEAD"])
def post(request: Request, here: Here, post_id: Id) -> HTMLResponse:
    """One post: what was found in it and why, what each channel gets, and what to do about it."""
    with here.session() as session:
        found = views.post(session, here.owner, post_id)
        if found is None:
            raise HTTPException(404, f"There is no post {post_id}.")
        revision = views.revision(session, here.owner, post_id)
        kept = [views.delivery(session, here.owner, each.id) for each in found.deliveries]
    text = marked(revision.html, found.findings, _note(post_id)) if revision else None
    return page(
        "post.html",
        request=request,
        blog=here.publisher.blog,
        post=found,
        revision=revision,
        text=text or Marked(Markup(""), (), ()),
        copies=[_copy(here, *each) for each in kept if each is not None],
    )


@router.get("/deliveries/{delivery_id}/letter")
def letter(here: Here, delivery_id: Id) -> Response:
    """A newsletter issue as its reader gets it; nothing in it runs or loads."""
    with here.session() as session:
        found = views.delivery(session, here.owner, delivery_id)
    if found is None or not isinstance(found[1].body, Letter):
        raise HTTPException(404, f"There is no letter of a delivery {delivery_id}.")
    return Response(
        found[1].body.html.encode("utf-8", "replace"),
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": LETTER_POLICY, "Cache-Control": "no-store"},
    )


def _note(post_id: int) -> Callable[[Note], str]:
    macro = template("note.html")

    def write(note: Note) -> str:
        return macro.render(note=note, finding=note.finding, post_id=post_id)

    return write


def _copy(
    here: Context, delivery: DeliveryView, rendition: Rendition, attempts: tuple[AttemptView, ...]
) -> Copy:
    return Copy(delivery, rendition, attempts, _shown(rendition), _can_withdraw(here, delivery))


def _can_withdraw(here: Context, delivery: DeliveryView) -> bool:
    publisher = here.publisher
    try:
        return publisher.abilities(publisher.settings_of(delivery.channel)).delete
    except SettingsError:
        return False


def _shown(rendition: Rendition) -> Markup | None:
    """The body as safe HTML; None for a letter, which is shown in a frame of its own."""
    body = rendition.body
    if isinstance(body, Article):
        return Markup(clean(body.html))
    if isinstance(body, ShortText):
        return _linked(body)
    return None


def _linked(body: ShortText) -> Markup:
    """A short text with its links marked; where they lead is told on hovering."""
    pieces, position = [], 0
    for link in sorted(body.links, key=lambda each: each.start):
        if link.start < position:
            continue
        pieces.append(escape(body.text[position : link.start]))
        words = escape(body.text[link.start : link.end])
        pieces.append(Markup('<span class="link" title="{}">{}</span>').format(link.target, words))
        position = link.end
    pieces.append(escape(body.text[position:]))
    return Markup("").join(pieces)
