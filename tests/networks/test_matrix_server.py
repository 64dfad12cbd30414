"""Synapse, a real homeserver, on loopback: it keeps what we send, a transaction makes one message, and our fake answers as it does."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import documents
import videos
from fakes import matrix as fake
from marronnier.model.publication import Delivery, Payload, Picture, Publication
from marronnier.networks import matrix
from marronnier.networks.kit.seam import Account, Locked, SendRequest
from marronnier.web import Web
from networks.posts import drawn, picture, publication
from servers.synapse import Running, running

WEB = Web(loopback=True)
NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("synapse")) as started:
        yield started


class Said:
    """One publication and its account on the server."""

    def __init__(self, server: Running, text: str, room: str = "", **words: Any) -> None:
        self.server = server
        channel = {"account": room or server.room, "host": server.host}
        self.publication: Publication = publication("matrix", text, channel=channel, **words)
        self.payload: Payload = matrix.compose(self.publication)
        self.open_media: Any = None
        self.account = Account("room", self.publication.channel, {"token": server.token})

    def sending(self, number: int = 0, before: tuple[Delivery, ...] = ()) -> SendRequest:
        part = self.payload.parts[number]
        key, total = self.publication.key, len(self.payload.parts)
        return SendRequest(key, number, total, part, self.payload.sha256, before, now=NOW, read_picture=drawn, open_media=self.open_media)

    def send(self) -> list[Delivery]:
        """Send every part in order, twice each, and find it: the repetition must change nothing."""
        there: list[Delivery] = []
        for number in range(len(self.payload.parts)):
            sending = self.sending(number, tuple(there))
            delivery = matrix.send(sending, self.account, WEB)
            assert matrix.send(sending, self.account, WEB) == matrix.find(sending, self.account, WEB) == delivery
            there.append(delivery)
        return there

    def kept(self, delivery: Delivery) -> dict[str, Any]:
        """The server's content of a delivery: exactly one message."""
        (event,) = (event for event in self.server.messages() if event["event_id"] == delivery.id)
        content: dict[str, Any] = event["content"]
        return content


def test_words_are_kept_as_they_were_composed(server: Running) -> None:
    text = "« L’été » 👨‍👩‍👧‍👦 e\u0301 **حديقة** @ines:verger.test\n\n- un\n- deux `@code:verger.test`"
    said = Said(server, text, post_id="whole", tags=("Fête",), link="https://example.org/é?a=b&c=d", warning="Fleurs")
    (there,) = said.send()
    content = said.kept(there)
    assert content.pop("org.marronnier.part")
    assert content == json.loads(json.dumps(said.payload.parts[0].wire))
    assert content["m.mentions"] == {"user_ids": ["@ines:verger.test"]}
    assert there.url.startswith(f"https://matrix.to/#/{server.room_id.replace(':', '%3A')}/%24")


def test_a_picture_is_a_message_with_its_words_and_several_stand_in_them(server: Running) -> None:
    one, two = picture("a.jpg", "Un « pommier »"), picture("b.jpg", "")
    single = Said(server, "Une photo", post_id="one", media=(one,))
    several = Said(server, "Deux photos", post_id="two", media=(one, two))
    content = single.kept(single.send()[0])
    assert content["msgtype"] == "m.image" and content["body"] == "Une photo\n\n🖼️ Un « pommier »"
    addresses = [content["url"]]
    html = several.kept(several.send()[0])["formatted_body"]
    addresses += [tag.partition('"')[0] for tag in html.split('src="')[1:]]
    assert len(addresses) == 3 and 'alt="Un « pommier »"' in html
    for address, image in zip(addresses, (one, one, two), strict=True):
        data = server.ask("GET", f"/_matrix/client/v1/media/download/{address.removeprefix('mxc://')}")
        assert data.status == 200
        with Image.open(io.BytesIO(data.body)) as opened:
            assert bytes(opened.convert("RGB").getpixel((3, 3))).hex() == image.sha256[:6]  # type: ignore[arg-type]


