"""Discourse: one topic under a key of ours, its replies, and nothing that only moderators see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import documents
import videos
from fakes.discourse import KEY, USER, Discourse
from fakes.loopback import HastyWeb, No, Reply
from marronnier.model.publication import Caption, Delivery, Picture
from marronnier.networks import discourse
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from networks.posts import drawn, picture, publication

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
WEB = HastyWeb(loopback=True)
THREAD = "Un pommier\n\n---\n\nUn poirier\n\n---\n\nUn prunier"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Discourse]:
    with Discourse(tmp_path).running() as started:
        yield started


class Said:
    """One publication and its account on the fake forum."""

    def __init__(self, server: Discourse, text: str = "On ouvre **dimanche**", account: str = f"{USER}/5", **words: Any) -> None:
        channel = {"account": account, "host": server.host}
        self.publication = publication("discourse", text, channel=channel, **{"title": "Portes ouvertes au verger", **words})
        self.payload = discourse.compose(self.publication)
        self.account = Account("forum", self.publication.channel, {"key": KEY})

    def sending(self, number: int = 0, before: tuple[Delivery, ...] = (), **more: Any) -> SendRequest:
        part, total = self.payload.parts[number], len(self.payload.parts)
        return SendRequest(self.publication.key, number, total, part, self.payload.sha256, before, now=NOW, read_picture=drawn, **more)

    def send(self, number: int = 0, before: tuple[Delivery, ...] = (), **more: Any) -> Delivery:
        return discourse.send(self.sending(number, before, **more), self.account, WEB)


def test_a_topic_goes_into_its_category_with_title_tags_and_a_key(server: Discourse) -> None:
    there = Said(server, tags=("verger", "fête")).send()
    asked = server.requests("send")[0].json()
    assert (asked["title"], asked["raw"], asked["category"]) == ("Portes ouvertes au verger", "On ouvre **dimanche**", 5)
    assert asked["tags"] == [{"name": "verger"}, {"name": "fête"}] and asked["external_id"].startswith("m-")
    assert there == Delivery("70.1.900", f"http://{server.host}/t/70/1")
    server.tag_ids = "verger"
    Said(server, account=USER, post_id="autre", tags=("verger",)).send()
    asked = server.requests("send")[1].json()
    assert asked["tags"] == ["verger"] and "category" not in asked, "an older forum knows tags as words"


def test_a_taken_key_is_our_own_topic(server: Discourse) -> None:
    said = Said(server)
    there = said.send()
    assert said.send() == discourse.find(said.sending(), said.account, WEB) == there and len(server.topics) == 1
    with pytest.raises(Unknown, match="already has the key"):
        Said(server, "Autre chose").send()
    server.delete(there.id)
    with pytest.raises(Refused, match="already there"):
        said.send()
    assert said.send(again=1) != there


def test_a_reply_is_looked_up_before_it_is_written(server: Discourse) -> None:
    said = Said(server, THREAD)
    first = said.send()
    second = said.send(1, (first,))
    assert said.send(1, (first,)) == second
    third = said.send(2, (first, second))
    assert [post.raw for post in server.posts] == ["Un pommier", "Un poirier", "Un prunier"]
    assert server.requests("send")[-1].json() == {"raw": "Un prunier", "topic_id": 70, "reply_to_post_number": 2}
    by_hand = Delivery(second.url, second.url)
    assert said.send(2, (first, by_hand)) == third


def test_a_reply_is_found_whose_no_break_spaces_the_forum_made_plain(server: Discourse) -> None:
    said = Said(server, "Ouvert\u202f?\n\n---\n\nOui\u00a0: «\u202fdimanche\u202f»")
    first = said.send()
    assert said.send() == first
    second = said.send(1, (first,))
    late = said.sending(1, (first,), since_first_try=timedelta(minutes=20))
    assert discourse.vanished_address(late, said.account, WEB) == ""
    assert said.send(1, (first,)) == discourse.find(late, said.account, WEB) == second
    assert len(server.posts) == 2, "a second run writes no second reply"


def test_a_deleted_reply_does_not_come_back_by_itself(server: Discourse) -> None:
    said = Said(server, THREAD)
    first = said.send()
    second = said.send(1, (first,))
    late = said.sending(1, (first,), since_first_try=timedelta(minutes=20))
    assert discourse.vanished_address(late, said.account, WEB) == ""
    server.delete(second.id)
    assert discourse.vanished_address(late, said.account, WEB) == first.url
    assert discourse.vanished_address(said.sending(1, (first,)), said.account, WEB) == ""


def test_what_moderators_keep_is_not_called_sent(server: Discourse) -> None:
    server.enqueues = True
    with pytest.raises(Refused, match="moderators"):
        Said(server).send()
    assert server.messages == []


def test_pictures_stand_in_the_words_with_their_alternative_text(server: Discourse) -> None:
    said = Said(
        server,
        "Un ![banc](banc.jpg) verger",
        media=(picture("a.jpg", "Un [pommier] | deux"),),
        inline_media=(picture("banc.jpg", "Un banc"),),
    )
    said.send()
    assert server.posts[0].raw == "Un verger\n\n![Un \\[pommier\\] \\| deux](upload://q1Fk3.png)\n![Un banc](upload://q2Fk3.png)"
    for answer in ("fine", "refused"):
        server.order(answer, on="media")
    with pytest.raises(Refused):
        Said(server, post_id="autre", media=(picture("a.jpg", "A"), picture("b.jpg", "B"))).send()
    assert len(server.topics) == 1


def test_a_poll_is_written_as_its_plugin_reads_it() -> None:
    words = {"poll": ("Pommes", "Poires", "Prunes"), "poll_minutes": 60}
    (part,) = discourse.compose(publication("discourse", "Lesquelles ?", **words)).parts
    assert part.wire["raw"].endswith("[poll type=regular results=always public=false chartType=bar]\n* Pommes\n* Poires\n* Prunes\n[/poll]")
    (part,) = discourse.compose(publication("discourse", "Lesquelles ?", poll_multiple=True, **words)).parts
    assert "type=multiple min=1 max=2" in part.wire["raw"] and part.text.endswith("• Prunes")
    twice = publication("discourse", "Lesquelles ?", poll=("Pommes", "Pommes"))
    assert discourse.refusal_reason(twice.words) and not discourse.refusal_reason(publication("discourse", "Un").words)


def test_a_topic_without_a_title_has_its_first_line() -> None:
    (part,) = discourse.compose(publication("discourse", "# Un **verger** ouvert\n\nVenez")).parts
    assert part.wire["title"] == "Un verger ouvert"


def test_title_and_tags_are_corrected_where_they_changed(server: Discourse) -> None:
    was, said = Said(server), Said(server, title="Portes fermées", tags=("verger",))
    there = was.send()
    discourse.edit(said.sending(), there, was.payload.parts[0], said.account, WEB)
    assert (server.topics[0].title, server.topics[0].tags) == ("Portes fermées", [{"name": "verger"}])
    before = len(server.requests("edit"))
    discourse.edit(said.sending(), there, said.payload.parts[0], said.account, WEB)
    assert len(server.requests("edit")) == before + 1


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(404, b"<html>", {"Content-Type": "text/html"}), Locked),
        (Reply(403, {"errors": [f"no {KEY}"], "error_type": "invalid_access"}), Locked),
        (Reply(422, {"action": "create_post", "errors": ["Title is too short"]}), Refused),
        (Reply(429, b"Slow down", {"Content-Type": "text/plain", "Retry-After": "30"}), Wait),
        (Reply(503, b"<html>", {"Content-Type": "text/html"}), Unknown),
    ],
)
def test_each_error_is_named_by_what_must_happen_next(server: Discourse, reply: Reply, outcome: type[Exception]) -> None:
    said, act = Said(server), server.act

    def no(request: Any) -> Reply:
        if server.operation(request) == "send":
            raise No(reply)
        return act(request)

    server.act = no  # type: ignore[method-assign]
    with pytest.raises(outcome) as told:
        said.send()
    assert KEY not in str(told.value)


def test_nothing_is_kept_for_fewer_people_and_nothing_empty_is_sent(server: Discourse) -> None:
    for visibility in ("followers", "direct"):
        with pytest.raises(Refused, match="category"):
            Said(server, visibility=visibility).send()
    with pytest.raises(Refused, match="empty"):
        Said(server, "").send()
    for account in ("", f"{USER}/annonces"):
        with pytest.raises(Locked, match="does not name the forum"):
            Said(server, account=account).send()


def test_it_is_examined(server: Discourse) -> None:
    said = Said(server)
    told = discourse.examine(said.account, WEB)
    assert (told.account, told.is_channel_account) == (USER, True) and "Annonces" in told.remarks[0]
    with pytest.raises(Locked, match="no category 6"):
        discourse.examine(Said(server, account=f"{USER}/6").account, WEB)
    with pytest.raises(Locked):
        discourse.identify(replace(said.account, secrets={"key": "0"}), WEB)
    assert server.topics == []


def test_an_address_tells_its_post(server: Discourse) -> None:
    channel = Said(server).publication.channel
    for path, id in (("/t/un-jardin/70/3", "70/3"), ("/t/un-jardin/70", "70/1"), ("/t/70/2", "70/2"), ("/t/70", "70/1")):
        assert discourse.post_id(f"https://{server.host}{path}", channel) == id
    for wrong in ("https://elsewhere.example/t/un-jardin/70", f"https://{server.host}/u/jardin"):
        with pytest.raises(Refused):
            discourse.post_id(wrong, channel)


FILM = videos.video()
SERRE = Picture("content/media/serre.mp4", sha256(FILM).hexdigest(), "La neige | fond")


def opened(_media: Picture | Caption) -> Any:
    return videos.opened(FILM)


def test_a_video_is_written_as_the_forums_own_composer_does(server: Discourse) -> None:
    said = Said(server, media=(picture("a.jpg", "Un | banc"), SERRE))
    there = said.send(open_media=opened)
    (post,) = server.posts
    image, film = post.raw.split("\n")[-2:]
    assert image.startswith("![Un \\| banc](upload://") and film == f"![La neige  fond|video]({list(server.files)[1]})"
    assert list(server.files.values())[1] == FILM and film.endswith(".mp4)")
    assert discourse.find(said.sending(open_media=opened), said.account, WEB) == there
    now = Said(server, "Changé", media=(SERRE,)).sending(open_media=opened)
    discourse.edit(now, there, said.payload.parts[0], said.account, WEB)
    assert server.posts[0].raw.startswith("Changé\n\n![La neige  fond|video](upload://")


def test_a_forum_without_videos_says_what_its_administrators_set(server: Discourse) -> None:
    server.extensions = ("jpg", "png")
    with pytest.raises(Refused, match=r"serre\.mp4: .*not authorized.*allow `mp4` under “authorized extensions”"):
        Said(server, media=(SERRE,)).send(open_media=opened)
    assert not server.posts
    Said(server, media=(picture("a.jpg", ""),)).send()


PLAN = Picture("content/media/plan d’été.pdf", sha256(documents.document()).hexdigest(), "Le [plan] | d’été")


def opened_plan(_media: Picture | Caption) -> Any:
    return videos.opened(documents.document())


def test_documents_are_links_below_the_words_beside_pictures(server: Discourse) -> None:
    said = Said(server, media=(PLAN, picture("a.jpg", "Un banc"), replace(PLAN, alt="")))
    there = said.send(open_media=opened_plan)
    plan, image, bare = server.posts[0].raw.split("\n")[-3:]
    assert plan.startswith("[Le plan  d’été|attachment](upload://") and plan.endswith(".pdf)")
    assert image.startswith("![Un banc](upload://") and bare.startswith("[plan-d-t-.pdf|attachment](upload://")
    assert next(iter(server.files.values())) == documents.document()
    assert discourse.find(said.sending(open_media=opened_plan), said.account, WEB) == there


def test_a_forum_without_documents_says_what_its_administrators_set(server: Discourse) -> None:
    server.extensions = ("jpg", "png")
    with pytest.raises(Refused, match=r"\.pdf: .*not authorized.*allow `pdf` under “authorized extensions”"):
        Said(server, media=(PLAN,)).send(open_media=opened_plan)
    assert not server.posts


def test_tags_typed_in_the_words_stay_words(server: Discourse) -> None:
    typed = 'Votez\n\n[poll type=regular]\n* oui\n* non\n[/poll]\n\n[details="Plus"]ici[/details] `[poll]` [poll](https://jardin.example/) [sic]'
    raw = Said(server, typed, poll=("lundi", "mardi"), first_comment="[poll]").payload.parts[0].wire["raw"]
    assert raw.count("[poll") == 3, "the code, the link, and the poll that was approved as one"
    assert (
        "&#91;poll type=regular]" in raw and "&#91;/poll]" in raw and '&#91;details="Plus"]' in raw and "`[poll]`" in raw and "[sic]" in raw
    )
    comment = Said(server, "Bonjour", first_comment="[poll]").payload.parts[1]
    assert comment.wire["raw"] == "&#91;poll]" and comment.text == "[poll]"
    lines = Said(server, "`un\n[poll]\ndeux` et\n\n```\n[poll]\n```").payload.parts[0].wire["raw"]
    assert lines == "`un\n&#91;poll]\ndeux` et\n\n```\n[poll]\n```", "a forum looks for tags before it looks for code in a line"
