"""How a language says "buy the book on Amazon": the patterns of words/*.toml, made ready."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from service.find.language import Language, language

_NAME = re.compile(r"\{([a-z_]+)\}")
_SUFFIX = r"(?:\.(?:com|co\.uk|de|fr|es|ca|in|it))?"


@dataclass(frozen=True, slots=True)
class Calls:
    """The patterns of one language, English's among them; each ignores case.

    `order` and `state` match whole calls. `faint` is for a line: its group "words" is the call.
    `placeholder` is a call in brackets, `faint_placeholder` one that may be anything's. `row` is
    a whole line of shops. `button` and `pointer` are for all the words of a dead link, `shop` for
    a shop's name. The others are looked for around a call; `elsewhere` and `another_shop` behind.
    """

    order: re.Pattern[str]
    state: re.Pattern[str]
    faint: tuple[re.Pattern[str], ...]
    placeholder: re.Pattern[str]
    faint_placeholder: re.Pattern[str]
    row: re.Pattern[str]
    shop: re.Pattern[str]
    button: re.Pattern[str]
    pointer: re.Pattern[str]
    pointing: re.Pattern[str]
    pointing_away: re.Pattern[str]
    thing: re.Pattern[str]
    elsewhere: re.Pattern[str]
    another_shop: re.Pattern[str]
    refused: re.Pattern[str]
    told: re.Pattern[str]
    asked_of_you: re.Pattern[str]
    plural: re.Pattern[str]
    singular: re.Pattern[str]
    paid: re.Pattern[str]
    question: re.Pattern[str]
    free: re.Pattern[str]
    other_noun: re.Pattern[str]
    other_heading: re.Pattern[str]
    acquired: re.Pattern[str]
    asides: frozenset[str]
    possessives: frozenset[str]
    no_thing: re.Pattern[str]

    def names_shop(self, words: str) -> bool:
        """Whether a shop is named, and means the shop."""
        shop = self.shop.search(words)
        return shop is not None and not self.elsewhere.match(words, shop.end())


@cache
def calls(code: str, shops: tuple[str, ...]) -> Calls:
    """The calls of a language ("en", "de", "fr", "es") for shops of these names."""
    tongues = [_Tongue(language(each), shops) for each in dict.fromkeys((code, "en"))]
    own = tongues[0]
    shop = own.filled("{shop}")

    def one(*names: str) -> re.Pattern[str]:
        return _compiled(f"(?<!\\w)(?:{_either(_all(tongues, names))})(?!\\w)")

    def whole(*names: str) -> re.Pattern[str]:
        return _compiled(_either(_all(tongues, names)))

    def around(name: str) -> re.Pattern[str]:
        return _compiled(_either(each.filled(str(each.lost[name])) for each in tongues))

    return Calls(
        order=_compiled(_either(each.guarded("calls") for each in tongues)),
        state=_compiled(_either(each.guarded("states") for each in tongues)),
        faint=tuple(
            _compiled(rf"(?<!\w){each.filled(pattern)}(?!\w)(?!{each.lost['not_after']})")
            for each in tongues
            for pattern in each.patterns("faint")
        ),
        placeholder=_bracketed(_either(_all(tongues, ("brackets",)))),
        faint_placeholder=_bracketed(
            f"{_either(_all(tongues, ('bracket_words',)))}"
            f"|(?:via |from |on )?{shop}(?: (?:{own.filled('{formats}')}))*"
        ),
        row=_row(tongues, shop),
        shop=_compiled(rf"(?<!\w){shop}(?!\w)"),
        button=whole("buttons", "calls", "states", "brackets"),
        pointer=whole("pointers"),
        pointing=one("pointing"),
        pointing_away=one("pointing_away"),
        thing=one("things"),
        elsewhere=around("not_after"),
        another_shop=_compiled(rf"{_either(_all(tongues, ('not_here',)))} (?!{shop})(?-i:[A-Z])"),
        refused=around("refused"),
        told=around("told"),
        asked_of_you=around("asked_of_you"),
        plural=around("plural"),
        singular=around("singular"),
        paid=around("paid"),
        question=around("question"),
        free=around("free"),
        other_noun=_compiled(_either(each.other_noun() for each in tongues)),
        other_heading=_compiled(
            rf"(?:[\w’'-]+ ){{0,3}}(?:{_either(_all(tongues, ('others',)))})\b"
        ),
        acquired=_compiled(_either(each.acquired() for each in tongues)),
        asides=frozenset(word for each in tongues for word in each.words("before_asides")),
        possessives=frozenset(word for each in tongues for word in each.words("possessives")),
        no_thing=one("no_thing", "things", "copies"),
    )


class _Tongue:
    """One language's table, and what its patterns become once their {names} are filled in."""

    def __init__(self, spoken: Language, shops: Sequence[str]) -> None:
        self.lost: Mapping[str, str | list[str]] = spoken.lost
        self.shop = f"(?:{_either(re.escape(each) for each in shops)}){_SUFFIX}"

    def filled(self, pattern: str) -> str:
        while _NAME.search(pattern):
            pattern = _NAME.sub(self._named, pattern)
        return pattern

    def _named(self, name: re.Match[str]) -> str:
        return self.shop if name[1] == "shop" else f"(?:{self.lost[name[1]]})"

    def patterns(self, name: str) -> list[str]:
        told = self.lost[name]
        return told if isinstance(told, list) else [told]

    def words(self, name: str) -> list[str]:
        return str(self.lost[name]).split("|")

    def guarded(self, name: str) -> str:
        """Whole calls, unless what follows shows that the shop's name means another thing."""
        inner = _either(self.filled(each) for each in self.patterns(name))
        return rf"(?<!\w)(?:{inner})(?!\w)(?!{self.lost['not_after']})"

    def other_noun(self) -> str:
        """A thing that is no book, said of with a determiner."""
        determiner, others = self.filled("{determiners}"), self.filled("{others}")
        books = self.filled("(?:[a-z]+ )?(?:{things}|{many})")
        return rf"(?<!\w){determiner} (?:[\w’'-]+ ){{0,3}}?{others}(?!\w)(?! of {books})"

    def acquired(self) -> str:
        determiner = self.filled("{determiners}")
        return rf"(?<!\w){self.filled('{acquired}')} {determiner} (?:[\w’'-]+ ){{0,2}}[\w’'-]+"


