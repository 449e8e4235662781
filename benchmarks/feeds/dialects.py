"""Feeds as the common blog programs write them, made up: words by chance, markup as theirs is."""

from __future__ import annotations

import random
from html import escape

WORDS = "garden wall bench twine pear heron moss letter shelf frost seed lamp paper river".split()
_CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
_DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
_ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'
_ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
_MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'


class Writer:
    """Posts of one blog; the same seed writes the same blog."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)

    def words(self, count: int) -> str:
        return " ".join(self._chance.choice(WORDS) for _ in range(count))

    def paragraph(self) -> str:
        link = (
            f'<a href="https://www.shop.example/dp/{self._chance.randrange(10**9)}?tag=wall-20" '
            f'target="_blank" rel="noreferrer noopener">{self.words(3)}</a>'
        )
        return (
            f'<p class="wp-block-paragraph">{self.words(30)} <em>{self.words(2)}</em> &#8211; '
            f"{self.words(14)} {link}, {self.words(9)}&nbsp;&#8220;{self.words(3)}&#8221;.</p>\n"
        )

    def figure(self, number: int) -> str:
        base = f"https://a.example/wp-content/uploads/{number}"
        sizes = ", ".join(f"{base}-{width}x480.jpg {width}w" for width in (300, 768, 1024))
        return (
            '<figure class="wp-block-image size-large"><a href="https://a.example/gallery/">'
            '<img decoding="async" '
            f'width="1024" height="480" src="{base}.jpg" alt="{self.words(4)}" '
            f'class="wp-image-{number}" srcset="{sizes}" '
            'sizes="auto, (max-width: 1024px) 100vw, 1024px" /></a>'
            f'<figcaption class="wp-element-caption">{self.words(6)}</figcaption></figure>\n'
        )

    def body(self, number: int) -> str:
        """A post of about 7 kB."""
        items = "".join(f"<li>{self.words(6)}</li>" for _ in range(4))
        return (
            self.figure(number)
            + "".join(self.paragraph() for _ in range(4))
            + f'<h2 class="wp-block-heading">{self.words(4)}</h2>\n'
            + "".join(self.paragraph() for _ in range(3))
            + f"<ul>{items}</ul>\n"
            + f"<blockquote><p>{self.words(30)}<br />{self.words(8)}</p></blockquote>\n"
            + "".join(self.paragraph() for _ in range(3))
            + self.figure(number + 1000)
        )


def wordpress(posts: int = 50) -> bytes:
    writer = Writer()
    items = "".join(
        f"<item>\n<title>Post &#8211; {n}</title>\n<link>https://a.example/{n}/</link>\n"
        f"<comments>https://a.example/{n}/#respond</comments>"
        "<dc:creator><![CDATA[Ines]]></dc:creator>\n"
        "<pubDate>Tue, 03 Nov 2026 09:30:00 +0000</pubDate>\n"
        "<category><![CDATA[Walls]]></category><category><![CDATA[Beans]]></category>"
        f'<guid isPermaLink="false">https://a.example/?p={n}</guid>\n'
        f"<description><![CDATA[<p>{writer.words(55)} [&#8230;]</p>]]></description>\n"
        f"<content:encoded><![CDATA[{writer.body(n)}]]></content:encoded>\n"
        "<slash:comments>4</slash:comments></item>\n"
        for n in range(posts)
    )
    return _rss(
        f'{_CONTENT} {_DC} {_ATOM} xmlns:slash="http://purl.org/rss/1.0/modules/slash/"',
        '<atom:link href="https://a.example/feed/" rel="self" type="application/rss+xml" />'
        f"<language>en-GB</language>{items}",
    )


def blogger(posts: int = 25) -> bytes:
    """Atom with escaped HTML."""
    writer = Writer(2)
    entries = "".join(
        f"<entry><id>tag:a.example,1999:post-{n}</id>"
        "<published>2026-11-03T09:30:00.000-07:00</published>"
        "<updated>2026-11-03T09:31:00.000-07:00</updated>"
        "<category scheme='http://www.example.org/ns#' term='Walls'/>"
        f"<title type='text'>Post {n}</title>"
        f"<content type='html'>{escape(writer.body(n))}</content>"
        f"<link rel='replies' type='application/atom+xml' href='https://a.example/{n}/c'/>"
        f"<link rel='alternate' type='text/html' href='https://a.example/{n}.html' title='x'/>"
        "<author><name>Ines</name><uri>https://a.example/ines</uri>"
        "<email>noreply@a.example</email></author>"
        "<thr:total xmlns:thr='http://purl.org/syndication/thread/1.0'>0</thr:total></entry>"
        for n in range(posts)
    )
    return _atom(entries)


def jekyll(posts: int = 10) -> bytes:
    """Atom whose content names its base."""
    writer = Writer(3)
    entries = "".join(
        f'<entry><title type="html">Post {n}</title>'
        f'<link href="https://a.example/{n}.html" rel="alternate" type="text/html" title="x"/>'
        "<published>2026-11-03T09:30:00+00:00</published>"
        f"<updated>2026-11-03T09:30:00+00:00</updated><id>https://a.example/{n}</id>"
        f'<content type="html" xml:base="https://a.example/{n}.html">'
        f"<![CDATA[{writer.body(n)}]]></content><author><name>Ines</name></author>"
        f'<summary type="html"><![CDATA[{writer.words(40)}]]></summary></entry>'
        for n in range(posts)
    )
    return _atom(entries)


def movable_type(posts: int = 15) -> bytes:
    """Atom with XHTML in it."""
    writer = Writer(4)
    entries = "".join(
        f"<entry><title>Post {n}</title><link href='https://a.example/{n}'/>"
        f"<id>tag:a.example,2026:{n}</id><updated>2026-11-03T09:30:00Z</updated>"
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        f"{writer.body(n).replace('&nbsp;', '&#160;')}</div></content></entry>"
        for n in range(posts)
    )
    return _atom(entries)


def podcast(episodes: int = 100) -> bytes:
    writer = Writer(5)
    items = "".join(
        f"<item><title>Episode {n}</title><itunes:title>Episode {n}</itunes:title>"
        f"<description><![CDATA[{writer.paragraph() * 3}]]></description>"
        "<pubDate>Tue, 03 Nov 2026 09:30:00 GMT</pubDate>"
        f'<enclosure url="https://a.example/{n}.mp3" length="1" type="audio/mpeg"/>'
        f'<guid isPermaLink="false">ep-{n}</guid><link>https://a.example/{n}</link>'
        f'<itunes:image href="https://a.example/{n}.jpg"/>'
        "<itunes:duration>1:00:00</itunes:duration><itunes:explicit>false</itunes:explicit>"
        f"<itunes:summary><![CDATA[{writer.paragraph()}]]></itunes:summary></item>"
        for n in range(episodes)
    )
    owner = "<itunes:owner><itunes:name>Ines</itunes:name></itunes:owner>"
    return _rss(_ITUNES, f"<description>Walls, told.</description>{owner}{items}")


def summaries(posts: int = 20) -> bytes:
    """RSS with a line of text and a picture to each post."""
    writer = Writer(6)
    items = "".join(
        f"<item><title>{writer.words(7)}</title><link>https://a.example/{n}</link>"
        f"<description>{writer.words(30)} &lt;a href=&quot;/{n}&quot;&gt;Read more&lt;/a&gt;"
        f"</description><guid>https://a.example/{n}</guid>"
        "<pubDate>Tue, 03 Nov 2026 09:30:00 +0100</pubDate>"
        f'<media:content url="https://a.example/{n}.jpg" medium="image">'
        f"<media:title>{writer.words(3)}</media:title></media:content></item>"
        for n in range(posts)
    )
    return _rss(_MEDIA, items)


def rdf(posts: int = 15) -> bytes:
    writer = Writer(7)
    items = "".join(
        f'<item rdf:about="https://a.example/{n}"><title>Post {n}</title>'
        f"<link>https://a.example/{n}</link><dc:date>2026-11-03T09:30:00+01:00</dc:date>"
        f"<dc:creator>Ines</dc:creator><description>{writer.words(40)}</description>"
        f"<content:encoded><![CDATA[{writer.body(n)}]]></content:encoded></item>"
        for n in range(posts)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {_DC} {_CONTENT}>'
        '<channel rdf:about="https://a.example/"><title>Walls</title>'
        f"<link>https://a.example/</link></channel>{items}</rdf:RDF>"
    ).encode()


def _rss(namespaces: str, inner: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {namespaces}><channel>'
        f"<title>Walls</title><link>https://a.example/</link>{inner}</channel></rss>"
    ).encode()


def _atom(entries: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Walls</title>'
        '<link href="https://a.example/" rel="alternate"/><id>tag:a.example</id>'
        f"<updated>2026-11-03T09:30:00Z</updated>{entries}</feed>"
    ).encode()


ALL = (wordpress, blogger, jekyll, movable_type, podcast, summaries, rdf)
