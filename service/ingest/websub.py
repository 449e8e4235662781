"""WebSub as a subscriber speaks it (W3C Recommendation of 23 January 2018)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import httpx2

from service.errors import AddressRefused, FetchError, Unreachable
from service.ingest.feed_relations import relations
from service.ingest.fetch import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ingest.fetch import Fetched

#: section 8.1: the algorithms that a hub may sign with
_ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")
#: section 5.1.2: a hub may send us on to another one
_REDIRECTS, _MOST_REDIRECTS = (307, 308), 3
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Topic:
    """What can be subscribed to: the feed by the address that it calls its own, at its hub."""

    hub: str
    url: str


def topic_of(fetched: Fetched) -> Topic | None:
    """The topic of a feed that names a hub (section 4); without a link to itself, the address
    where it was found."""
    named = relations(fetched)
    hubs = named.get("hub", ())
    return Topic(hubs[0], next(iter(named.get("self", ())), fetched.url)) if hubs else None


def ask_hub(client: httpx2.Client, hub: str, form: Mapping[str, str]) -> None:
    """Ask for a subscription, or for its end (section 5.1); the hub comes back to verify it.

    Raises Unreachable for a hub that fails, and FetchError for one that refuses.
    """
    url = hub
    for _ in range(_MOST_REDIRECTS + 1):
        try:
            response = client.post(url, data=dict(form))
        except AddressRefused:
            raise
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            words = str(error) or type(error).__name__
            raise Unreachable(f"The hub {hub} can't be reached: {words}.", url=hub) from error
        if response.status_code not in _REDIRECTS or "location" not in response.headers:
            return _heard(hub, response)
        url = urljoin(url, response.headers["location"])
    raise FetchError(f"The hub {hub} sends us round in circles.", url=hub)


def _heard(hub: str, response: httpx2.Response) -> None:
    if response.is_success:
        return
    said = " ".join(response.text[:_LONGEST_REASON].split())
    what = f"The hub {hub} answers {response.status_code}: {said}".rstrip(": ")
    if response.status_code >= 500 or response.status_code == 429:
        wait = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
        raise Unreachable(what, url=hub, retry_after=wait)
    raise FetchError(what, url=hub, mend="The feed is polled all the same.")


def is_signed(secret: str, signature: str | None, body: bytes) -> bool:
    """Whether this body was signed with the secret (section 8): "sha256=…", as X-Hub-Signature."""
    method, _, given = (signature or "").strip().partition("=")
    if method.lower() not in _ALGORITHMS:
        return False
    expected = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode("utf-8", "replace"))
