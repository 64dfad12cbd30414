"""Instagram, beyond the contract that every network passes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes import instagram as fake
from fakes.graph import error
from fakes.loopback import Request
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Picture
from marronnier.networks import instagram
from marronnier.networks.kit.seam import Locked, Refused, SendRequest, Unknown, Wait
from networks.graph_team import NOW, GraphTeam
from networks.posts import picture, publication

ARBRE = (picture("arbre.jpg", "Un arbre"),)


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphTeam]:
    with fake.stage(tmp_path / "state", monkeypatch) as stage:
        yield GraphTeam("instagram", stage)


def film(team: GraphTeam, data: bytes = b"\0\0\0\x18ftypmp42 a film") -> Picture:
    """A video that stands on the public site."""
    sha256 = hashlib.sha256(data).hexdigest()
    team.server.site[f"{sha256}.mp4"] = data
    return Picture("content/media/serre.mp4", sha256, "La neige fond")


def lost(team: GraphTeam, sending: SendRequest, answer: str) -> Unknown:
    """What a lost answer to publishing leaves."""
    team.server.order(answer)
    with pytest.raises(Unknown) as told:
        team.send(sending)
    return told.value


def test_a_lost_answer_is_settled_by_its_container_though_the_account_has_the_same_words_twice(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=ARBRE)
    earlier = team.send(sending)
    unknown = lost(team, sending, "cut-after-accept")
    again = sending._replace(uploads=unknown.uploads, taken=frozenset({earlier.id}))
    found = team.find(again)
    assert found is not None and found.id == team.server.messages[1].id


def test_a_lost_answer_that_published_nothing_publishes_the_same_container(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=ARBRE)
    unknown = lost(team, sending, "cut-before-accept")
    again = sending._replace(uploads=unknown.uploads)
    assert team.find(again) is None
    team.send(again)
    assert len(team.server.containers) == len(team.server.messages) == 1


def test_what_is_published_already_is_never_published_again(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=ARBRE)
    unknown = lost(team, sending, "cut-after-accept")
    with pytest.raises(Unknown, match="already published"):
        team.send(sending._replace(uploads=unknown.uploads))
    assert len(team.server.messages) == 1


def test_what_is_published_and_not_listed_yet_is_waited_for(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=ARBRE)
    unknown = lost(team, sending, "cut-after-accept")
    team.server.unlisted.add(team.server.messages[0].id)
    with pytest.raises(Wait, match="does not list it yet"):
        team.find(sending._replace(uploads=unknown.uploads))


def test_a_container_that_is_not_ready_is_asked_for_again_by_the_next_run(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=ARBRE)
    team.server.next_state = "IN_PROGRESS"
    with pytest.raises(Wait, match="still being prepared") as told:
        team.send(sending)
    assert told.value.until == NOW + timedelta(minutes=1)
    (container,) = team.server.containers
    assert told.value.uploads == {sending.payload_sha256: container}
    team.server.containers[container].state = "FINISHED"
    team.send(sending._replace(uploads=told.value.uploads))
    assert len(team.server.containers) == 1


@pytest.mark.parametrize("state", ["EXPIRED", "ERROR"])
def test_a_container_that_ended_is_made_anew(team: GraphTeam, state: str) -> None:
    sending = team.sending("On plante", media=ARBRE)
    team.server.next_state = "IN_PROGRESS"
    with pytest.raises(Wait) as told:
        team.send(sending)
    (container,) = team.server.containers
    team.server.containers[container].state = state
    team.send(sending._replace(uploads=told.value.uploads))
    assert len(team.server.containers) == 2 and len(team.server.messages) == 1


@pytest.mark.parametrize(("why", "outcome"), [("Error: 2207026 unsupported format", Refused), ("Error: 2207082 failed to process", Wait)])
def test_what_cannot_be_prepared_is_refused_and_what_may_pass_is_tried_once_more(
    team: GraphTeam, why: str, outcome: type[Exception]
) -> None:
    sending = team.sending("La serre", media=(film(team),))

    def failing() -> None:
        for container in team.server.containers.values():
            container.state, container.why = "ERROR", why

    team.server.next_state = "IN_PROGRESS"
    with pytest.raises(Wait) as told:
        team.send(sending)
    failing()
    kept = told.value.uploads
    team.server.next_state = "ERROR"
    answer = team.server.prepare
    team.server.prepare = lambda form: (answer(form), failing())[0]  # type: ignore[method-assign]
    with pytest.raises(Refused, match="cannot be prepared"):
        team.send(sending._replace(uploads=kept))
    team.server.next_state = "ERROR"
    with pytest.raises(outcome, match="cannot be prepared"):
        team.send(sending)


def test_the_pictures_of_a_carousel_are_prepared_before_it(team: GraphTeam) -> None:
    film_of_glass = film(team)
    sending = team.sending("On plante", media=(*ARBRE, picture("b.jpg", ""), film_of_glass))
    delivery = team.send(sending)
    forms = [container.form for container in team.server.containers.values()]
    assert [form.get("media_type", "IMAGE") for form in forms] == ["IMAGE", "IMAGE", "VIDEO", "CAROUSEL"]
    assert "alt_text" in forms[0] and "alt_text" not in forms[1] and "alt_text" not in forms[2]
    assert len(delivery.files) == 3 and delivery.files[2] == film_of_glass.sha256
    assert team.stage.received() == [sending.part.wire]


def test_a_carousel_goes_on_where_it_stopped(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=(*ARBRE, picture("b.jpg", "Une bêche")))
    team.server.order("fine", on="media")
    team.server.order("wait", on="media")
    with pytest.raises(Wait) as told:
        team.send(sending)
    assert list(told.value.uploads) == [ARBRE[0].sha256]
    delivery = team.send(sending._replace(uploads=told.value.uploads))
    assert len(team.server.containers) == 3
    assert delivery.files == (), "of what an earlier run prepared nobody knows the bytes any more"


def test_a_story_has_no_words_and_a_reel_no_alternative_text(team: GraphTeam) -> None:
    team.send(team.sending("", media=ARBRE, format="story"))
    team.send(team.sending("La serre", media=(film(team),), format="reel"))
    story, reel = (container.form for container in team.server.containers.values())
    assert set(story) == {"media_type", "image_url"} and story["media_type"] == "STORIES"
    assert set(reel) == {"media_type", "video_url", "caption"} and reel["media_type"] == "REELS"


def test_a_reel_with_the_same_words_is_never_taken_for_a_post(team: GraphTeam) -> None:
    team.send(team.sending("La serre", media=(film(team),), format="reel"))
    with pytest.raises(Unknown, match="the same words and other media"):
        team.find(team.sending("La serre", media=ARBRE))


def test_a_story_is_told_by_its_container_alone(team: GraphTeam) -> None:
    sending = team.sending("", media=ARBRE, format="story")
    unknown = lost(team, sending, "cut-after-accept")
    with pytest.raises(Unknown, match="a post without words there could be this one"):
        team.find(sending)
    found = team.find(sending._replace(uploads=unknown.uploads))
    assert found is not None and found.id == team.server.messages[0].id


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"text": "Un arbre", "format": "story"}, "no words of its own"),
        ({"text": "", "format": "story", "link": "https://example.org"}, "no words of its own"),
        ({"text": "", "format": "story", "media": (*ARBRE, picture("b.jpg", ""))}, "one picture or one video"),
        ({"text": "", "format": "story", "first_comment": "Et vous ?"}, "no comments"),
        ({"text": "", "format": "reel"}, "a reel on Instagram is one video"),
        ({"text": "", "format": "carousel"}, "2 to 10"),
        ({"text": "Un arbre"}, ""),
    ],
)
def test_what_would_be_lost_is_refused_before_anybody_approves_it(words: dict[str, Any], why: str) -> None:
    said = publication("instagram", **{"media": ARBRE, **words})
    assert why in instagram.refusal_reason(said.words) and bool(why) == bool(instagram.refusal_reason(said.words))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"media": ()}, "no post without a picture"),
        ({"media": tuple(picture(f"{number}.jpg", "") for number in range(11))}, "takes 10 pictures or videos, and this post has 11"),
        ({"media": ARBRE, "visibility": "followers"}, "is public"),
    ],
)
def test_what_is_surely_refused_sends_nothing(team: GraphTeam, words: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        team.send(team.sending("On plante", **words))
    assert team.server.requests() == []


def test_a_picture_must_stand_at_its_public_address_as_it_was_prepared(team: GraphTeam) -> None:
    sending = team.sending("On plante", media=ARBRE)
    with pytest.raises(Wait, match="has none"):
        team.send(sending._replace(public_address=None))
    closed = replace(team.account, channel=Channel(network="instagram", account="@jardin", host=team.server.host))
    with pytest.raises(Wait, match=r"`public_media: true` in brand/channels\.yml"):
        instagram.send(sending, closed, team.stage.web)
    team.stage.read(ARBRE[0])
    kept, team.server.site = team.server.site, {}
    team.stage._show = lambda data, original: None
    with pytest.raises(Wait, match=r"content/media/arbre.jpg is not on the public site yet: http://.*/m/[0-9a-f]{64}.jpg answers 404"):
        team.send(sending)
    team.server.site = dict.fromkeys(kept, b"another file")
    with pytest.raises(Wait, match="another file than"):
        team.send(sending)
    assert team.server.containers == {}


def test_a_picture_is_sent_as_a_jpeg_and_one_that_is_too_tall_is_refused(team: GraphTeam, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from PIL import Image

    tall = io.BytesIO()
    Image.new("RGB", (100, 200)).save(tall, "PNG")
    from fakes.graph import prepared

    sending = team.sending("On plante", media=ARBRE)._replace(read_picture=lambda picture: tall.getvalue())
    with pytest.raises(Refused, match="too wide or too tall"):
        team.send(sending)
    made = prepared(tall.getvalue(), instagram.FACTS.pictures_of("story"))
    assert made.mime == "image/jpeg"
    team.server.site[f"{made.sha256}.jpg"] = made.data
    team.send(team.sending("", media=ARBRE, format="story")._replace(read_picture=lambda picture: tall.getvalue()))


def test_a_first_comment_is_found_below_its_post(team: GraphTeam) -> None:
    words = {"media": ARBRE, "first_comment": "Et vous ?"}
    post = team.send(team.sending("On plante", **words))
    comment = team.sending("On plante", 1, (post,), **words)
    assert team.find(comment) is None
    unknown = lost(team, comment, "cut-after-accept")
    assert unknown.uploads == {}
    found = team.find(comment)
    assert found is not None and found.id == team.server.comments[0].id and found.url == post.url
    by_hand = comment._replace(previous=(Delivery(post.url, post.url),))
    assert team.find(by_hand) == found
    assert team.send(by_hand).url == post.url
    gone = Delivery(post.url.replace("C0de1", "C0de9"), post.url)
    with pytest.raises(Refused, match="does not list"):
        team.send(comment._replace(previous=(gone,)))


def test_an_address_is_never_made_of_an_id(team: GraphTeam) -> None:
    team.server.order("wait", on="there")
    delivery = team.send(team.sending("On plante", media=ARBRE))
    assert delivery.url == "https://www.instagram.com/jardin/" and delivery.id == team.server.messages[0].id


@pytest.mark.parametrize(
    ("code", "subcode", "outcome"),
    [
        (9, 2207042, Wait), (4, 2207051, Unknown), (25, 2207050, Locked), (9007, 2207027, Wait), (24, 2207008, Wait), (24, 2207006, Wait), (-2, 2207020, Wait),
        (-1, 2207001, Unknown), (100, 2207028, Refused), (36003, 2207009, Refused), (4, 0, Wait), (80002, 0, Wait), (368, 0, Wait), (2, 0, Unknown),
        (190, 460, Locked), (10, 0, Locked), (102, 0, Locked), (506, 0, Unknown), (12345, 0, Refused),
    ],
)  # fmt: skip
def test_each_code_is_named_by_what_must_happen_next(team: GraphTeam, code: int, subcode: int, outcome: type[Exception]) -> None:
    sending = team.sending("On plante", media=ARBRE)
    act = team.server.act

    def failing(request: Request) -> Any:
        return error(code, subcode, "said so") if request.path.endswith("media_publish") else act(request)

    team.server.act = failing  # type: ignore[method-assign]
    with pytest.raises(outcome, match="said so") as told:
        team.send(sending)
    if isinstance(told.value, Wait | Unknown):
        assert told.value.uploads == {sending.payload_sha256: next(iter(team.server.containers))}, "the same container next time"
    if isinstance(told.value, Wait):
        assert told.value.until is not None and told.value.until > NOW


def test_the_account_is_the_one_of_the_channel(team: GraphTeam) -> None:
    status = instagram.identify(team.account, team.stage.web)
    assert (status.account, status.is_channel_account) == ("@jardin", True)
    other = replace(team.account, channel=Channel(network="instagram", account="@verger", host=team.server.host))
    assert not instagram.identify(other, team.stage.web).is_channel_account
    remarks = instagram.examine(team.account, team.stage.web).remarks
    assert "3 of 50 posts in 24 hours are used" in remarks and any("60 days" in remark for remark in remarks)
    team.server.token = "another"
    with pytest.raises(Locked) as told:
        instagram.identify(team.account, team.stage.web)
    assert "hush" not in str(told.value)


def test_a_token_is_never_quoted(team: GraphTeam) -> None:
    team.server.order("locked")
    with pytest.raises(Locked) as told:
        team.send(team.sending("On plante", media=ARBRE))
    assert team.server.token not in str(told.value)


@pytest.mark.parametrize("address", ["https://www.instagram.com/p/C0de1/", "https://instagram.com/jardin/reel/C0de1/?igsh=a"])
def test_an_address_that_a_person_gives_is_read(address: str) -> None:
    assert instagram.post_id(address, Channel(network="instagram", account="@jardin")) == "C0de1"


@pytest.mark.parametrize("address", ["https://example.org/p/C0de1/", "https://www.instagram.com/jardin/", "https://www.instagram.com/"])
def test_another_address_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="is not the address of a post"):
        instagram.post_id(address, Channel(network="instagram", account="@jardin"))
