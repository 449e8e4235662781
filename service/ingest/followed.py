"""How a source is followed, as far as its kind and its address say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import UnreadableInput
from service.ingest.sitemap import is_called_sitemap
from service.ingest.ways import find_wordpress
from service.ingest.wordpress_lists import posts_endpoint
from service.weblink import without_credentials

if TYPE_CHECKING:
    from service.ingest.fetch import Fetcher
    from service.model import SourceKind


def followed_as(kind: SourceKind, address: str, fetcher: Fetcher) -> tuple[SourceKind, str]:
    """The kind and where it stands: "feed" may turn out to be anything, "wordpress" may be said of
    a blog whose API is to be found.

    Raises FetchError, and UnreadableInput where a WordPress without an API is named.
    """
    if kind == "wordpress":
        endpoint = posts_endpoint(address) or find_wordpress(address, fetcher)
        if endpoint is None:
            raise UnreadableInput(
                f"{without_credentials(address)} says nowhere that it has WordPress's API.",
                mend='Give its address, https://…/wp-json/wp/v2/posts, or take kind "feed".',
            )
        return kind, endpoint
    if kind != "feed" or "://" not in address:
        return kind, address
    endpoint = posts_endpoint(address)
    if endpoint is not None:
        return "wordpress", endpoint
    return ("sitemap" if is_called_sitemap(address) else kind), address
