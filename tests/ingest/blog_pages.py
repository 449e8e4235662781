"""Pages of blogs of many platforms: each post of `data/pages/posts` in each theme of
`data/pages/themes`, with what must come out.

A theme's first line says where its pages live (`url`), which fields it states in its markup
(`says`), in which way its editor writes HTML (`dialect`) and what stands in the middle of its
posts (`middle`). A post's first line says its title, author, language and tags.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(__file__).parents[1] / "data" / "pages"
_HEAD = re.compile(r"\A<!-- (\{.*\}) -->\n")
_BLOCK = re.compile(r"^<(?=p|h\d|ul|ol|figure|blockquote|pre|table)", re.MULTILINE)
_CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)
_IMAGE = re.compile(r'<img src="([^"]*)" alt="([^"]*)"[^>]*>')


@dataclass(frozen=True, slots=True)
class BlogPage:
    """A page, and what must be found: `text` in words, `says` as fields of Page."""

    name: str
    url: str
    html: str
    post: str
    text: tuple[str, ...]
    title: str
    says: dict[str, Any]


def names(kind: str) -> list[str]:
    return sorted(each.stem for each in (DATA / kind).glob("*.html"))


def pages() -> Iterator[BlogPage]:
    """Every post in every theme."""
    for theme in names("themes"):
        for post in names("posts"):
            yield page(theme, post)


def page(theme: str, post: str) -> BlogPage:
    about, body = _read("posts", post)
    setting, template = _read("themes", theme)
    url = setting["url"].replace("{slug}", post)
    filled = {
        "title": about["title"], "author": about["author"], "url": url, "lang": about["lang"],
        "tag1": about["tags"][0], "tag2": about["tags"][-1],
        "body": _with_middle(_DIALECTS[setting.get("dialect", "plain")](body), setting),
    }  # fmt: skip
    if "<title>" in template and "lang='" in template:  # a platform that quotes by apostrophes
        filled["title"] = filled["title"].replace("'", "&#39;")
    html = re.sub(r"\{\{(\w+)\}\}", lambda match: filled[match[1]], template)
    if about.get("dir"):
        html = html.replace("<html", f'<html dir="{about["dir"]}"', 1)
    return BlogPage(
        f"{theme}/{post}", url, html, body, words(_told(body)), about["title"],
        _said(setting["says"], about),
    )  # fmt: skip


def words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", unescape(re.sub(r"<[^>]*>", " ", text))))


def _said(says: list[str], about: dict[str, Any]) -> dict[str, Any]:
    known = {
        "author": ("authors", (about["author"],)),
        "tags": ("tags", tuple(dict.fromkeys((about["tags"][0], about["tags"][-1])))),
        "published": ("published", "2026-03-14T07:30:00+00:00"),
        "day": ("published", "2026-03-14T00:00:00+00:00"),
        "updated": ("updated", "2026-03-15T09:00:00+00:00"),
    }
    return dict(known.get(each, (each, True)) for each in says)


def _told(body: str) -> str:
    """The post without the captions of its pictures, unless they are a good part of it."""
    captions = sum(len(each) for each in _CAPTION.findall(body))
    told = _CAPTION.sub("", body)
    return body if captions > 0.3 * len("".join(words(told))) else told


@cache
def _read(kind: str, name: str) -> tuple[dict[str, Any], str]:
    text = (DATA / kind / f"{name}.html").read_text("utf-8")
    head = _HEAD.match(text)
    assert head, name
    return json.loads(head[1]), text[head.end() :].rstrip("\n")


def _with_middle(body: str, setting: dict[str, Any]) -> str:
    if "middle" not in setting:
        return body
    starts = [match.start() for match in _BLOCK.finditer(body)]
    at = starts[2] if len(starts) > 3 else len(body)
    return f"{body[:at]}{setting['middle']}\n{body[at:]}"


# ── how editors write HTML ───────────────────────────────────────────────────────────────


def _blocks(body: str) -> list[str]:
    starts = [match.start() for match in _BLOCK.finditer(body)]
    return [body[a:b].strip() for a, b in zip(starts, [*starts[1:], len(body)], strict=True)]


def _breaks(body: str) -> str:
    """Blogger's old editor and LiveJournal: no paragraphs, two breaks."""
    body = re.sub(r"^<p>(.*)</p>$", r"\1<br /><br />", body, flags=re.MULTILINE)
    return re.sub(
        r"<figure>(<img[^>]*>)<figcaption>(.*?)</figcaption></figure>",
        r'<table class="tr-caption-container"><tbody><tr><td>\1</td></tr>'
        r'<tr><td class="tr-caption">\2</td></tr></tbody></table>',
        body,
    )


