"""Matrix: its two forms of words, its errors, and what is done once a server has forgotten a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import videos
from fakes.loopback import HastyWeb, No, Reply
from fakes.matrix import ALIAS, ROOM, TOKEN, USER, Matrix
from marronnier.model.publication import Delivery, Picture
from marronnier.networks import matrix
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from networks.posts import drawn, picture, publication

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
WEB = HastyWeb(loopback=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Matrix]:
    with Matrix(tmp_path).running() as started:
        yield started


class Said:
    """One publication and its account on the fake server."""

    def __init__(self, server: Matrix, text: str = "On ouvre dimanche", room: str = ALIAS, **words: Any) -> None:
        self.publication = publication("matrix", text, channel={"account": room, "host": server.host}, **words)
        self.payload = matrix.compose(self.publication)
        self.account = Account("room", self.publication.channel, {"token": TOKEN})

    def sending(self, number: int = 0, before: tuple[Delivery, ...] = (), **more: Any) -> SendRequest:
        part, total = self.payload.parts[number], len(self.payload.parts)
        return SendRequest(self.publication.key, number, total, part, self.payload.sha256, before, now=NOW, read_picture=drawn, **more)

    def send(self, number: int = 0, before: tuple[Delivery, ...] = (), **more: Any) -> Delivery:
        return matrix.send(self.sending(number, before, **more), self.account, WEB)


def composed(text: str, **words: Any) -> dict[str, Any]:
    (part,) = matrix.compose(publication("matrix", text, **words)).parts
    return dict(part.wire)


def test_words_without_markup_have_one_form() -> None:
    assert composed("On ouvre dimanche") == {"msgtype": "m.text", "body": "On ouvre dimanche", "m.mentions": {}}
    assert composed("a & b < c")["body"] == "a & b < c" and "formatted_body" not in composed("a & b < c")


@pytest.mark.parametrize(
    ("markdown", "body", "html"),
    [
        ("Un **jardin**", "Un jardin", "Un <strong>jardin</strong>"),
        ("Un\ndeux", "Un\ndeux", "Un<br>deux"),
        ("[ici](https://example.org/?a&b)", "ici (https://example.org/?a&b)", '<a href="https://example.org/?a&amp;b">ici</a>'),
        ("<script>alert(1)</script>Un", "Un", "Un"),
        ('<img src="https://example.org/pixel.gif"> Un', "Un", "Un"),
        ("![Un banc](b.jpg)\nUn *banc*", "Un banc", "Un <em>banc</em>"),
        ("[x](javascript:alert(1)) *u*", None, "[x](javascript:alert(1)) <em>u</em>"),
        ("[x](tel:+32) *u*", None, "<a>x</a> <em>u</em>"),
    ],
)
def test_html_is_what_clients_show_and_nothing_else(markdown: str, body: str | None, html: str) -> None:
    wire = composed(markdown)
    assert body is None or wire["body"] == body
    assert wire.get("formatted_body", wire["body"]) == html


def test_who_is_named_is_told_and_nobody_else_and_never_the_whole_room() -> None:
    wire = composed(
        "@room Merci @ines:example.org, pas `@code:example.org` ni a@b.example:80 !", mentions=("@ines:example.org", "@paul:b.example")
    )
    assert wire["m.mentions"] == {"user_ids": ["@ines:example.org", "@paul:b.example"]}
    assert wire["formatted_body"].count("matrix.to") == 2 and wire["body"].endswith("\n\n@paul:b.example")
    assert matrix.is_mention("@ines:example.org") and not matrix.is_mention("@ines@example.social") and not matrix.is_mention("@ines")


def test_what_is_too_large_is_told_before_and_refused(server: Matrix) -> None:
    said = Said(server, "é" * 40_000)
    assert "80" in matrix.refusal_reason(said.publication.words)
    with pytest.raises(Refused, match="bytes"):
        said.send()
    assert matrix.refusal_reason(Said(server, "é" * 20_000).publication.words) == ""


def test_nothing_is_sent_to_fewer_people_than_the_room(server: Matrix) -> None:
    for visibility in ("followers", "direct"):
        with pytest.raises(Refused, match="whoever is in the room"):
            Said(server, visibility=visibility).send()
    with pytest.raises(Refused, match="empty"):
        Said(server, "").send()
    assert Said(server, visibility="unlisted").send() and server.requests("send")[-1].json().get("visibility") is None


def test_a_picture_alone_is_named_by_its_file(server: Matrix) -> None:
    Said(server, "", media=(picture("a.jpg", ""),)).send()
    content = server.requests("send")[0].json()
    assert content["msgtype"] == "m.image" and content["body"] == content["filename"] == "1.png"
    assert content["info"] == {"mimetype": "image/png", "size": len(server.files[content["url"]]), "w": 8, "h": 8}


def test_a_refused_picture_sends_nothing(server: Matrix) -> None:
    said = Said(server, media=(picture("a.jpg", "Un"), picture("b.jpg", "Deux"), picture("c.jpg", "Trois")))
    for answer in ("fine", "fine", "forbidden"):
        server.order(answer, on="media")
    with pytest.raises(Refused, match="M_FORBIDDEN"):
        said.send()
    assert server.messages == []


def test_a_forgotten_transaction_is_looked_up(server: Matrix) -> None:
    said = Said(server)
    sent = said.send()
    server.forget()
    assert said.send(since_first_try=timedelta(minutes=20)) == sent and len(server.messages) == 1
    server.page = 1
    for number in range(3):
        Said(server, "Autre", post_id=f"autre-{number}").send()
    assert said.send(since_first_try=timedelta(minutes=20)) == sent and len(server.messages) == 4


def test_what_was_deleted_meanwhile_is_not_sent_again_by_itself(server: Matrix) -> None:
    said = Said(server)
    sent = said.send()
    server.delete(sent.id)
    server.forget()
    late = said.sending(since_first_try=timedelta(minutes=20))
    assert matrix.vanished_address(late, said.account, WEB) == "https://matrix.to/#/!verger%3Aexample.org?via=example.org"
    with pytest.raises(Unknown, match="was deleted"):
        matrix.find(late, said.account, WEB)
    assert matrix.vanished_address(said.sending(since_first_try=timedelta(minutes=1)), said.account, WEB) == ""
    again = said.sending(again=1)
    assert matrix.send(again, said.account, WEB) != sent, "a person decided it: it is another message"


@pytest.mark.parametrize(("asked", "until"), [(90_000, timedelta(seconds=90)), (10**400, timedelta(days=1)), (-1, timedelta(minutes=1))])
def test_a_wait_in_milliseconds_is_one(server: Matrix, asked: int, until: timedelta) -> None:
    said = Said(server)

    def no(_request: Any) -> Reply:
        raise No(Reply(429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too many", "retry_after_ms": asked}))

    server.act = no  # type: ignore[method-assign]
    with pytest.raises(Wait) as told:
        said.send()
    assert told.value.until == NOW + until


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "M_UNKNOWN", Unknown),
        (403, "M_USER_SUSPENDED", Locked),
        (403, "M_RESOURCE_LIMIT_EXCEEDED", Locked),
        (404, "M_UNRECOGNIZED", Locked),
        (400, "M_BAD_JSON", Refused),
        (504, "M_UNKNOWN", Unknown),
    ],
)
def test_each_error_is_named_by_what_must_happen_next(server: Matrix, status: int, code: str, outcome: type[Exception]) -> None:
    said, act = Said(server, room=ROOM), server.act

    def no(request: Any) -> Reply:
        if server.operation(request) == "send":
            raise No(Reply(status, {"errcode": code, "error": f"no, {TOKEN}"}))
        return act(request)

    server.act = no  # type: ignore[method-assign]
    with pytest.raises(outcome) as told:
        said.send()
    assert TOKEN not in str(told.value)


def test_an_encrypted_room_and_a_channel_without_a_room_are_locked(server: Matrix) -> None:
    server.encrypted = True
    with pytest.raises(Locked, match="is encrypted"):
        Said(server).send()
    with pytest.raises(Locked, match="does not name the room"):
        Said(server, room="@jardin:example.org").send()
    assert server.requests("send") == []


def test_it_is_examined(server: Matrix) -> None:
    said = Said(server)
    told = matrix.examine(said.account, WEB)
    assert (told.account, told.is_channel_account, told.missing_scopes) == (USER, True, ()) and "50000000" in told.remarks[0]
    server.power = -1
    assert matrix.examine(said.account, WEB).missing_scopes == ("m.room.message",)
    server.joined = False
    with pytest.raises(Locked, match="is not in the room"):
        matrix.identify(said.account, WEB)


def test_only_who_is_new_is_told_of_a_correction(server: Matrix) -> None:
    was, said = Said(server, "Merci @ines:a.example"), Said(server, "Merci @ines:a.example et @paul:a.example")
    there = was.send()
    matrix.edit(said.sending(), there, was.payload.parts[0], said.account, WEB)
    content = server.requests("edit")[0].json()
    assert content["m.mentions"] == {"user_ids": ["@paul:a.example"]}
    assert content["m.new_content"]["m.mentions"] == {"user_ids": ["@ines:a.example", "@paul:a.example"]}


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("https://matrix.to/#/!verger%3Aexample.org/%24abc?via=example.org", True),
        ("https://matrix.to/#/!verger:example.org/$abc", True),
        ("https://matrix.to/#/!autre:example.org/$abc", False),
        ("https://matrix.to/#/!verger:example.org", False),
        ("https://example.org/#/!verger:example.org/$abc", False),
    ],
)
def test_an_address_tells_its_message(server: Matrix, address: str, fits: bool) -> None:
    channel = Said(server, room=ROOM).publication.channel
    if fits:
        assert matrix.post_id(address, channel) == "$abc"
    else:
        with pytest.raises(Refused):
            matrix.post_id(address, channel)


def test_a_video_stands_alone_and_is_corrected_with_its_message(server: Matrix) -> None:
    film, other = videos.video(96, 64), videos.video(64, 64)
    serre, verger = (
        Picture(f"content/media/{name}.mp4", sha256(data).hexdigest(), "") for name, data in (("serre", film), ("verger", other))
    )
    was = Said(server, "", media=(serre,))
    there = was.send(open_media=lambda _one: videos.opened(film))
    content = server.messages[0].wire
    assert (content["msgtype"], content["body"], content["info"]["w"]) == ("m.video", "1.mp4", 96) and content["info"]["duration"] > 900
    now = Said(server, "Le verger", media=(verger,)).sending(open_media=lambda _one: videos.opened(other))
    matrix.edit(now, there, was.payload.parts[0], was.account, WEB)
    content = server.messages[0].wire
    assert (content["msgtype"], content["body"], server.files[content["url"]]) == ("m.video", "Le verger", other)
    with pytest.raises(Refused, match="one video, and no pictures"):
        Said(server, "Deux", post_id="deux", media=(serre, picture("a.jpg", ""))).send()
    assert len(server.files) == 2
