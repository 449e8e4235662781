"""How titles are compared: case, accents, punctuation and a leading article don't matter."""

import re
import unicodedata

_MAIN = re.compile(r"\s*[:;(]|\s+[–—-]\s+")
_ARTICLES = frozenset("the a an der die das le la les el los las".split())
_NO_WORD = re.compile(r"[\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
#: every ASCII character that is no letter or digit, to a space
_ASCII_NO_WORD = {code: " " for code in range(128) if not chr(code).isalnum()}


def title_key(title: str) -> str:
    """What spellings of one title share: "The Girl's Tale!" and "girls tale" have the same."""
    folded = title.casefold()
    if folded.isascii():
        if "'" in folded:
            folded = _APOSTROPHE.sub("", folded)
        if "&" in folded:
            folded = folded.replace("&", " and ")
        folded = " ".join(folded.translate(_ASCII_NO_WORD).split())
    else:
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join([each for each in decomposed if not unicodedata.combining(each)])
        folded = _APOSTROPHE.sub("", folded).replace("&", " and ")
        folded = _NO_WORD.sub(" ", folded).strip()
    head, _, rest = folded.partition(" ")
    return rest if rest and head in _ARTICLES else folded


def main_title(title: str) -> str:
    """The title without its subtitle, "Deep Work" of "Deep Work: Rules for …"."""
    main = _MAIN.split(title, maxsplit=1)[0].strip()
    return main if title_key(main) else title


def main_key(title: str) -> str:
    """The key of the main title."""
    return title_key(_MAIN.split(title, maxsplit=1)[0]) or title_key(title)


def whole_key(title: str, subtitle: str | None) -> str:
    """The key of the title with its subtitle."""
    return title_key(f"{title}: {subtitle}" if subtitle else title)
