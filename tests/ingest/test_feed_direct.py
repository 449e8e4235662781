"""Feeds read directly are read as feedparser would read them."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.errors import UnreadableInput
from service.ingest.feed_direct import read_directly
from service.ingest.feed_xml import feed_of, read_by_feedparser
from service.model import Feed

DATA = Path(__file__).parents[1] / "data/feeds"
URL = "https://blog.example/feed.xml"
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml" '
    'xmlns:odd="urn:odd"'
)


def feed_by(parsed: Any) -> Feed | None:
    try:
        return feed_of(parsed, url=URL, name="it")
    except UnreadableInput:
        return None


def with_bases(text: str, root: str) -> str:
    """The feed with its stated bases; without one at its root, with none: feedparser forgets to
    come back to no base."""
    for name, base in bases.items():
        text = text.replace(name, base if root else "")
    return text.replace("ROOT", root)


def assert_read_alike(text: str) -> None:
    direct = read_directly(text)
    if direct is not None:
        assert feed_by(direct) == feed_by(read_by_feedparser(text))


# ── what stands in an element ────────────────────────────────────────────────────────────

plain = st.sampled_from(
    ["A title", "", "  ", "Salt & pepper", "1 < 2", "Süß", "SÃ¼Ã", "it's “so”", "a &amp; b", "x\ny"]
)
html = st.sampled_from(
    [
        "<p>One &amp; two.</p>",
        "A <b>word</b> and <i>another</i> […]",
        "<p>" + "A long sentence, of many words. " * 30 + "</p>",
        '<a href="/rel">rel</a> <img src="p.jpg" alt="">',
        "<custom-tag>x</custom-tag> &nbsp;",
        "no markup &unknown; &#8217; at all",
        "<p>Unclosed",
        "<![CDATA[<p>In.</p>]]>",
    ]
)
dates = st.sampled_from(
    [
        "Tue, 03 Nov 2026 09:30:00 +0000",
        "Tue, 3 Nov 2026 09:30:00 GMT",
        "Tue, 03 Nov 2026 09:30:00 EST",
        "03 Nov 2026 09:30:00 -0730",
        "Tue, 31 Feb 2026 09:30:00 +0000",
        "Tue, 03 Nov 26 09:30 +0100",
        "2026-11-03T09:30:00Z",
        "2026-11-03T09:30:00.123-07:00",
        "2026-11-03T24:61:00Z",
        "2026-11-03",
        "Tuesday",
        "",
        "2026-11-03T09:30:00+05:30",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
    ]
)
urls = st.sampled_from(
    [
        "https://blog.example/a",
        "/b?x=1&y=2",
        "http:///c",
        "d.html#e",
        "",
        "tag:x,2026:1",
        "http://[::1",
        "https://blog.example/é",
    ]
)


def marked_up(text: str, as_cdata: bool) -> str:
    return f"<![CDATA[{text}]]>" if as_cdata and "]]>" not in text else escape(text)


def element(
    name: str, text: st.SearchStrategy[str], *attributes: str | st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    given_ = st.tuples(*(st.just(each) if isinstance(each, str) else each for each in attributes))
    return st.builds(
        lambda words, cdata, attrs: (
            f"<{name} {' '.join(attrs)}>{marked_up(words, cdata)}</{name.split()[0]}>"
        ),
        text,
        st.booleans(),
        given_,
    )


def either(*options: str) -> st.SearchStrategy[str]:
    return st.sampled_from(options)


scope = either("", "", "", 'xml:lang="de_AT"', 'lang=""', *(f"BASE{at}" for at in (1, 2)))
bases = {"BASE1": 'xml:base="https://cdn.example/x/"', "BASE2": 'xml:base="rel/"'}
kind = either("", 'type="text"', 'type="html"', 'type="HTML"', 'type="text/html"', 'type="a/b"')
xhtml = st.sampled_from(
    [
        f'<div {XHTML}><p class="A" rel="X">a &amp; &lt;b&gt;<br/></p></div>',
        f"<div {XHTML}>a</div> <div {XHTML}/>",
        '<xhtml:div><xhtml:IMG src="p.jpg" alt="&quot;é"/></xhtml:div>tail',
        "<p>of the feed's namespace</p>",
        f'<div {XHTML}><svg xmlns="http://www.w3.org/2000/svg"/></div>',
        "mere words",
    ]
).map(lambda inner: f'<content type="xhtml">{inner}</content>')
person = st.lists(
    st.one_of(
        element("name", either("Ines", "Bo Lind", "")),
        element("email", either("a@b.example", "")),
        element("uri", urls),
        element("odd:id", plain),
    ),
    max_size=3,
).map("".join)
named = st.one_of(
    element("title", st.one_of(plain, html), kind, scope),
    element("dc:title", plain),
    element("media:title", plain),
    element("link", urls),
    urls.map(lambda url: f'<link href="{escape(url)}"/>'),
    st.builds(
        lambda rel, kind, url: f'<link rel="{rel}" type="{kind}" href="{escape(url)}" title="t"/>',
        either("alternate", "self", "hub", "enclosure", "Alternate", ""),
        either("text/html", "image/png", "application/atom+xml"),
        urls,
    ),
    element("guid", urls, either("", 'isPermaLink="false"', 'isPermaLink="true"'), scope),
    element("id", urls),
    element("description", st.one_of(plain, html), scope),
    element("summary", st.one_of(plain, html), kind),
    element("subtitle", plain, kind),
    element("itunes:summary", st.one_of(plain, html)),
    element("itunes:subtitle", plain),
    element("content:encoded", html, scope),
    element("content", html, kind, scope),
    xhtml,
    element("dc:description", plain),
    element("media:description", plain),
)
others = st.one_of(
    element("author", either("Ines", "a@b.example (Ines)", "Ines <a@b.example>", "", "x@y")),
    person.map(lambda inner: f"<author>{inner}</author>"),
    person.map(lambda inner: f"<contributor>{inner}</contributor>"),
    element("dc:creator", plain),
    element("itunes:author", plain),
    element("dc:publisher", plain),
    element("category", plain, either("", 'domain="x"', 'term="t" label="L"', 'scheme="s"')),
    element("dc:subject", plain),
    element("itunes:keywords", either("a, b", "", ",")),
    element("media:keywords", either("a, b", "")),
    element("media:category", plain),
    *(
        element(name, dates)
        for name in (
            "pubDate published issued updated modified created dc:date dcterms:issued "
            "dcterms:modified dcterms:created"
        ).split()
    ),
    element("dc:language", either("fr", "")),
    element("feedburner:origLink", urls),
    urls.map(lambda url: f'<enclosure url="{escape(url)}" type="image/png" length="1"/>'),
    urls.map(lambda url: f'<itunes:image href="{escape(url)}"/>'),
    element("media:thumbnail", urls, either("", 'url="https://blog.example/t.jpg"')),
    st.builds(
        lambda url, medium, inner: (
            f'<media:content url="{escape(url)}" medium="{medium}">{inner}</media:content>'
        ),
        urls,
        either("image", "video"),
        st.one_of(st.just(""), element("media:title", plain), element("media:description", plain)),
    ),
    element("media:thumbnail", st.just(""), 'url="https://blog.example/g.jpg"').map(
        lambda inner: f"<media:group>{inner}<media:title>of a group</media:title></media:group>"
    ),
    element("source", plain, 'url="https://other.example/feed"'),
    element("comments", urls),
    element("slash:comments", plain),
    element("podcast:person", plain, 'role="host"'),
    st.just("<odd:outer><odd:inner>x</odd:inner></odd:outer>"),
    st.just("<odd:outer><title>y</title></odd:outer>"),
    st.just("<!-- a comment --><?pi?>"),
)
inside = st.lists(st.one_of(named, others), max_size=9).map("".join)
of_the_feed = st.lists(
    st.one_of(
        element("title", plain, kind),
        element("link", urls),
        st.just('<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="/hub"/>'),
        st.just('<link rel="self" href="https://blog.example/f"/>'),
        element("description", st.one_of(plain, html)),
        element("subtitle", plain, kind),
        element("itunes:summary", plain),
        element("itunes:subtitle", plain),
        element("language", either("en", "de-AT", "")),
        element("logo", urls),
        element("icon", urls),
        urls.map(lambda url: f'<itunes:image href="{escape(url)}"/>'),
        urls.map(
            lambda url: (
                f"<image><title>pic</title><url>{escape(url)}</url><link>/</link>"
                "<width>3</width></image>"
            )
        ),
        element("author", either("Ines", "")),
        person.map(lambda inner: f"<author>{inner}</author>"),
        st.just("<itunes:owner><itunes:name>O</itunes:name></itunes:owner>"),
        st.just('<itunes:category text="Arts"><itunes:category text="Books"/></itunes:category>'),
        element("lastBuildDate", dates),
        element("managingEditor", either("a@b.example (Ed)")),
        element("copyright", plain),
        st.just("<skipHours><hour>1</hour></skipHours>"),
        st.just("<textInput><title>t</title><name>q</name><link>/q</link></textInput>"),
    ),
    max_size=5,
).map("".join)


def rss(version: str, root: str, head: str, items: list[str], tail: str) -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<rss version="{version}" {root} {NAMESPACES}><channel>{head}{inner}{tail}</channel></rss>'
    )


def rdf(root: str, head: str, items: list[str]) -> str:
    inner = "".join(
        f'<item rdf:about="https://blog.example/{at}">{item}</item>'
        for at, item in enumerate(items)
    )
    return (
        f'<rdf:RDF {root} xmlns="http://purl.org/rss/1.0/" {NAMESPACES} '
        f'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel rdf:about="/">{head}'
        f"</channel><image><title>i</title><url>/i.png</url></image>{inner}</rdf:RDF>"
    )


def atom(root: str, namespace: str, head: str, entries: list[tuple[str, str]]) -> str:
    inner = "".join(f"<entry {own}>{entry}</entry>" for own, entry in entries)
    return f'<feed xmlns="{namespace}" {root} {NAMESPACES}>{head}{inner}</feed>'


roots = either("", 'xml:base="https://blog.example/x"')
items = st.lists(inside, max_size=3)
documents = st.one_of(
    st.builds(
        rss, either("2.0", "0.91", "0.92", "x"), st.just("ROOT"), of_the_feed, items, of_the_feed
    ),
    st.builds(rdf, st.just("ROOT"), of_the_feed, items),
    st.builds(
        atom,
        either("ROOT", 'ROOT version="0.3"', 'ROOT xml:lang="de_AT"'),
        either("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"),
        of_the_feed,
        st.lists(st.tuples(scope, inside), max_size=3),
    ),
)


feeds = st.builds(with_bases, documents, roots)


@settings(deadline=None, max_examples=150)
@given(feeds)
@example(
    rss("2.0", "", "<itunes:summary>s</itunes:summary><description>d</description>", ["x"], "")
)
def test_what_is_read_directly_is_what_feedparser_reads(text: str) -> None:
    assert_read_alike(text)


inner = st.lists(
    either(
        "words &amp; &lt;b&gt; &#8217;s, “é”",
        "\n",
        "a &gt; b &#13; c",
        "<![CDATA[<i> & ]]>",
        "<!-- a comment -->",
        "<p class='a \"b\" &gt;'>x</p>",
        "<p\n  title='of\ntwo &#10; lines'>x</p>",
        "<br/>",
        "<p/>",
        "<P>x</P>",
        '<a rel="X" href="/y?a=1&amp;b=2">x</a>',
        '<a rel="x" type="text/html">x</a>',
        '<img src="p.jpg" alt=""/>',
        "<h2 xml:lang='de' LANG='de'>x</h2>",
        "<custom-tag data-x='1'>x</custom-tag>",
        "<e xmlns='urn:odd'/>",
        "<p xmlns=''>x</p>",
        "<odd:e/>",
        "<p odd:a='1'>x</p>",
        "<x:p xmlns:x='http://www.w3.org/1999/xhtml'>x</x:p>",
        "<body>x</body>",
        "<a xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='/y'>x</a>",
        "<ul><li>x<br/>y</li><li/></ul>",
    ),
    max_size=4,
).map("".join)


@settings(deadline=None)
@given(inner, either("", "<p>more</p>"), either(XHTML, f'{XHTML} class="a"'))
@example("<br/>", "", XHTML)
def test_xhtml_is_written_as_feedparser_writes_it(words: str, beside: str, own: str) -> None:
    entry = f'<content type="xhtml"><div {own}>{words}</div>{beside}</content>'
    assert_read_alike(atom("", "http://www.w3.org/2005/Atom", "", [("", entry)]))


# ── names and what they are bound to ─────────────────────────────────────────────────────

bound = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "title": "urn:title",
    "x": "urn:odd",
}
bound_otherwise = st.dictionaries(
    either(*bound, "DC", "X", "image"),
    either(
        *bound.values(),
        "http://PURL.org/dc/Elements/1.1/",
        "http://search.yahoo.com/mrss",
        "URN:odd",
        "http://www.w3.org/2005/ATOM",
        "http://www.w3.org/1999/xhtml",
        "http://purl.org/rss/1.0/modules/image/",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://backend.userland.com/RSS2",
    ),
    max_size=2,
)
strange_attributes = st.dictionaries(
    either("HREF", "x:href", "x:url", "dc:href", "xml:href", "Type", "x:type", "type", "x:lang")
    | either("xml:lang", "Lang", "term", "isPermaLink", "dc:term", "src", "odd", "media:url"),
    either("https://blog.example/y", "text/html", "de", "no"),
    max_size=1,
)


def attributes(values: dict[str, str]) -> str:
    return " ".join(f'{name}="{value}"' for name, value in values.items())


def declarations(namespaces: dict[str, str]) -> str:
    return attributes({f"xmlns:{prefix}": uri for prefix, uri in namespaces.items()})


@st.composite
def strangely_named(draw: st.DrawFn) -> str:
    """A feed with elements of namespaces that go by each other's prefixes."""
    names = either(*("dc:creator dc:title itunes:summary media:title slash:title x:title".split()))
    names |= either(*"x:creator X:title DC:creator title Title link summary x:body".split())
    names |= either("title:detail", "image:title", "dc:detail")
    declared = bound | draw(st.just({}) | bound_otherwise)

    def one(depth: int) -> str:
        name = draw(names.filter(lambda name: ":" not in name or name.split(":")[0] in declared))
        own = draw(st.just({}) | strange_attributes)
        rebound = declarations(draw(bound_otherwise)) if draw(st.integers(0, 8)) == 8 else ""
        if depth < 2 and draw(st.integers(0, 4)) == 4:
            return f"<{name} {rebound} {attributes(own)}>{one(depth + 1)}</{name}>"
        return f"<{name} {rebound} {attributes(own)}>{escape(draw(plain))}</{name}>"

    inside_ = "".join(one(0) for _ in range(draw(st.integers(1, 4))))
    head = "".join(one(0) for _ in range(draw(st.integers(0, 1))))
    return (
        f'<rss version="2.0" {declarations(declared)}><channel>{head}<item>{inside_}</item>'
        "</channel></rss>"
    )


