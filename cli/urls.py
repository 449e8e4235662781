"""URLs in, one a line; what each leads to out, as JSON Lines.

What `bookplate links` does, apart from its words. Typer alone takes longer to start than a bare
Python ten times over, so `quick` takes the command's plain arguments without it.
"""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path

from adapters.programmes.amazon.marketplaces import MARKETPLACES, marketplace_of
from adapters.programmes.amazon.reading import affiliate, read
from service.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

_CHUNK = 1 << 16
_TRACKING_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}", re.ASCII)
_NOT_AMAZON = (
    '"kind": "not_amazon", "marketplace": null, "asin": null, "isbn13": null, "isbn10": null, '
    '"canonical": null, "tag": null, "affiliate_url": null}\n'
)


def quick(arguments: Sequence[str]) -> bool:
    """Do `bookplate links` with these arguments, which follow the command's name.

    False, with nothing done, where they need Typer: --help, an unknown option, a second file.
    """
    files: list[str] = []
    tags: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--tag":
            value = next(words, None)
            if value is None:
                return False
            tags.append(value)
        elif word.startswith("--tag="):
            tags.append(word.removeprefix("--tag="))
        elif word == "-" or not word.startswith("-"):
            files.append(word)
        else:
            return False
    if len(files) > 1:
        return False
    read_urls(files[0] if files else "-", tracking_ids(tags))
    return True


def read_urls(file: str, ids: Mapping[str, str]) -> None:
    """Read the file's URLs (`-`: standard input), write their lines to standard output."""
    out = sys.stdout.buffer
    with _opened(file) as stream:
        for lines in _lines(stream):
            out.write("".join([answer(line, ids) for line in lines]).encode("ascii"))
            out.flush()


def answer(url: str, ids: Mapping[str, str]) -> str:
    """One URL's line of JSON, keys in the documented order."""
    reading = read(url)
    if reading is None:
        return f'{{"url": {quoted(url)}, {_NOT_AMAZON}'
    kind, marketplace, asin, isbn13, isbn10, canonical, tag = reading[:7]
    return (
        f'{{"url": {quoted(url)}, "kind": "{kind}", "marketplace": {_text(marketplace)}, '
        f'"asin": {_text(asin)}, "isbn13": {_text(isbn13)}, "isbn10": {_text(isbn10)}, '
        f'"canonical": {_text(canonical)}, "tag": {_text(tag)}, '
        f'"affiliate_url": {_text(affiliate(reading, ids))}}}\n'
    )


def _text(value: str | None) -> str:
    return "null" if value is None else quoted(value)


def tracking_ids(tags: Sequence[str], others: Sequence[str] = ()) -> dict[str, str]:
    """Marketplace → tracking id, from MARKET=TRACKING_ID options. Raises UsageError.

    `others` are marketplaces that might have been named as well.
    """
    ids: dict[str, str] = {}
    for each in tags:
        market, _, tracking_id = (part.strip() for part in each.partition("="))
        marketplace = marketplace_of(market)
        if marketplace is None:
            raise UsageError(
                f'--tag {each} names no marketplace: "{market}".',
                mend="Write MARKET=TRACKING_ID, MARKET being one of: "
                + ", ".join((*MARKETPLACES, *others)),
            )
        checked_id(each, tracking_id, marketplace, ids)
    return ids


def checked_id(tag: str, tracking_id: str, marketplace: str, ids: dict[str, str]) -> None:
    """Put what a --tag says to the others. Raises UsageError for what can't be one."""
    if not tracking_id:
        raise UsageError(
            f"--tag {tag} holds no tracking id.", mend="Write MARKET=TRACKING_ID, as in com=me-20"
        )
    if not _TRACKING_ID.fullmatch(tracking_id):
        raise UsageError(
            f'"{tracking_id}" can\'t be a tracking id: letters, digits and hyphens only.',
            mend="Copy it from the shop's page for its partners, for example: --tag com=example-20",
        )
    if ids.setdefault(marketplace, tracking_id) != tracking_id:
        raise UsageError(f"{marketplace} has two tracking ids.", mend="Give it one --tag.")


def _opened(file: str) -> nullcontext[BinaryIO] | BinaryIO:
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.", mend="Check it.") from error


def _lines(stream: BinaryIO) -> Iterator[list[str]]:
    """The stream's lines, as many at a time as have come; bytes that are no UTF-8 become U+FFFD."""
    held: list[bytes] = []
    first = True
    while chunk := _read_some(stream):
        if first:
            chunk, first = chunk.removeprefix(b"\xef\xbb\xbf"), False
        head, newline, rest = chunk.rpartition(b"\n")
        if newline:
            yield _decoded(b"".join((*held, head)))
            held = []
        held.append(rest)
    last = b"".join(held)
    if last:
        yield _decoded(last)


def _read_some(stream: BinaryIO) -> bytes:
    read1 = getattr(stream, "read1", stream.read)
    return bytes(read1(_CHUNK))


def _decoded(lines: bytes) -> list[str]:
    text = lines.decode("utf-8", "replace")
    return [line.removesuffix("\r") for line in text.split("\n")]
