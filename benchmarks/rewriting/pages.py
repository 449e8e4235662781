"""The documents that rewriting is measured on: real pages with links put in, or made-up ones."""

from __future__ import annotations

import random
import re
from html import unescape
from typing import TYPE_CHECKING

from benchmarks.extraction.measure import cases

if TYPE_CHECKING:
    from collections.abc import Sequence

#: a form with a query, a form of old, and one of another marketplace over two lines; no two
#: documents have the same
LINKS = (
    '<a href="https://www.amazon.com/dp/0201633612?tag=someone-20&amp;qid={number}">one</a>',
    "<a class=book href='http://www.amazon.com/exec/obidos/ASIN/0670024856/tag{number}-20'>two</a>",
    '<a\n href="https://www.amazon.de/Slug-{number}/dp/B000FA64PK/ref=sr_1_1?ie=UTF8&amp;psc=1" '
    'rel="nofollow">three</a>',
)
_PARAGRAPH = re.compile(rb"<p(?:\s[^>]*)?>", re.IGNORECASE)
_HREF = re.compile(r"""href=(["'])(.*?)\1""")
_SHOP = re.compile(rb"amazon\.|amzn\.|a\.co/", re.IGNORECASE)
_WORDS = (
    "the a of and in on by with we they had was not all some river letter garden winter harbour "
    "again always between quietly wrote read found carried remembered “quoted” it’s café"
).split()


def with_links(page: bytes, number: int) -> bytes | None:
    """The page with three links, each at the beginning of a paragraph; None with too few."""
    places = [match.end() for match in _PARAGRAPH.finditer(page)]
    if len(places) < len(LINKS):
        return None
    for index in range(len(LINKS), 0, -1):
        place = places[index * len(places) // (len(LINKS) + 1)]
        page = page[:place] + LINKS[index - 1].format(number=number).encode() + page[place:]
    return page


def sets(archive: str | None) -> dict[str, list[bytes]]:
    """Whole pages and article bodies with three links each, and both without any.

    Pages that name a shop already are left out of the latter.
    """
    pairs = [(each.source, each.expected) for each in cases(archive)] if archive else _made()
    whole, bodies = zip(*pairs, strict=True)
    return {
        "whole pages": _linked(whole),
        "article bodies": _linked(bodies),
        "whole pages without a candidate": _without(whole),
        "article bodies without a candidate": _without(bodies),
    }


def urls(count: int) -> list[str]:
    """So many URLs: the links' own, no two the same."""
    found = [match[2] for link in LINKS for match in [_HREF.search(link)] if match]
    return [unescape(found[each % len(found)].format(number=each)) for each in range(count)]


def _linked(pages: Sequence[bytes]) -> list[bytes]:
    linked = (with_links(page, number) for number, page in enumerate(pages))
    return [page for page in linked if page is not None]


def _without(pages: Sequence[bytes]) -> list[bytes]:
    return [page for page in pages if not _SHOP.search(page)]


def _made() -> list[tuple[bytes, bytes]]:
    """Pages as blogs have them, of no blog, each with its article alone."""
    dice = random.Random(4)
    made = []
    for number in range(60):
        body = "".join(_paragraph(dice) for _ in range(dice.randint(20, 60)))
        article = f"<article><h1>Post {number}</h1>{body}</article>"
        page = (
            f"<!DOCTYPE html><html lang=en><head><title>Post {number}</title>{_script(dice, 40)}"
            f"<style>{'.a>b{color:#fff}' * 300}</style></head><body><nav>{_menu(60)}</nav>"
            f"{article}<aside>{_menu(120)}</aside>{_script(dice, 400)}</body></html>"
        )
        made.append((page.encode(), article.encode()))
    return made


def _paragraph(dice: random.Random) -> str:
    words = " ".join(dice.choices(_WORDS, k=dice.randint(40, 120)))
    more = f'<a href="/posts/{dice.randint(1, 99)}/">more</a>'
    return f'<p class="text">{words} {more}, <em>so</em>.</p>\n'


def _script(dice: random.Random, lines: int) -> str:
    code = "".join(
        f"(function(a,b){{if(a.c<b.d){{return '<b>'+a.e({dice.randint(1, 999)})}}}})();\n"
        for _ in range(lines)
    )
    return f"<script>{code}</script>"


def _menu(entries: int) -> str:
    items = "".join(
        f'<li class="menu-item item-{each}"><a href="https://blog.example/tag/{each}/" '
        f'title="All of {each}">{each}</a></li>'
        for each in range(entries)
    )
    return f"<ul>{items}</ul>"
