"""Undoing what editors, templates and prose do to URLs."""

from __future__ import annotations

import re

#: what prose puts behind a URL
BEHIND = frozenset(".,;:!?)]}>'\"*_»”’›…")
_NO_BRACKET = "".join(BEHIND - {")"})
_UNSAFE = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}]")
_ESCAPED_START = re.compile(r"\s*(?:https?)?(?:%(?:25)*3a|:)?(?:%(?:25)*2f){2}", re.IGNORECASE)
#: a character reference, escaped once more or not, that may spell a part of the address itself
_ENTITY = re.compile(r"&(?:amp;)?(?:#|sol;|colon;)")
_ENTITY_BEHIND = re.compile(r"&(?:amp;)*(?:quot|gt|lt|#39|apos|#0?34|nbsp|rsquo|rdquo);?\Z")
_LONGEST_TAIL = 16


def undressed(url: str) -> str:
    """The URL without white space around it, escapes of its very slashes, entities, and the
    punctuation that prose put behind it (a closing bracket only where none opened)."""
    url = url.strip()
    for _ in range(2):
        if _ESCAPED_START.match(url):
            url = decoded(url)
    for _ in range(2):
        if _ENTITY.search(url):
            from service.markup import unescaped

            url = unescaped(url, attribute=True)
    for _ in range(_LONGEST_TAIL):
        shorter = _ENTITY_BEHIND.sub("", url[-_LONGEST_TAIL:])
        shorter = url[:-_LONGEST_TAIL] + shorter
        shorter = shorter.rstrip(_NO_BRACKET)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == url:
            break
        url = shorter
    return url


def decoded(text: str) -> str:
    """The text with its percent escapes read as UTF-8; bytes that are none stay escaped."""
    if "%" not in text:
        return text
    from urllib.parse import unquote

    plain = unquote(text, errors="surrogateescape")
    return re.sub(r"[\udc80-\udcff]", lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", plain)


def quoted(text: str) -> str:
    """The text with what may not stand in a URL escaped; what is escaped already stays."""
    return _UNSAFE.sub(lambda unsafe: f"%{ord(unsafe[0]):02X}", text)
