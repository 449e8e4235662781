"""Mastodon, and servers that speak its API."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import httpx2

from service.errors import (
    ChannelError,
    ChannelUnreachable,
    FetchError,
    RateLimited,
    RemoteGone,
    RenditionRejected,
    SettingsError,
    TokenRejected,
    Unsure,
)
from service.model import Abilities, Published, ShortText
from service.ports import Channel

if TYPE_CHECKING:
    from service.model import Rendition
    from service.ports import ChannelContext, Receipts

#: the one part of an action here
STATUS = "status"
VISIBILITIES = ("public", "unlisted", "private", "direct")
#: how far back an attempt that was cut off is looked for
PAGES, PAGE_SIZE = 5, 40
_TAG = re.compile(r"<[^>]*>")
_HREF = re.compile(r'href="([^"]*)"')


class Mastodon(Channel):
    """Statuses. API: https://docs.joinmastodon.org/methods/statuses/

    A repeated Idempotency-Key gives the first status again, but only for an hour. So after an
    attempt that was cut off, the account's own statuses are read first. The server makes link
    cards itself; every link counts 23 characters, whatever its length.
    """

    kind: ClassVar[str] = "mastodon"
    abilities = Abilities(
        form="short_text",
        network="mastodon",
        edit=True,
        delete=True,
        idempotency="readback",
        graphemes=500,
        url_length=23,
    )

    @dataclass(frozen=True, slots=True)
    class Options:
        """`server` is a host name or its URL; the token is made at Preferences → Development,
        with the scopes read and write."""

        server: str
        access_token: str = field(repr=False)
        visibility: Literal["public", "unlisted", "private", "direct"] = "public"

    def __init__(self, name: str, options: object, context: ChannelContext) -> None:
        assert isinstance(options, Mastodon.Options)
        if options.visibility not in VISIBILITIES:
            raise SettingsError(
                f'visibility: "{options.visibility}" is unknown.',
                mend=f"Use one of: {', '.join(VISIBILITIES)}",
            )
        server = options.server.rstrip("/")
        self.name = name
        self.server = server if "://" in server else f"https://{server}"
        self.options = options
        self._http = context.http

    def verify(self) -> str:
        account = self._account()
        limits = self._limits()
        if limits is not None:
            self.abilities = replace(
                type(self).abilities, graphemes=limits[0], url_length=limits[1]
            )
        return (
            f"posts as @{account['acct']} on {self.server}, "
            f"up to {self.abilities.graphemes} characters"
        )

    def publish(self, rendition: Rendition, key: str, receipts: Receipts) -> Published:
        content = self._content(rendition)
        if receipts.cut_off(STATUS):
            earlier = self._find(content["status"], rendition.post_url)
            if earlier is not None:
                receipts.finish(STATUS, earlier.remote_id)
                return earlier
        receipts.begin(STATUS)
        content["visibility"] = self.options.visibility
        answer = self._ask("POST", "/api/v1/statuses", content, {"Idempotency-Key": key})
        if 400 <= answer.status_code < 500:
            receipts.drop(STATUS)
        published = _published(self._checked(answer))
        receipts.finish(STATUS, published.remote_id)
        return published

    def update(
        self, published: Published, rendition: Rendition, key: str, receipts: Receipts
    ) -> Published:
        path = f"/api/v1/statuses/{published.remote_id}"
        answer = self._ask("PUT", path, self._content(rendition))
        if answer.status_code in (404, 410):
            raise RemoteGone(
                f"{published.url or published.remote_id} is not there any more.",
                mend="Publish the post to this channel again if it should be.",
            )
        return _published(self._checked(answer))

    def withdraw(self, published: Published, key: str, receipts: Receipts) -> None:
        answer = self._ask("DELETE", f"/api/v1/statuses/{published.remote_id}")
        if answer.status_code not in (404, 410):
            self._checked(answer)

    def _content(self, rendition: Rendition) -> dict[str, str]:
        body = rendition.body
        if not isinstance(body, ShortText):
            raise RenditionRejected(f"{self.name} takes short texts, not a {body.form}.")
        content = {"status": body.text}
        # ISO 639: the server refuses regions.
        if body.language:
            content["language"] = re.split("[-_]", body.language)[0].lower()
        return content

    def _account(self) -> dict[str, Any]:
        answer = self._ask("GET", "/api/v1/accounts/verify_credentials")
        account = self._checked(answer)
        if not isinstance(account, dict) or not {"id", "acct"} <= account.keys():
            raise self._stranger()
        return account

    def _limits(self) -> tuple[int, int] | None:
        """The server's own characters a status and a link; None where it doesn't tell."""
        answer = self._ask("GET", "/api/v2/instance")
        if answer.status_code == 404:
            return None
        try:
            told = self._checked(answer)["configuration"]["statuses"]
            return int(told["max_characters"]), int(told["characters_reserved_per_url"])
        except (KeyError, TypeError, ValueError):
            return None

    def _find(self, text: str, post_url: str) -> Published | None:
        """The status of this text among the account's latest.

        Raises Unsure for one that links to the post in other words: perhaps ours, perhaps the
        blogger's own.
        """
        path = f"/api/v1/accounts/{self._account()['id']}/statuses"
        query = f"?limit={PAGE_SIZE}&exclude_reblogs=true"
        older = ""
        alike: dict[str, Any] | None = None
        for _ in range(PAGES):
            statuses = self._checked(self._ask("GET", path + query + older))
            for status in statuses:
                if _letters(_TAG.sub("", status["content"])) == _letters(text):
                    return _published(status)
                links = map(unescape, _HREF.findall(status["content"]))
                alike = alike or (status if post_url in links else None)
            if not statuses:
                break
            older = f"&max_id={statuses[-1]['id']}"
        if alike is not None:
            raise Unsure(
                f"An earlier attempt was cut off, and {alike.get('url') or alike['id']} "
                "links to the post in other words."
            )
        return None

    # ── the line ─────────────────────────────────────────────────────────────────────────

    def _ask(
        self,
        method: str,
        path: str,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        sent = {"Authorization": f"Bearer {self.options.access_token}"} | (headers or {})
        try:
            return self._http.request(method, self.server + path, json=data, headers=sent)
        except FetchError as error:
            raise ChannelUnreachable(error.what, mend=error.mend or None) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ChannelUnreachable(f"{self.server} gives no answer: {error}") from error

    def _checked(self, answer: httpx2.Response) -> Any:
        """The answer's JSON. Raises the ChannelError that its status means."""
        if not answer.is_success:
            raise self._error(answer)
        try:
            return answer.json()
        except ValueError:
            raise self._stranger() from None

    def _error(self, answer: httpx2.Response) -> ChannelError:
        status, said = answer.status_code, f"{self.server} says: {_words(answer)}"
        if status == 429:
            return RateLimited(said, retry_after=_seconds_to_wait(answer))
        if status in (401, 403):
            return TokenRejected(said)
        if status in (400, 413, 422):
            return RenditionRejected(said)
        return ChannelUnreachable(said)

    def _stranger(self) -> ChannelUnreachable:
        return ChannelUnreachable(
            f"{self.server} does not answer like a Mastodon server.",
            mend="Check server in bookplate.toml.",
        )


def _published(status: dict[str, Any]) -> Published:
    return Published(str(status["id"]), status.get("url") or status.get("uri"))


def _letters(text: str) -> str:
    """What is left of a text when the server has made HTML of its line breaks and links."""
    return "".join(unescape(text).split())


def _words(answer: httpx2.Response) -> str:
    try:
        data = answer.json()
    except ValueError:
        data = None
    said = data.get("error") if isinstance(data, dict) else None
    return f"{answer.status_code} {said or answer.reason_phrase}"[:300]


def _seconds_to_wait(answer: httpx2.Response) -> float | None:
    """From X-RateLimit-Reset (a time, RFC 3339) or Retry-After (seconds)."""
    after = answer.headers.get("retry-after", "")
    if after.isdecimal():
        return max(1.0, float(after))
    try:
        reset = datetime.fromisoformat(answer.headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return None
    if reset.tzinfo is None:
        reset = reset.replace(tzinfo=UTC)
    return max(1.0, (reset - datetime.now(UTC)).total_seconds())
