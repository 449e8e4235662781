"""Files that are no text, whatever they are called: by their first bytes."""

from __future__ import annotations

from service.errors import UnreadableInput

_LEAVE, _UNPACK, _SAVE = "Leave it out.", "Unpack it first.", "Save it as HTML or plain text first."
#: first bytes → (what such a file is, what to do with it); as the formats' own documents say
_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": ("a PNG picture", _LEAVE),
    b"\xff\xd8\xff": ("a JPEG picture", _LEAVE),
    b"GIF87a": ("a GIF picture", _LEAVE),
    b"GIF89a": ("a GIF picture", _LEAVE),
    b"II*\0": ("a TIFF picture", _LEAVE),
    b"MM\0*": ("a TIFF picture", _LEAVE),
    b"OggS\0": ("a sound or a film", _LEAVE),
    b"ID3\x03": ("a sound", _LEAVE),
    b"ID3\x04": ("a sound", _LEAVE),
    b"wOFF": ("a font", _LEAVE),
    b"wOF2": ("a font", _LEAVE),
    b"\x7fELF": ("a program", _LEAVE),
    b"SQLite format 3\0": ("a database", _LEAVE),
    b"%PDF-": ("a PDF document", _SAVE),
    b"%!PS": ("a PostScript document", _SAVE),
    b"{\\rtf": ("an RTF document", _SAVE),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("a document of Microsoft Office", _SAVE),
    b"PK\x03\x04": ("an archive, or a word processor's document or an e-book", _SAVE),
    b"\x1f\x8b": ("compressed with gzip", _UNPACK),
    b"\xfd7zXZ\0": ("compressed with xz", _UNPACK),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", _UNPACK),
    b"7z\xbc\xaf\x27\x1c": ("an archive", _UNPACK),
    b"Rar!\x1a\x07": ("an archive", _UNPACK),
}
_FIRSTS = frozenset(signature[0] for signature in _SIGNATURES)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: control characters that no text has; ESC begins the shifts of ISO-2022-JP
_CONTROLS = bytes((*range(9), *range(14, 27), *range(28, 32), 127))
_HEAD, _MOST_CONTROLS, _PART = 1024, 8, 20


def refuse_binary(data: bytes, name: str) -> None:
    """Raises UnreadableInput for what is no text, which says what it is and what to do.

    A stray NUL stands in many an old page; a picture or an archive is full of control characters.
    """
    if data.startswith(_UTF16):
        return
    if data and data[0] in _FIRSTS:
        for signature, (what, mend) in _SIGNATURES.items():
            if data.startswith(signature):
                raise UnreadableInput(f"{name} is no text: it is {what}.", mend=mend)
    head = data[:_HEAD]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    nuls = head.count(0) if controls else 0
    if (
        nuls > _MOST_CONTROLS
        or nuls * 10 > len(data)
        or (controls > _MOST_CONTROLS and controls * _PART > len(head))
    ):
        raise UnreadableInput(f"{name} is no text: it is full of control characters.", mend=_LEAVE)
