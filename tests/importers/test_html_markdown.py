"""HTML of a feed as Markdown: every word, link and picture is there."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.importers.html_markdown import html_to_markdown
from marronnier.text.inline_pictures import find_inline_pictures
from marronnier.text.plain_text import to_plain_text
from marronnier.text.threads import split_parts


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("<p>Un <strong>deux</strong> et <em>trois</em>.<br>Quatre</p><p>Cinq</p>", "Un **deux** et *trois*.\nQuatre\n\nCinq"),
        ("<h2>Titre</h2>texte<hr>fin", "## Titre\n\ntexte\n\n***\n\nfin"),
        (
            '<a href="/a b">ici</a> <a href="https://x.example/a_b">https://x.example/a_b</a>',
            "[ici](<https://p.example/a b>) https://x.example/a_b",
        ),
        ("<ul><li>un<li>deux<ol><li>a</li><li>b</li></ol></li></ul>", "- un\n- deux\n  1. a\n  2. b"),
        ("<blockquote><p>q</p><p>r</p></blockquote>fin", "> q\n>\n> r\n\nfin"),
        (
            '<figure><img src="i.png" alt="Un [banc]"><figcaption>Vu</figcaption></figure>',
            "![Un \\[banc\\]](https://p.example/i.png)\n\nVu",
        ),
        ("<pre><code>a\n  b `c`</code></pre>et <code>d*e</code>", "```\na\n  b `c`\n```\n\net `d*e`"),
        ("# pas un titre<p>1. pas une liste</p><p>- ni *ça*</p>", "\\# pas un titre\n\n1\\. pas une liste\n\n\\- ni \\*ça\\*"),
        ("<table><tr><th>a</th><td>b</td></tr></table>", "a \\| b"),
        ('<iframe src="https://v.example/1"></iframe><script>x()</script><p>fin', "https://v.example/1\n\nfin"),
        ('<a href="javascript:x()">non</a>', "non"),
    ],
)
def test_markup(markup: str, markdown: str) -> None:
    assert html_to_markdown(markup, "https://p.example/x/../").markdown == markdown


def test_what_is_no_text_is_named() -> None:
    converted = html_to_markdown('<video src="/v.mp4"></video><img src="data:image/png;base64,x" alt="Un point">')
    assert converted.played == ("/v.mp4",) and converted.dropped == ("img",) and "Un point" in converted.markdown


@pytest.mark.parametrize(
    ("markup", "dropped"),
    [
        ('<a href="https://x.example" title="En savoir plus">ici</a>', ("a title",)),
        ('<p title="Vu">Un <abbr title="Hyper">H</abbr></p>', ("p title", "abbr title")),
        ("<svg><text>Samedi</text></svg>", ("svg",)),
        ('<svg><path d="M0"/></svg>', ("svg",)),
        ("<math><mi>x</mi></math>", ("math",)),
        ("<script>x()</script><noscript>Sans</noscript>", ("script", "noscript")),
        ("<style>p {}</style><title>Page</title>", ()),
        ('<input value="S\'abonner"><input placeholder="Nom"><input type="hidden" value="x"><input type="checkbox">', ("input",)),
    ],
)
def test_what_has_no_form_in_a_post_is_named(markup: str, dropped: tuple[str, ...]) -> None:
    assert html_to_markdown(markup).dropped == dropped


TAGS = (
    "p",
    "b",
    "i",
    "a href='https://l.example/1'",
    "ul",
    "ol",
    "li",
    "blockquote",
    "h2",
    "div",
    "code",
    "pre",
    "td",
    "tr",
    "table",
    "span",
    "figure",
)
NODES = st.recursive(
    st.sampled_from(
        ["mot", "deux mots", "#x", "- y", "1. z", "a*b*", "<br>", "<hr>", "&lt;b&gt;", "_u_", "---", "![i](j)", "`", "~~~", "|"]
    ),
    lambda inner: st.builds(
        lambda tag, nodes: f"<{tag}>{''.join(nodes)}</{tag.split()[0]}>", st.sampled_from(TAGS), st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(NODES, max_size=4).map("".join))
def test_every_word_is_read(markup: str) -> None:
    converted = html_to_markdown(markup)
    wanted = "".join(re.findall(r"[a-zé]", re.sub(r"<[^<>]*>", " ", markup).replace("&lt;", " ").replace("&gt;", " ")))
    read = re.sub(r"\(?https://l\.example/1\)?", " ", to_plain_text(converted.markdown))
    assert "".join(re.findall(r"[a-zé]", read)) == wanted
    assert len(split_parts(converted.markdown)) == 1 and not find_inline_pictures(converted.markdown)


@given(st.text(st.sampled_from(list("<>/ab='\"!-[]&;# \n")), max_size=60))
def test_any_text_is_read(markup: str) -> None:
    html_to_markdown(markup, "https://[")
