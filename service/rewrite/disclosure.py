"""Whether a post says already that its links are paid."""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"\W+")


def same_sentence(sentence: str, text: str) -> bool:
    """Whether the sentence stands in the text, whatever its punctuation, case and white space."""
    return f" {_words(sentence)} " in f" {_words(text)} "


def _words(text: str) -> str:
    return _BETWEEN.sub(" ", text.casefold()).strip()
