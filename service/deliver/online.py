"""Online catalogues are asked about books that no other catalogue could settle.

One question at a time, with a pause between two, within a budget a run; answers are kept, those
that know nothing too. Where nobody answers all goes on, and the finding says what is not known.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from service import pipeline, plugins
from service.deliver.options import checked_options
from service.errors import AddressRefused, LookupFailed
from service.ports import LookupContext
from service.store import lookups

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import httpx2

    from service.model import Blog, Book, Finding
    from service.ports import Lookup
    from service.store.engine import Store

#: how long an answer that knows nothing is kept, at most
_NOTHING_KEPT = timedelta(days=14)
#: how long a catalogue that failed without saying more is left alone
_REST = timedelta(minutes=15)
_LONGEST_REST = timedelta(days=1)
#: what lives longer than a run may ask as often again every hour
_BUDGET_SECONDS = 3600.0
_REFUSED = (401, 403)
_LIMITED = (429, 503)

log = logging.getLogger("bookplate.online")


class BudgetSpent(LookupFailed):
    """This run has asked as often as it may."""

    mend = "The next run asks on; [online] budget says how often."


class Answers(NamedTuple):
    """What was learned: books by title key; and by title key, in words, where a book was found or
    why it stays unknown."""

    found: dict[str, tuple[Book, ...]]
    told: dict[str, str]


def options_of(kind: str, options: Mapping[str, object]) -> object:
    """The catalogue's Options, filled and checked. Raises SettingsError naming each wrong key."""
    where = f"The online catalogue {kind} ([online.{kind}])"
    page = f"docs/catalogues/{kind}.md"
    return checked_options(plugins.lookup_class(kind).Options, options, where, page)


