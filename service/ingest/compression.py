"""Bodies decompressed, at most so many bytes of them: gzip, deflate, brotli, zstd."""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: what we ask for; the libraries of the last two are loaded when an answer needs them
ACCEPTED = "gzip, deflate, br, zstd"
#: a window larger than this is refused (RFC 8878, 3.1.1.1.2 recommends 8 MB as what all support)
_ZSTD_WINDOW_LOG = 23
#: more layers than this are a trap
_MOST_LAYERS = 4
_PIECE = 1024 * 1024


class Broken(Exception):
    """The data is not in its encoding, breaks off, or is in one that we don't read."""


class TooMuch(Exception):
    """The data would be larger than allowed."""


def encodings(header: str) -> tuple[str, ...]:
    """The encodings that a Content-Encoding header names, in the order they were applied."""
    names = (each.strip() for each in header.lower().split(","))
    return tuple(each for each in names if each not in ("", "identity"))


def decompressed(data: bytes, applied: Sequence[str], limit: int) -> bytes:
    """The data before these encodings were applied. Raises Broken, and TooMuch beyond `limit`.

    Never holds much more than `limit` bytes a layer, whatever the data claims.
    """
    if len(applied) > _MOST_LAYERS:
        raise Broken(f"is compressed {len(applied)} times over")
    for encoding in reversed(applied):
        if data:
            data = _layer(data, encoding, limit)
    return data


def _layer(data: bytes, encoding: str, limit: int) -> bytes:
    if encoding in ("gzip", "x-gzip", "deflate"):
        plain, ended = _inflated(data, encoding, limit)
    elif encoding == "br":
        plain, ended = _brotli(data, limit)
    elif encoding == "zstd":
        plain, ended = _zstd(data, limit)
    else:
        raise Broken("answers in an encoding we did not ask for")
    if len(plain) > limit:
        raise TooMuch
    if not ended:
        raise Broken("sent compressed data that breaks off")
    return plain


def _inflated(data: bytes, encoding: str, limit: int) -> tuple[bytes, bool]:
    # deflate comes with a zlib header (RFC 9110, 8.4.1.2), or without, from old servers
    raw = encoding == "deflate" and (data[0] & 0x0F != 8 or int.from_bytes(data[:2]) % 31 != 0)
    plain, rest = bytearray(), data
    while True:  # a gzip file may have several members (RFC 1952, 2.2)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32)
        try:
            plain += inflater.decompress(rest, limit + 1 - len(plain))
        except zlib.error as error:
            raise Broken("sent broken compressed data") from error
        rest = inflater.unused_data
        if len(plain) > limit or not inflater.eof or not rest.startswith(b"\x1f\x8b"):
            return bytes(plain), inflater.eof


def _brotli(data: bytes, limit: int) -> tuple[bytes, bool]:
    import brotli

    decoder, plain = brotli.Decompressor(), bytearray()
    piece = data
    try:
        while len(plain) <= limit and not decoder.is_finished():
            got = decoder.process(piece, output_buffer_limit=_PIECE)
            if not got:
                break
            plain += got
            piece = b""
        return bytes(plain), decoder.is_finished()
    except brotli.error as error:
        raise Broken("sent broken compressed data") from error


def _zstd(data: bytes, limit: int) -> tuple[bytes, bool]:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    plain, rest = bytearray(), data
    try:
        while True:  # frames follow one another (RFC 8878, 3.1)
            decoder = zstd.ZstdDecompressor(
                options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
            )
            plain += decoder.decompress(rest, limit + 1 - len(plain))
            rest = decoder.unused_data
            if len(plain) > limit or not decoder.eof or not rest:
                return bytes(plain), decoder.eof
    except zstd.ZstdError as error:
        raise Broken("sent broken compressed data") from error
