"""The disclosure: before the first paid link, a block of its own, once, in the reader's words."""

import pytest

from service.model import Media
from tests.rewrite.found import rewritten, shop_links

SENTENCE = "As an Amazon Associate I earn from qualifying purchases."
HTML = f"<p><em>{SENTENCE}</em></p>\n"
LINK = '<a href="https://www.amazon.com/dp/0201633612">x</a>'


@pytest.mark.parametrize(
    "source",
    [
        "|<p>one LINK</p>",
        "<p>no</p>|<p>one LINK</p><p>LINK</p>",
        "<article><p>no</p>|<p>one <b>LINK</b></p></article>",
        "<div><p>no</p>|<ul><li>a<li>LINK</ul></div>",
        "<div>|<table><tr><td>LINK</table></div>",
        "<div>|<blockquote><p>LINK</p></blockquote></div>",
        "<div>|text LINK</div>",
        "<div>text<br>|more <i>LINK</i></div>",
        "<!DOCTYPE html>|text LINK",
        "<html><head><title>t</title></head>|text LINK",
        "<html><body class=x>|text LINK",
        "|text LINK",
        "<section>|<h2>LINK</h2></section>",
        "|<p><svg><text>LINK</text></svg>",
        "<div>|<svg><desc><div>x</div></desc><text>LINK</text></svg></div>",
        "<div>|<svg><foreignObject><div>x</div></foreignObject></svg> <i>LINK</i></div>",
    ],
)
def test_it_stands_before_the_block_with_the_first_paid_link(source: str) -> None:
    given = source.replace("|", "").replace("LINK", LINK)
    output, result = rewritten(given, shop_links(given), disclose=True)
    untagged = output.replace("www.amazon.com/dp/0201633612?tag=example-20", "@").replace(
        ' rel="sponsored nofollow noopener"', ""
    )
    assert untagged == source.replace("|", HTML).replace(
        "LINK", LINK.replace("www.amazon.com/dp/0201633612", "@")
    )
    assert result.disclosure == SENTENCE


@pytest.mark.parametrize(
    "there",
    [SENTENCE, "as an Amazon&nbsp;Associate, I earn\n from <b>qualifying</b> purchases"],
)
def test_it_is_not_added_where_it_stands(there: str) -> None:
    source = f"<p>{LINK}</p><p>{there}</p>"
    output, result = rewritten(source, shop_links(source), disclose=True)
    assert output.count("<p>") == 2
    assert result.disclosure == SENTENCE


def test_it_is_not_added_without_a_paid_link_or_unasked() -> None:
    source = '<p><a href="https://www.amazon.fr/dp/0201633612">x</a></p>'
    assert rewritten(source, shop_links(source), disclose=True)[1].disclosure is None
    source = f"<p>{LINK}</p>"
    assert rewritten(source, shop_links(source))[1].disclosure is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de-AT", "Als Amazon-Partner verdiene ich an qualifizierten Verkäufen."),
        ("fr", "En tant que Partenaire Amazon, je réalise un bénéfice sur les achats"),
        ("es-MX", "En calidad de Afiliado de Amazon, obtengo ingresos por las compras"),
        ("it", "In qualità di Affiliato Amazon io ricevo un guadagno"),
    ],
)
def test_it_speaks_the_language_of_the_post(language: str, words: str) -> None:
    source = f"<p>{LINK}</p>"
    output, _ = rewritten(source, shop_links(source), disclose=True, language=language)
    assert output.startswith(f"<p><em>{words}")


def test_in_a_language_without_words_it_is_english_and_says_so() -> None:
    source = f"<p>{LINK}</p>"
    output, result = rewritten(source, shop_links(source), disclose=True, language="sv-SE")
    assert output.startswith(HTML)
    assert result.notes == ('The disclosure is in "en": the rule packs have no words in "sv"',)


@pytest.mark.parametrize(
    ("media", "source", "shown"),
    [
        ("text", "one\n\n|two URL\n", SENTENCE),
        ("text", "one\n|two URL\nthree", SENTENCE),
        ("markdown", "---\na: b\n---\n|two URL\n", f"*{SENTENCE}*"),
        ("markdown", "one\n\n|- a\n\n- URL\n", f"*{SENTENCE}*"),
    ],
)
def test_in_text_and_markdown_it_is_a_paragraph(media: Media, source: str, shown: str) -> None:
    given = source.replace("|", "").replace("URL", "https://amazon.com/dp/0201633612")
    output, _ = rewritten(given, shop_links(given, media), media=media, disclose=True)
    assert output == source.replace("|", f"{shown}\n\n").replace(
        "URL", "https://www.amazon.com/dp/0201633612?tag=example-20"
    )
