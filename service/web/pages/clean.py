"""A stranger's HTML made safe for our pages: an allow-list of what a post's text is made of."""

import nh3

_TAGS = frozenset(
    "p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code kbd samp em strong b i u s "
    "del ins sub sup small cite q abbr time a table caption thead tbody tfoot tr th td figure "
    "figcaption".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "time": {"datetime"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_DROPPED_WHOLE = frozenset(
    "script style template noscript iframe object embed svg math form select textarea "
    "button".split()
)


def clean(html: str) -> str:
    """The HTML with nothing left that runs, loads, styles, submits or imitates our controls."""
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        clean_content_tags=set(_DROPPED_WHOLE),
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
