"""The page at `/`: what waits for the blogger, then every post, then where posts come from."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from service.model import Finding
from service.readable import readable
from service.store import rulings, views
from service.store.views import Suggestion
from service.web.api.paging import LARGEST_ID
from service.web.auth import PRIVATE
from service.web.context import Context, Here
from service.web.pages.excerpt import Excerpt, sentence_around
from service.web.pages.rendering import page

POSTS_A_PAGE = 30
#: the most suggestions shown at once; the next ones follow when these are decided
MOST_SUGGESTIONS = 20

router = APIRouter(include_in_schema=False, dependencies=PRIVATE)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A title that waits for the blogger's word: where it stands first, and in how many posts."""

    suggestion: Suggestion
    excerpt: Excerpt | None
    posts: int

    @property
    def finding(self) -> Finding:
        return self.suggestion.finding


@router.api_route("/", methods=["GET", "HEAD"])
def home(
    request: Request,
    here: Here,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    """What waits, what went where and why; `before` pages through older posts."""
    with here.session() as session:
        waiting = views.waiting(session, here.owner)
        doubts = _doubts(session, here, waiting.suggestions)
        posts = views.posts(session, here.owner, before=before, limit=POSTS_A_PAGE + 1)
        sources = views.sources(session, here.owner)
        hooks = views.hooks(session, here.owner, limit=10)
    older = posts[POSTS_A_PAGE - 1].id if len(posts) > POSTS_A_PAGE else None
    shown = sorted(
        posts[:POSTS_A_PAGE], key=lambda each: each.published or each.first_seen, reverse=True
    )
    return page(
        "home.html",
        request=request,
        blog=here.publisher.blog,
        waiting=waiting,
        waiting_count=len(waiting.posts) + len(doubts) + len(waiting.deliveries),
        doubts=doubts[:MOST_SUGGESTIONS],
        more_doubts=max(0, len(doubts) - MOST_SUGGESTIONS),
        posts=shown,
        older=older,
        is_first_page=before is None,
        sources=sources,
        unpolled=_unpolled(here, {source.name for source in sources}),
        hooks=hooks,
        works=here.service is not None,
    )


def _unpolled(here: Context, known: set[str]) -> list[str]:
    """Configured sources of which nothing is remembered yet."""
    return [each.name for each in here.publisher.blog.sources if each.name not in known]


def _doubts(session: Session, here: Context, suggestions: tuple[Suggestion, ...]) -> list[Doubt]:
    """Each title once, with its first sentence: a ruling is for all posts of the blog."""
    by_title: dict[str, list[Suggestion]] = {}
    for each in suggestions:
        by_title.setdefault(rulings.title_key(each.finding.title or ""), []).append(each)
    return [
        Doubt(
            same[0],
            _excerpt(session, here, same[0]) if number < MOST_SUGGESTIONS else None,
            len(same),
        )
        for number, same in enumerate(by_title.values())
    ]


def _excerpt(session: Session, here: Context, suggestion: Suggestion) -> Excerpt | None:
    revision = views.revision(session, here.owner, suggestion.post_id)
    if revision is None:
        return None
    return sentence_around(readable(revision.html), suggestion.finding)
