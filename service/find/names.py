"""Names of people in running text, as patterns: cheap, and right often enough to be a cue."""

import re

UPPER = "A-ZÀ-ÖØ-ÞŁŚŠŽĆČĐĞİŐŰĀĒĪŌŪА-ЯЁΑ-Ω"
_PART = rf"(?:[{UPPER}][\w’'\-]*[^\W\d_]|[{UPPER}]\.?|(?:[{UPPER}]\.){{2,4}})"
_PARTICLE = r"(?:van|von|de|der|den|del|della|da|di|du|la|le|el|al|bin|ibn|ter|ten|y)"
_TITLE = r"(?:(?:Dr|Prof|Mr|Mrs|Ms|Sir|St)\.?[ ])?"
#: two to five parts, initials and particles among them
NAME = (
    rf"{_TITLE}{_PART}(?:[ ]{_PARTICLE}){{0,2}}(?:[ ]{_PART}){{1,3}}"
    rf"(?:,?[ ](?:Jr|Sr|PhD|Ph\.D|MD|M\.D)\b\.?)?"
)
#: one part is enough where a cue such as "by" stands before
SHORT_NAME = (
    rf"{_TITLE}{_PART}(?:[ ](?:{_PARTICLE}[ ]){{0,2}}{_PART}){{0,3}}(?:,?[ ](?:Jr|Sr|PhD)\b\.?)?"
)
AND = r"(?:,[ ](?:and[ ])?|[ ](?:and|und|et|y|&|with)[ ])"
#: "by Ann Lee, and I read it": the sentence goes on, nobody is named
_NOBODY = r"(?!(?:I|It|He|She|We|They|You|This|That|These|Those|My|Our|His|Her)\b(?!\.))"
NAMES = rf"{SHORT_NAME}(?:{AND}{_NOBODY}{SHORT_NAME}){{0,4}}"
_SPLIT = re.compile(AND)
_TAIL = re.compile(r",?[ ](?:Jr|Sr|PhD|Ph\.D|MD|M\.D)\.?$")
_CREDENTIAL = re.compile(r"(?:Jr|Sr|PhD|MD)\.?")


def people(names: str) -> tuple[str, ...]:
    """The single names in "A B, C D and E F"; "Chip and Joanna Gaines" share the surname."""
    parts = [part.strip(" ,.") for part in _SPLIT.split(names)]
    parts = [part for part in parts if part and not _CREDENTIAL.fullmatch(part)]
    if len(parts) == 2 and " " not in parts[0] and " " in parts[1]:
        parts[0] = f"{parts[0]} {parts[1].rsplit(' ', 1)[1]}"
    return tuple(_initials(part) for part in parts)


def surname(name: str) -> str:
    """The last part of a name, lower-case, without credentials."""
    words = _TAIL.sub("", name).split()
    return words[-1].casefold().strip(".") if words else ""


def _initials(name: str) -> str:
    """A trailing initial keeps its full stop."""
    return f"{name}." if re.search(r"[ .][A-Z]$", name) else name