def _row(tongues: Iterable[_Tongue], shop: str) -> re.Pattern[str]:
    """A whole line such as "→ Amazon", "Buy: Amazon | Bookshop.org", "Amazon: [link]"."""
    label = _either(each.filled("{labels}") for each in tongues)
    form = _either(each.filled("{formats}") for each in tongues)
    word = rf"(?!(?:{shop}|and|or)\b)(?:&|\w[\w&.’'-]*)"
    other = rf"(?-i:(?=[A-Z])){word}(?: {word}){{0,3}}"
    cell = rf"(?:{shop}(?: \(?(?:{form})\)?){{0,3}}|{other})"
    return _compiled(
        rf"[^\w\[(]*(?:(?:{label})(?: ?: ?| (?:on|at|from) | ?[–—→>-]+ ?))?"
        rf"{cell}(?:(?: ?[|/·•,] ?| [–—-] | (?:or|and) ){cell})*"
        rf"(?: ?: ?\[?\(?(?:link|url|here|affiliate link|lien|enlace|hier)\)?\]?)?[^\w]*"
    )


def _all(tongues: Iterable[_Tongue], names: Sequence[str]) -> list[str]:
    return [
        each.filled(pattern)
        for each in tongues
        for name in names
        for pattern in each.patterns(name)
    ]


def _bracketed(inner: str) -> re.Pattern[str]:
    """Words in square, round, curly or pointed brackets."""
    return _compiled(rf"(?:\[+|\(|\{{\{{?|<|%%) ?(?:{inner}) ?(?:\]+|\)|\}}\}}?|>|%%)")


def _either(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{each})" for each in dict.fromkeys(patterns))


def _compiled(pattern: str) -> re.Pattern[str]:
    """Ignoring case; a space is any blank."""
    return re.compile(re.sub(r"(?<!\[) ", "[ \xa0]", pattern), re.IGNORECASE)