@settings(deadline=None, max_examples=300)
@given(strangely_named())
@example(
    '<rss version="2.0" xmlns:DC="urn:odd"><channel><item><DC:title>t</DC:title></item></channel>'
    "</rss>"
)
@example(
    '<rss version="2.0" xmlns:h="http://www.w3.org/1999/xhtml"><channel><item>'
    "<h:body>t</h:body></item></channel></rss>"
)
@example(
    '<rss version="2.0" xmlns:x="http://blogs.law.harvard.edu/tech/rss"><channel><item>'
    "<x:title>t</x:title></item></channel></rss>"
)
@example(
    '<rss version="2.0" xmlns:dc="urn:odd" xmlns:x="http://purl.org/dc/elements/1.1/"><channel>'
    "<item><x:creator>Ines</x:creator><dc:title>t</dc:title></item></channel></rss>"
)
@example(
    '<rss version="2.0" xmlns:image="http://www.w3.org/2005/Atom" '
    'xmlns:x="http://purl.org/rss/1.0/modules/image/"><channel><item><x:title>t</x:title></item>'
    "</channel></rss>"
)
@example(
    '<rss version="2.0"><channel><item><link HREF="https://blog.example/y"/></item></channel></rss>'
)
def test_names_mean_what_feedparser_takes_them_for(text: str) -> None:
    assert_read_alike(text)


@pytest.mark.parametrize("name", ["rss20.xml", "rdf10.xml", "atom10.xml", "atom03.xml"])
def test_the_usual_formats_are_read_directly(name: str) -> None:
    text = (DATA / name).read_text("utf-8")
    assert read_directly(text) is not None
    assert_read_alike(text)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>',
        '<rss version="2.0"><channel><item><title>a\x93b</title></item></channel></rss>',
        '<rss version="2.0"><channel><item><title>a&#150;b</title></item></channel></rss>',
        '<rss version="2.0"><channel><item><title>a</channel></rss>',
        '<rss version="2.0"><channel><item><odd>a<title>b</title></odd></item></channel></rss>',
        "<opml><body/></opml>",
        "not XML",
    ],
)
def test_what_is_not_known_for_sure_is_left_to_feedparser(text: str) -> None:
    assert read_directly(text) is None
