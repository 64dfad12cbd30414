"""Facebook, beyond the contract that every network passes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes import facebook as fake
from fakes.graph import error
from fakes.loopback import No
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Picture
from marronnier.networks import facebook
from marronnier.networks.kit.seam import Locked, Refused, Unknown, Wait
from networks.graph_team import GraphTeam
from networks.posts import picture, publication

ARBRE, BECHE = picture("arbre.jpg", "Un arbre"), picture("beche.jpg", "")
FILM = bytes(range(256)) * 40


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphTeam]:
    with fake.stage(tmp_path / "state", monkeypatch) as stage:
        team = GraphTeam("facebook", stage)
        team.files["content/media/serre.mp4"] = FILM
        yield team


def film() -> tuple[Picture, ...]:
    return (Picture("content/media/serre.mp4", hashlib.sha256(FILM).hexdigest(), "La neige fond"),)


def test_pictures_are_uploaded_unseen_and_attached(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=(ARBRE, BECHE), link="https://example.org/jardin")
    delivery = team.send(sending)
    assert team.stage.received() == [sending.part.wire] and len(delivery.files) == 2
    assert sending.part.wire["message"] == "On plante\n\nhttps://example.org/jardin" and "link" not in sending.part.wire
    assert [alt for _data, alt in team.server.photos.values()] == ["Un arbre", ""]


def test_the_pictures_of_a_lost_attempt_are_used_again(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=(ARBRE, BECHE))
    team.server.order("cut-before-accept")
    with pytest.raises(Unknown) as told:
        team.send(sending)
    again = sending._replace(uploads=told.value.uploads)
    assert team.find(again) is None
    team.send(again)
    assert len(team.server.photos) == 2 and len(team.server.messages) == 1


def test_pictures_that_stand_in_a_post_already_are_no_second_post(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=(ARBRE,))
    team.server.order("cut-after-accept")
    with pytest.raises(Unknown) as told:
        team.send(sending)
    with pytest.raises(Unknown, match="already posted"):
        team.send(sending._replace(uploads=told.value.uploads))
    assert len(team.server.messages) == 1


@pytest.mark.parametrize("form", ["post", "reel"])
def test_a_video_is_uploaded_then_published(team: GraphTeam, form: str) -> None:
    sending = team.sending("La serre", media=film(), format=form)
    delivery = team.send(sending)
    assert team.server.films[delivery.id].data == FILM and delivery.files == (film()[0].sha256,)
    assert team.stage.received() == [sending.part.wire]
    assert ("video_state" in sending.part.wire) == (form == "reel")
    uploads = list(team.server.requests("media"))
    assert len(uploads) == (2 if form == "reel" else 1 + 3)


@pytest.mark.parametrize("form", ["post", "reel"])
@pytest.mark.parametrize(("answer", "there"), [("cut-before-accept", False), ("cut-after-accept", True)])
@pytest.mark.parametrize("kept", [True, False])
def test_a_lost_answer_to_a_video_is_settled_by_its_state_or_its_words(
    team: GraphTeam, form: str, answer: str, there: bool, kept: bool
) -> None:
    sending = team.sending("La serre", media=film(), format=form)
    team.server.order(answer)
    with pytest.raises(Unknown) as told:
        team.send(sending)
    found = team.find(sending._replace(uploads=told.value.uploads) if kept else sending)
    assert (found is not None) == there
    assert found is None or found.id in team.server.films


def test_a_video_that_is_still_being_published_is_waited_for(team: GraphTeam) -> None:
    sending = team.sending("La serre", media=film())
    team.server.order("cut-after-accept")
    with pytest.raises(Unknown) as told:
        team.send(sending)
    (film_there,) = team.server.films.values()
    film_there.state = "in_progress"
    with pytest.raises(Wait, match="still being prepared"):
        team.find(sending._replace(uploads=told.value.uploads))


@pytest.mark.parametrize("status", [400, 500])
def test_a_video_that_the_server_does_not_show_now_is_looked_for_by_its_words(
    team: GraphTeam, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    sending = team.sending("La serre", media=film())
    team.server.order("cut-after-accept")
    with pytest.raises(Unknown) as told:
        team.send(sending)
    again = sending._replace(uploads=told.value.uploads)
    monkeypatch.setattr(team.server, "_state", lambda _id: error(100, 33, "Unsupported get request.", status))
    if status == 500:
        with pytest.raises(Wait):
            team.find(again)
    else:
        found = team.find(again)
        assert found is not None and found.id in team.server.films


def test_what_a_server_in_trouble_calls_missing_is_neither_refused_nor_gone(team: GraphTeam, monkeypatch: pytest.MonkeyPatch) -> None:
    sending = team.sending("On plante")
    delivery = team.send(sending)
    missing = error(100, 33, "Object does not exist", 500)
    monkeypatch.setattr(team.server, "_post", lambda _form: missing)
    with pytest.raises(Unknown):
        team.send(sending)
    monkeypatch.setattr(team.server, "one", lambda _id: (_ for _ in ()).throw(No(missing)))
    with pytest.raises(Wait):
        facebook.still_there(delivery, sending.part, team.account, team.stage.web)
    with pytest.raises(Unknown):
        facebook.retract(delivery, sending.part, team.account, team.stage.web)


def test_a_video_that_is_rejected_later_is_not_there(team: GraphTeam) -> None:
    sending = team.sending("La serre", media=film(), format="reel")
    delivery = team.send(sending)
    assert facebook.still_there(delivery, sending.part, team.account, team.stage.web)
    team.server.films[delivery.id].state = "error"
    assert facebook.still_there(delivery, sending.part, team.account, team.stage.web) is False


def test_a_first_comment_is_found_corrected_and_deleted(team: GraphTeam) -> None:
    words = {"first_comment": "Et vous ?"}
    post = team.send(team.sending("On plante", **words))
    comment = team.sending("On plante", 1, (post,), **words)
    assert team.find(comment) is None
    team.server.order("cut-after-accept")
    with pytest.raises(Unknown):
        team.send(comment)
    found = team.find(comment)
    assert found is not None and team.stage.replies() == [None, post.id]
    other = team.sending("On plante", 1, (post,), first_comment="Et toi ?")
    facebook.edit(other, found, comment.part, team.account, team.stage.web)
    assert team.server.messages[1].wire == {"message": "Et toi ?"}
    facebook.retract(found, comment.part, team.account, team.stage.web)
    assert not team.stage.has(found) and team.stage.has(post)


def test_only_the_words_can_be_corrected(team: GraphTeam) -> None:
    was = team.sending("On plante", media=(ARBRE,))
    delivery = team.send(was)
    with pytest.raises(Refused, match="only the words"):
        facebook.edit(
            team.sending("On plante", media=(replace(ARBRE, alt="Un pommier"),)), delivery, was.part, team.account, team.stage.web
        )
    facebook.edit(team.sending("On a planté", media=(ARBRE,)), delivery, was.part, team.account, team.stage.web)
    assert team.server.messages[0].wire["message"] == "On a planté"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"media": tuple(picture(f"{number}.jpg", "") for number in range(11))}, "takes 10 pictures, and this post has 11"),
        ({"media": (*film(), ARBRE)}, "one video, and no pictures"),
        ({"visibility": "followers"}, "is public"),
        ({"text": ""}, "this post is empty"),
    ],
)
def test_what_is_surely_refused_sends_nothing(team: GraphTeam, words: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        team.send(team.sending(**{"text": "On plante", **words}))
    assert team.server.requests() == []


def test_a_reel_is_one_video() -> None:
    assert "is one video" in facebook.refusal_reason(publication("facebook", "", format="reel", media=(ARBRE,)).words)
    assert facebook.refusal_reason(publication("facebook", "", format="reel", media=film()).words) == ""


def test_the_token_is_the_pages_and_tells_its_end(team: GraphTeam) -> None:
    status = facebook.examine(team.account, team.stage.web)
    assert (status.account, status.is_channel_account, status.missing_scopes, status.remarks) == (
        "jardin",
        True,
        (),
        ("the token has no end",),
    )
    team.server.ends = int((datetime.now(UTC) + timedelta(days=9, hours=1)).timestamp())
    team.server.scopes = ["pages_manage_posts"]
    status = facebook.examine(team.account, team.stage.web)
    assert status.expires == datetime.fromtimestamp(team.server.ends, UTC) and status.remarks == ()
    assert status.missing_scopes == ("pages_read_engagement", "pages_manage_engagement")
    by_number = replace(team.account, channel=Channel(network="facebook", account=fake.PAGE, host=team.server.host))
    assert facebook.identify(by_number, team.stage.web).is_channel_account
    person = replace(team.account, channel=Channel(network="facebook", account="verger", host=team.server.host))
    assert not facebook.identify(person, team.stage.web).is_channel_account


def test_an_address_that_a_person_gave_is_looked_up(team: GraphTeam) -> None:
    sending = team.sending("On plante")
    post = team.send(sending)
    assert facebook.still_there(Delivery(f"{post.url}/", post.url), sending.part, team.account, team.stage.web)
    other = Delivery("https://www.facebook.com/jardin/posts/9", "https://www.facebook.com/jardin/posts/9")
    assert facebook.still_there(other, sending.part, team.account, team.stage.web) is None
    with pytest.raises(Refused, match="does not list"):
        facebook.retract(other, sending.part, team.account, team.stage.web)


def test_a_token_is_never_quoted(team: GraphTeam) -> None:
    team.server.order("locked")
    with pytest.raises(Locked) as told:
        team.send(team.sending("On plante"))
    assert team.server.token not in str(told.value)


def test_a_picture_without_words_is_recognised_by_a_person(team: GraphTeam) -> None:
    sending = team.sending("", media=(ARBRE,))
    assert team.find(sending) is None
    team.server.order("cut-after-accept")
    with pytest.raises(Unknown):
        team.send(sending)
    with pytest.raises(Unknown, match="a post without words there could be this one: http"):
        team.find(sending)
