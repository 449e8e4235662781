"""How titles are compared: case, accents, punctuation and a leading article don't matter."""

import re
import unicodedata

_MAIN = re.compile(r"\s*[:;(]|\s+[–—-]\s+")
_ARTICLE = re.compile(r"^(?:the|a|an|der|die|das|le|la|les|el|los|las) (?=.)")
_NO_WORD = re.compile(r"[\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")


def title_key(title: str) -> str:
    """What spellings of one title share: "The Girl's Tale!" and "girls tale" have the same."""
    folded = title.casefold()
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(each for each in decomposed if not unicodedata.combining(each))
    folded = _APOSTROPHE.sub("", folded).replace("&", " and ")
    folded = _NO_WORD.sub(" ", folded).strip()
    return _ARTICLE.sub("", folded)


def main_title(title: str) -> str:
    """The title without its subtitle, "Deep Work" of "Deep Work: Rules for …"."""
    main = _MAIN.split(title, maxsplit=1)[0].strip()
    return main if title_key(main) else title


def main_key(title: str) -> str:
    """The key of the main title."""
    return title_key(main_title(title))
