"""Threads, beyond the contract that every network passes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes import threads as fake
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery
from marronnier.networks import threads
from marronnier.networks.kit.seam import Locked, Refused, Unknown, Wait
from networks.graph_team import NOW, GraphTeam
from networks.posts import picture, publication

ARBRE = (picture("arbre.jpg", "Un arbre"),)


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphTeam]:
    with fake.stage(tmp_path / "state", monkeypatch) as stage:
        yield GraphTeam("threads", stage)


def test_a_lost_answer_in_a_chain_is_settled_by_its_container(team: GraphTeam) -> None:
    first = team.send(team.sending("Un\n\n---\n\nDeux"))
    second = team.sending("Un\n\n---\n\nDeux", 1, (first,))
    for answer, there in (("cut-before-accept", False), ("cut-after-accept", True)):
        team.server.order(answer)
        with pytest.raises(Unknown) as told:
            team.send(second)
        second = second._replace(uploads=told.value.uploads)
        assert (team.find(second) is not None) == there
    assert len(team.server.containers) == 2 and team.stage.replies() == [None, first.id]
    with pytest.raises(Unknown, match="already published"):
        team.send(second)


def test_an_expired_token_in_a_chain_stops_it_at_the_missing_part(team: GraphTeam) -> None:
    first = team.send(team.sending("Un\n\n---\n\nDeux"))
    kept, team.server.token = team.server.token, "another"
    with pytest.raises(Locked):
        team.send(team.sending("Un\n\n---\n\nDeux", 1, (first,)))
    team.server.token = kept
    team.send(team.sending("Un\n\n---\n\nDeux", 1, (first,)))
    assert team.stage.replies() == [None, first.id]


def test_a_container_that_is_not_found_is_published_later_and_made_anew_the_second_time(team: GraphTeam) -> None:
    sending = team.sending("Un jardin")
    team.server.lost = 2
    with pytest.raises(Wait) as told:
        team.send(sending)
    assert told.value.until == NOW + timedelta(minutes=1) and list(told.value.uploads.values()) == list(team.server.containers)
    with pytest.raises(Wait) as twice:
        team.send(sending._replace(uploads=told.value.uploads))
    assert twice.value.uploads == {} and len(team.server.containers) == 1
    team.send(sending)
    assert len(team.server.messages) == 1 and len(team.server.containers) == 2


@pytest.mark.parametrize(
    ("text", "length"),
    [("👨‍👩‍👧‍👦", 25), ("🌳", 4), ("é", 1), ("e\u0301", 1), ("日本語", 3), ("https://example.org/a", 21), ("❤️", 6), ("🇧🇪", 8), ("1", 1)],
)
def test_each_emoji_counts_as_its_bytes(text: str, length: int) -> None:
    assert threads.compose(publication("threads", text)).parts[0].count == length


def test_words_at_the_limit_are_taken_and_one_more_is_not(team: GraphTeam) -> None:
    fits = team.sending("🌳" * 125)
    assert fits.part.count == 500
    team.send(fits)
    with pytest.raises(Refused, match="500 characters"):
        team.send(team.sending("🌳" * 125 + "a"))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"poll": ("Oui", "Non"), "media": ARBRE}, "pictures or a poll, not both"),
        ({"poll": ("Oui", "Non"), "poll_multiple": True}, "choose one option"),
        ({"poll": tuple("abcde")}, "at most 4 options, and this one has 5"),
        ({"poll": ("Oui", "N" * 26)}, "at most 25 characters"),
        ({"text": " ".join(f"https://example.org/{number}" for number in range(6))}, "takes 5 links, and this one has 6"),
        ({"text": " ".join(f"https://example.org/{number}" for number in range(5)), "link": "https://example.org/5"}, "takes 5 links, and this one has 6"),
        ({"text": "https://example.org/0 " * 6, "link": "https://example.org/5"}, ""),
        ({"text": "https://example.org/0 https://example.org/1\n\n---\n\nhttps://example.org/2 https://example.org/3 https://example.org/4"}, ""),
        ({"poll": ("Oui", "Non")}, ""),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_told_before_anybody_approves_it(words: dict[str, Any], why: str) -> None:
    said = publication("threads", **{"text": "Un arbre ?", **words})
    reason = threads.refusal_reason(said.words)
    assert why in reason and bool(why) == bool(reason)


def test_a_poll_stands_on_the_last_post(team: GraphTeam) -> None:
    sending = team.sending("Quel arbre ?", poll=("Pommier", "Poirier"), poll_minutes=60)
    team.send(sending)
    (container,) = team.server.containers.values()
    assert json.loads(container.form["poll_attachment"]) == {"option_a": "Pommier", "option_b": "Poirier"}
    assert threads.part_content(sending.part).poll == ("Pommier", "Poirier")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"media": tuple(picture(f"{number}.jpg", "") for number in range(21))}, "takes 20 pictures or videos, and this one has 21"),
        ({"visibility": "direct"}, "can be read by everyone"),
        ({"text": ""}, "this post is empty"),
    ],
)
def test_what_is_surely_refused_sends_nothing(team: GraphTeam, words: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        team.send(team.sending(**{"text": "Un jardin", **words}))
    assert team.server.requests() == []


def test_a_carousel_has_the_alternative_text_of_each(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=(*ARBRE, picture("b.jpg", "")))
    delivery = team.send(sending)
    assert team.stage.received() == [sending.part.wire] and len(delivery.files) == 2
    assert [container.form.get("alt_text") for container in team.server.containers.values()] == ["Un arbre", None, None]


def test_a_chain_goes_on_below_an_address_that_a_person_gave(team: GraphTeam) -> None:
    first = team.send(team.sending("Un\n\n---\n\nDeux"))
    team.send(team.sending("Un\n\n---\n\nDeux", 1, (Delivery(first.url, first.url),)))
    assert team.stage.replies() == [None, first.id]
    with pytest.raises(Refused, match="does not list"):
        gone = Delivery(first.url.replace("C0de1", "C0de9"), first.url)
        team.send(team.sending("Un\n\n---\n\nDeux", 1, (gone,)))


def test_the_token_tells_its_end_and_its_permissions(team: GraphTeam) -> None:
    status = threads.examine(team.account, team.stage.web)
    assert status.is_channel_account and status.missing_scopes == ()
    assert status.expires == team.server.ends.replace(microsecond=0)
    assert status.remarks == ("4 of 250 posts in 24 hours are used",)
    team.server.scopes = ["threads_basic"]
    assert "threads_content_publish" in threads.examine(team.account, team.stage.web).missing_scopes


def test_another_account_is_not_the_channels(team: GraphTeam) -> None:
    other = replace(team.account, channel=Channel(network="threads", account="@verger", host=team.server.host))
    assert not threads.identify(other, team.stage.web).is_channel_account


@pytest.mark.parametrize("address", ["https://www.threads.com/@jardin/post/C0de1", "https://www.threads.net/@Jardin/post/C0de1?xmt=a"])
def test_an_address_that_a_person_gives_is_read(address: str) -> None:
    assert threads.post_id(address, Channel(network="threads", account="@jardin")) == "C0de1"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://www.threads.com/@verger/post/C0de1", "another account"),
        ("https://www.threads.com/@jardin", "not the address of a post"),
        ("https://example.org/@jardin/post/C0de1", "not the address of a post"),
    ],
)
def test_another_address_is_refused(address: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        threads.post_id(address, Channel(network="threads", account="@jardin"))
