"""Pages know a sealed part only by what its network says of it in neutral words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from site_houses import PNG, House, at

from marronnier import networks, pages
from marronnier.model.publication import Part, Payload, Picture
from marronnier.networks import feed, mastodon
from marronnier.networks.kit.seam import PartContent
from marronnier.pages import SiteLocale, SiteView
from marronnier.pages.previews import make_preview

PAGES = Path(pages.__path__[0])


def test_no_page_reads_a_wire() -> None:
    sources = [*PAGES.rglob("*.py"), PAGES.parent / "mkdocs_plugin.py"]
    readers = {
        f"{path.name}:{node.lineno}"
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if "wire" in (getattr(node, "attr", ""), getattr(node, "id", ""), getattr(node, "arg", ""))
    }
    assert not readers
    assert not [path.name for path in PAGES.rglob("*.jinja") if "wire" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    ("network", "wire"),
    [
        ("agora", {"visibility": "public", "text": "<script>"}),
        ("nowhere.to.be.found", {"visibility": "public"}),
        ("mastodon", {"visibility": ["public"]}),
        ("mastodon", {"visibility": "public", "poll": "oui"}),
        ("mastodon", {"visibility": "circle"}),
        ("mastodon", {}),
        ("bluesky", {"langs": 3}),
        ("bluesky", {"visibility": "circle"}),
        ("feed", {"visibility": "circle"}),
        ("feed", {"tags": 3}),
    ],
)
def test_what_is_not_understood_is_never_public(network: str, wire: dict[str, object]) -> None:
    picture = Picture("content/a.png", "0" * 64, "Un arbre")
    (content,) = networks.contents(Payload(network, 1, (Part("Un jardin", 9, wire, (picture,)),)))
    assert content.audience not in ("public", "unlisted")
    assert content.pictures == (picture,)


def test_a_payload_of_a_network_that_is_gone_is_shown_as_plain_text() -> None:
    house = House()
    house.post("agora", "Un <b>jardin</b> & #Jardin", at(1), "sent", media=(("a.png", PNG, "Un arbre"),))
    (sha256,) = house.payloads
    house.payloads[sha256] = house.payloads[sha256].replace(b'"network":"feed"', b'"network":"agora"')
    view = SiteView(house.site_data(internal=True), SiteLocale("fr", house.brand))
    shown = make_preview(view, view.publications[0], lambda picture: "a.png")
    assert shown is not None and shown.is_sealed and not shown.is_article
    (part,) = shown.parts
    assert part.html == 'Un jardin &amp; <span class="mr-link">#Jardin</span>'
    assert [shot.picture.alt for shot in part.media] == ["Un arbre"]


def test_each_network_says_what_it_holds() -> None:
    wire = {
        "title": "Fête", "content_html": "<p>Un jardin</p>", "content_text": "Un jardin", "language": "fr", "summary": "Abeilles",
        "sensitive": True, "external_url": "https://example.org/", "tags": ["Jardin"],
    }  # fmt: skip
    article = feed.part_content(Part("Un jardin", 9, wire))
    assert (article.title, article.html, article.lang, article.warning) == ("Fête", "<p>Un jardin</p>", "fr", "Abeilles")
    assert article.card is not None and article.card.url == "https://example.org/" and article.tags == ("Jardin",)
    toot = mastodon.part_content(
        Part("Un jardin", 9, {"visibility": "private", "spoiler_text": "Abeilles", "poll": {"options": ["oui", "non"]}})
    )
    assert toot == PartContent(audience="followers", warning="Abeilles", poll=("oui", "non"))
    card = {"embed": {"$type": "app.bsky.embed.external", "external": {"uri": "https://example.org/", "title": "Fête", "description": ""}}}
    (post,) = networks.contents(Payload("bluesky", 1, (Part("Un jardin", 9, {**card, "langs": ["fr"]}),)))
    assert post.audience == "public" and post.lang == "fr" and post.card is not None and post.card.title == "Fête"
