"""Comments of a forge on the site: as the forge shows them, and harmless whoever wrote them."""

from __future__ import annotations

import pytest

from marronnier.pages.comment_html import comment_html


def shown(text: str, places: dict[str, str] | None = None) -> str:
    return str(comment_html(text, lambda sentence: sentence, lambda address: (places or {}).get(address, "")))


def test_line_breaks_and_headings_are_those_of_a_comment() -> None:
    assert shown("## Titre\nune\ndeux\n") == "<h4>Titre</h4>\n<p>une<br>\ndeux</p>"


def test_hidden_lines_are_left_out() -> None:
    assert shown("<!-- marronnier:report head=abc sha256=def -->\nVoici") == "<p>Voici</p>"


def test_an_alert_has_a_label() -> None:
    assert shown("> [!WARNING]\n> Attention au gel.") == "<blockquote>\n<p><strong>Warning</strong><br>Attention au gel.</p>\n</blockquote>"


def test_a_link_leads_only_where_the_site_says() -> None:
    places = {"http://127.0.0.1:1/actions/runs/4": "../preview-4.html"}
    text = "[aperçu](http://127.0.0.1:1/actions/runs/4) [ailleurs](http://127.0.0.1:1/settings) `/posts/bois/`"
    assert shown(text, places) == '<p><a href="../preview-4.html" rel="noopener">aperçu</a> ailleurs <code>/posts/bois/</code></p>'
    assert shown("`/posts/bois/`", {"/posts/bois/": "../posts/bois/"}) == (
        '<p><a href="../posts/bois/" rel="noopener"><code>/posts/bois/</code></a></p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![piste](https://tracker.example/p.png)",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "<IMAGE src=x onerror=alert(1)>",
        "<div>\n<im\ng src=x>\n<img src=x>\n</div>",
        "<svg onload=alert(1)>",
        "<iframe src=https://evil.example></iframe>",
        "<style>*{display:none}</style>",
        "<form action=https://evil.example><input></form>",
        "`` <script>alert(1)</script> ``",
        "```\n</code></pre><script>alert(1)</script>\n```",
    ],
)
def test_nothing_in_a_comment_acts(text: str) -> None:
    made = shown(text)
    for active in (
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "<style",
        "<form",
        "<input",
        "javascript:alert(1)'",
        'href="',
        "onerror=alert(1)>",
    ):
        assert active not in made, made
