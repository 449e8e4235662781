"""Open Library, Google Books and Amazon's Creators API in this process: they know a few books and
refuse what the real ones refuse, by their published schemas."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

#: what the answer is made of: status, headers, JSON
Answer = tuple[int, dict[str, str], Any]

WORKS: dict[str, dict[str, Any]] = {
    "OL1W": {
        "key": "/works/OL1W",
        "title": "The Patient Foreman",
        "subtitle": "Sawmills",
        "author_name": ["Jane Tallow"],
        "ratings_count": 12,
    },
    "OL2W": {"key": "/works/OL2W", "title": "The Slow Shed", "author_name": ["Ann Hill"]},
}
EDITIONS: dict[str, list[dict[str, Any]]] = {
    "OL1W": [
        {
            "title": "Der geduldige Vorarbeiter",
            "isbn_13": ["9783518367063"],
            "languages": [{"key": "/languages/ger"}],
            "physical_format": "Hardcover",
            "publish_date": "May 2019",
        },
        {
            "title": "The Patient Foreman",
            "isbn_10": ["0306406152"],
            "languages": [{"key": "/languages/eng"}],
            "physical_format": "Paperback",
            "publish_date": "2017",
        },
        {"title": "The Patient Foreman", "isbn_13": ["9781455586684"], "physical_format": "eBook"},
        {"title": "The Patient Foreman", "isbn_13": ["9780306406158"]},
    ],
    "OL2W": [],
}
VOLUMES = [
    {
        "kind": "books#volume",
        "id": "abc",
        "volumeInfo": {
            "title": "The Patient Foreman",
            "subtitle": "Sawmills",
            "authors": ["Jane Tallow"],
            "publishedDate": "2017-05-02",
            "industryIdentifiers": [
                {"type": "OTHER", "identifier": "UOM:39015"},
                {"type": "ISBN_10", "identifier": "0306406152"},
                {"type": "ISBN_13", "identifier": "9780306406157"},
            ],
            "ratingsCount": 3,
            "language": "en",
        },
    },
    {"kind": "books#volume", "id": "def", "volumeInfo": {"title": "Foremen of Patience"}},
]
ITEMS = [
    {
        "asin": "B00L9B7IKE",
        "itemInfo": {
            "title": {"displayValue": "The Patient Foreman: Sawmills"},
            "byLineInfo": {"contributors": [{"name": "Tallow, Jane", "role": "Author"}]},
            "classifications": {"binding": {"displayValue": "Kindle Edition"}},
        },
    },
    {
        "asin": "0306406152",
        "itemInfo": {
            "title": {"displayValue": "The Patient Foreman: Sawmills"},
            "byLineInfo": {
                "contributors": [
                    {"name": "Tallow, Jane", "role": "Author", "roleType": "author"},
                    {"name": "Perle, Jonas", "role": "Illustrator", "roleType": "illustrator"},
                ]
            },
            "classifications": {"binding": {"displayValue": "Paperback"}},
            "externalIds": {"isbns": {"displayValues": ["0306406152"]}},
            "contentInfo": {
                "languages": {"displayValues": [{"displayValue": "English", "type": "Published"}]},
                "publicationDate": {"displayValue": "2017-05-02T00:00:01Z"},
            },
        },
    },
]
_SEARCH = {"q", "title", "author", "fields", "limit", "page", "sort", "lang", "offset"}
_VOLUMES = (
    "q key printType maxResults startIndex langRestrict orderBy filter projection fields".split()
)
_ITEM_FIELDS = (
    "actor artist author availability brand browseNodeId condition currencyOfPreference "
    "deliveryFlags itemCount itemPage keywords languagesOfPreference maxPrice minPrice "
    "minReviewsRating minSavingPercent partnerTag properties resources searchIndex sortBy title"
).split()
_RESOURCES = re.compile(r"itemInfo\.(title|byLineInfo|classifications|contentInfo|externalIds)")


@dataclass
class Asked:
    """A request: its path, and what it carried."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Services:
    """The three services on one free port. `instead` are answers given before any other."""

    asked: list[Asked] = field(default_factory=list)
    instead: deque[Answer] = field(default_factory=deque)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, asked: Asked) -> Answer:
        if self.instead:
            return self.instead.popleft()
        if asked.path == "/search.json" and method == "GET":
            return _openlibrary(asked)
        if (
            match := re.fullmatch(r"/works/(OL\d+W)/editions\.json", asked.path)
        ) and method == "GET":
            entries = EDITIONS.get(match[1])
            return (200, {}, {"entries": entries}) if entries is not None else (404, {}, {})
        if asked.path == "/books/v1/volumes" and method == "GET":
            return _google(asked)
        if asked.path.startswith("/token/") and method == "POST":
            return _token(asked)
        if asked.path == "/catalog/v1/searchItems" and method == "POST":
            return _amazon(asked)
        return 404, {}, {}


