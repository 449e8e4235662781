"""A web page as characters and as a tree."""

from __future__ import annotations

import re
from typing import Any

from service import charset as encodings
from service.binary import refuse_binary
from service.errors import UnreadableInput

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def page_text(html: bytes, charset: str | None = None, url: str | None = None) -> str:
    """The characters of a page: UTF-8 where its bytes beyond ASCII are that, whatever is declared
    (saved and proxied pages often keep an old declaration); then as `service.charset` decides.

    Raises UnreadableInput for a picture, a PDF document and what else is no text.
    """
    if not (charset or "").lower().startswith("utf-16"):
        refuse_binary(html, url or "The input")
    if not html.isascii():
        try:
            return scalars(html.decode("utf-8-sig"))
        except UnicodeDecodeError:
            pass
    return scalars(encodings.decode(html, charset).text)


def scalars(text: str) -> str:
    """The text without what no parser takes: NUL, and lone surrogates for bytes that fit no
    encoding."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def parsed(text: str, url: str | None) -> Any:
    """The page as an lxml tree. Raises UnreadableInput where nothing can be read."""
    from lxml import etree

    text = _XML_DECLARATION.sub("", text, count=1)
    try:
        parser = etree.HTMLParser(
            encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
        )
        tree = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise _unreadable(url) from error
    if tree is None:
        raise _unreadable(url)
    return tree


def _unreadable(url: str | None) -> UnreadableInput:
    return UnreadableInput(
        f"{url or 'The input'} holds no web page.",
        mend="Give the address of one post, as it stands in the browser's address line.",
    )


def body_of(tree: Any) -> Any:
    bodies = tree.xpath("//body")
    return bodies[0] if bodies else tree