def test_a_video_is_a_message_with_its_words(server: Running) -> None:
    film = videos.video(96, 64, seconds=2)
    serre = Picture("content/media/serre.mp4", sha256(film).hexdigest(), "La neige fond")
    said = Said(server, "La **serre**", post_id="film", media=(serre,))
    said.open_media = lambda _media: videos.opened(film)
    content = said.kept(said.send()[0])
    assert (content["msgtype"], content["body"], content["filename"]) == ("m.video", "La serre\n\n🎞️ La neige fond", "1.mp4")
    duration = content["info"].pop("duration")
    assert content["info"] == {"mimetype": "video/mp4", "size": len(film), "w": 96, "h": 64} and 1900 < duration < 2200
    data = server.ask("GET", f"/_matrix/client/v1/media/download/{content['url'].removeprefix('mxc://')}")
    assert (data.status, data.body) == (200, film)


def test_a_document_is_a_message_with_its_words_and_its_name(server: Running) -> None:
    data = documents.document(3)
    plan = Picture("content/media/plan d’été.pdf", sha256(data).hexdigest(), "Le plan du jardin")
    said = Said(server, "Le **plan**", post_id="plan", format="document", media=(plan,))
    said.open_media = lambda _media: videos.opened(data)
    content = said.kept(said.send()[0])
    assert (content["msgtype"], content["body"], content["filename"]) == ("m.file", "Le plan\n\n📄 Le plan du jardin", "plan-d-t-.pdf")
    assert content["info"] == {"mimetype": "application/pdf", "size": len(data)}
    kept = server.ask("GET", f"/_matrix/client/v1/media/download/{content['url'].removeprefix('mxc://')}")
    assert (kept.status, kept.body) == (200, data)


def test_a_thread_stands_in_order(server: Running) -> None:
    said = Said(server, "Un pommier\n\n---\n\nUn poirier\n\n---\n\nUn prunier", post_id="thread", first_comment="Une bêche")
    there = said.send()
    relations = [said.kept(one).get("m.relates_to") for one in there]
    assert relations[0] is None and len(there) == 4
    for relation, before in zip(relations[1:], there, strict=False):
        assert relation and (relation["rel_type"], relation["event_id"]) == ("m.thread", there[0].id)
        assert relation["m.in_reply_to"]["event_id"] == before.id
    assert matrix.read(there[0], said.payload.parts[0], said.account, WEB) == {"likes": 0, "replies": 0}, "our own parts are no answers"


def test_what_people_did_is_counted(server: Running) -> None:
    said = Said(server, "Comptez", post_id="count")
    (there,) = said.send()
    other = server.another("ines")
    answer = {"msgtype": "m.text", "body": "Bravo", "m.relates_to": {"rel_type": "m.thread", "event_id": there.id}}
    like = {"m.relates_to": {"rel_type": "m.annotation", "event_id": there.id, "key": "👍"}}
    path = f"/_matrix/client/v3/rooms/{server.room_id}/send"
    assert other.ask("PUT", f"{path}/m.room.message/a", json=answer).status == 200
    assert other.ask("PUT", f"{path}/m.reaction/b", json=like).status == 200
    assert matrix.read(there, said.payload.parts[0], said.account, WEB) == {"likes": 1, "replies": 1}


def test_what_is_corrected_keeps_its_address_and_what_is_retracted_is_gone(server: Running) -> None:
    was = Said(server, "On ouvre dimanch", post_id="edit")
    (there,) = was.send()
    said = Said(server, "On ouvre **dimanche**", post_id="edit")
    part = was.payload.parts[0]
    for _twice in range(2):
        assert matrix.edit(said.sending(), there, part, said.account, WEB) == there
    edits = [event for event in server.messages() if event["content"].get("m.relates_to", {}).get("event_id") == there.id]
    assert len(edits) == 1, "to correct it again does no harm"
    newest = server.ask("GET", f"/_matrix/client/v3/rooms/{server.room_id}/event/{there.id}").json()["unsigned"]["m.relations"]["m.replace"]
    assert newest["content"]["m.new_content"]["body"] == "On ouvre dimanche"
    by_hand = Delivery(there.url, there.url)
    assert matrix.still_there(there, part, said.account, WEB) and matrix.still_there(by_hand, part, said.account, WEB)
    for _twice in range(2):
        matrix.retract(there, part, said.account, WEB)
    assert matrix.still_there(there, part, said.account, WEB) is False
    assert matrix.read(there, part, said.account, WEB) == {}