def _openlibrary(asked: Asked) -> Answer:
    if not set(asked.query) <= _SEARCH or not {"q", "title"} & set(asked.query):
        return 422, {}, {"detail": "no such parameter"}
    title, author = asked.query["title"].casefold(), asked.query.get("author", "").casefold()
    found = [
        {name: row[name] for name in asked.query["fields"].split(",") if name in row}
        for row in WORKS.values()
        if str(row["title"]).casefold() in title
        and author in " ".join(map(str, row["author_name"])).casefold()
    ]
    return 200, {}, {"numFound": len(found), "start": 0, "docs": found}


def _google(asked: Asked) -> Answer:
    key = asked.headers.get("x-goog-api-key") or asked.query.get("key")
    if key != "google-key":
        return 403, {}, {"error": {"code": 403, "status": "PERMISSION_DENIED"}}
    query = asked.query
    if not set(query) <= set(_VOLUMES) or not query.get("q") or int(query["maxResults"]) > 40:
        return 400, {}, {"error": {"code": 400, "status": "INVALID_ARGUMENT"}}
    if query.get("printType", "all") not in ("all", "books", "magazines"):
        return 400, {}, {"error": {"code": 400, "status": "INVALID_ARGUMENT"}}
    hits = VOLUMES if 'intitle:"The Patient Foreman' in query["q"] else []
    return (
        200,
        {},
        {"kind": "books#volumes", "totalItems": len(hits), **({"items": hits} if hits else {})},
    )


def _token(asked: Asked) -> Answer:
    version = asked.path.removeprefix("/token/")
    if version == "3":
        told = json.loads(asked.body)
        scope = "creatorsapi::default"
        right = asked.headers["content-type"].startswith("application/json")
    else:
        told = {name: each[0] for name, each in parse_qs(asked.body.decode()).items()}
        scope = "creatorsapi/default"
        right = asked.headers["content-type"] == "application/x-www-form-urlencoded"
    expected = {
        "grant_type": "client_credentials",
        "client_id": "id",
        "client_secret": "secret",
        "scope": scope,
    }
    if not right or told != expected:
        return 401, {}, {"error": "invalid_client"}
    return 200, {}, {"access_token": f"token-{version}", "expires_in": 3600, "token_type": "bearer"}


def _amazon(asked: Asked) -> Answer:
    allowed = ("Bearer token-3", "Bearer token-2, Version 2.1")
    if asked.headers.get("authorization") not in allowed:
        return 401, {}, {"type": "UnauthorizedException", "message": "no", "reason": "InvalidToken"}
    if asked.headers.get("x-marketplace") != "www.amazon.com":
        return 400, {}, {"type": "ValidationException", "message": "no marketplace"}
    told = json.loads(asked.body)
    if not set(told) <= set(_ITEM_FIELDS) or told.get("partnerTag") != "shelf-20":
        return 400, {}, {"type": "ValidationException", "message": "no such field"}
    if not 1 <= told["itemCount"] <= 100 or told["searchIndex"] != "Books":
        return 400, {}, {"type": "ValidationException", "message": "out of range"}
    if not all(_RESOURCES.fullmatch(each) for each in told["resources"]):
        return 400, {}, {"type": "ValidationException", "message": "no such resource"}
    if "Patient" not in told["title"]:
        return 404, {}, {"type": "ResourceNotFoundException", "message": "no results"}
    return 200, {}, {"searchResult": {"totalResultCount": len(ITEMS), "items": ITEMS}}


def _handler(services: Services) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self, method: str) -> None:
            parts = urlsplit(self.path)
            asked = Asked(
                parts.path,
                {name: each[0] for name, each in parse_qs(parts.query).items()},
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(int(self.headers.get("content-length") or 0)),
            )
            services.asked.append(asked)
            status, headers, told = services.answer(method, asked)
            body = json.dumps(told).encode()
            with suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def do_GET(self) -> None:
            self._do("GET")

        def do_POST(self) -> None:
            self._do("POST")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
