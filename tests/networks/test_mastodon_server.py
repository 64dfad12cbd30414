"""A real server with Mastodon's API, on loopback: it keeps what we send, and a look-up finds it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

import videos
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Payload, Picture, Publication
from marronnier.networks import mastodon
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from marronnier.web import Web
from networks.posts import drawn, picture, publication
from servers.snac import Running, running

WEB = Web(loopback=True)
NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("snac")) as started:
        yield started


class Said:
    """One publication and its account on the server."""

    def __init__(self, server: Running, text: str, **words: Any) -> None:
        self.publication: Publication = publication("mastodon", text, channel={"account": server.account}, **words)
        self.payload: Payload = mastodon.compose(self.publication)
        self.account = Account("toots", self.publication.channel, {"token": server.token})

    def sending(self, number: int = 0, before: tuple[Delivery, ...] = ()) -> SendRequest:
        part = self.payload.parts[number]
        key = self.publication.key
        return SendRequest(
            key, number, len(self.payload.parts), part, self.payload.sha256, before, first_sent_at=NOW, now=NOW, read_picture=drawn
        )

    def send(self, number: int = 0, before: tuple[Delivery, ...] = ()) -> Delivery:
        return mastodon.send(self.sending(number, before), self.account, WEB)

    def find(self, number: int = 0, before: tuple[Delivery, ...] = ()) -> Delivery | None:
        return mastodon.find(self.sending(number, before), self.account, WEB)


def test_words_go_out_are_kept_and_can_be_opened(server: Running) -> None:
    text = "« L’été » 👨‍👩‍👧‍👦 !\n\nحديقة la bêche_d’or https://example.org/a_b?c=d&e=f"
    said = Said(server, text, tags=("Jardin",), link="https://example.org/jardin?utm_source=a")
    there = said.send()
    toot = next(toot for toot in server.toots() if toot["id"] == there.id)
    assert toot["text"] == said.payload.parts[0].wire["status"]
    assert toot["visibility"] == "public"
    page = server.ask("GET", there.url.partition(server.host)[2])
    assert page.status == 200 and "حديقة" in page.body.decode()


def test_words_that_it_would_read_as_markdown_are_refused(server: Running) -> None:
    """It shows `*une*` in italics, and cannot be asked for plain text."""
    before = server.toots()
    with pytest.raises(Refused, match=r"snac reads words as Markdown.*“une \*bêche\*”"):
        Said(server, r"une \*bêche\*").send()
    assert server.toots() == before


def test_a_video_goes_out_as_it_is(server: Running) -> None:
    film = videos.video(96, 64)
    video = Picture("content/media/serre.mp4", hashlib.sha256(film).hexdigest(), "La neige fond")
    said = Said(server, "La serre", media=(video,))
    there = mastodon.send(said.sending()._replace(open_media=lambda _one: videos.opened(film)), said.account, WEB)
    assert there.files == (video.sha256,)
    (shown,) = next(toot for toot in server.toots() if toot["id"] == there.id)["media_attachments"]
    assert shown["type"] == "video" and shown["description"] == "La neige fond"
    assert server.ask("GET", shown["url"].partition(server.host)[2]).body == film


def test_a_picture_goes_out_with_its_alternative_text(server: Running) -> None:
    image = picture("a.jpg", "Un « pommier » en fleur")
    there = Said(server, "Une photo du verger", media=(image,)).send()
    (attached,) = next(toot for toot in server.toots() if toot["id"] == there.id)["media_attachments"]
    assert attached["description"] == image.alt
    kept = server.ask("GET", attached["url"].partition(server.host)[2])
    with Image.open(io.BytesIO(kept.body)) as opened:
        assert bytes(opened.convert("RGB").getpixel((3, 3))).hex() == image.sha256[:6]  # type: ignore[arg-type]


def test_a_thread_stands_in_order(server: Running) -> None:
    said = Said(server, "Un pommier\n\n---\n\nUn poirier\n\n---\n\nUn prunier", warning="Fruits")
    there: list[Delivery] = []
    for number in range(3):
        there.append(said.send(number, tuple(there)))
    toots = {toot["id"]: toot for toot in server.toots()}
    assert [toots[one.id]["in_reply_to_id"] for one in there] == [None, there[0].id, there[1].id]
    assert all(toots[one.id]["spoiler_text"] == "Fruits" and toots[one.id]["sensitive"] for one in there)
    assert [said.find(number, tuple(there[:number])) for number in range(3)] == there


def test_what_is_out_is_found_and_what_is_not_is_not(server: Running) -> None:
    """The server ignores idempotency keys, so a toot sent again would be there twice: it must be looked up."""
    words = "On cherche une bêche, une pelle, @ines@example.social et #DesBras : https://example.org/é?a=b"
    said = Said(server, words)
    assert said.find() is None
    there = said.send()
    assert said.find() == there
    twice = said.send()
    assert twice.id != there.id, "the server forgot what the look is for"
    with pytest.raises(Unknown, match="2 posts there could be this one"):
        said.find()
    assert mastodon.find(said.sending()._replace(taken={twice.id}), said.account, WEB) == there, "one of them is another publication's"
    assert Said(server, words + " Et des gants.").find() is None
    later = said.sending()._replace(now=NOW + timedelta(days=1), taken={twice.id})
    assert mastodon.find(later, said.account, WEB) == there


def test_a_picture_without_words_is_found(server: Running) -> None:
    said = Said(server, "", media=(picture("seule.jpg", "Une poire"),))
    there = said.send()
    assert said.find() == there


def test_nothing_is_proved_of_a_toot_for_followers(server: Running) -> None:
    """Its list of an account's own toots is the public one."""
    said = Said(server, "Pour celles et ceux qui nous suivent", visibility="followers")
    with pytest.raises(Unknown, match="snac may leave out posts for this audience"):
        said.find()


