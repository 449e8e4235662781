"""One document rewritten, or brought back: the work that `bookplate rewrite` does many times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cli.batch import Input, media_of, read
from cli.report import changes_of
from service.charset import Decoded
from service.errors import BookplateError
from service.model import Change, Document

if TYPE_CHECKING:
    from service.pipeline import Shops
    from service.ports import Catalogue


@dataclass(frozen=True, slots=True)
class Job:
    """How documents are to be rewritten. `network` is None on the blogger's own ground."""

    ids: Mapping[str, str]
    network: str | None
    mentions: Literal["link", "suggest", "off"]
    media: Literal["auto", "html", "text", "markdown"]
    catalogue: Path | None
    out: Path | None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one document. `output` is None once it stands in its file."""

    output: bytes | None
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()


def rewritten(source: Input, *, job: Job) -> Done:
    """The document with its links tagged and books linked. Raises UnreadableInput."""
    from service import pipeline

    decoded = read(source)
    media = media_of(source, decoded.text) if job.media == "auto" else job.media
    document = Document(decoded.text, media)
    shops = _shops(tuple(job.ids.items()))
    findings = pipeline.scan(
        document, programmes=shops.programmes, catalogue=_catalogue(job.catalogue)
    )
    result, _ = pipeline.rewrite(
        document,
        findings,
        shops,
        network=job.network or pipeline.OWN_GROUND,
        mentions=job.mentions,
        disclose=job.network is not None,
    )
    changes = tuple(_spellable(each, decoded) for each in result.changes)
    text = pipeline.apply(replace(result, changes=changes))
    return Done(_put(decoded.encode(text), source, job.out), changes, result.notes)


def undone(
    source: Input, *, changes: Mapping[str, Sequence[Change]], alone: bool, out: Path | None
) -> Done:
    """The original of a rewritten document. Raises UnreadableInput for one the report is not of."""
    from service import pipeline

    decoded = read(source)
    of_this = changes_of(source, changes, alone=alone)
    text = pipeline.undo(decoded.text, of_this)
    return Done(_put(decoded.encode(text), source, out), tuple(of_this))


def _put(output: bytes, source: Input, out: Path | None) -> bytes | None:
    """Write the output below its folder; give it back where there is none."""
    if out is None:
        return output
    target = out / source.relative
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(output)
    except OSError as error:
        raise BookplateError(
            f"{target} can't be written: {error.strerror}.", mend="Check its folder and the space."
        ) from error
    return None


def _spellable(change: Change, decoded: Decoded) -> Change:
    """The change as it reads once it was written in the document's encoding."""
    if change.after.isascii():
        return change
    bare = Decoded("", decoded.encoding, b"", decoded.errors)
    return replace(change, after=bare.encode(change.after).decode(bare.encoding, bare.errors))


@cache
def _shops(ids: tuple[tuple[str, str], ...]) -> "Shops":
    """Every shop, with these tracking ids; new links lead to the first marketplace among them."""
    from service.pipeline import Shops
    from service.plugins import programmes

    known = dict(ids)
    first = next(iter(known), "amazon.com")
    marketplace = "amazon.com" if "amazon.com" in known else first
    return Shops(programmes(), {"amazon": known}, marketplace)


@cache
def _catalogue(path: Path | None) -> "Catalogue":
    from service.pipeline import catalogue

    return catalogue(path)
