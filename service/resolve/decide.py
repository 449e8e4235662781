"""What may be done with a mention by itself, and what a person should look at."""

from dataclasses import replace

from service.model import Finding, Thresholds
from service.weblink import is_dead

LINK = Thresholds().link
SUGGEST = Thresholds().suggest


def decided(mention: Finding, link: float = LINK) -> Finding:
    """The mention with its decision, linked from the confidence `link` on.

    One that stands in a live link is kept as it is; the words of a dead link are a lost link.
    """
    if mention.url is not None and not is_dead(mention.url):
        if mention.decision == "ignore":
            return mention
        return replace(mention, decision="keep", why=(*mention.why, "it is linked already"))
    if mention.url is not None:
        mention = replace(
            mention,
            kind="book_link",
            link_text=mention.text,
            why=(*mention.why, "its link leads nowhere"),
        )
    if mention.decided_by == "person":
        return mention
    return replace(mention, decision="link" if mention.confidence >= link else "suggest")
