"""Markdown as plain text, for networks without formatting."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marronnier.text import fast_plain
from marronnier.text.graphemes import count_graphemes
from marronnier.text.hashtags import place_hashtags
from marronnier.text.html import render_html
from marronnier.text.plain_text import parsed_plain_text, to_plain_text
from marronnier.text.threads import break_text, split_parts
from marronnier.text.variants import split_variants
from text.markdown_texts import markdown

SAID = {
    "emphasis goes": ("**Dimanche**, on *plante* et on _sème_.", "Dimanche, on plante et on sème."),
    "newlines stay as typed": ("Bonjour !\nOn ouvre.  \nVenez.\\\nTous.", "Bonjour !\nOn ouvre.\nVenez.\nTous."),
    "several blank lines become one": ("Un\n\n\n\nDeux", "Un\n\nDeux"),
    "a link": ("Voir [le programme](https://example.org/p?a=1&b=2#c).", "Voir le programme (https://example.org/p?a=1&b=2#c)."),
    "a link that is its own text": ("[https://example.org](https://example.org/) et [example.org](https://example.org)", "https://example.org/ et https://example.org"),
    "a link by reference": ("[le programme][p]\n\n[p]: https://example.org/p", "le programme (https://example.org/p)"),
    "a link around emphasis": ("[**le** programme](https://example.org)", "le programme (https://example.org)"),
    "a link in brackets and blanks": ("[un](<https://example.org/a b>)", "un (https://example.org/a b)"),
    "a link within the repository": ("[le règlement](../reglement.md)", "le règlement"),
    "an address of mail or telephone": ("[écrivez](mailto:a@b.org) <c@d.org> [appelez](tel:+3221234)", "écrivez (a@b.org) c@d.org appelez (+3221234)"),
    "an autolink keeps its bytes": ("<https://exämple.org/é?q=ça%20va>", "https://exämple.org/é?q=ça%20va"),
    "a bare address keeps its bytes": ("Ici https://example.org/_a_/b*c*?d=_e_. Oui", "Ici https://example.org/_a_/b*c*?d=_e_. Oui"),
    "a bare address that an editor escaped": ("https://example.org/a\\_b\\_c", "https://example.org/a_b_c"),
    "a bare address in emphasis": ("**https://example.org/a**", "https://example.org/a"),
    "a bare address in brackets": ("(https://example.org/a_(b))", "(https://example.org/a_(b))"),
    "a handle keeps its underscores": ("@_marie_ et @jean_paul_ et _@luc_", "@_marie_ et @jean_paul_ et @luc"),
    "a hashtag is no heading": ("#Jardin #fête_locale", "#Jardin #fête_locale"),
    "a heading becomes a line": ("# Le jardin\nOn plante.\n\nPuis\n====\nOn arrose.", "Le jardin\nOn plante.\n\nPuis\nOn arrose."),
    "a list as tight as typed": ("Apportez :\n- une bêche\n- des gants\n\nMerci", "Apportez :\n• une bêche\n• des gants\n\nMerci"),
    "a list as loose as typed": ("* un\n\n* deux", "• un\n\n• deux"),
    "numbers": ("3. trois\n3. quatre\n\n1) un\n2) deux", "3. trois\n4. quatre\n\n1) un\n2) deux"),
    "lists in lists": ("- a\n  - b\n    - c\n      1. d", "• a\n  ◦ b\n    ▪ c\n      1. d"),
    "boxes to tick": ("- [ ] planter\n- [x] arroser", "• ☐ planter\n• ☑ arroser"),
    "quotes": ("> Un jardin\n> pour tous\n\nOui", "> Un jardin\n> pour tous\n\nOui"),
    "code": ("`make *demo*` :\n```sh\nmake  *demo*\n\n\n  x\n```\nFin", "make *demo* :\nmake  *demo*\n\n\n  x\nFin"),
    "pictures go": ("Avant ![un jardin](jardin.jpg) après\n\n![seul](x.jpg)\n\nFin", "Avant après\n\nFin"),
    "a linked picture leaves its link": ("[![un jardin](jardin.jpg)](https://example.org)", "https://example.org"),
    "what is struck out keeps its marks": ("~~12 €~~ gratuit", "~~12 €~~ gratuit"),
    "HTML goes and its text stays": ("Du <b>gras</b><br>et <!-- rien --> fin <script>alert(1)</script>.", "Du gras\net fin ."),
    "HTML in blocks": ("<div class=x>\n<p>Un &amp; deux</p>\n<style>p{}</style>\n</div>\n\nTrois", "Un & deux\n\nTrois"),
    "escapes": ("\\*pas\\* \\# ni \\[ça\\] &lt;b&gt; &eacute;", "*pas* # ni [ça] <b> é"),
    "French typography": ("« Venez\u00a0! »\u202f: 10\u202f000\u00a0€\u00a0; l’été", "« Venez\u00a0! »\u202f: 10\u202f000\u00a0€\u00a0; l’été"),
    "no-break spaces at the edges": ("\u00a0Venez\u202f", "\u00a0Venez\u202f"),
    "emoji and Arabic": ("👨‍👩‍👧‍👦 🏳️‍🌈 ☀️ **حديقة** الحي", "👨‍👩‍👧‍👦 🏳️‍🌈 ☀️ حديقة الحي"),
    "a table": ("Prix\n\n| jour | € |\n|---|---|\n| **lundi** | 3 |", "Prix\n\njour | €\nlundi | 3"),
    "a line across": ("Un\n\n***\n\nDeux", "Un\n\n---\n\nDeux"),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize(("written", "shown"), SAID.values(), ids=SAID.keys())
def test_plain_text_as_people_read_it(written: str, shown: str) -> None:
    assert to_plain_text(written) == shown


@pytest.mark.parametrize(
    "scheme", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "&#106;avascript:alert(1)"]
)
def test_c10_a_dangerous_address_is_never_shown(scheme: str) -> None:
    assert to_plain_text(f"[cliquez]({scheme})") == "cliquez"


@settings(max_examples=300)
@given(markdown)
@example("**https://x.org/y**suite")
@example("https://x.org/**b**")
@example("[a](https://x.org)**b**c**d**")
@example("- **a**\n- [b](https://x.org)\nc")
@example("**a\nb**")
def test_the_fast_path_agrees_with_the_parser(text: str) -> None:
    quick = fast_plain.fast_plain_text(text)
    assert quick is None or quick == parsed_plain_text(text)


simple = st.lists(
    st.sampled_from(("jardin", "été", "**été**", "[le lieu](https://x.org/?a=1&b=2)", "[**ici**](https://x.org/a_b)", "a_b", " ", " ", "\n", "\n\n", "\n- ", "#tag", "!", "-", ".", "1", "👨‍👩‍👧‍👦", "\u00a0", "https://x.org/a", "@jean", "&", "’")), max_size=30
).map("".join)  # fmt: skip


@settings(max_examples=300)
@given(simple)
def test_the_fast_path_agrees_with_the_parser_on_ordinary_posts(text: str) -> None:
    quick = fast_plain.fast_plain_text(text)
    assert quick is None or quick == parsed_plain_text(text)


def test_an_ordinary_post_takes_the_fast_path() -> None:
    post = "On ouvre **dimanche** !\n\n- [le lieu](https://x.org/?utm_source=a&b=2)\n- #Jardin_2026\n\n« Venez » & plantez. 🌳"
    assert (
        fast_plain.fast_plain_text(post)
        == "On ouvre dimanche !\n\n• le lieu (https://x.org/?utm_source=a&b=2)\n• #Jardin_2026\n\n« Venez » & plantez. 🌳"
    )


@settings(max_examples=150)
@given(st.one_of(markdown, st.text()))
def test_no_text_raises(text: str) -> None:
    said = to_plain_text(text)
    assert "\n\n\n\n" not in said or "`" in text or "~" in text or "    " in text or "\t" in text


@given(
    st.text(alphabet=st.characters(whitelist_categories=("L", "N", "So", "Mn")), max_size=40),
    st.text(alphabet="aé «»’!?…,\u00a0\u202f🌳ع", max_size=60),
)
def test_text_without_marks_is_its_own_plain_text(start: str, rest: str) -> None:
    text = f"a{start} {rest}".rstrip(" ")
    assert to_plain_text(text) == text
    assert to_plain_text(to_plain_text(text)) == text


@given(markdown)
def test_n04_no_element_survives(text: str) -> None:
    # Words of code and of escapes may look like tags; elsewhere none may stay.
    if not re.search(r"[`\\&~]|    |\t", text):
        assert "<script>" not in to_plain_text(text)


def test_c02_deep_nesting_is_read_as_text() -> None:
    assert "x" in to_plain_text(">" * 5000 + " x")
    assert "x" in to_plain_text("- " * 5000 + "x")
    assert "x" in to_plain_text("[" * 5000 + "x" + "]" * 5000)
    assert "x" in to_plain_text("*" * 5000 + "x")


def test_c12_long_and_awkward_texts_take_no_long_time() -> None:
    # Each of these once made a pattern look at every blank, bracket or newline again for each of the others.
    for awkward in (
        "a" + " " * 60000 + "b \n",
        "\n" * 60000 + "x",
        "**a" * 15000,
        "[" * 15000,
        "<br" * 15000,
        "https://x.org/" + ")" * 30000,
        "#a" * 20000,
    ):
        said = to_plain_text(awkward)
        place_hashtags(said[:2000], ["jardin"], "end")
        split_parts(awkward + "\n\n---\n\n")
        split_variants(f"## @a{awkward}", 1)


def test_c12_a_very_long_text_is_broken_all_the_same() -> None:
    assert len(break_text("On plante un arbre 🌳. " * 2500, 300, count_graphemes)) > 150


def test_brackets_without_a_link_are_text_and_a_link_after_them_still_works() -> None:
    assert to_plain_text("[ ] " * 300 + "[ici](https://example.org)") == "[ ] " * 300 + "ici (https://example.org)"
    assert to_plain_text("a " + "![" * 5_000) == "a " + "![" * 5_000


@pytest.mark.parametrize("code", ["`@serre`", "```\n@serre #vert\n```", "    @serre #vert", "> - `#vert`"])
def test_shielded_code_leaves_no_trace_in_what_others_get_of_the_same_words(code: str) -> None:
    """Bluesky shields code; Mastodon and the feed read the same words next, and got its control characters."""
    markdown = f"Un **mot** :\n\n{code}\n"
    plain, html = parsed_plain_text(markdown), render_html(markdown)
    fresh = markdown.replace("Un", "Deux")
    assert set(parsed_plain_text(fresh, shield_code=True)) & set("\x01\x03")
    assert parsed_plain_text(fresh) == plain.replace("Un", "Deux")
    assert set(parsed_plain_text(fresh, shield_code=True)) & set("\x01\x03")
    assert render_html(fresh) == html.replace("Un", "Deux")
