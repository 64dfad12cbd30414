"""Previews look like their networks: whose post it is, where its words fold, its pictures, card, comment and emphasis; and nothing is cut."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from site_houses import PNG, House, at

from marronnier import networks
from marronnier.model.brand import Channel
from marronnier.model.publication import Part
from marronnier.networks.kit.facts import Fact
from marronnier.networks.kit.look import Look, fold_position
from marronnier.networks.kit.slack.mrkdwn_html import marked_html as slack_html
from marronnier.networks.kit.telegram.entities_html import marked_html as telegram_html
from marronnier.pages import SiteLocale, SiteView
from marronnier.pages.preview_file import preview_file
from marronnier.pages.previews import linkify, make_preview

LONG = (
    "Une tête d’ail, une jardinière, dix minutes.\n\nSéparez les gousses et gardez les plus grosses : https://jardin.example/ail #Jardin\n\n"
    + ("Plantez-les pointe en haut, sous trois centimètres de terre. " * 5)
)
ACCOUNTS: dict[str, dict[str, Any]] = {
    "newsletter": {"account": "Le Jardin <bonjour@jardin.example> to lettre@listes.example", "host": "127.0.0.1:25"},
    "linkedin": {"account": "urn:li:organization:2414183"},
    "wordpress": {"host": "blog.example"},
    "discourse": {"host": "forum.example"},
}


def house_on(network: str, text: str = LONG, **post: Any) -> House:
    house = House()
    own = ACCOUNTS.get(network, {"account": "@jardin@social.example"})
    house.channels = {"place": Channel(network=network, name="La place", lang="fr", **own)}
    return house.post("ail", text, at(3), "draft", title="L’ail", channels=("place",), **post)


def words_of(html: str) -> str:
    """What a reader reads, without the mark of the fold."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r'<bdi class="mr-fold">[^<]*</bdi>', "", html))).split())


@pytest.mark.parametrize("network", ["discord", "slack"])
def test_the_address_of_a_room_stands_beside_no_name(network: str) -> None:
    house = house_on(network)
    house.channels = {"place": Channel(network=network, account="https://rooms.example/1/2")}
    view = SiteView(house.site_data(internal=True), SiteLocale("fr", house.brand))
    preview = make_preview(view, view.publications[0], lambda picture: "a.png")
    assert preview is not None and preview.profile.handle == ""


@pytest.mark.parametrize("network", networks.names())
def test_a_preview_shows_every_word(network: str) -> None:
    house = house_on(network, media=(("a.png", PNG, "Un arbre"),))
    view = SiteView(house.site_data(internal=True), SiteLocale("fr", house.brand))
    preview = make_preview(view, view.publications[0], lambda picture: "a.png")
    assert preview is not None
    for part in preview.parts:
        seen = words_of(str(part.html))
        assert all(word in seen for word in re.findall(r"\w{4,}", part.text)), network


@pytest.mark.parametrize(
    ("text", "look", "seen"),
    [
        ("Un deux trois quatre", Look(fold=Fact(10, "", "")), "Un deux"),
        ("Un deux trois quatre", Look(fold=Fact(7, "", "")), "Un deux"),
        ("Un deux trois quatre", Look(fold=Fact(20, "", "")), None),
        ("Un deux trois quatre  \n", Look(fold=Fact(20, "", "")), None),
        ("Un deux", Look(), None),
        ("Undeuxtroisquatre", Look(fold=Fact(10, "", "")), None),
        ("Un\ndeux\ntrois\nquatre", Look(fold=Fact(200, "", ""), fold_lines=3), "Un\ndeux\ntrois"),
        ("Un\ndeux", Look(fold=Fact(200, "", ""), fold_lines=3), None),
    ],
)
def test_words_fold_at_the_end_of_a_word(text: str, look: Look, seen: str | None) -> None:
    fold = fold_position(text, look)
    assert (None if fold is None else text[:fold]) == seen


def test_the_fold_is_a_mark_and_all_that_follows_is_shown() -> None:
    assert str(linkify("Un & deux #trois", 6, "… plus")) == (
        'Un &amp; d <bdi class="mr-fold">… plus</bdi><span class="mr-folded">eux <span class="mr-link">#trois</span></span>'
    )


def test_a_mail_has_a_head_and_a_page_on_linkedin_shows_no_urn() -> None:
    mail = preview_file(house_on("newsletter").site_data(internal=True), "essai", "0" * 40)
    head = re.search(r'<dl class="mr-mail-head">(.*?)</dl>', mail, re.DOTALL)
    assert head is not None
    assert words_of(head[1]) == "De Le Jardin bonjour@jardin.example À lettre@listes.example Objet L’ail"
    page = preview_file(house_on("linkedin").site_data(internal=True), "essai", "0" * 40)
    assert "urn:li:" not in page
    assert "… plus" in page


def test_pictures_stand_as_their_network_shows_them() -> None:
    three = tuple((f"{name}.png", PNG + name.encode(), name) for name in "abc")
    slides = preview_file(house_on("instagram", media=three).site_data(internal=True), "essai", "0" * 40)
    assert [slides.count(f">{number}/3<") for number in (1, 2, 3)] == [1, 1, 1]
    assert slides.index("mr-as-slides") < slides.index('class="mr-words"'), "pictures stand above the words"
    grid = preview_file(house_on("mastodon", media=three).site_data(internal=True), "essai", "0" * 40)
    assert grid.index('class="mr-words"') < grid.index("mr-shots-3 mr-as-grid")


def test_a_card_names_its_site() -> None:
    house = House()
    house.channels = {"place": Channel(network="linkedin", lang="fr", **ACCOUNTS["linkedin"])}
    part = Part("Venez", 5, {"commentary": "Venez", "content": {"article": {"source": "https://www.jardin.example/a", "title": "La fête"}}})
    content = networks.get("linkedin").part_content(part)
    assert content.card is not None
    assert (content.card.title, content.card.url) == ("La fête", "https://www.jardin.example/a")


@pytest.mark.parametrize(
    ("mrkdwn", "html"),
    [
        ("*On plante*, _un pommier_ et ~deux~", "<strong>On plante</strong>, <em>un pommier</em> et <s>deux</s>"),
        ("`rm *_*` &amp; snake_case_x", "<code>rm *_*</code> &amp; snake_case_x"),
        ("<https://a.example/x_y_z?a=1&amp;b=2|le _plan_>", '<a href="https://a.example/x_y_z?a=1&amp;b=2">le <em>plan</em></a>'),
        ("<@U012AB3CD> &lt;b&gt;", "@U012AB3CD &lt;b&gt;"),
    ],
)
def test_slacks_marks_are_seen(mrkdwn: str, html: str) -> None:
    assert slack_html(mrkdwn) == html


def test_telegrams_entities_are_seen() -> None:
    bold, link = (
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "text_link", "offset": 0, "length": 2, "url": "https://a.example/?x=1&y=2"},
    )
    assert telegram_html("🌳 <un> b", [bold, link]) == '<a href="https://a.example/?x=1&amp;y=2">🌳</a> <strong>&lt;un&gt;</strong> b'
    assert telegram_html("Un", [{"type": "hashtag", "offset": 0, "length": 2}]) == ""
