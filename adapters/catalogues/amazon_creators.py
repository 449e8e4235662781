"""Amazon's Creators API: books as Amazon sells them, for associates whom Amazon admits to it.

https://affiliate-program.amazon.com/creatorsapi/docs (read 2026-11-25; requests and answers as in
Amazon's own Python SDK). An OAuth 2 token for client credentials, one host for all marketplaces,
the marketplace in a header. It needs ten qualified sales in the last thirty days. What it tells
may be kept for a day: https://affiliate-program.amazon.com/help/operating/policies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from service.errors import LookupFailed
from service.identifiers import isbns
from service.model import Book, Edition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.ports import LookupContext

#: credential version → where its tokens are had
_TOKENS = {
    "2.1": "https://creatorsapi.auth.us-east-1.amazoncognito.com/oauth2/token",
    "2.2": "https://creatorsapi.auth.eu-south-2.amazoncognito.com/oauth2/token",
    "2.3": "https://creatorsapi.auth.us-west-2.amazoncognito.com/oauth2/token",
    "3.1": "https://api.amazon.com/auth/o2/token",
    "3.2": "https://api.amazon.co.uk/auth/o2/token",
    "3.3": "https://api.amazon.co.jp/auth/o2/token",
}
_RESOURCES = (
    "itemInfo.title",
    "itemInfo.byLineInfo",
    "itemInfo.classifications",
    "itemInfo.contentInfo",
    "itemInfo.externalIds",
)
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Options:
    """What Associates Central shows with a new credential: its id, secret and version.

    `url` and `token_url` are Amazon's own, unless somebody stands between.
    """

    credential_id: str
    credential_secret: str = field(repr=False)
    version: Literal["2.1", "2.2", "2.3", "3.1", "3.2", "3.3"] = "3.1"
    url: str = "https://creatorsapi.amazon"
    token_url: str | None = None


class AmazonCreators:
    """Fills service.ports.Lookup."""

    kind: ClassVar[str] = "amazon_creators"
    name: ClassVar[str] = "Amazon’s Creators API"
    pause: ClassVar[float] = 1.0
    keep_days: ClassVar[int] = 1
    Options: ClassVar[type] = Options

    def __init__(self, options: object, context: LookupContext) -> None:
        assert isinstance(options, Options)
        self._options = options
        self._context = context
        self._token: str | None = None

    def find(self, title: str, authors: Sequence[str]) -> Sequence[Book]:
        """A book for each item, in Amazon's order. Raises LookupFailed."""
        context = self._context
        if context.tracking_id is None:
            raise LookupFailed(
                f"{self.name} answers only with a tracking id for {context.marketplace}.",
                mend=f'Set one: [affiliate.amazon] "{context.marketplace}" = "…"',
            )
        asked: dict[str, object] = {
            "partnerTag": context.tracking_id,
            "searchIndex": "Books",
            "title": title,
            "itemCount": 10,
            "resources": list(_RESOURCES),
        }
        if authors:
            asked["author"] = authors[0]
        found = self._search(asked)
        items = ((found or {}).get("searchResult") or {}).get("items") or ()
        return [book for each in items if (book := _book(each)) is not None]

    def _search(self, asked: dict[str, object]) -> Mapping[str, Any] | None:
        headers = {
            "authorization": self._authorization(),
            "x-marketplace": f"www.{self._context.marketplace}",
        }
        url = f"{self._options.url.rstrip('/')}/catalog/v1/searchItems"
        try:
            answer: Mapping[str, Any] | None = self._context.ask(
                "POST", url, headers=headers, json=asked
            )
        except LookupFailed:
            self._token = None  # it may have ended: the next question gets another
            raise
        return answer

    def _authorization(self) -> str:
        """A bearer token, kept until a question is refused."""
        options = self._options
        is_v3 = options.version.startswith("3.")
        if self._token is None:
            asked = {
                "grant_type": "client_credentials",
                "client_id": options.credential_id,
                "client_secret": options.credential_secret,
                "scope": "creatorsapi::default" if is_v3 else "creatorsapi/default",
            }
            url = options.token_url or _TOKENS[options.version]
            if is_v3:
                told = self._context.ask("POST", url, json=asked)
            else:
                told = self._context.ask("POST", url, form=asked)
            self._token = (told or {}).get("access_token")
            if not self._token:
                raise LookupFailed(
                    f"{self.name} gave no token.", mend="Check [online.amazon_creators]."
                )
        return f"Bearer {self._token}" + ("" if is_v3 else f", Version {options.version}")


def _book(item: Mapping[str, Any]) -> Book | None:
    """The book that an item is; None for one without a title."""
    info = item.get("itemInfo") or {}
    title = _value(info.get("title"))
    if not title:
        return None
    by = (info.get("byLineInfo") or {}).get("contributors") or ()
    authors = [each["name"] for each in by if each.get("name") and _is_author(each)]
    main, _, subtitle = title.partition(": ")
    return Book(
        main,
        tuple(_in_order(each) for each in authors),
        subtitle or None,
        _edition(item, info),
        source="amazon_creators",
    )


def _is_author(contributor: Mapping[str, Any]) -> bool:
    role = str(contributor.get("roleType") or contributor.get("role") or "author").lower()
    return "author" in role or "autor" in role


def _in_order(name: str) -> str:
    """ "Newport, Cal" as "Cal Newport"."""
    last, comma, first = name.partition(", ")
    return f"{first} {last}" if comma else name


def _edition(item: Mapping[str, Any], info: Mapping[str, Any]) -> Edition:
    asin = str(item.get("asin") or "") or None
    numbers = ((info.get("externalIds") or {}).get("isbns") or {}).get("displayValues") or ()
    isbn13, isbn10 = next(
        (found for each in (*numbers, asin or "") if (found := isbns(str(each)))[0]), (None, None)
    )
    content = info.get("contentInfo") or {}
    languages = [
        str(each.get("displayValue"))
        for each in (content.get("languages") or {}).get("displayValues") or ()
    ]
    year = _YEAR.match(_value(content.get("publicationDate")) or "")
    return Edition(
        isbn13,
        isbn10,
        asin,
        _LANGUAGES.get(languages[0]) if languages else None,
        _form(_value((info.get("classifications") or {}).get("binding")) or ""),
        int(year[0]) if year else None,
    )


def _form(binding: str) -> Literal["print", "ebook", "audio"] | None:
    words = binding.lower()
    if "kindle" in words or "ebook" in words:
        return "ebook"
    if "audi" in words or "cd" in words.split():
        return "audio"
    return "print" if words else None


def _value(attribute: Mapping[str, Any] | None) -> str | None:
    return (attribute or {}).get("displayValue")


#: how the API calls languages, in English and in the marketplace's own
_LANGUAGES = {
    "English": "en",
    "Englisch": "en",
    "Anglais": "en",
    "Inglés": "en",
    "Inglese": "en",
    "German": "de",
    "Deutsch": "de",
    "French": "fr",
    "Français": "fr",
    "Spanish": "es",
    "Español": "es",
    "Italian": "it",
    "Italiano": "it",
    "Portuguese": "pt",
    "Dutch": "nl",
    "Japanese": "ja",
}
