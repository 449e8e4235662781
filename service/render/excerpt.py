"""The first words of a post, for cards, summaries and short texts: the post's own, never ours."""

import re

import regex

from service.model import Revision
from service.readable import Readable, readable

_GRAPHEMES = regex.compile(r"\X")
_NOT_PROSE = frozenset("h1 h2 h3 h4 h5 h6 figcaption table caption nav aside pre dt".split())
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_BROKEN_OFF = re.compile(r"(?:…|\.\.\.|&hellip;)\]?(?:\s\S+){0,4}$")
#: what WordPress writes under every summary of its feeds
_BOILERPLATE = re.compile(r"\s*The post .{1,300}? (?:appeared first|first appeared) on .{1,200}$")
#: not after an initial or a short abbreviation
_SENTENCE_END = re.compile(r"""(?<=\w\w\w)[.!?]["'”’»)]*(?=\s)|[。！？](?=.)""")
LATE_ENOUGH = 0.6
ELLIPSIS = "…"


def excerpt(revision: Revision, graphemes: int) -> str:
    """The post's summary, or its first paragraphs, in one line of at most so many graphemes.

    Taken from the post as it came: no affiliate link, label or disclosure is in it.
    """
    summary = _BOILERPLATE.sub("", one_line(readable(revision.summary or "").text))
    # A summary that breaks off was made by a program: we cut better ourselves.
    words = "" if _BROKEN_OFF.search(summary) else summary
    words = words or first_words(readable(revision.html), graphemes)
    return shortened(words or summary, graphemes)


def first_words(text: Readable, graphemes: int) -> str:
    """The first paragraphs in one line, at least `graphemes` code points where there are so many;
    headings, captions and tables are passed over."""
    found: list[str] = []
    length = position = 0
    for line in text.text.split("\n"):
        if line and _is_prose(text, position):
            found.append(line)
            length += len(line)
        if length > graphemes:
            break
        position += len(line) + 1
    return one_line(" ".join(found))


def _is_prose(text: Readable, position: int) -> bool:
    return not any(tag.name in _NOT_PROSE for tag in text.within(position))


def one_line(text: str) -> str:
    """The text without control characters and line breaks, white space collapsed; half a
    surrogate pair, which no encoding can carry, becomes the replacement character."""
    return " ".join(_SURROGATES.sub("\ufffd", _INVISIBLE.sub(" ", text)).split())


def shortened(text: str, graphemes: int, max_bytes: int | None = None) -> str:
    """The text within so many graphemes (and UTF-8 bytes): cut after a sentence where one ends
    late enough, else at a word, with an ellipsis.

    A word longer than all the room is cut between two graphemes. "" where there is no room.
    """
    if _fits(text, graphemes, max_bytes):
        return text
    room = graphemes - 1
    left = None if max_bytes is None else max_bytes - len(ELLIPSIS.encode())
    end = _end_of(text, room, left)
    if end <= 0:
        return ""
    cut = text[:end]
    sentences = list(_SENTENCE_END.finditer(text, 0, end + 1))
    if sentences and end * LATE_ENOUGH <= sentences[-1].end() <= end:
        return text[: sentences[-1].end()]
    if not text[end : end + 1].isspace():
        space = cut.rfind(" ")
        # Scripts without spaces, and one very long word, are cut where the room ends.
        if space > len(cut) // 2:
            cut = cut[:space]
    return cut.rstrip(" ,;:–—-.…") + ELLIPSIS


def length(text: str) -> int:
    """The length in graphemes: user-perceived characters (UAX #29 extended grapheme clusters)."""
    if text.isascii() and "\r" not in text:
        return len(text)
    return sum(1 for _ in _GRAPHEMES.finditer(text))


def _fits(text: str, graphemes: int, max_bytes: int | None) -> bool:
    if max_bytes is not None and len(text.encode("utf-8", "replace")) > max_bytes:
        return False
    return len(text) <= graphemes or length(text) <= graphemes


def _end_of(text: str, graphemes: int, max_bytes: int | None) -> int:
    """Where the text ends that keeps within both limits, between two graphemes."""
    end = size = 0
    for count, match in enumerate(_GRAPHEMES.finditer(text), 1):
        size += len(match[0].encode("utf-8", "replace"))
        if count > graphemes or (max_bytes is not None and size > max_bytes):
            break
        end = match.end()
    return end
