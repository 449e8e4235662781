"""Posts that lie in files, as revisions: pages, HTML fragments, Markdown, plain text."""

import re
from html import escape, unescape

from service.ingest.page_source import scalars
from service.ingest.pages import extract
from service.model import Media, Revision

_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_PAGE = re.compile(r"<(?:!doctype html|html|body)\b", re.IGNORECASE)
_HTML_HEADING = re.compile(r"<h[12]\b[^>]*>(.*?)</h[12]>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_HEADING = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")


def html_of_text(text: str) -> str:
    """Each line or paragraph of a plain text as a paragraph."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line)


def html_of_markdown(text: str) -> tuple[str | None, str]:
    """(title, HTML) of a Markdown text: the title of its front matter, else its first heading."""
    from markdown_it import MarkdownIt

    front = _FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    title = _TITLE.search(front[1]) if front else None
    heading = _HEADING.match(body)
    if heading and (title is None or title[1].strip() == heading[1]):
        title, body = title or heading, body[heading.end() :]
    html: str = MarkdownIt("commonmark", {"html": True}).enable("table").render(body)
    return (title[1] if title else None), html


def revision_of_text(text: str, *, media: Media, url: str, name: str) -> Revision:
    """A post's text as a revision. A whole page is extracted; `name` is the title of last resort.

    Raises UnreadableInput for a page without a post.
    """
    text = scalars(text)
    if media == "html" and _PAGE.search(text[:4096]):
        page = extract(text, url=url)
        return Revision(
            page.canonical_url or url,
            page.title or name,
            page.html,
            page.authors,
            page.published,
            page.updated,
            page.tags,
            page.summary,
            page.image,
            page.language,
        )
    if media == "html":
        heading = _HTML_HEADING.search(text)
        title = unescape(_TAGS.sub("", heading[1])).strip() if heading else None
        return Revision(url, title or name, text)
    if media == "markdown":
        title, html = html_of_markdown(text)
        return Revision(url, title or name, html)
    return Revision(url, name, html_of_text(text))
