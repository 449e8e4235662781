import re

from hypothesis import given
from hypothesis import strategies as st

from service.model import Decision, Finding
from service.readable import readable
from service.web.pages.excerpt import sentence_around
from service.web.pages.margin import Note, marked

PIECES = st.sampled_from(
    "<p> </p> <em> </em> <b> <a&#32;href='https://shelf.example/'> </a> <td> <table> <li> <br> "
    "<img&#32;alt='a&#32;sill'> <script> </script> <!-- --> <textarea> </textarea> <svg> </svg> "
    "<title> </title> <plaintext> <select> <option> <a&#32;title=' '> &amp; &lt;mark&gt; Stoner "
    "It \ue000o0\ue001 \ue000 \ue001 <style> <iframe> <template> <math> words.".split()
)
HTML = st.lists(PIECES | st.text(max_size=3), max_size=25).map(
    lambda pieces: "".join(pieces).replace("&#32;", " ")
)


def noted(note: Note) -> str:
    return f"[{note.number}]"


def finding(start: int, end: int, decision: Decision = "link", title: str = "Stoner") -> Finding:
    return Finding(
        "book_mention",
        start,
        end,
        title,
        0.9,
        decision,
        title=title,
    )


@given(HTML, st.data())
def test_marks_never_break_the_page(html: str, data: st.DataObject) -> None:
    places = st.integers(0, len(html) + 2)
    findings = [
        finding(start, end, title=f"Book {number}")
        for number, (start, end) in enumerate(
            data.draw(st.lists(st.tuples(places, places), max_size=4))
        )
    ]
    shown = str(marked(html, findings, noted).html)
    assert not re.search("[\ue000\ue001]", shown)
    assert shown.count("<mark") == shown.count("</mark>")
    assert not re.search(r"<(script|style|iframe|textarea|img|svg|form)", shown)
    assert not re.search(r"<[^<>]*\son\w+=", shown)


@given(HTML)
def test_without_findings_a_post_has_no_marks(html: str) -> None:
    assert "<mark" not in str(marked(html, (), noted).html)


def test_a_title_across_inline_markup_is_marked_in_each_part() -> None:
    html = "<p>I read <em>The Summer</em> <b>Book</b> twice.</p>"
    start, end = html.index("The Summer"), html.index("</b>")
    shown = str(marked(html, [finding(start, end)], noted).html)
    assert re.sub(r"<mark[^>]*>", "<mark>", shown) == (
        "<p>I read <em>[1]<mark>The Summer</mark></em> <b><mark>Book</mark></b> twice.</p>"
    )


def test_a_note_stands_before_the_link_that_its_words_are_in() -> None:
    html = '<p>See <a href="https://shelf.example/">my <i>Stoner</i></a>.</p>'
    start = html.index("Stoner")
    shown = str(marked(html, [finding(start, start + 6)], noted).html)
    assert shown.index("[1]") < shown.index("<a ")


def test_a_link_found_by_its_address_is_marked_by_its_words() -> None:
    url = "https://www.amazon.com/dp/0140449264"
    html = f'<p>On <a href="{url}">this <b>sill</b></a>.</p>'
    start = html.index(url)
    found = Finding("amazon_link", start, start + len(url), url, 1.0, "rewrite", url=url)
    shown = str(marked(html, [found], noted).html)
    assert len(re.findall("<mark", shown)) == 2
    assert re.search(r"this </mark><b><mark[^>]*>sill</mark></b></a>", shown)


def test_what_is_left_alone_is_marked_and_has_no_note() -> None:
    found = finding(3, 9, decision="ignore")
    result = marked("<p>Stoner</p>", [found], noted)
    assert result.notes == ()
    assert result.left_alone == (found,)
    assert '<mark class="found quiet">Stoner</mark>' in result.html


def test_the_sentence_around_a_finding_ends_where_sentences_end() -> None:
    html = "<p>One here. I read <em>Stoner</em> &amp; slept! Then not.</p><p>Another.</p>"
    start = html.index("Stoner")
    around = sentence_around(readable(html), finding(start, start + 6))
    assert around == ("I read ", "Stoner", " & slept!")


def test_a_long_sentence_is_cut_between_words() -> None:
    html = f"<p>{'before ' * 60}Stoner{' after' * 60}</p>"
    start = html.index("Stoner")
    around = sentence_around(readable(html), finding(start, start + 6))
    assert around.before.startswith("… before")
    assert around.after.endswith("after …")
    assert len(around.before) + len(around.after) < 310


@given(HTML, st.data())
def test_an_excerpt_never_fails(html: str, data: st.DataObject) -> None:
    places = st.integers(0, len(html) + 2)
    start, end = data.draw(places), data.draw(places)
    sentence_around(readable(html), finding(start, end))


def test_a_note_whose_place_is_not_shown_stands_at_the_end() -> None:
    html = "<p>Words.</p><svg><text>Stoner</text></svg>"
    start = html.index("Stoner")
    assert marked(html, [finding(start, start + 6)], noted).html == "<p>Words.</p>[1]"
