"""The whole post as HTML: for feeds, files and blogs."""

from urllib.parse import urljoin

from service.model import Article, Image, Revision
from service.render.excerpt import excerpt, one_line
from service.render.sanitise import sanitise, without_title

SUMMARY_GRAPHEMES = 300


def article(revision: Revision, html: str, disclosure: str | None = None) -> Article:
    """An Article from the post and its HTML as rewritten for the channel.

    Sanitised, every address absolute; the disclosure stays where it stands.
    """
    return Article(
        html=without_title(sanitise(html, revision.url, disclosure), revision.title),
        summary=excerpt(revision, SUMMARY_GRAPHEMES),
        authors=revision.authors,
        tags=tuple(dict.fromkeys(filter(None, map(one_line, revision.tags)))),
        published=revision.published,
        updated=revision.updated,
        image=image(revision),
        language=revision.language,
    )


def image(revision: Revision) -> Image | None:
    """The post's own picture, its address absolute; None where it has none on the web."""
    if not revision.image:
        return None
    try:
        url = urljoin(revision.url, revision.image.strip())
    except ValueError:
        return None
    return Image(url) if url.startswith(("http://", "https://")) else None
