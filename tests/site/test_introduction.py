"""`content/index.md` opens the site: what the team writes there is read."""

from __future__ import annotations

import pytest
from site_houses import House

from marronnier import pages, start

WORDS = "# Le jardin & la bibliothèque\n\nUn jardin **partagé**, depuis 2011.\n\n<script>alert(1)</script>\n\n- Nous trouver : 14, rue des Semis.\n"


def home(house: House, *, internal: bool, lang: str = "fr") -> pages.Page:
    return next(page for page in pages.make(house.site_data(internal=internal), lang) if not page.path)


@pytest.mark.parametrize("internal", [False, True])
def test_the_introduction_is_on_the_first_page_safe_and_under_its_heading(house: House, internal: bool) -> None:
    before = home(house, internal=internal)
    house.files["content/index.md"] = WORDS.encode()
    page = home(house, internal=internal)
    html = page.render().html
    assert '<h2 id="introduction">Le jardin &amp; la bibliothèque</h2>' in html
    assert "Un jardin <strong>partagé</strong>, depuis 2011." in html
    assert "<li>Nous trouver : 14, rue des Semis.</li>" in html
    assert "<script" not in html
    assert html.count("<h1") == 1
    # Readers meet it first; the team meets its day first.
    assert (html.index("introduction") < html.index("just-published")) is not internal
    assert page.digest != before.digest
    assert "Un jardin partagé, depuis 2011." in page.as_markdown()
    assert 'lang="fr"' in home(house, internal=internal, lang="en").render().html


@pytest.mark.parametrize("lang", start.template_languages())
def test_what_init_wrote_and_nobody_changed_is_not_shown(house: House, lang: str) -> None:
    before = home(house, internal=False).render().html
    house.files["content/index.md"] = start.blank_brand(lang, "Jardin")["content/index.md"]
    assert home(house, internal=False).render().html == before
    house.files["content/index.md"] = b"\xff\xfe broken"
    home(house, internal=False).render()
