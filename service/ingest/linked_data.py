"""What a page says of its article in JSON-LD (https://schema.org/Article)."""

import json
import re
from collections.abc import Iterator
from typing import Any

_SCRIPT = re.compile(
    r"<script\b[^>]*\btype\s*=\s*[\"']?application/ld\+json\b[^>]*>(.*?)(?:</script|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_WRAPPING = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$")
_ARTICLES = frozenset(
    "Article BlogPosting NewsArticle Report TechArticle ScholarlyArticle SocialMediaPosting "
    "LiveBlogPosting OpinionNewsArticle AnalysisNewsArticle ReportageNewsArticle "
    "ReviewNewsArticle BackgroundNewsArticle AdvertiserContentArticle SatiricalArticle "
    "DiscussionForumPosting Review Recipe HowTo".split()
)
_MOST_NODES = 2_000


class LinkedData:
    """The article node of a page, empty where there is none."""

    def __init__(self, html: str) -> None:
        nodes = list(_nodes(html))
        self._by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
        articles = [node for node in nodes if _ARTICLES & set(_types(node))]
        told = [node for node in articles if node.get("headline") or node.get("name")]
        self.article: dict[str, Any] = (told or articles or [{}])[0]

    def text(self, *names: str) -> str | None:
        """The first of these properties that is words or a URL."""
        for name in names:
            found = next(self._texts(self.article.get(name)), None)
            if found:
                return found
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._texts(self.article.get(name))))

    def _texts(self, value: object, depth: int = 0) -> Iterator[str]:
        """Words of a value: itself, or a thing's name, or a picture's url."""
        if isinstance(value, str):
            if value.strip():
                yield value.strip()
        elif isinstance(value, list):
            for part in value:
                yield from self._texts(part, depth)
        elif isinstance(value, dict) and depth < 4:
            node = self._by_id.get(str(value.get("@id")), value)
            for name in ("name", "url", "contentUrl", "@id"):
                if node.get(name):
                    yield from self._texts(node[name], depth + 1)
                    return


def _types(node: dict[str, Any]) -> list[str]:
    value = node.get("@type")
    found = value if isinstance(value, list) else [value]
    return [str(each).rpartition("/")[2] for each in found]


def _nodes(html: str) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = []
    for match in _SCRIPT.finditer(html):
        try:
            waiting.append(json.loads(_WRAPPING.sub("", match[1]), strict=False))
        except (ValueError, RecursionError):
            continue
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting = value + waiting
        elif isinstance(value, dict):
            yield value
            waiting += [value[name] for name in ("@graph", "mainEntity") if value.get(name)]
            inner = value.get("mainEntityOfPage")
            if isinstance(inner, dict) and _ARTICLES & set(_types(inner)):
                waiting.append(inner)
