"""The forms that paths of Amazon's shops take, as regular expressions made of a table.

In the table `{asin}` is an ASIN or ISBN, `*` one segment, `**` the rest of the path. `page` says
what a form shows: `product` the product's page itself, `own` another page, `private` one that may
not carry a tracking id: a list (people buy from it for the blogger, which the programme does not
pay), an account, the help.
"""

from __future__ import annotations

import re

from adapters.programmes.amazon.tables import rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_FLAGS = re.IGNORECASE | re.ASCII | re.DOTALL
_ASIN = r"(?P<asin>B[0-9A-Z]{9}|[0-9]{9}[0-9X]|97[89][0-9]{10})(?![0-9A-Z_-])"

#: nine links of ten: tried first, before the table is even read
_USUAL = re.compile(rf"/(?:dp|gp/product|exec/obidos/ASIN)/{_ASIN}", _FLAGS)
_every: dict[str, re.Pattern[str]] = {}


def product(path: str) -> re.Match[str] | None:
    """Where a product's form stands in a path: group `asin`, and `own` in a form of an own page."""
    return _USUAL.search(path) or _table()["product"].search(path)


def kind_of(path: str) -> tuple[str, bool | None]:
    """(kind, whether a tracking id may be set) of a path that is no product's.

    None where the form is not known: there one may stand only in the place of another.
    """
    if path in ("", "/"):
        return "other", True
    for kind in ("private", "list", "author", "search", "store", "other"):
        if _table()[kind].search(path):
            return ("other", False) if kind == "private" else (kind, kind != "list")
    return "other", None


def _table() -> dict[str, re.Pattern[str]]:
    if not _every:
        forms: dict[str, list[str]] = {}
        for kind, page, form, _, _ in rows("forms.tsv"):
            group = {("product", "own"): "own", ("other", "private"): "private"}.get((kind, page))
            forms.setdefault(group or kind, []).append(form)
        own = _any_of(form.removesuffix("{asin}") for form in forms.pop("own"))
        pages = _any_of(form.removesuffix("{asin}") for form in forms.pop("product"))
        _every["product"] = re.compile(rf"/(?:{pages}|(?P<own>{own})){_ASIN}", _FLAGS)
        for kind, listed in forms.items():
            whole = _any_of(form.removesuffix("/**") for form in listed)
            _every[kind] = re.compile(rf"/(?:{whole})(?=/|\Z)", _FLAGS)
    return _every


def _any_of(forms: Iterable[str]) -> str:
    return "|".join(
        re.escape(form).replace(r"\*", "[^/]*").replace(r"\{asin\}", "[0-9A-Z]{10}")
        for form in forms
    )