def test_a_token_it_does_not_know_is_locked(server: Running) -> None:
    said = Said(server, "Un")
    said.account = replace(said.account, secrets={"token": "0" * 32})
    with pytest.raises((Locked, Refused)) as told:
        said.send()
    assert told.type is Locked


def test_it_is_examined_without_a_word_posted(server: Running) -> None:
    before = server.toots()
    said = Said(server, "Un")
    told = mastodon.examine(said.account, WEB)
    assert (told.account, told.is_channel_account, told.missing_scopes) == ("@jardin@127.0.0.1", True, ())
    assert told.limits.get("text", 0) > 500
    other = replace(said.account, channel=Channel(network="mastodon", account=server.account.replace("jardin", "ines")))
    assert not mastodon.examine(other, WEB).is_channel_account
    assert server.toots() == before


def test_what_is_there_is_read_back(server: Running) -> None:
    said = Said(server, "Relisez-moi")
    sent = said.send()
    part = said.payload.parts[0]
    assert mastodon.still_there(sent, part, said.account, WEB)
    try:
        assert not mastodon.still_there(replace(sent, id=f"{sent.id[:-4]}0000"), part, said.account, WEB)
    except Wait as told:
        assert "404" in str(told), "it says so without a word of its own, which proves nothing"


def test_what_was_sent_is_corrected_at_its_address(server: Running) -> None:
    said, better = Said(server, "On ouvre dimanche"), Said(server, "On ouvre samedi, à dix heures")
    sent = said.send()
    edited = mastodon.edit(better.sending(), sent, said.payload.parts[0], said.account, WEB)
    assert (edited.id, edited.url) == (sent.id, sent.url)
    (toot,) = (toot for toot in server.toots() if toot["id"] == sent.id)
    assert toot["text"] == "On ouvre samedi, à dix heures"
    assert better.find() == sent


def test_that_it_deletes_nothing_by_its_api_is_told(server: Running) -> None:
    """Asked to delete, it answers with a page, as to any address that it does not have: nothing says that the post is gone."""
    said = Said(server, "À retirer")
    sent, part = said.send(), said.payload.parts[0]
    with pytest.raises(Refused, match=r"does not delete as Mastodon does.*delete it there by hand"):
        mastodon.retract(sent, part, said.account, WEB)
    assert sent.id in [toot["id"] for toot in server.toots()]


def test_what_people_did_is_counted(server: Running) -> None:
    said = Said(server, "Comptez-moi\n\n---\n\nVoici une réponse")
    sent = said.send()
    assert mastodon.read(sent, said.payload.parts[0], said.account, WEB) == {"likes": 0, "reposts": 0, "replies": 0}
    said.send(1, (sent,))
    server.ask("POST", f"/api/v1/statuses/{sent.id}/favourite")
    assert mastodon.read(sent, said.payload.parts[0], said.account, WEB)["replies"] == 1
