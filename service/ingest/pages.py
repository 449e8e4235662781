"""A web page becomes a post: its own HTML, and what the page says of it."""

from __future__ import annotations

from service.ingest.index_page import page_links
from service.ingest.page_source import body_of, page_text, parsed, scalars
from service.model import Page

__all__ = ["extract", "page_links"]

_SUMMARY_LENGTH = 300
#: a page whose text comes by script has it in its JSON-LD alone, if anywhere
_FAR_LONGER = 3


def extract(html: bytes | str, *, url: str | None, charset: str | None = None) -> Page:
    """The post on a page: its HTML without navigation, share buttons, comments and forms.

    `url` is where the page was found, `charset` what the transport said. Raises UnreadableInput
    where there is no markup and no text at all, or no text but a picture or the like.
    """
    from service.ingest.page_body import first_picture, html_of, paragraphs_of, post_of
    from service.ingest.page_furniture import Byline
    from service.ingest.page_metadata import Metadata
    from service.ingest.page_text import text_of

    text = page_text(html, charset, url) if isinstance(html, bytes) else scalars(html)
    tree = parsed(text, url)
    metadata = Metadata(text, tree, url)
    title = metadata.title
    authors, site = metadata.authors, metadata.site_name
    addresses = tuple(filter(None, (url, metadata.canonical_url, metadata.base)))
    root = post_of(body_of(tree), title, Byline(authors, site, addresses))
    words = text_of(root)
    stated = metadata.article_body
    if stated and len(stated) > len(words) * _FAR_LONGER:
        root = paragraphs_of(stated)
        words = text_of(root)
    return Page(
        title=title,
        html=html_of(root, metadata.base),
        text=words,
        authors=authors,
        published=metadata.published,
        updated=metadata.updated,
        canonical_url=metadata.canonical_url,
        site_name=site,
        language=metadata.language,
        tags=metadata.tags,
        image=metadata.image or first_picture(root, metadata.base),
        summary=metadata.summary or _beginning(words),
    )


def _beginning(words: str) -> str | None:
    """The first paragraph of prose, cut at a word."""
    for line in words.split("\n"):
        if len(line) >= 80:
            if len(line) <= _SUMMARY_LENGTH:
                return line
            return line[:_SUMMARY_LENGTH].rsplit(" ", 1)[0] + "…"
    return None
