"""Languages as catalogues spell them ("eng", "/languages/fre", "German"), as ISO 639 codes."""

import csv
from functools import cache, lru_cache
from pathlib import Path


@lru_cache(1024)
def language_code(spelled: str | None) -> str | None:
    """The code of two letters where there is one ("en"), else of three; None if it is neither a
    code nor a name that we know. "en-GB" is "en"."""
    if not spelled:
        return None
    name = spelled.rpartition("/")[2].strip().lower()
    known = _known()
    found = known.get(name) or known.get(name.replace("_", "-").partition("-")[0])
    return found or (name if len(name) == 3 and name.isascii() and name.isalpha() else None)


@cache
def _known() -> dict[str, str]:
    path = Path(__file__).with_name("languages.csv")
    found: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for spelling in (row["code"], row["marc"], row["three"], row["name"].lower()):
                found.setdefault(spelling, row["code"])
    return found
