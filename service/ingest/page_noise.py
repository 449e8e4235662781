"""What on a page is not the post, by its elements, its roles, and the names of its classes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

#: never part of a post
_DROPPED_TAGS = frozenset(
    "script style noscript template nav footer aside button input select textarea link meta "
    "dialog menu object applet fieldset".split()
)
_DROPPED_ROLES = frozenset(
    "navigation complementary search banner contentinfo dialog alert alertdialog menu menubar "
    "toolbar tablist".split()
)
#: the names of these say nothing of whether they belong
_NOT_BY_NAME = frozenset(
    "body a article main table tbody td tr code h1 h2 h3 h4 h5 h6 blockquote pre em strong".split()
)
_UNLIKELY = re.compile(
    r"-ad-|\bads?\b|advert|banner|breadcrumb|combx|comment|community|cover-wrap|disqus|extra|"
    r"gdpr|cookie|footer|header|legends|menu|\bnav|related|remark|replies|\brss\b|shoutbox|share|"
    r"sharing|sidebar|skyscraper|social|sponsor|subscri|supplemental|agegate|pagination|pager|"
    r"consent|onetrust|sp_message|didomi|qc-cmp|paywall|regwall|side-col|col-side|side-rail|"
    r"right-rail|teaser|popup|promo|recommend|newsletter|signup|sign-up|jp-relatedposts|masthead|toolbar|skip-link",
    re.IGNORECASE,
)
_RESCUED = re.compile(
    r"article|\bbody\b|column|content|\bmain\b|shadow|mathjax|entry|post-text", re.IGNORECASE
)
_POSITIVE = re.compile(
    r"article|\bbody\b|content|entry|hentry|h-entry|\bmain\b|\bpage\b|\bpost\b|text|blog|story",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"-ad-|hidden|^hid$|\bhid\b|banner|combx|comment|com-|contact|footer|gdpr|masthead|meta|"
    r"outbrain|promo|related|scroll|share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|"
    r"widget|newsletter|subscri|social|author-bio|nav",
    re.IGNORECASE,
)
#: names that blog programs give to what is never the post, believed even when nothing else is
_NEVER = re.compile(
    r"\b(?:sharedaddy|jp-relatedposts|relatedposts|comments-area|comment-list|commentlist|"
    r"disqus_thread|addtoany_share_save_container|post-share-buttons|comment-respond|"
    r"post-navigation|yarpp-related|subscription-widget|mc4wp-form|kg-cta-card|kg-signup-card|td-a-rec|"
    r"screen-reader-text|visually-?hidden|sr-only)\b|"
    r"(?:^|\s|__|\bb-|\bpost-|\bwp-block-)(?:comments?|trackbacks?)(?:[\s_-]|$)",
    re.IGNORECASE,
)
#: a page, and the pages of one site, say the same names over and over
_NAMES = 4096
#: an aside of such a name is a remark within the post
_REMARK = re.compile(
    r"(?:^|[\s_-])(?:note|notes|callout|admonition|tip|warning|info|hint|caution|important|"
    r"footnotes?|endnotes?|remark|epigraph)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def outsiders(body: Any, *, strict: bool) -> set[Any]:
    """The elements within `body` that do not belong to a post, with all that is in them.

    `strict` believes the names of classes; without it only elements and roles count.
    """
    dropped: set[Any] = set()
    for element in body.iterdescendants():
        if (
            element.getparent() in dropped
            or not isinstance(element.tag, str)
            or _is_dropped(element, strict)
        ):
            dropped.add(element)
    return dropped


def _is_dropped(element: Any, strict: bool) -> bool:
    tag = element.tag
    if tag in _DROPPED_TAGS:
        return tag not in ("aside", "footer") or not _is_own(element)
    attributes = element.attrib
    if not attributes:
        return False
    if "hidden" in attributes or _HIDDEN.search(attributes.get("style", "")):
        return True
    if attributes.get("role") in _DROPPED_ROLES:
        return True
    if attributes.get("aria-hidden") == "true" and "fallback" not in attributes.get("class", ""):
        return tag not in ("img", "svg", "math", "span", "figure")
    names = names_of(element)
    if not names:
        return False
    return _is_never(names) or (strict and tag not in _NOT_BY_NAME and _is_unlikely(names))


def _is_own(element: Any) -> bool:
    """Whether an aside is a remark of the post's own, or a footer says who is quoted."""
    if element.tag == "footer":
        return bool(element.getparent().tag == "blockquote")
    return _REMARK.search(names_of(element)) is not None


@lru_cache(_NAMES)
def _is_never(names: str) -> bool:
    return _NEVER.search(names) is not None


@lru_cache(_NAMES)
def _is_unlikely(names: str) -> bool:
    """Whether the names of an element say that it is not the post."""
    return _UNLIKELY.search(names) is not None and not _RESCUED.search(names)


def names_of(element: Any) -> str:
    attributes = element.attrib
    return f"{attributes.get('class', '')} {attributes.get('id', '')}".strip()


def class_weight(element: Any) -> int:
    """Points for or against an element by the names of its class and id."""
    return sum(_weight(each) for each in (element.get("class"), element.get("id")) if each)


@lru_cache(_NAMES)
def _weight(names: str) -> int:
    return 25 * bool(_POSITIVE.search(names)) - 25 * bool(_NEGATIVE.search(names))
