"""A post's title, by what its page states and shows, without the site's name."""

from __future__ import annotations

import re

from service.ingest.page_statements import Statements, words_of
from service.ingest.wording import plain_text

_PARTS = re.compile(r"\s+[|\-–—·•»/:]{1,2}\s+|\s*[|»]\s*")
#: a title of fewer words is rather the site's name, and what follows it the title
_FEWEST_WORDS = 2


def title_of(stated: Statements, site: str | None) -> str | None:
    """The first title stated that the reader also sees, in the heading or the window's name;
    else the first stated; else the heading. `site` is the site's name."""
    given = (
        stated.data.text("headline"),
        stated.first("dc.title", "og:title", "twitter:title", "parsely-title"),
        stated.first_of_entry("p-name"),
        stated.data.text("name"),
    )
    document, heading = stated.words_at("//title"), _only_heading(stated)
    told = [_without_site(plain_text(each), site) for each in given if each]
    seen = f"{document}\n{heading}".lower()
    found = next((each for each in told if each and each.lower() in seen), None)
    return found or next(filter(None, told), None) or _of_document(document, heading, site)


def _of_document(document: str, heading: str, site: str | None) -> str | None:
    if not document or (heading and heading.lower() in document.lower()):
        return heading or None
    bare = _without_site(document, site)
    if bare == document:
        *words, last = re.split(r"\s+[|–—·»-]\s+", document)
        first = document[: -len(last)].rstrip(" |–—·»-")
        return first if words and len(first.split()) > _FEWEST_WORDS else document
    return bare


def _without_site(title: str, site: str | None) -> str:
    """The title without the site's name before or after it."""
    parts = _PARTS.split(title)
    if site and len(parts) > 1:
        for part in (parts[-1], parts[0]):
            if part and part.strip().lower() == site.strip().lower():
                bare = title.removesuffix(part) if part is parts[-1] else title.removeprefix(part)
                return bare.strip(" \t|-–—·•»/:")
    return title


def _only_heading(stated: Statements) -> str:
    """The page's one first-class heading, or one marked as a title; where there is none of
    that class, the first lesser one that the window's name repeats."""
    headings = stated.tree.xpath("//h1")
    for heading in headings:
        text = words_of(heading)
        if len(headings) == 1 or "title" in (heading.get("class") or ""):
            return text
    if headings:
        return ""
    document = stated.words_at("//title").lower()
    lesser = (words_of(each) for each in stated.tree.xpath("//h2 | //h3")[:20])
    return next((each for each in lesser if len(each) > 1 and each.lower() in document), "")
