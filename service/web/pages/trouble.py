"""The page that says what went wrong and what to do."""

from fastapi.responses import HTMLResponse

from service.web.pages.rendering import page

_HEADINGS = {
    401: "Please say the password",
    403: "This was not sent from here",
    404: "Nothing here",
    405: "Nothing here",
    421: "Not by this name",
    503: "Just now it can’t be shown",
}


def trouble(
    status: int, detail: str, *, mend: str | None = None, headers: dict[str, str] | None = None
) -> HTMLResponse:
    """What happened, and the mend, as a page with this status."""
    return page(
        "trouble.html",
        status=status,
        headers=headers,
        heading=_HEADINGS.get(status, "Something went wrong"),
        detail=detail,
        mend=mend,
    )
