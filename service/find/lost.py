"""Words that should be a link to a shop and are none: "Buy the book here on Amazon".

Either no link stands there, or a dead one. Which book it means, `resolve` says: a call of little
confidence means one only where its title stands right beside.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from service.find.call_meaning import UNSAID, CallMeaning
from service.find.call_places import Call, CallPlaces
from service.find.calls import calls
from service.find.language import Language
from service.find.reading import Reading
from service.markup import tags_after
from service.model import Finding
from service.ports import Programme
from service.weblink import is_dead

_PICTURE = re.compile(r"<a\b[^<>]*>\s*(?=<img\b)", re.IGNORECASE)


def lost_links(
    reading: Reading,
    spoken: Language,
    programmes: Sequence[Programme],
    named: Sequence[Finding] = (),
) -> Iterator[Finding]:
    """Each call to buy without a live link; none where it is about something that is no book.

    The span is the words that should become the link, or a picture's tag; `url` is the dead
    link's, if one is there. `named` are the mentions found in the same reading.
    """
    names = tuple(name for each in programmes for name in each.names) or ("Amazon",)
    hosts = [host for each in programmes for host in each.hosts]
    known = calls(spoken.code, names)
    places = CallPlaces(reading, known, names, hosts)
    meaning = CallMeaning(reading, known, named)
    leads_nowhere = False
    for call in places.found():
        judged = meaning.judged(call)
        if judged is not None and not (
            places.points_away(call) and (leads_nowhere or places.leads_to_shop())
        ):
            leads_nowhere |= call.link is not None
            yield _finding(reading, call, *judged)
    if reading.document.media == "html":
        yield from _pictures(reading, meaning)


def without_calls(mentions: Sequence[Finding], lost: Sequence[Finding]) -> Iterator[Finding]:
    """The mentions but for those that are (part of) a call to buy; `lost` don't overlap."""
    calls = sorted(lost, key=lambda each: each.start)
    for mention in mentions:
        index = bisect_left(calls, mention.end, key=lambda each: each.start) - 1
        call = calls[index] if index >= 0 else None
        is_apart = call is None or call.end <= mention.start
        if is_apart or (call is not None and call.confidence < UNSAID and not _in(mention, call)):
            yield mention


def _in(mention: Finding, call: Finding) -> bool:
    return call.start <= mention.start and mention.end <= call.end


def _finding(reading: Reading, call: Call, sure: float, why: tuple[str, ...]) -> Finding:
    start, end = reading.text.source_span(call.start, call.end)
    words = reading.text.text[call.start : call.end]
    dead = call.link is not None
    return Finding(
        "book_link",
        start,
        end,
        words,
        sure,
        "suggest",
        (
            "says where to buy, and leads nowhere" if dead else "says where to buy, unlinked",
            *why,
        ),
        url=call.link.href if call.link else None,
        link_text=words if dead else None,
    )


def _pictures(reading: Reading, meaning: CallMeaning) -> Iterator[Finding]:
    """Pictures of buttons in dead links, by the words for those who can't see them."""
    source = reading.document.source
    for match in _PICTURE.finditer(source):
        following = tags_after(source, match.start())
        link, image = next(following, None), next(following, None)
        if link is None or image is None or (link.start, image.name) != (match.start(), "img"):
            continue
        href, alt = link.attribute("href"), image.attribute("alt")
        words = " ".join(alt.value.split()) if alt else ""
        if not words or (href is not None and not is_dead(href.value)):
            continue
        position = min(reading.text.text_offset(image.start), len(reading.text.text) - 1)
        sure = meaning.picture(words, position) if position >= 0 else None
        if sure is not None:
            yield Finding(
                "book_link",
                image.start,
                image.end,
                words,
                sure,
                "suggest",
                ("a button that says where to buy, and leads nowhere",),
                url=href.value if href else None,
                link_text=words,
            )
