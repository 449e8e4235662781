"""What a post can be known by again, whatever its feed does to it. Pure."""

import csv
import hashlib
import re
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit
from zlib import crc32

from service.ingest.wording import plain_text
from service.model import Entry, Revision

_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|shtml)$", re.IGNORECASE)
#: fragments that only say where on the page to begin, or who counts the click
_NO_ANCHOR = re.compile(r"(?:utm_|xtor|rss|ref|comment|respond|more-|top$)", re.IGNORECASE)
#: what WordPress, Blogger, Disqus and Isso put behind the address of a post for one of its comments
_COMMENT = re.compile(r"#(?:(?:id|div-)?comment-?\d+|c\d{4,}|isso-\d+)$", re.IGNORECASE)
_WORDS = re.compile(r"\w+")
#: what programs put behind the beginning of a post
_CUT_OFF = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.\.\.)(?:[^.!?]{0,80})$")
_SHINGLE, _BINS, _LEAST_WORDS = 3, 16, 30
_EMPTY_BIN = "----"
_LEAST_TEXT = 50


def keys(entry: Entry) -> tuple[str, ...]:
    """Everything the entry can be known by, each with its kind before a colon:

    guid:    the feed's id, as it came
    url:     the permalink without scheme, www, tracking parameters, trailing slash, fragment
    anchor:  the same with its fragment, where posts share a page
    path:    the permalink's path and query, without its host
    at:      the second of publication
    title:   the title's words
    whole:   title and HTML, for entries that have nothing else
    text:    title and words, where there are enough of them
    like:    a sketch of the words (one-permutation MinHash), for texts that were edited
    """
    return (*quick_keys(entry), *text_keys(entry))


def is_comment(entry: Entry) -> bool:
    """Whether the entry is what somebody said to a post: its address or id ends as theirs do."""
    return any(each and _COMMENT.search(each) for each in (entry.url, entry.id))


def quick_keys(entry: Entry) -> tuple[str, ...]:
    """The keys that need no look at the words of the content. A comment shares none with the
    post that it stands below."""
    guid = (entry.id or "").strip()
    url = entry.url or (guid if guid.startswith(("http://", "https://")) else None)
    found = [f"guid:{guid}"] if guid else []
    normalised = normalised_url(url) if url else None
    if is_comment(entry):
        fragment = urlsplit(url).fragment if normalised and url else ""
        return (*found, f"url:{normalised}#{fragment}", f"whole:{fingerprint(entry)[:32]}")
    if url and normalised:
        found.append(f"url:{normalised}")
        fragment = urlsplit(url).fragment
        if fragment and not _NO_ANCHOR.match(fragment):
            found.append(f"anchor:{normalised}#{fragment}")
        path = normalised.partition("/")[2] or normalised.partition("?")[2]
        found.append(f"path:{path}")
    if entry.published:
        found.append(f"at:{entry.published.isoformat(timespec='seconds')}")
    title = _title(entry)
    if title:
        found.append(f"title:{_hash(title)}")
    return (*found, f"whole:{fingerprint(entry)[:32]}")


def text_keys(entry: Entry) -> tuple[str, ...]:
    """The keys made of the words of the content; none where there are too few."""
    if is_comment(entry):
        return ()
    words = _WORDS.findall(plain_text(entry.html).casefold())
    text = " ".join(words)
    found = []
    if len(text) >= _LEAST_TEXT:
        found.append(f"text:{_hash(f'{_title(entry)}:{text}')}")
    if len(words) >= _LEAST_WORDS:
        found.append(f"like:{_sketch(words)}")
    return tuple(found)


def _title(entry: Entry) -> str:
    return " ".join(_WORDS.findall(entry.title.casefold()))


def fingerprint(entry: Entry) -> str:
    """The content that readers would notice: equal to that of the entry's Revision."""
    return Revision(entry.url or "", entry.title, entry.html).fingerprint


def tells_less(entry: Entry, revision: Revision) -> str | None:
    """Why an entry that differs from the newest revision of its post says nothing new: it is an
    older version, as a cache may hold, or only the beginning of what we have. None otherwise."""
    if entry.updated and revision.updated and entry.updated < revision.updated:
        return "An older version than the one known, as a cache may hold."
    if entry.complete or _title(entry) != " ".join(_WORDS.findall(revision.title.casefold())):
        return None
    words = _WORDS.findall(_CUT_OFF.sub("", plain_text(entry.html)).casefold())
    known = _WORDS.findall(plain_text(revision.html).casefold())
    if len(words) < len(known) and words == known[: len(words)]:
        return "The feed tells only its beginning now; nothing else changed."
    return None


def normalised_url(url: str) -> str | None:
    """A permalink as its identity: "example.com/2024/a-post". None for a home page or no URL."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return None
    if not host:
        return None
    if port and port not in (80, 443):
        host = f"{host}:{port}"
    path = quote(unquote(_INDEX_PAGE.sub("/", parts.path)), safe="/:@!$&'()*+,;=~").rstrip("/")
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _is_tracking(name.lower())
    ]
    if not path and not query:
        return None
    return host + path + (f"?{urlencode(sorted(query))}" if query else "")


@cache
def _tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    text = files("service.ingest").joinpath("tracking_parameters.csv").read_text("utf-8")
    names = [row["parameter"] for row in csv.DictReader(text.splitlines())]
    prefixes = tuple(name[:-1] for name in names if name.endswith("*"))
    return frozenset(name for name in names if not name.endswith("*")), prefixes


def _is_tracking(name: str) -> bool:
    exact, prefixes = _tracking()
    return name in exact or name.startswith(prefixes)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _sketch(words: list[str]) -> str:
    """The least hash of a shingle in each of 16 bins (Li, Owen, Zhang: One Permutation Hashing)."""
    encoded = " ".join(words).encode("utf-8", "surrogatepass").split(b" ")
    shingles = map(b" ".join, zip(*(encoded[at:] for at in range(_SHINGLE)), strict=False))
    values = [crc32(shingle) * 0x9E3779B1 & 0xFFFFFFFF for shingle in shingles]
    least = {value % _BINS: value // _BINS for value in sorted(values, reverse=True)}
    return "".join(
        f"{least[bin_] & 0xFFFF:04x}" if bin_ in least else _EMPTY_BIN for bin_ in range(_BINS)
    )


def likeness(one: str, other: str) -> float:
    """How much two `like:` sketches have in common: about the Jaccard index of their shingles."""
    pairs = [
        (one[at : at + 4], other[at : at + 4]) for at in range(0, min(len(one), len(other)), 4)
    ]
    told = [(a, b) for a, b in pairs if (a, b) != (_EMPTY_BIN, _EMPTY_BIN)]
    return sum(a == b for a, b in told) / len(told) if told else 0.0