def test_what_was_deleted_meanwhile_is_told(server: Running) -> None:
    said = Said(server, "Relisez-moi", post_id="deleted")
    (there,) = said.send()
    late = said.sending()._replace(since_first_try=timedelta(minutes=20))
    assert matrix.vanished_address(late, said.account, WEB) == ""
    matrix.retract(there, said.payload.parts[0], said.account, WEB)
    assert matrix.vanished_address(late, said.account, WEB).startswith("https://matrix.to/#/")


def test_an_encrypted_room_is_refused_and_a_wrong_token_is_locked(server: Running) -> None:
    room = server.make_room("secret", encrypted=True)
    with pytest.raises(Locked, match="is encrypted"):
        matrix.send(Said(server, "Un", room=room).sending(), Said(server, "Un", room=room).account, WEB)
    said = Said(server, "Un")
    with pytest.raises(Locked, match="M_UNKNOWN_TOKEN"):
        matrix.send(said.sending(), replace(said.account, secrets={"token": "0" * 32}), WEB)
    with pytest.raises(Locked, match="knows no room"):
        matrix.send(said.sending(), Said(server, "Un", room="#nulle-part:verger.test").account, WEB)


def test_it_is_examined_without_a_word_sent(server: Running) -> None:
    before = len(server.messages())
    told = matrix.examine(Said(server, "Un").account, WEB)
    assert (told.account, told.is_channel_account, told.missing_scopes) == (server.user, True, ())
    stranger = replace(Said(server, "Un", room=server.make_room("autre")).account, secrets={"token": server.another("paul").token})
    with pytest.raises(Locked, match="is not in the room"):
        matrix.examine(stranger, WEB)
    assert len(server.messages()) == before


def test_our_fake_refuses_what_it_refuses(server: Running, tmp_path: Path) -> None:
    """A thread upon a thread, a relation to nothing, a body that is none, another room, an event that is not there."""
    words = {"msgtype": "m.text", "body": "Un", "m.mentions": {}}

    def asked(ask: Any, room: str) -> list[tuple[int, str]]:
        path = f"/_matrix/client/v3/rooms/{room.replace('!', '%21').replace(':', '%3A')}"
        root = ask("PUT", f"{path}/send/m.room.message/r1", json=words).json()["event_id"]
        thread = {"rel_type": "m.thread", "event_id": root, "m.in_reply_to": {"event_id": root}}
        child = ask("PUT", f"{path}/send/m.room.message/r2", json={**words, "m.relates_to": thread}).json()["event_id"]
        again = ask("PUT", f"{path}/send/m.room.message/r1", json={**words, "body": "Autre"}).json()["event_id"]
        assert again == root and child != root
        tries = [
            ("PUT", f"{path}/send/m.room.message/r3", {**words, "m.relates_to": {**thread, "event_id": child}}),
            ("GET", f"{path}/event/%24nothing", None),
            ("GET", f"{path}/state/m.room.encryption/", None),
            ("PUT", "/_matrix/client/v3/rooms/%21nowhere%3Averger.test/send/m.room.message/r4", words),
            ("GET", "/_matrix/client/v3/directory/room/%23nowhere%3Averger.test", None),
            ("GET", f"{path}/nothing/of/the/kind", None),
        ]
        answers = [ask(method, path, **({"json": body} if body else {})) for method, path, body in tries]
        return [(answer.status, answer.json()["errcode"]) for answer in answers]

    with fake.Matrix(tmp_path).running() as ours:
        headers = {"Authorization": f"Bearer {fake.TOKEN}"}

        def ask_ours(method: str, path: str, **request: Any) -> Any:
            return WEB.request(method, f"http://{ours.host}{path}", headers=headers, **request)

        assert asked(ask_ours, fake.ROOM) == asked(server.ask, server.room_id)
