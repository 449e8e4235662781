"""Feeds of every format: what is in them comes out, and nothing else."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from service.errors import UnreadableInput
from service.ingest.feeds import read_feed
from service.model import Entry, Feed

DATA = Path(__file__).parents[1] / "data/feeds"


def feed(name: str, url: str | None = None, content_type: str | None = None) -> Feed:
    return read_feed((DATA / name).read_bytes(), url=url, content_type=content_type)


def rss(items: str, **attributes: str) -> bytes:
    return f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()


def only(body: bytes, url: str | None = "https://blog.example/feed.xml") -> Entry:
    (entry,) = read_feed(body, url=url).entries
    return entry


# ── the formats ──────────────────────────────────────────────────────────────────────────


def test_rss_2_with_the_namespaces_that_blogs_use() -> None:
    found = feed("rss20.xml", "https://wall.example/feed.xml")
    assert (found.title, found.description) == ("The Garden Wall", "Bricks & beans")
    assert (found.site_url, found.language) == ("https://wall.example/", "en-gb")
    assert (found.hub, found.image) == ("https://hub.example/", "https://wall.example/icon.png")
    first = found.entries[0]
    assert first == Entry(
        url="https://wall.example/2026/tea-and-twine/",
        title="Tea & twine",
        html=(
            "<p>What holds a trellis up is <em>twine</em>, and after that, tea.</p>\n"
            '<p><a href="https://wall.example/2026/older/?a=1&amp;b=2">Older</a> '
            '<img src="https://wall.example/2026/tea-and-twine/img/twine.jpg" '
            'srcset="https://wall.example/2026/tea-and-twine/img/twine.jpg 1x, '
            'https://wall.example/img/twine2.jpg 2x" alt="A ball of twine"></p>'
        ),
        id="https://wall.example/?p=7",
        authors=("Ines Marlow",),
        published=datetime(2026, 11, 3, 8, 30, tzinfo=UTC),
        tags=("Beans", "Walls"),
        summary="What holds a trellis up. […]",
        image="https://wall.example/lead.jpg",
        language="en-gb",
    )


def test_a_description_alone_is_a_summary() -> None:
    entry = feed("rss20.xml").entries[1]
    assert not entry.complete
    assert entry.html == entry.summary == "A word about walls, the rest stands on the page."
    assert (entry.id, entry.published, entry.tags) == (None, None, ())


def test_an_entry_without_title_and_link_is_still_one() -> None:
    entry = feed("rss20.xml", "https://wall.example/feed.xml").entries[2]
    assert (entry.title, entry.url, entry.id) == ("", None, "note-3")
    assert entry.image == "https://wall.example/n3.png"


def test_a_description_marked_up_as_a_whole_post_is_one() -> None:
    whole = "&lt;p&gt;" + "A long sentence, of many words. " * 40 + "&lt;/p&gt;"
    assert only(rss(f"<item><description>{whole}</description></item>")).complete
    cut = whole.replace("&lt;/p&gt;", " [&amp;#8230;]&lt;/p&gt;")
    assert not only(rss(f"<item><description>{cut}</description></item>")).complete


def test_rss_0_91() -> None:
    found = feed("rss091.xml")
    assert (found.title, found.site_url) == ("Old Wall", "http://old.example/")
    assert [each.title for each in found.entries] == ["First brick"]


def test_rdf() -> None:
    (entry,) = feed("rdf10.xml").entries
    assert (entry.url, entry.authors, entry.tags) == (
        "http://rdf.example/a",
        ("Bo Lind",),
        ("Grammar",),
    )
    assert entry.html == "<p>In full: subject, verb, object.</p>"
    assert entry.summary == "In short."
    assert entry.published == entry.updated == datetime(2026, 10, 1, 13, tzinfo=UTC)


def test_atom_1() -> None:
    found = feed("atom10.xml", "https://atom.example/blog/feed.atom")
    assert (found.title, found.language) == ("Blatt & Stiel", "de")
    assert found.image == "https://atom.example/blog/logo.png"
    moss, short, text = found.entries
    assert moss.url == "https://atom.example/blog/moos/"
    assert moss.html == '<p>Moos <a href="https://atom.example/wald">wächst</a> langsam.</p>'
    assert (moss.authors, moss.tags) == (("Jana Holm",), ("Moos",))
    assert moss.published == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert moss.updated == datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert (short.complete, short.authors) == (False, ("Gast",))
    assert text.html == "<p>Ein Absatz mit 1 &lt; 2.</p>\n<p>Noch einer.</p>"
    assert text.complete


def test_atom_0_3() -> None:
    (entry,) = feed("atom03.xml").entries
    assert entry.html == "<p>It begins.</p>"
    assert entry.published == datetime(2004, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert entry.authors == ("Ed",)


def test_json_feed_1_1() -> None:
    found = feed("feed11.json", "https://reed.example/feed.json")
    assert (found.title, found.site_url) == ("Reed & Rush", "https://reed.example/")
    assert (found.hub, found.image) == ("https://hub.example/", "https://reed.example/icon.png")
    heron, second, third = found.entries
    assert heron.title == "A heron"
    assert heron.html == (
        '<p>See <a href="https://reed.example/b">the other</a>.</p>'
        "<img src='https://reed.example/heron.jpg' alt=''>"
    )
    assert (heron.tags, heron.authors, heron.language) == (("birds", "water"), ("Guest",), "fr")
    assert heron.published == datetime(2026, 9, 1, 6, tzinfo=UTC)
    assert heron.image == "https://reed.example/heron.jpg"
    assert (second.id, second.url) == ("2", "https://reed.example/b")
    assert second.html == "<p>One &lt; two.</p>\n<p>Three.</p>"
    assert second.authors == ("Lu Reed",)
    assert (third.complete, third.published) == (False, None)
    assert third.image == "https://reed.example/c.jpg"


def test_json_feed_1_0_has_one_author() -> None:
    first, second = feed("feed10.json").entries
    assert (first.authors, second.authors) == (("Duo",), ("Uno",))


@pytest.mark.parametrize(
    "name", ["rss20.xml", "rss091.xml", "rdf10.xml", "atom10.xml", "atom03.xml"]
)
def test_fields_are_those_that_feedparser_gives(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = feedparser.parse((DATA / name).read_bytes())
    ours = feed(name)
    assert len(ours.entries) == len(theirs.entries)
    for mine, other in zip(ours.entries, theirs.entries, strict=True):
        assert mine.id == other.get("id")
        assert mine.url in (other.get("link"), None)
        assert mine.title == other.get("title", "").replace("&amp;", "&")
        for moment, key in ((mine.published, "published_parsed"), (mine.updated, "updated_parsed")):
            expected = dict.get(other, key)
            if expected:
                assert moment
                assert moment.timetuple()[:6] == expected[:6]


def test_a_longer_description_is_the_post_and_a_second_summary_is_not() -> None:
    notes = "<p>" + "What was said, and by whom. " * 9 + "</p>"
    item = (
        f"<item><description><![CDATA[{notes}]]></description>"
        "<itunes:summary>In short.</itunes:summary></item>"
    )
    body = rss(item).replace(
        b"<rss", b'<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    )
    assert only(body).html == notes


def test_elements_of_xhtml_become_html() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>One<br/>two<img src="/p.jpg"/> &amp; '
        "three.</p></div></content></entry></feed>"
    )
    assert only(body.encode()).html == (
        '<p>One<br>two<img src="https://blog.example/p.jpg"> &amp; three.</p>'
    )


def test_the_language_of_an_entry_is_its_own() -> None:
    body = rss("<item><dc:language>fr</dc:language></item>").replace(
        b"<rss", b'<rss xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    assert only(body).language == "fr"


# ── feeds as they are found ──────────────────────────────────────────────────────────────


def test_broken_xml_is_mended() -> None:
    found = feed("broken.xml")
    assert found.title == "Bread & butter"
    first, second = found.entries
    assert first.title == "Salt & pepper mill"
    assert first.url == "https://broken.example/?a=1&b=2"
    assert first.authors == ("Max Orr",)
    assert first.image == "https://broken.example/t.jpg"
    assert first.html == "<p>Grind &amp; pass&nbsp;on.</p>"
    assert second.title.startswith("Unclosed")


@pytest.mark.parametrize(
    "before", ["<br />\n<b>Warning</b>: no such file on line 3<br />\n", "Notice: x\n", " \n"]
)
@pytest.mark.parametrize("declared", ["", '<?xml version="1.0"?>'])
def test_what_a_program_says_before_the_feed_is_passed_over(before: str, declared: str) -> None:
    body = before.encode() + declared.encode() + rss("<item><title>T</title></item>")
    assert only(body).title == "T"


@pytest.mark.parametrize(
    ("words", "encoding", "expected"),
    [
        ("café, naïve", "iso-8859-1", "café, naïve"),
        ("“quoted” – so", "cp1252", "“quoted” – so"),
        ("naïve, café, déjà vu", "utf-8", "naïve, café, déjà vu"),
    ],
)
def test_what_is_called_utf_8_and_is_not_is_read_as_what_it_is(
    words: str, encoding: str, expected: str
) -> None:
    text = '<?xml version="1.0" encoding="utf-8"?>' + rss(
        f"<item><title>{words}</title></item>"
    ).decode("utf-8")
    assert only(text.encode(encoding)).title == expected


def test_one_broken_character_makes_no_other_encoding() -> None:
    text = rss("<item><title>naïve, café, déjà vu</title></item>").replace(b" vu", b" \xc3 vu")
    assert only(text).title == "naïve, café, déjà \ufffd vu"


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ('<media:content url="https://a.example/i.jpg" type="image/jpeg"/>', "i.jpg"),
        ('<media:content url="https://a.example/i.webp?w=9"/>', "i.webp?w=9"),
        ('<media:content url="https://a.example/i.mp4" medium="video"/>', None),
        (
            '<media:group><media:content url="https://a.example/v.mp4" medium="video"/>'
            '<media:thumbnail url="https://a.example/t.jpg"/></media:group>',
            "t.jpg",
        ),
        ('<itunes:image href="https://a.example/e.jpg"/>', "e.jpg"),
        ('<enclosure url="https://a.example/e.png"/>', "e.png"),
        ('<enclosure url="https://a.example/e.png" type="audio/mpeg"/>', None),
    ],
)
def test_the_lead_picture_that_podcasts_and_media_rss_name(
    element: str, expected: str | None
) -> None:
    body = rss(f"<item><title>T</title>{element}</item>").replace(
        b"<rss",
        b'<rss xmlns:media="http://search.yahoo.com/mrss/" '
        b'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
    )
    assert only(body).image == (expected and f"https://a.example/{expected}")


def test_cdata_in_cdata_leaves_no_marks() -> None:
    nested = "<![CDATA[ <![CDATA[<p>In.</p>]]> ]]>"
    assert only(rss(f"<item><description>{nested}</description></item>")).html == "<p>In.</p>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
def test_declared_encodings_are_read(encoding: str) -> None:
    label = encoding.removesuffix("-sig")
    text = (
        f'<?xml version="1.0" encoding="{label}"?>'
        + rss("<item><title>Señor Ü</title></item>").decode()
    )
    assert only(text.encode(encoding)).title == "Señor Ü"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_wide_encodings_without_a_mark_are_read(encoding: str) -> None:
    assert only(rss("<item><title>Ünder</title></item>").decode().encode(encoding)).title == "Ünder"


def test_valid_utf_8_is_utf_8_whatever_is_declared() -> None:
    text = (
        '<?xml version="1.0" encoding="iso-8859-1"?>'
        + rss("<item><title>Ü</title></item>").decode()
    )
    got = read_feed(text.encode(), url=None, content_type="text/xml; charset=us-ascii")
    assert got.entries[0].title == "Ü"


def test_the_transports_charset_counts_where_the_document_says_none() -> None:
    body = rss("<item><title>Жук</title></item>").decode().encode("koi8-r")
    got = read_feed(body, url=None, content_type="application/rss+xml; charset=koi8-r")
    assert got.entries[0].title == "Жук"


def test_space_before_the_declaration_and_control_characters_do_no_harm() -> None:
    body = b'\n  <?xml version="1.0"?>' + rss("<item><title>a\x0bb\x00c</title></item>")
    assert only(body).title == "abc"


def test_zero_dates_are_no_dates() -> None:
    for date in ("Mon, 01 Jan 0001 00:00:00 +0000", "Thu, 01 Jan 1970 00:00:00 GMT", "soon"):
        assert (
            only(rss(f"<item><title>x</title><pubDate>{date}</pubDate></item>")).published is None
        )


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read_feed(rss(""), url=None).entries == ()


def test_duplicate_entries_are_all_given() -> None:
    assert len(read_feed(rss("<item><guid>1</guid></item>" * 3), url=None).entries) == 3


def test_a_counting_pixel_is_no_picture() -> None:
    html = "&lt;img src='https://c.example/p.gif' width='1' height='1'&gt;&lt;img src='https://c.example/a.jpg'&gt;"
    assert (
        only(rss(f"<item><description>{html}</description></item>")).image
        == "https://c.example/a.jpg"
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"<!DOCTYPE html><html><body>Hi</body></html>", "is a web page"),
        (b"<!-- x --><html lang='en'><p>Hi", "is a web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither RSS nor Atom"),
        (b"Not found", "neither RSS nor Atom"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "neither RSS nor Atom"),
        (b"{", "broken JSON"),
        (b'{"a": 1}', "no list of items"),
    ],
)
def test_what_is_no_feed_is_named_with_the_mend(body: bytes, words: str) -> None:
    with pytest.raises(UnreadableInput, match=words) as caught:
        read_feed(body, url="https://blog.example/feed")
    assert "https://blog.example/feed" in caught.value.what
    assert caught.value.mend
