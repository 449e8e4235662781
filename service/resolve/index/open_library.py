"""Records of Open Library's dumps, as far as an index needs them.

A line holds five columns with tabs between: type, key, revision, last modified, JSON
(https://openlibrary.org/developers/dumps, read 2026-11-25). Only what is needed of the JSON is
decoded. Records are of every age: an author is `{"key": …}` or `{"author": {"key": …}}` or a
string, numbers carry hyphens or other words, lists may be missing, null or no lists at all.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from service.identifiers import compact, is_asin, is_isbn13, isbns
from service.resolve.index.entries import Entry, edition_entry
from service.resolve.index.languages import language_code

#: the largest number of a record: none comes near it
_LARGEST = 1 << 30
#: numbers and authors that one record may have: more are a mistake, or an anthology
_MOST = 12
_CARD = ":;,/ "
_YEAR = re.compile(r"(?<!\d)(?:1[4-9]|20)\d\d(?!\d)")
_EBOOK = re.compile(r"e-?book|kindle|electronic|epub|online", re.IGNORECASE)
_AUDIO = re.compile(r"audio|\bcds?\b|mp3|cassette|audible", re.IGNORECASE)


class Record(msgspec.Struct, gc=False):
    """The fields of any record that are looked at. Each may be of any type."""

    title: Any = None
    title_prefix: Any = None
    subtitle: Any = None
    authors: Any = None
    works: Any = None
    isbn_10: Any = None
    isbn_13: Any = None
    isbn: Any = None
    identifiers: Any = None
    languages: Any = None
    physical_format: Any = None
    publish_date: Any = None
    name: Any = None
    location: Any = None


decode = msgspec.json.Decoder(Record).decode


def number_of(key: object) -> int | None:
    """The number in "/works/OL45804W"."""
    if not isinstance(key, str):
        return None
    try:
        number = int(key[key.rindex("OL") + 2 : -1])
    except ValueError:
        return None
    return number if 0 <= number < _LARGEST else None


def titles_of(record: Record) -> tuple[str | None, str | None]:
    """Title and subtitle. A title without a word is none."""
    title, subtitle = record.title, record.subtitle
    if not isinstance(title, str) or not title.strip():
        return None, None
    if isinstance(record.title_prefix, str) and record.title_prefix.strip():
        title = f"{record.title_prefix.strip()} {title}"
    # "Title :" and "/ by Author" are left from library cards
    if title[-1] in _CARD or " / " in title or title[0] == " ":
        title = title.partition(" / ")[0].strip().rstrip(_CARD) or title.strip()
    if isinstance(subtitle, str) and (subtitle := subtitle.strip(" :;/")):
        return title, subtitle
    return title, None


def author_numbers(record: Record) -> list[int]:
    """The numbers of the authors, in order, each once."""
    found: list[int] = []
    for each in _listed(record.authors)[:_MOST]:
        number = _author(each)
        if number is not None and number not in found:
            found.append(number)
    return found


def _author(told: object) -> int | None:
    if isinstance(told, dict):
        inner = told.get("author")
        if isinstance(inner, dict):
            return number_of(inner.get("key"))
        return number_of(inner or told.get("key"))
    return number_of(told)


def work_number(record: Record) -> int | None:
    """The number of the work that an edition is of."""
    for each in _listed(record.works):
        found = number_of(each.get("key") if isinstance(each, dict) else each)
        if found is not None:
            return found
    return None


def edition_entries(record: Record) -> list[Entry]:
    """The record's editions, one a number; a single one with what else is known where there is
    no number whose check digit is right."""
    form, date = record.physical_format, record.publish_date
    rest = (
        _language(record.languages),
        _form(form) if isinstance(form, str) else None,
        _year(date) if isinstance(date, str) else None,
    )
    found = [edition_entry(isbn13, None, *rest) for isbn13 in _isbns(record)]
    if record.identifiers is not None:
        found.extend(edition_entry(None, asin, *rest) for asin in _asins(record.identifiers))
    return found or [edition_entry(None, None, *rest)]


def _isbns(record: Record) -> Iterable[str]:
    if not (record.isbn_13 or record.isbn_10 or record.isbn):
        return ()
    found: dict[str, None] = {}
    for each in _listed(record.isbn_13)[:_MOST]:
        if isinstance(each, str):
            number = each if len(each) == 13 else compact(each)
            if is_isbn13(number):
                found[number] = None
    stems = {number[3:12] for number in found if number.startswith("978")}
    for each in (*_listed(record.isbn_10)[:_MOST], *_listed(record.isbn)[:_MOST]):
        if isinstance(each, str) and each[:9] not in stems:
            # "0123456789 (pbk.)"
            isbn13 = isbns(each)[0] or isbns(each.partition(" ")[0])[0]
            if isbn13 is not None:
                found[isbn13] = None
    return found


def _asins(identifiers: object) -> Iterator[str]:
    told = identifiers.get("amazon") if isinstance(identifiers, dict) else None
    for each in _listed(told)[:2]:
        if isinstance(each, str):
            asin = each.strip().upper()
            if asin.startswith("B") and is_asin(asin):
                yield asin


def _language(told: object) -> str | None:
    """The language of a record that has one; of those in several nothing can be said."""
    listed = _listed(told)
    if len(listed) != 1:
        return None
    one = listed[0].get("key") if isinstance(listed[0], dict) else listed[0]
    return language_code(one) if isinstance(one, str) else None


@lru_cache(4096)
def _form(told: str) -> str | None:
    if not told.strip():
        return None
    if _AUDIO.search(told):
        return "audio"
    return "ebook" if _EBOOK.search(told) else "print"


@lru_cache(4096)
def _year(told: str) -> int | None:
    match = _YEAR.search(told)
    return int(match[0]) if match else None


def _listed(told: object) -> list[Any]:
    if isinstance(told, list):
        return told
    return [] if told is None else [told]
