"""From bytes to characters and back, without losing one (WHATWG Encoding, HTML 13.2.3.2)."""

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass

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


def _decoded(data: bytes, encoding: str, bom: bytes, errors: str) -> Decoded:
    """Decoded in this encoding, if encoding gives the very bytes back; else as UTF-8."""
    with suppress(UnicodeError, LookupError):
        text = data.decode(encoding, errors)
        if text.encode(encoding, errors) == data:
            return Decoded(text, encoding, bom, errors)
    return Decoded(data.decode("utf-8", "surrogateescape"), "utf-8", bom)


def _label_in(head: bytes) -> str | None:
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
