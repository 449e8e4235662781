"""A feed of any format, read: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed 1.0 and 1.1."""

import codecs
import re

from service import charset
from service.errors import UnreadableInput
from service.ingest.feed_json import read_json_feed
from service.ingest.feed_xml import read_xml_feed
from service.model import Feed, Imprints

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
#: encodings whose bytes look like no other's, with or without a byte order mark (XML 1.0, app. F)
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_WEB_PAGE = re.compile(
    r"(?>\s+|<\?xml[^>]*>|<!--.*?-->)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)

_BEGINNING = re.compile(r"<(?:\?xml|rss|feed|rdf:RDF)(?=[\s>])")
_LONGEST_WARNING = 20_000


def read_feed(
    body: bytes,
    *,
    url: str | None,
    content_type: str | None = None,
    known: Imprints | None = None,
) -> Feed:
    """The feed in these bytes, its entries in the feed's order, HTML as it came.

    `url` is the feed's address: relative URLs are resolved against it, and messages name it.
    `content_type` is the transport's, for its charset. Where `known` says how entries came before,
    those that came just so again are left out, and the feed says how they all came, if it can be
    told. Raises UnreadableInput.
    """
    name = url or "the input"
    text = _without_warnings(feed_text(body, content_type).lstrip("\ufeff \t\r\n"))
    if not text:
        raise UnreadableInput(
            f"{name} is empty, not a feed.", mend="Open the address in a browser and check it."
        )
    if text.startswith(("{", "[")):
        return read_json_feed(text, url=url, name=name)
    if _WEB_PAGE.match(text):
        raise UnreadableInput(
            f"{name} is a web page, not a feed.",
            mend="Give the blog's address to: bookplate init URL, which looks for its feed.",
        )
    return read_xml_feed(text, url=url, name=name, known=known)


def feed_text(body: bytes, content_type: str | None = None) -> str:
    """The characters of a feed. Bytes beyond ASCII that are UTF-8, but for a few broken ones, are
    UTF-8, whatever is declared; then what the transport, then what the document says."""
    for mark, encoding in _WIDE:
        if body.startswith(mark):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    if not body.isascii():
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = body.decode("utf-8-sig", "replace")
        wide = len(text) - len(text.encode("ascii", "ignore"))
        if 2 * text.count("\ufffd") <= wide:
            return text
    declared = _CHARSET.search(content_type or "")
    text = charset.decode(body, declared[1] if declared else None).text
    # what is called UTF-8 and is not, is nearly always this
    return body.decode("cp1252", "replace") if _has_surrogates(text) else text


def _without_warnings(text: str) -> str:
    """The text without what a program wrote before the feed: warnings, as PHP shows them."""
    if text.startswith(("<?", "<!", "{", "[")) or _WEB_PAGE.match(text):
        return text
    begins = _BEGINNING.search(text, 0, _LONGEST_WARNING)
    return text[begins.start() :] if begins else text


def _has_surrogates(text: str) -> bool:
    return not text.isascii() and re.search("[\ud800-\udfff]", text) is not None
