"""The pages of the ledger: every book of the blog, and one of them with what may be corrected."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from service.deliver import ledger as desk
from service.deliver.publisher import Publisher
from service.store import ledger
from service.web.api.paging import Id
from service.web.auth import PRIVATE, own_form
from service.web.context import Here
from service.web.pages.actions import done, form_of
from service.web.pages.rendering import page

router = APIRouter(include_in_schema=False, dependencies=PRIVATE)


@router.api_route("/books", methods=["GET", "HEAD"])
def books(
    request: Request, here: Here, q: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """Every book; `q` keeps those whose title or author holds these words."""
    with here.session() as session:
        found = ledger.ledger(session, here.owner)
    wanted = q.strip().casefold()
    shown = [each for each in found if wanted in " ".join((each.title, *each.authors)).casefold()]
    return page(
        "books.html", request=request, blog=here.publisher.blog, books=shown, q=q, count=len(found)
    )


@router.api_route("/books/{book_id}", methods=["GET", "HEAD"])
def book(request: Request, here: Here, book_id: Id) -> HTMLResponse:
    """One book: where it stands, what else it could be, and the form to correct it."""
    with here.session() as session:
        found = ledger.book(session, here.owner, book_id)
    if found is None:
        raise HTTPException(404, f"There is no book {book_id}.")
    return page("book.html", request=request, blog=here.publisher.blog, book=found)


@router.post("/books/{book_id}/correct", dependencies=[Depends(own_form)])
async def correct(request: Request, here: Here, book_id: Id) -> RedirectResponse:
    """Say which edition it is (`number`), that none is (`search`), or take that back (`undo`)."""
    form = await form_of(request)
    told = {
        "undo": "It is again what it was before.",
        "search": "Links to it lead to a search from now on.",
    }
    said = told.get(form.get("act", ""), "Corrected: posts that name it are brought up to date.")
    return await done(here, form, said, lambda: _correct(here.publisher, book_id, form))


def _correct(publisher: Publisher, book_id: int, form: dict[str, str]) -> str | None:
    """What speaks against the correction, where anything does."""
    act, number = form.get("act"), form.get("number", "").strip()
    if act == "undo":
        return desk.undo(publisher, book_id).doubt
    if act == "search" or number:
        change = desk.change_to(publisher, number=number or None, search=act == "search")
        return desk.correct(publisher, book_id, change).doubt
    raise HTTPException(400, "A correction needs a number.")
