"""Posts written as Markdown or plain text, as HTML: for renditions; findings count in the source."""

import re
from html import escape

_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
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
