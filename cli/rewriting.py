"""One document rewritten, or brought back: the work that `bookplate rewrite` does many times."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from cli.batch import AS_IT_IS, Input, media_of, read, read_bytes
from cli.report import changes_of
from service import pipeline
from service.charset import Decoded, decode, offsets
from service.errors import BookplateError
from service.model import Change, Document

if TYPE_CHECKING:
    from service.pipeline import Shops
    from service.ports import Catalogue


@dataclass(frozen=True, slots=True)
class Job:
    """How documents are to be rewritten. `network` is None on the blogger's own ground; `ids`
    are (programme kind, marketplace, tracking id)."""

    ids: tuple[tuple[str, str, str], ...]
    network: str | None
    mentions: Literal["link", "suggest", "off"]
    media: Literal["auto", "html", "text", "markdown"]
    catalogue: Path | None
    out: Path | None
    others: Literal["replace", "keep"] = "replace"


class Done(NamedTuple):
    """What came of one document. `output` is None once it stands in its file."""

    output: bytes | None
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()


def rewritten(source: Input, *, job: Job) -> Done:
    """The document with its links tagged and books linked. Raises UnreadableInput."""
    data = read_bytes(source)
    shops = _shops(job.ids, job.others)
    if job.mentions == "off" and job.network is None and _is_html(source, job):
        done = _tagged(data, source, job, shops)
        if done is not None:
            return done
    decoded = decode(data)
    media = media_of(source, decoded.text) if job.media == "auto" else job.media
    document = Document(decoded.text, media)
    if job.mentions == "off":
        findings = pipeline.shop_links(document, programmes=shops.programmes)
    else:
        catalogue = _catalogue(job.catalogue)
        findings = pipeline.scan(
            document,
            programmes=shops.programmes,
            catalogue=catalogue,
            marketplace=shops.marketplace,
        )
    result, _ = pipeline.rewrite(
        document,
        findings,
        shops,
        network=job.network or pipeline.OWN_GROUND,
        mentions=job.mentions,
        disclose=job.network is not None,
    )
    changes = tuple([_spellable(each, decoded) for each in result.changes])
    if changes:
        data = decoded.encode(pipeline.apply(replace(result, changes=changes)))
    return Done(_put(data, source, job.out), changes, result.notes)


def _is_html(source: Input, job: Job) -> bool:
    """Whether the document is HTML whatever stands in it."""
    return (media_of(source, "") if job.media == "auto" else job.media) == "html"


def _tagged(data: bytes, source: Input, job: Job, shops: "Shops") -> Done | None:
    """The same where only links are tagged: on the bytes, each taken for a character.

    None where that might make a difference: then the document must be decoded.
    """
    found = pipeline.shop_links_in_bytes(data, shops.programmes)
    if found is None:
        return None
    document, findings = found
    if document is None:
        return Done(_put(data, source, job.out))
    result, _ = pipeline.rewrite(document, findings, shops, mentions="off")
    if not result.changes:
        return Done(_put(data, source, job.out), (), result.notes)
    places = offsets(data, [each.start for each in result.changes])
    if places is None or not all(each.after.isascii() for each in result.changes):
        return None
    output = pipeline.apply(result).encode("latin-1")
    changes = tuple([_moved(*each) for each in zip(result.changes, places, strict=True)])
    return Done(_put(output, source, job.out), changes, result.notes)


def _moved(change: Change, start: int) -> Change:
    end = start + change.end - change.start
    return Change(start, end, change.before, change.after, change.rule, change.why)


def undone(
    source: Input, *, changes: Mapping[str, Sequence[Change]], alone: bool, out: Path | None
) -> Done:
    """The original of a rewritten document. Raises UnreadableInput for one the report is not of."""
    decoded = read(source)
    of_this = changes_of(source, changes, alone=alone)
    text = pipeline.undo(decoded.text, of_this)
    return Done(_put(decoded.encode(text), source, out), tuple(of_this))


def _put(output: bytes, source: Input, out: Path | None) -> bytes | None:
    """Write the output below its folder; give it back where there is none."""
    if out is None:
        return output
    target = f"{out}{os.sep}{source.relative}"
    try:
        try:
            _write(target, output)
        except FileNotFoundError:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            _write(target, output)
    except OSError as error:
        raise BookplateError(
            f"{target} can't be written: {error.strerror}.", mend="Check its folder and the space."
        ) from error
    return None


def _write(target: str, output: bytes) -> None:
    file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | AS_IT_IS, 0o666)
    try:
        left = memoryview(output)
        while left:
            left = left[os.write(file, left) :]
    finally:
        os.close(file)


def _spellable(change: Change, decoded: Decoded) -> Change:
    """The change as it reads once it was written in the document's encoding."""
    if change.after.isascii():
        return change
    bare = Decoded("", decoded.encoding, b"", decoded.errors)
    return replace(change, after=bare.encode(change.after).decode(bare.encoding, bare.errors))


@cache
def _shops(ids: tuple[tuple[str, str, str], ...], others: Literal["replace", "keep"]) -> "Shops":
    """Every shop, with these tracking ids; new links lead to the shops that have one, at the
    first marketplace named."""
    from service.pipeline import Shops
    from service.plugins import programmes

    known: dict[str, dict[str, str]] = {}
    for kind, market, tracking_id in ids:
        known.setdefault(kind, {})[market] = tracking_id
    amazon = known.get("amazon", {})
    marketplace = "amazon.com" if "amazon.com" in amazon else next(iter(amazon), "amazon.com")
    return Shops(programmes(), known, marketplace, tuple(known) or ("amazon",), others)


@cache
def _catalogue(path: Path | None) -> "Catalogue":
    from service.pipeline import catalogue

    return catalogue(path)
