"""The language of a document, for who needs only that."""

import re

from service.find.language import spoken
from service.model import Document

_DECLARED = re.compile(r"""<html[^>]*?\slang\s*=\s*["']?([a-zA-Z]{2})""", re.IGNORECASE)
_MARKUP = re.compile(r"<(script|style|head)\b.*?</\1|<[^>]*>", re.IGNORECASE | re.DOTALL)
#: as much of the document as tells its language
_ENOUGH = 40_000


def language_of(document: Document) -> str:
    """The language as told or declared ("nl"), else that of "en", "de", "fr", "es" whose
    commonest words the document holds."""
    if document.language:
        return document.language
    source = document.source[:_ENOUGH]
    if document.media == "html":
        declared = _DECLARED.search(source)
        if declared:
            return declared[1].lower()
        source = _MARKUP.sub(" ", source)
    return spoken(source, None).code
