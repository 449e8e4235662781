"""The nouns to JSON and back, as the tables keep them."""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from service.model import Book, Finding, Rendition, Revision, Ruling

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _to_json(kind: Any, value: object) -> Any:
    return _adapter(kind).dump_python(value, mode="json")


def revision_json(revision: Revision) -> dict[str, Any]:
    return _to_json(Revision, revision)  # type: ignore[no-any-return]


def revision_from(kept: dict[str, Any]) -> Revision:
    return _adapter(Revision).validate_python(kept)  # type: ignore[no-any-return]


def findings_json(findings: tuple[Finding, ...]) -> list[Any]:
    return _to_json(tuple[Finding, ...], findings)  # type: ignore[no-any-return]


def findings_from(kept: list[Any] | None) -> tuple[Finding, ...]:
    return _adapter(tuple[Finding, ...]).validate_python(kept or [])  # type: ignore[no-any-return]


def rendition_json(rendition: Rendition) -> dict[str, Any]:
    return _to_json(Rendition, rendition)  # type: ignore[no-any-return]


def rendition_from(kept: dict[str, Any]) -> Rendition:
    return _adapter(Rendition).validate_python(kept)  # type: ignore[no-any-return]


def ruling_json(ruling: Ruling) -> dict[str, Any]:
    return _to_json(Ruling, ruling)  # type: ignore[no-any-return]


def ruling_from(kept: dict[str, Any]) -> Ruling:
    return _adapter(Ruling).validate_python(kept)  # type: ignore[no-any-return]


def book_json(book: Book) -> dict[str, Any]:
    return _to_json(Book, book)  # type: ignore[no-any-return]


def book_from(kept: dict[str, Any]) -> Book:
    return _adapter(Book).validate_python(kept)  # type: ignore[no-any-return]
