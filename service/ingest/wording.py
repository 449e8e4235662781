"""Small readings of an entry's words and pictures that all feed formats share."""

import re
from html import unescape

from service.markup import RAW_TEXT, Tag, around_tags, has_markup, tags_to, unescaped
from service.readable import BLOCKS, SILENT, readable

_TAG = re.compile(r"<[^<>]*>")
_PICTURE = re.compile(r"<(?i:img)(?=[\s/>])")

_INVISIBLE = ("\u200b", "\ufeff", "\u00ad")
_TINY = frozenset(("0", "1", "0px", "1px"))
#: how blog programs end an excerpt
_CUT_OFF = re.compile(
    r"(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.\.\."
    r"|(?:continue reading|read more|read the rest|weiterlesen|lire la suite|leer más|leggi tutto)"
    r"\b.{0,120})\s*(?:→|»|&raquo;|>|\.)?\s*(?:The post .{0,300} appeared first on .{0,200})?$",
    re.IGNORECASE | re.DOTALL,
)


#: without one of these, no text ends as an excerpt does
_CUT_OFF_SIGNS = (
    "...",
    "…",
    "&hellip;",
    "&#8230;",
    "&#x2026;",
    *("read", "weiterlesen", "lire la suite", "leer más", "leggi tutto", "leer m&aacute;s"),
)


def plain_text(words: str) -> str:
    """A title or summary without markup, entities and runs of white space."""
    if "<" in words:
        words = _words_of_html(words)
    elif "&" in words:
        words = unescaped(words)
    return " ".join(words.split())


def _words_of_html(html: str) -> str:
    """What `readable` shows, found without its way back to the source where that is plain."""
    pieces = around_tags(html)
    pieces[1::2] = map(_GAPS.__getitem__, pieces[1::2])
    bare = "".join(pieces)
    if has_markup(bare):
        return readable(html).text
    shown = unescaped(bare)
    if not shown.isascii():
        for character in _INVISIBLE:
            shown = shown.replace(character, "")
    return shown


class _Gaps(dict[str, str]):
    """What readers see in place of a tag, by its name as written."""

    def __missing__(self, name: str) -> str:
        return self.get(name.lower(), "")


_SPANS = "a b code em i img small span strong sub sup u /a /b /em /i /span /strong".split()
_GAPS = _Gaps(
    dict.fromkeys(_SPANS, "")
    | {f"{slash}{name}": " " for name in BLOCKS for slash in ("", "/")}
    # what is within these is not shown: markup, for `readable` to read
    | dict.fromkeys(SILENT | RAW_TEXT, "<!")
)


def paragraphs(escaped: str) -> str:
    """Plain text, escaped, as HTML: a paragraph for each block between empty lines."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", escaped) if block.strip()]
    if len(blocks) < 2:
        return escaped
    return "\n".join(f"<p>{block}</p>" for block in blocks)


def is_cut_off(html: str) -> bool:
    """Whether an entry's HTML ends as an excerpt does, for example with "[…]"."""
    end = html[-1500:]
    lower = end.lower()
    if not any(sign in lower for sign in _CUT_OFF_SIGNS):
        return False
    end = " ".join(unescape(_TAG.sub(" ", end)).split())
    return _CUT_OFF.search(end[-700:] if "appeared first on" in end else end[-200:]) is not None


def first_image(html: str) -> str | None:
    """The first picture's address; counting pixels and data URLs are no pictures."""
    read = 0
    while begun := _PICTURE.search(html, read):
        found, read = tags_to(html, read, begun.start())
        for tag in found:
            if tag.name == "img" and not tag.closing and (source := _shown(tag)):
                return source
    return None


def _shown(tag: Tag) -> str | None:
    given = tag.first(("src", "width", "height"))
    source = given["src"].value.strip() if "src" in given else ""
    if not source.lower().startswith(("http://", "https://")):
        return None
    tiny = any(given[side].value in _TINY for side in ("width", "height") if side in given)
    return None if tiny else source
