"""Which addresses are of books, which surely of something else: sites.toml."""

import tomllib
from pathlib import Path

_DATA = tomllib.loads(Path(__file__).with_name("sites.toml").read_text(encoding="utf-8"))
BOOK_SITES: tuple[str, ...] = tuple(_DATA["books"])
OTHER_SITES: tuple[str, ...] = tuple(_DATA["others"])
