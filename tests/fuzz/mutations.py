"""Random changes to URLs and pages, of the kinds that editors, templates and attackers make."""

import random
from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import quote

TOKENS = (
    "/", "//", "?", "#", "&", "&amp;", "&amp;amp;", "&#38;", "&#x26;", ";", "=", "%2F", "%252F",
    "%3F",
    "%26", "%3D", "%", "%zz", "@", ":", ":443", ":8080", "\\", ".", "..", "/../", "/./", " ", "%20",
    "+", "\t", "\n", "\0", "\ud800", "\u00e9", "\u65e5\u672c", "\u0430mazon.com", "\uff0e", ")",
    "]", "'", '"', "<",
    ">", "tag=x-20", "TAG=Y-21", "t%61g=z-20", "&tag=", "/someone-20", "/ref=nosim", "/ref=sr_1_1",
    "/-/en", "/dp/0201633612", "/gp/product/B000APBK4U", "0201633612", "B000APBK4U",
    "9780201633610",
    "http://", "https://", "https%3A%2F%2F", "//www.amazon.com", ".evil.example", "amazon.com",
    "@evil.example/", "user:pw@", "ascsubtag=1", "linkCode=ll1", "th=1", "psc=1",
    "#customerReviews",
    "javascript:", "data:", "www.", "smile.", "\u202e", "\ufeff", "xn--mazon-3ve.com",
)  # fmt: skip

Mutation = Callable[[random.Random, str, Sequence[str]], str]


def _inserted(chance: random.Random, text: str, _: Sequence[str]) -> str:
    place = chance.randint(0, len(text))
    return text[:place] + chance.choice(TOKENS) + text[place:]


def _replaced(chance: random.Random, text: str, _: Sequence[str]) -> str:
    start = chance.randint(0, len(text))
    return text[:start] + chance.choice(TOKENS) + text[start + chance.randint(1, 6) :]


def _cut(chance: random.Random, text: str, _: Sequence[str]) -> str:
    start = chance.randint(0, len(text))
    return text[:start] + text[start + chance.randint(1, 12) :]


def _doubled(chance: random.Random, text: str, _: Sequence[str]) -> str:
    start = chance.randint(0, len(text))
    end = min(len(text), start + chance.randint(1, 20))
    return text[:end] + text[start:end] * chance.randint(1, 3) + text[end:]


def _crossed(chance: random.Random, text: str, others: Sequence[str]) -> str:
    other = chance.choice(others)
    return text[: chance.randint(0, len(text))] + other[chance.randint(0, len(other)) :]


def _recased(chance: random.Random, text: str, _: Sequence[str]) -> str:
    return "".join(each.upper() if chance.random() < 0.5 else each.lower() for each in text)


def _escaped(chance: random.Random, text: str, _: Sequence[str]) -> str:
    start = chance.randint(0, len(text))
    end = chance.randint(start, len(text))
    middle = text[start:end].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text[:start] + quote(middle, safe=chance.choice(("", "/", "/:"))) + text[end:]


def _in_entities(chance: random.Random, text: str, _: Sequence[str]) -> str:
    return escape(text) if chance.random() < 0.7 else text.replace("/", "&#47;")


def _another_byte(chance: random.Random, text: str, _: Sequence[str]) -> str:
    place = chance.randint(0, len(text))
    return text[:place] + chr(chance.choice((chance.randint(0, 255), chance.randint(0, 0x10FFFF))))


def _of_another_host(chance: random.Random, text: str, _: Sequence[str]) -> str:
    scheme, slashes, rest = text.partition("//")
    host, slash, path = rest.partition("/")
    odd = chance.choice(
        (f"{host}.evil.example", f"evil{host}", f"{host}@evil.example", f"evil.example/{host}",
         f"evil.example?{host}", host.replace("a", "\u0430", 1), f"{host}\\.evil.example",
         f"{host}:x@evil.example", f"aws.{host}", f"affiliate-program.{host}",
         f"{host}%2eevil.example")
    )  # fmt: skip
    return scheme + slashes + odd + slash + path


MUTATIONS: tuple[Mutation, ...] = (
    _inserted, _inserted, _replaced, _cut, _doubled, _crossed, _recased, _escaped, _in_entities,
    _another_byte, _of_another_host,
)  # fmt: skip


def mutated(chance: random.Random, seeds: Sequence[str]) -> str:
    """One of the seeds, changed up to five times."""
    text = chance.choice(seeds)
    for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 5))):
        text = chance.choice(MUTATIONS)(chance, text, seeds)
    return text


PIECES = (
    "<p>", "</p>", "<div class=x>", "</div>", "<em>", "</em>", "<b>", "</b>", "<br>", "<br/>",
    "<h2>",
    "</h2>", "<ul><li>", "<td>", "</table>", "</a>", "<a name=x>", "<a>", "<code>", "</code>",
    "<pre>",
    "</pre>", "<!--", "-->", "--!>", "<!-->", "<![CDATA[", "]]>", "<script>", "</script>",
    "<script><!--",
    "<style>", "</style>", "<textarea>", "</textarea>", "<title>", "</title>", "<template>",
    "</template>",
    "<noscript>", "</noscript>", "<svg>", "</svg>", "<math>", "<base href=//evil.example/>",
    "<plaintext>",
    "<", ">", "</", "<a", "<a href", "<a href=", '<a href="', "'", '"', "&amp;", "&copy", "&",
    "\0", "\ud800",
    "\r\n", "\n\n", "\u00e9", " ", "A Good Title", "A ", "Good ", "Title", "Buy it", "`", "```\n",
    "[", "](",
    ")", "*", "_", "# ", "> ", "- ", "<?php ?>", "<!doctype html>", "\ufeff", "<html><body>",
    "</body>",
)  # fmt: skip


def page(chance: random.Random, seeds: Sequence[str]) -> str:
    """A page of up to forty pieces, hostile markup and links among them."""
    return "".join(
        _link(chance, seeds) if chance.random() < 0.3 else chance.choice(PIECES)
        for _ in range(chance.randint(1, 40))
    )


def _link(chance: random.Random, seeds: Sequence[str]) -> str:
    url = mutated(chance, seeds)
    name = chance.choice(("href", "HREF", "href", "href", "data-href", "title", "src"))
    quotes = chance.choice(('"', '"', "'", ""))
    rel = chance.choice(("", "", " rel", ' rel="nofollow"', " rel=me", " rel='sponsored'"))
    element = chance.choice(("a", "a", "a", "A", "area", "link", "img"))
    space = chance.choice((" ", " ", "\n", "/", "  "))
    if chance.random() < 0.2:
        return chance.choice((url, f"[x]({url})", f"<{url}>", f"\n[1]: {url}\n"))
    return f"<{element}{space}{name}={quotes}{url}{quotes}{rel}>"
