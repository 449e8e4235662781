"""Where a blog without a feed lists its posts all the same: WordPress's API, else a sitemap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import FetchError, UnreadableInput
from service.ingest import sitemap, wordpress

if TYPE_CHECKING:
    from service.ingest.blog_page import BlogPage
    from service.ingest.patience import Gets

#: a sitemap that lists fewer posts is none of a blog
_FEWEST = 2


def endpoint_of(page: BlogPage) -> str | None:
    """Where the WordPress that made this page lists its posts; None where it says it is none."""
    named = wordpress.posts_endpoint(page)
    return named or (wordpress.usual_endpoint(page.url) if page.platform == "WordPress" else None)


def api_of(page: BlogPage, gets: Gets) -> tuple[str, int] | None:
    """(address, number of posts) of the API that strangers may read; None where there is none."""
    endpoint = endpoint_of(page)
    try:
        posts = wordpress.posts_in_all(endpoint, gets) if endpoint else 0
    except (FetchError, UnreadableInput):
        return None
    return (endpoint, posts) if endpoint and posts else None


def sitemap_of(page: BlogPage, gets: Gets) -> tuple[str, int] | None:
    """(address, number of pages that may be posts) of the site's sitemap, or the first of several
    that lists some; None where none does."""
    for address in sitemap.find_sitemap(page.url, gets):
        try:
            places = sitemap.listed([address], page.url, gets).places
        except (FetchError, UnreadableInput):
            continue
        if len(places) >= _FEWEST:
            return address, len(places)
    return None