class Online:
    """The online catalogues of a blog, asked politely. `sleep` waits, `clock` counts seconds."""

    def __init__(
        self,
        blog: Blog,
        store: Store,
        client: Callable[[], httpx2.Client],
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        self._blog, self._store, self._client, self._now = blog, store, client, now
        self._sleep, self._clock = sleep, clock
        self._left, self._began = blog.online.budget, clock()
        self._asked_at: dict[str, float] = {}
        self._lookups: dict[str, Lookup] = {}

    def answers(self, findings: Sequence[Finding]) -> Answers:
        """What the catalogues know of the mentions that need it."""
        found: dict[str, tuple[Book, ...]] = {}
        told: dict[str, str] = {}
        for finding in pipeline.unsettled(findings) if self._blog.online.catalogues else ():
            key = pipeline.title_key(finding.title or "")
            books, told[key] = self._asked_about(finding)
            if books:
                found[key] = books
        return Answers(found, told)

    def _asked_about(self, finding: Finding) -> tuple[tuple[Book, ...], str]:
        """The books that a mention means, of the first catalogue that knows any; where they were
        found, or why none was."""
        knew_nothing, silent = [], None
        for kind, options in self._blog.online.catalogues:
            name = plugins.lookup_class(kind).name
            try:
                books = self._answer(kind, options, finding)
            except LookupFailed as error:
                log.warning("%s: %s", kind, error.what)
                silent = silent or f"{name} could not be asked: {error.what}"
                continue
            if books is None:
                silent = silent or f"{name} could not be asked: it is left alone for a while"
                continue
            fitting = pipeline.fitting(books, finding)
            if fitting:
                return fitting, f"{name} knows this book"
            knew_nothing.append(name)
        if silent is not None:
            return (), silent
        return (), f"{' and '.join(knew_nothing)} {_knows(knew_nothing)} no such book"

    def _answer(
        self, kind: str, options: Mapping[str, object], finding: Finding
    ) -> tuple[Book, ...] | None:
        """The catalogue's answer, kept or asked for; None where it is left alone just now."""
        title, authors = finding.title or finding.text, finding.authors[:1]
        question = self._question(title, authors)
        with self._store.reading() as session:
            kept = lookups.kept(session, kind, question, self._now())
            if kept is not None:
                return kept
            if lookups.rests(session, kind, self._now()):
                return None
        lookup = self._lookup(kind, options)
        try:
            books = tuple(lookup.find(title, authors))
        except BudgetSpent:
            raise
        except LookupFailed as error:
            self._let_rest(kind, error.retry_after)
            raise
        span = timedelta(days=lookup.keep_days)
        with self._store.session() as session:
            lookups.keep(
                session,
                kind,
                question,
                books,
                now=self._now(),
                span=span if books else min(span, _NOTHING_KEPT),
            )
        return books

    def _question(self, title: str, authors: Sequence[str]) -> str:
        words = (pipeline.title_key(title), *(each.casefold() for each in authors))
        return "\n".join((*words, self._blog.marketplace))

    def _let_rest(self, kind: str, seconds: float | None) -> None:
        span = _REST if seconds is None else min(timedelta(seconds=seconds), _LONGEST_REST)
        with self._store.session() as session:
            lookups.let_rest(session, kind, now=self._now(), span=span)

    def _lookup(self, kind: str, options: Mapping[str, object]) -> Lookup:
        if kind not in self._lookups:
            made = plugins.lookup_class(kind)
            checked = options_of(kind, options)
            marketplace = self._blog.marketplace
            tag = self._blog.tracking_ids.get("amazon", {}).get(marketplace)
            ask = _Asking(self, made)
            self._lookups[kind] = made(checked, LookupContext(ask, marketplace, tag))
        return self._lookups[kind]

    def take_turn(self, kind: str, pause: float) -> None:
        """Wait until the catalogue may be asked again. Raises BudgetSpent."""
        if self._clock() - self._began > _BUDGET_SECONDS:
            self._left, self._began = self._blog.online.budget, self._clock()
        if self._left <= 0:
            raise BudgetSpent("this run has asked as often as it may")
        self._left -= 1
        waited = self._clock() - self._asked_at.get(kind, float("-inf"))
        if waited < pause:
            self._sleep(pause - waited)
        self._asked_at[kind] = self._clock()

    def send(self, method: str, url: str, **asked: Any) -> httpx2.Response:
        return self._client().request(method, url, **asked)


class _Asking:
    """Fills ports.Ask for one catalogue."""

    def __init__(self, online: Online, lookup: type[Lookup]) -> None:
        self._online, self._lookup = online, lookup

    def __call__(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
    ) -> Any:
        import httpx2

        name = self._lookup.name
        self._online.take_turn(self._lookup.kind, self._lookup.pause)
        body = {"json": json} if json is not None else {"data": form} if form else {}
        try:
            response = self._online.send(method, url, params=params, headers=headers, **body)
            if response.status_code == 404:
                return None
            if response.is_success:
                return response.json()
        except (httpx2.HTTPError, AddressRefused, ValueError) as error:
            raise LookupFailed(f"{name} does not answer ({type(error).__name__})") from error
        raise _failed(name, self._lookup.kind, response)


def _failed(name: str, kind: str, response: httpx2.Response) -> LookupFailed:
    status = response.status_code
    if status in _REFUSED:
        return LookupFailed(
            f"{name} refuses the credentials ({status})",
            retry_after=_LONGEST_REST.total_seconds(),
            mend=f"Check [online.{kind}].",
        )
    wait = pipeline.retry_after(response.headers.get("retry-after"), datetime.now(UTC))
    if status in _LIMITED:
        return LookupFailed(f"{name} asks to come back later ({status})", retry_after=wait)
    return LookupFailed(f"{name} answered {status}", retry_after=wait)


def _knows(names: Sequence[str]) -> str:
    return "knows" if len(names) == 1 else "know"


def noted(findings: Sequence[Finding], told: Mapping[str, str]) -> tuple[Finding, ...]:
    """The findings; those that were asked about say what came of it."""
    return tuple(
        replace(each, why=(*each.why, told[key]))
        if each.kind == "book_mention" and (key := pipeline.title_key(each.title or "")) in told
        else each
        for each in findings
    )
