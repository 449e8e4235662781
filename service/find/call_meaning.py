"""What a call to buy means: how surely a book, or plainly something else."""

import re
from collections.abc import Sequence
from functools import cached_property

from service.find.antecedents import Antecedents
from service.find.call_places import Call
from service.find.calls import Calls
from service.find.reading import Reading
from service.find.sentences import Sentence, sentence_around
from service.model import Finding

#: how sure a call is that it means a book: by its own words, by what was spoken of, by neither
SAYS_SO, SPOKEN_OF, UNSAID = 0.97, 0.93, 0.85
#: it may be no call at all: a shop's name in a line of its own, within a line
OWN_LINE, FAINT = 0.7, 0.6
#: what is given away was said to be free so shortly before
_GIVEN = 60
_QUOTED = re.compile(r"[“\"«„‚‘]\s*$")
_UNQUOTED = re.compile(r"[^“”\"«»\n]{0,20}?[”\"»]")


class CallMeaning:
    """Judges the calls of one reading; `named` are the mentions found in it."""

    def __init__(self, reading: Reading, calls: Calls, named: Sequence[Finding]) -> None:
        self.reading = reading
        self.calls = calls
        self.text = reading.text.text
        self.named = named

    @cached_property
    def antecedents(self) -> Antecedents:
        return Antecedents(self.reading, self.calls, self.named)

    def picture(self, words: str, position: int) -> float | None:
        """How surely a picture's words, at this place, call to buy a book."""
        told = self.calls.button.fullmatch(words) is not None or self.calls.names_shop(words)
        if not told or self.reading.is_closed(position):
            return None
        if self.calls.thing.search(words):
            return SAYS_SO
        about = self.antecedents.about(position)
        return None if about == "other" else SPOKEN_OF if about else UNSAID

    def judged(self, call: Call) -> tuple[float, tuple[str, ...]] | None:
        """How surely a book is meant, and why; None where it is plainly something else."""
        words = self.text[call.start : call.end]
        sentence = sentence_around(self.reading, call.start, call.end)
        if self._is_no_call(call, words, sentence):
            return None
        faint = {"faint": FAINT, "row": OWN_LINE}.get(call.kind)
        if faint is None and self.calls.thing.search(words):
            return SAYS_SO, ("it says that it is a book",)
        about = self.antecedents.about(call.start)
        if call.kind == "state" and about == "book":
            about = self.antecedents.subject(sentence.begin, call.start) or about
        if about == "other":
            return None
        if faint is not None:
            return faint, ("a shop’s name beside it",)
        return (SPOKEN_OF, ("a book is spoken of just before",)) if about else (UNSAID, ())

    def _is_no_call(self, call: Call, words: str, sentence: Sentence) -> bool:
        calls = self.calls
        if calls.free.search(words):
            return True
        if call.link is not None:
            return False
        if calls.elsewhere.match(self.text, call.end):
            return True
        if calls.refused.search(sentence.clause) or calls.refused.search(words):
            return True
        if call.kind == "order" and self._is_told(sentence.clause):
            return True
        if call.kind != "order" and self._is_of_several(sentence.clause, words):
            return True
        if calls.paid.search(sentence.before) or calls.paid.search(sentence.after):
            return True
        if calls.question.match(sentence.before + words) and sentence.after.endswith("?"):
            return True
        if not calls.shop.search(words) and (
            calls.another_shop.match(self.text, call.end)
            or calls.free.search(self.text, max(sentence.begin - _GIVEN, 0), call.start)
        ):
            return True
        quoted = _QUOTED.search(self.text, max(0, call.start - 2), call.start)
        return quoted is not None and _UNQUOTED.match(self.text, call.end) is not None

    def _is_of_several(self, clause: str, words: str) -> bool:
        """Whether several things are spoken of: "they are", but not "copies are"."""
        several = self.calls.plural.search(clause)
        return several is not None and not self.calls.singular.search(clause + words)

    def _is_told(self, clause: str) -> bool:
        """Whether somebody tells what was done, rather than telling the reader what to do."""
        told = list(self.calls.told.finditer(clause))
        return bool(told) and not self.calls.asked_of_you.search(clause, told[-1].end())
