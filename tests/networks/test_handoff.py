"""Channels where a person posts: what is handed over, whose limits hold, and that only a person's word makes it sent."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from marronnier import networks
from marronnier.model.brand import Channel
from marronnier.networks.handoff import places
from marronnier.networks.kit.facts import ABILITIES, FORMATS, Fact, Has, Lacks
from marronnier.networks.kit.seam import Account, HandedOver, HandsOver, Network, ReadsAddresses, Refused, SendRequest
from marronnier.text import length_units
from networks.posts import picture, publication

HANDED = [f"handoff.{name}" for name in (*places.names(), "mastodon", "bluesky")]


def get(name: str) -> Network:
    return networks.get(name)


@pytest.mark.parametrize("name", HANDED)
def test_each_tells_all_that_is_known_of_it(name: str) -> None:
    network = get(name)
    facts = network.FACTS
    assert set(facts.formats) == set(FORMATS) and set(facts.abilities) == set(ABILITIES)
    for what, known in facts.sourced():
        assert known.source.startswith("https://") and datetime.fromisoformat(known.seen), what
    assert all(isinstance(facts.ability(ability), Lacks) for ability in ("edit", "delete", "schedule", "counters"))
    assert isinstance(facts.format("post"), Has)
    assert "<!-- facts -->" not in networks.page(name)[0] and network.SECRETS == () and network.host(Channel(network=name)) == ""


@pytest.mark.parametrize("name", HANDED)
def test_nothing_is_ever_sent(name: str) -> None:
    said = publication(name, "On ouvre dimanche", title="Portes ouvertes")
    payload = get(name).compose(said)
    assert payload.network == name and networks.contents(payload)[0].audience == "public"
    with pytest.raises(HandedOver, match="by hand"):
        get(name).send(SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, ()), Account("there", said.channel, {}), None)


@pytest.mark.parametrize("name", [f"handoff.{name}" for name in places.names()])
def test_all_that_was_written_is_handed_over(name: str) -> None:
    network = get(name)
    media = (picture("a.jpg", "Un banc"), picture("b.jpg", "La serre"))
    said = publication(
        name, "Un **jardin**\n\n---\n\nLa suite", title="Portes ouvertes", tags=("Jardin",), link="https://example.org/a?utm_source=x",
        media=media, first_comment="Merci", poll=("Oui", "Non"), warning="Fleurs", visibility="unlisted",
    )  # fmt: skip
    assert isinstance(network, HandsOver)
    handoff = network.handoff(network.compose(said), said.channel)
    told = "\n".join((*(text for _label, text in handoff.texts), *handoff.choices))
    for words in ("Un jardin", "La suite", "#Jardin", "https://example.org/a?utm_source=x", "Merci", "Oui\nNon", "Fleurs", "unlisted"):
        assert words in told, words
    assert handoff.pictures == media and handoff.composer.startswith("https://")


@pytest.mark.parametrize("text", ["Un jardin 🌳👨‍👩‍👧‍👦", "حديقة https://example.org/x", "é" * 300])
def test_each_counts_as_its_network(text: str) -> None:
    for name in places.names():
        fact = get(f"handoff.{name}").FACTS.text
        assert isinstance(fact, Fact)
        assert get(f"handoff.{name}").compose(publication(f"handoff.{name}", text)).parts[0].count == length_units.count(fact.unit, text)


def test_x_counts_weighted_characters_and_breaks_a_thread() -> None:
    (part,) = get("handoff.x").compose(publication("handoff.x", "👨‍👩‍👧‍👦 https://example.org/" + "a" * 100)).parts
    assert part.count == 2 + 1 + 23
    parts = get("handoff.x").compose(publication("handoff.x", "Un deux trois quatre. " * 40, thread="auto")).parts
    assert len(parts) > 2 and all(part.count <= 280 for part in parts)


def test_a_network_of_this_calendar_keeps_its_own_payload() -> None:
    said = publication("mastodon", "Un jardin", lang="fr")
    own, handed = get("mastodon").compose(said), get("handoff.mastodon").compose(said)
    assert handed.parts == own.parts and handed.network == "handoff.mastodon"


def test_a_composer_takes_the_text_where_it_can_and_no_address_is_too_long() -> None:
    def composer(name: str, text: str, **channel: str) -> str:
        network = get(name)
        assert isinstance(network, HandsOver)
        said = publication(name, text, title="Un titre", channel=channel)
        return network.handoff(network.compose(said), said.channel).composer

    text = "Un & deux\n@ami #été"
    assert parse_qs(urlsplit(composer("handoff.x", text)).query)["text"] == [text]
    assert composer("handoff.reddit", text, account="r/jardins").startswith(
        "https://www.reddit.com/r/jardins/submit?title=Un%20titre&text="
    )
    assert composer("handoff.reddit", "a" * 9000, account="r/jardins") == "https://www.reddit.com/r/jardins/submit?title=Un%20titre"
    assert composer("handoff.reddit", text, account="r/../../evil").startswith("https://www.reddit.com/submit?")
    assert composer("handoff.mastodon", text, host="example.social").startswith("https://example.social/share?text=")
    assert composer("handoff", text) == "" and composer("handoff", text, host="forum.example.org") == "https://forum.example.org/"
    assert composer("handoff.youtube", text) == "https://studio.youtube.com/"


@pytest.mark.parametrize(
    ("name", "address", "taken"),
    [
        ("x", "https://x.com/jardin/status/1", True),
        ("x", "https://www.twitter.com/jardin/status/1", True),
        ("x", "https://x.com.evil.example/jardin/status/1", False),
        ("x", "https://example.org/?x.com", False),
        ("youtube", "https://youtu.be/abc", True),
        ("reddit", "https://old.reddit.com/r/jardins/comments/1", True),
    ],
)
def test_an_address_stands_on_its_network(name: str, address: str, taken: bool) -> None:
    network = get(f"handoff.{name}")
    assert isinstance(network, ReadsAddresses)
    if taken:
        assert network.post_id(address, Channel(network="handoff.x")) == address
        return
    with pytest.raises(Refused, match="is not an address on"):
        network.post_id(address, Channel(network="handoff.x"))


@pytest.mark.parametrize(
    "name", ["handoff.nowhere", "handoff.feed", "handoff.handoff", "handoff.place", "handoff.x.y", "feed.x", "handoff."]
)
def test_a_name_that_nobody_knows_is_no_network(name: str) -> None:
    with pytest.raises(networks.UnknownNetwork):
        get(name)