def _divs(body: str) -> str:
    """Blogger's new editor."""
    return re.sub(
        r"^<p>(.*)</p>$", r"<div>\1</div><div><br /></div>", body, flags=re.MULTILINE
    ).replace("<figure>", '<div class="separator" style="clear: both;"><figure>').replace(
        "</figure>", "</figure></div>"
    )  # fmt: skip


def _medium(body: str) -> str:
    body = body.replace("<p>", '<p id="b1c2" class="pw-post-body-paragraph lk ll gf lm b ln">')
    body = re.sub(r"<h2[^>]*>", '<h1 id="d3e4" class="mi mj gf bf mk ml">', body)
    body = body.replace("</h2>", "</h1>")
    return _IMAGE.sub(
        r'<div role="button" tabindex="0" class="mm mn fj mo"><picture>'
        r'<source srcSet="\1 640w" type="image/webp"/><img alt="\2" class="bg mp" src="\1"/>'
        r"</picture></div>",
        body,
    )


def _substack(body: str) -> str:
    body = re.sub(r"<h2[^>]*>(.*?)</h2>", r'<h2 class="header-anchor-post">\1</h2>', body)
    body = body.replace("<figcaption>", '<figcaption class="image-caption">')
    body = body.replace("<figure>", '<div class="captioned-image-container"><figure>')
    body = body.replace("</figure>", "</figure></div>")
    return _IMAGE.sub(
        r'<a class="image-link image2" target="_blank" href="\1"><div class="image2-inset">'
        r'<picture><img src="\1" class="sizing-normal" alt="\2"></picture></div></a>',
        body,
    )


def _squarespace(body: str) -> str:
    wrapped = []
    for block in _blocks(body):
        kind = "image" if block.startswith("<figure") else "html"
        block = block.replace("<figcaption>", '<figcaption class="image-caption-wrapper"><p>')
        block = block.replace("</figcaption>", "</p></figcaption>")
        block = _IMAGE.sub(r'<img data-src="\1" data-image="\1" alt="\2">', block)
        wrapped.append(
            f'<div class="sqs-block {kind}-block sqs-block-{kind}"><div class="sqs-block-content">'
            f"{block}</div></div>"
        )
    return "".join(wrapped)


def _wix(body: str) -> str:
    body = re.sub(
        r"^<p>(.*)</p>$",
        r'<div data-breakout="normal"><p class="xVISr Y9Dpf bCMSC" dir="auto"><span '
        r'class="vkIF2">\1</span></p></div><div data-breakout="normal"><p><br></p></div>',
        body,
        flags=re.MULTILINE,
    )
    item = r'<li dir="auto"><p class="xVISr"><span>\1</span></p></li>'
    body = re.sub(r"<li>(.*?)</li>", item, body)
    return _IMAGE.sub(
        r'<div data-hook="imageViewer" role="button"><wow-image class="lyd6fK"><img src="\1" '
        r'alt="\2" data-pin-url="x"></wow-image></div>',
        body,
    )


def _amp(body: str) -> str:
    return _IMAGE.sub(r'<amp-img src="\1" alt="\2" width="8" height="5"></amp-img>', body)


_DIALECTS: dict[str, Callable[[str], str]] = {
    "plain": str, "breaks": _breaks, "divs": _divs, "medium": _medium, "substack": _substack,
    "squarespace": _squarespace, "wix": _wix, "amp": _amp,
}  # fmt: skip
