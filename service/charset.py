"""From bytes to characters and back, without losing one (WHATWG Encoding, HTML 13.2.3.2)."""

import codecs
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,512}?charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]+)"""
    rb"""|^\s*<\?xml[^>]{0,256}?encoding\s*=\s*["']([a-zA-Z0-9_.:-]+)""",
    re.IGNORECASE,
)
#: what Python knows as encodings and no browser does
_NOT_OF_THE_WEB = ("utf-7", "punycode", "idna", "unicode-escape", "raw-unicode-escape")
#: labels that the WHATWG standard reads as a superset of what they say
_SUPERSETS = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030"}
#: encodings in which a byte below 128 is always that ASCII character, and nothing else is
_ONE_BYTE_ASCII = re.compile(r"utf-8|cp125[0-8]|iso8859-[0-9]{1,2}|koi8-[ru]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters, with what is needed to get the very same bytes back."""

    text: str
    encoding: str
    bom: bytes = b""
    errors: str = "surrogateescape"

    def encode(self, text: str) -> bytes:
        """Bytes in the document's own encoding; what it can't spell becomes an HTML reference."""
        try:
            return self.bom + text.encode(self.encoding, self.errors)
        except UnicodeEncodeError:
            return self.bom + b"".join(self._character(character) for character in text)

    def _character(self, character: str) -> bytes:
        try:
            return character.encode(self.encoding, self.errors)
        except UnicodeEncodeError:
            return character.encode(self.encoding, "xmlcharrefreplace")


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode by byte order mark, then `declared` (a transport's charset), then the document's own
    declaration in its first 1,024 bytes, then UTF-8, then Windows-1252. Never raises.

    Bytes that don't fit become lone surrogates, so that `Decoded.encode` gives them back.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            errors = "surrogateescape" if encoding == "utf-8" else "surrogatepass"
            return _decoded(data[len(bom) :], encoding, bom, errors)
    for label in (declared, _label_in(data[:1024])):
        encoding_name = _known(label)
        if encoding_name:
            return _decoded(data, encoding_name, b"", "surrogateescape")
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp1252", b"", "surrogateescape")


def spells_ascii(data: bytes) -> bool:
    """Whether `decode` reads each byte below 128 of these as the ASCII character it is, and gives
    none for any other byte."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    encoding = _known(_label_in(data[:1024]))
    return encoding is None or _ONE_BYTE_ASCII.fullmatch(encoding) is not None


def offsets(data: bytes, places: Iterable[int]) -> list[int] | None:
    """These offsets of bytes, which must be in order, as offsets of the characters that `decode`
    reads; None where only decoding could tell. For what `spells_ascii`."""
    if data.isascii():
        return list(places)
    if data.startswith(codecs.BOM_UTF8) or _known(_label_in(data[:1024])) not in (None, "utf-8"):
        return None
    found = []
    position = characters = 0
    try:
        for place in places:
            characters += len(data[position:place].decode())
            position = place
            found.append(characters)
        data[position:].decode()
    except UnicodeDecodeError:
        return None
    return found


def _decoded(data: bytes, encoding: str, bom: bytes, errors: str) -> Decoded:
    """Decoded in this encoding, if encoding gives the very bytes back; else as UTF-8."""
    if data.isascii() and _ONE_BYTE_ASCII.fullmatch(encoding):
        return Decoded(data.decode("ascii"), encoding, bom, errors)
    with suppress(UnicodeError, LookupError):
        text = data.decode(encoding, errors)
        if text.encode(encoding, errors) == data:
            return Decoded(text, encoding, bom, errors)
    return Decoded(data.decode("utf-8", "surrogateescape"), "utf-8", bom)


@lru_cache(maxsize=1)  # the same document is asked about time and again
def _label_in(head: bytes) -> str | None:
    lower = head.lower()
    if b"charset" not in lower and b"encoding" not in lower:
        return None
    match = _DECLARED.search(head)
    return (match[1] or match[2]).decode("ascii") if match else None


def _known(label: str | None) -> str | None:
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return None
    if name.startswith("utf-16") or name in _NOT_OF_THE_WEB:
        return "utf-8"
    return _SUPERSETS.get(name, name)
