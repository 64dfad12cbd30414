"""Telegram, beyond the contract that every network passes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import documents
import videos
from fakes.loopback import HastyWeb, Reply
from fakes.telegram import CHAT, GROUP_ID, TOKEN, Telegram, no
from marronnier.model.brand import Channel
from marronnier.model.publication import Caption, Delivery, Picture
from marronnier.networks import telegram
from marronnier.networks.kit.chat.marked_text import marked_text
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from networks.posts import drawn, picture, publication
from text.markdown_texts import markdown, prose

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
WEB = HastyWeb(loopback=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Telegram]:
    with Telegram(tmp_path).running() as started:
        yield started


def account(server: Telegram, chat: str = CHAT, token: str = TOKEN) -> Account:
    return Account("place", Channel(network="telegram", account=chat, host=server.host), {"token": token})


def sending(text: str, number: int = 0, before: tuple[Delivery, ...] = (), **words: Any) -> SendRequest:
    said = publication("telegram", text, **words)
    payload = telegram.compose(said)
    return SendRequest(said.key, number, len(payload.parts), payload.parts[number], payload.sha256, before, now=NOW, read_picture=drawn)


def send(server: Telegram, text: str = "On ouvre dimanche", chat: str = CHAT, token: str = TOKEN, **words: Any) -> Delivery:
    return telegram.send(sending(text, **words), account(server, chat, token), WEB)


def refuse(server: Telegram, monkeypatch: pytest.MonkeyPatch, code: int, description: str, **parameters: Any) -> None:
    """Let the next message be refused in these words."""
    monkeypatch.setattr(server, "refusal", lambda _answer: no(code, description, **parameters).reply)
    server.order("refused")


@given(prose() | markdown)
def test_entities_stand_on_their_words_in_utf16(text: str) -> None:
    wire = telegram.compose(publication("telegram", text)).parts[0].wire
    units, marked = wire["text"].encode("utf-16-le", "surrogatepass"), marked_text(text)
    shown = {"bold": "bold", "italic": "italic", "struck": "strikethrough", "code": "code", "block": "pre", "link": "text_link"}
    expected = {(shown[span.kind], marked.text[span.start : span.end]) for span in marked.spans}
    code_ends = 0
    for entity in wire.get("entities", ()):
        start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
        words = units[start:end].decode("utf-16-le", "surrogatepass")
        assert end <= len(units) and any(kind == entity["type"] and words in whole for kind, whole in expected)
        if entity["type"] in ("code", "pre"):
            assert start >= code_ends
            code_ends = end


@pytest.mark.parametrize(
    ("code", "description", "outcome"),
    [
        (400, "Bad Request: chat not found", Locked),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", Locked),
        (400, "Bad Request: need administrator rights in the channel chat", Locked),
        (400, "Bad Request: not enough rights to send text messages to the chat", Locked),
        (400, "Bad Request: message is too long", Refused),
        (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", Refused),
        (400, "Bad Request: can't parse entities", Refused),
        (400, "Bad Request: message thread not found", Refused),
        (403, "Forbidden: bot is not a member of the channel chat", Locked),
        (404, "Not Found", Locked),
        (500, "Internal Server Error: restart", Unknown),
        (502, "Bad Gateway", Unknown),
    ],
)
def test_each_refusal_is_named_by_its_words(
    server: Telegram, monkeypatch: pytest.MonkeyPatch, code: int, description: str, outcome: type[Exception]
) -> None:
    refuse(server, monkeypatch, code, description)
    with pytest.raises(outcome) as told:
        send(server)
    assert TOKEN not in str(told.value) and told.value.__cause__ is None


def test_a_group_that_became_another_is_told_with_its_number(server: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    description = "Bad Request: group chat was upgraded to a supergroup chat"
    refuse(server, monkeypatch, 400, description, migrate_to_chat_id=GROUP_ID)
    with pytest.raises(Locked, match=f'account: "{GROUP_ID}"'):
        send(server)


def test_a_wait_is_as_long_as_telegram_says(server: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(server, monkeypatch, 429, "Too Many Requests: retry after 17", retry_after=17)
    with pytest.raises(Wait) as told:
        send(server)
    assert told.value.until == NOW + timedelta(seconds=17)


def test_a_message_that_is_delayed_may_have_been_sent(server: Telegram) -> None:
    server.delayed = True
    with pytest.raises(Unknown, match="sends it later"):
        send(server)


def test_no_secret_in_any_outcome(server: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(server, monkeypatch, 400, f"Bad Request: you sent {TOKEN}")
    with pytest.raises(Refused) as told:
        send(server)
    assert TOKEN not in repr(told.value)
    with pytest.raises(Locked) as locked:
        send(server, token="110201543:another")
    assert "another" not in str(locked.value)


@pytest.mark.parametrize("chat", ["", "jardin", "@ab", "-123456", "12345", "https://example.org/jardin"])
def test_a_chat_without_addresses_is_told_before_anything_is_sent(server: Telegram, chat: str) -> None:
    with pytest.raises(Locked, match="needs its channel or supergroup"):
        send(server, chat=chat)
    assert server.requests() == []


@pytest.mark.parametrize(("chat", "url"), [(CHAT, "https://t.me/jardin_public/101"), (str(GROUP_ID), "https://t.me/c/9876543210/101")])
def test_the_address_of_a_message(server: Telegram, chat: str, url: str) -> None:
    delivery = send(server, chat=chat)
    channel = account(server, chat).channel
    assert delivery.url == url and telegram.post_id(f"{url}?single", channel) == "101"
    for other in ("https://t.me/autre_canal/101", "https://t.me/c/1/101", "https://example.org/101", "https://t.me/jardin_public"):
        with pytest.raises(Refused):
            telegram.post_id(other, channel)


def test_an_album_is_deleted_whole_or_by_hand(server: Telegram) -> None:
    media = tuple(picture(f"{number}.jpg", "x") for number in range(3))
    delivery = send(server, media=media)
    part = sending("On ouvre dimanche", media=media).part
    assert delivery.id == "101-102-103"
    with pytest.raises(Refused, match="delete it by hand"):
        telegram.retract(Delivery(delivery.url, delivery.url), part, account(server), WEB)
    telegram.retract(delivery, part, account(server), WEB)
    assert [fields["message_id"] for method, fields in server.calls if method == "deleteMessage"] == [101, 102, 103]


def test_what_cannot_be_corrected_says_why(server: Telegram) -> None:
    one, two = (picture("a.jpg", "x"),), (picture("a.jpg", "x"), picture("b.jpg", "x"))
    poll = {"poll": ("Oui", "Non"), "poll_minutes": 60}
    for was, said, why in (
        ({}, {"media": one}, "cannot get or lose pictures"),
        ({"media": two}, {"media": (two[1], two[0])}, "pictures of an album"),
        (poll, {**poll, "poll": ("Oui", "Peut-être")}, "a poll cannot be corrected"),
    ):
        delivery = send(server, "Bonjour", **was)
        with pytest.raises(Refused, match=why):
            telegram.edit(sending("Bonjour", **said), delivery, sending("Bonjour", **was).part, account(server), WEB)


def test_words_of_an_album_are_corrected_and_again_without_harm(server: Telegram) -> None:
    media = (picture("a.jpg", "x"), picture("b.jpg", "x"))
    delivery = send(server, "Bonjour", media=media)
    said, was = sending("Bonsoir **tous**", media=media), sending("Bonjour", media=media).part
    for _time in range(2):
        telegram.edit(said, delivery, was, account(server), WEB)
    assert server.messages[0].wire["caption"] == "Bonsoir tous"


def test_whether_it_is_there_is_asked_without_words(server: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = send(server)
    part = sending("On ouvre dimanche").part
    assert telegram.still_there(delivery, part, account(server), WEB) is True
    method, fields = server.calls[-1]
    assert method == "editMessageReplyMarkup" and fields == {"chat_id": CHAT, "message_id": 101}, "nothing of the message is named"
    for description, there in (("message can't be edited", None), ("message to edit not found", False), ("MESSAGE_ID_INVALID", False)):
        monkeypatch.setattr(server, "refusal", lambda _answer, said=description: no(400, f"Bad Request: {said}").reply)
        server.order("refused", on="there")
        assert telegram.still_there(delivery, part, account(server), WEB) is there


def test_what_telegram_does_not_take_is_told_before(server: Telegram) -> None:
    def reason(text: str, **words: Any) -> str:
        return telegram.refusal_reason(publication("telegram", text, **words).words)

    media = (picture("a.jpg", "x"),)
    assert "at most 1024 UTF-16 units on Telegram, and these have 1026" in reason("🌳" * 513, media=media)
    assert reason("🌳" * 512, media=media) == "" and reason("🌳" * 513) == ""
    assert "at most 100 marks" in reason("**a** b " * 101) and reason("**a** b " * 100) == ""
    assert "at most 12 options" in reason("Quoi ?", poll=("x",) * 13, poll_minutes=60)
    assert "a question of at most 300" in reason("a" * 301, poll=("x", "y"), poll_minutes=60)
    assert "“" in reason("Quoi ?", poll=("x" * 101, "y"), poll_minutes=60)
    assert "stays open" in reason("Quoi ?", poll=("x", "y"), poll_minutes=60 * 24 * 40)
    for words, why in (
        ({"visibility": "followers"}, "followers"),
        ({"media": media * 1 + tuple(picture(f"{n}.jpg", "") for n in range(10))}, "takes 10"),
    ):
        with pytest.raises(Refused, match=why):
            send(server, "Entre nous", **words)
    with pytest.raises(Refused, match="empty"):
        send(server, "")


def test_a_long_text_under_pictures_breaks_at_its_own_limit() -> None:
    parts = telegram.compose(publication("telegram", "On plante un arbre. " * 200, thread="auto", media=(picture("a.jpg", ""),))).parts
    assert parts[0].media and all(part.count <= 1024 for part in parts)


def test_a_poll_is_a_message_of_its_own(server: Telegram) -> None:
    words: dict[str, Any] = {"title": "Quel arbre ?", "poll": ("Pommier", "Poirier"), "poll_minutes": 60}
    first = telegram.send(sending("Votez !", **words), account(server), WEB)
    telegram.send(sending("Votez !", 1, (first,), **words), account(server), WEB)
    said, poll = server.messages
    assert said.wire == {"text": "Votez !"} and poll.reply_to == said.id
    assert poll.wire == {"question": "Quel arbre ?", "options": [{"text": "Pommier"}, {"text": "Poirier"}], "open_period": 3600}


FILM = videos.video()
DECK = documents.document()


def say_files(server: Telegram, files: dict[str, bytes], *names: str, **words: Any) -> Delivery:
    """Send these files, of which those without content are pictures."""
    media = tuple(Picture(f"content/media/{name}", sha256(files.get(name, name.encode())).hexdigest(), "On plante") for name in names)

    def opened(one: Picture | Caption) -> Any:
        return videos.opened(files[one.path.rpartition("/")[2]])

    return telegram.send(sending("On plante", media=media, **words)._replace(open_media=opened), account(server), WEB)


def test_a_video_goes_out_as_it_is(server: Telegram) -> None:
    files = {"film.mp4": FILM, "autre.webm": videos.video(codec="libvpx", ending=".webm")}
    say_files(server, files, "film.mp4", warning="Neige")
    say_files(server, files, "a.jpg", "film.mp4")
    alone, album = server.messages
    assert [one["type"] for one in alone.wire["media"]] == ["video"] and [one["type"] for one in album.wire["media"]] == ["photo", "video"]
    first, _photo, second = server.uploads.values()
    assert first == second == FILM and alone.wire["media"][0]["has_spoiler"]
    with pytest.raises(Refused, match="as MP4 only"):
        say_files(server, files, "autre.webm")
    with pytest.raises(Refused, match="damaged"):
        say_files(server, {"film.mp4": FILM[: len(FILM) // 2]}, "film.mp4")
    assert len(server.messages) == 2


def test_a_video_that_tells_where_it_was_filmed_stays_here(server: Telegram) -> None:
    with pytest.raises(Refused, match="the place where it was filmed"):
        say_files(server, {"film.mp4": FILM + b"\0\0\0\x20udta\xa9xyz\0\x12\x15\xc7+50.8467+004.3525/"}, "film.mp4")
    assert not server.messages


def test_a_document_is_a_message_with_its_name(server: Telegram) -> None:
    said = say_files(server, {"plan d’été.pdf": DECK}, "plan d’été.pdf", format="document", warning="Neige")
    (message,) = server.messages
    assert message.wire["media"] == [{"type": "document", "file_id": "AgAC0"}] and server.uploads == {"AgAC0": DECK}
    assert b'filename="plan-d-t-.pdf"' in server.requests("send")[0].body and said.id == message.id
    words = {"format": "document", "media": (picture("a.jpg", "x"),)}
    assert "is one PDF" in telegram.refusal_reason(publication("telegram", "Un", **words).words)
    two = (picture("a.pdf", ""), picture("b.jpg", ""))
    assert "one document" in telegram.refusal_reason(publication("telegram", "Un", media=two).words)


def test_the_doctor_reads_only(server: Telegram) -> None:
    status = telegram.examine(account(server), WEB)
    assert (status.account, status.is_channel_account, status.missing_scopes, status.remarks) == (CHAT, True, (), ())
    server.rights = {"status": "administrator", "can_post_messages": False, "can_delete_messages": False}
    status = telegram.examine(account(server), WEB)
    assert status.missing_scopes == ("can_post_messages",) and "@jardin_bot may not delete" in status.remarks[0]
    server.rights = {"status": "left"}
    assert "is not in this chat" in telegram.examine(account(server), WEB).remarks[0]
    assert telegram.identify(account(server, str(GROUP_ID)), WEB).is_channel_account
    assert not server.messages
    with pytest.raises(Locked):
        telegram.identify(account(server, "@autre_canal"), WEB)
    with pytest.raises(Locked):
        telegram.examine(account(server, token="x"), WEB)


@pytest.mark.parametrize(
    "body", [b"[]", b'{"ok": "yes"}', b'{"ok": true}', b'{"ok": true, "result": 1}', b'{"ok": true, "result": {"message_id": "1"}}']
)
def test_an_answer_of_another_form_proves_nothing(server: Telegram, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(server, "refusal", lambda _answer: Reply(200, body))
    server.order("refused")
    with pytest.raises(Unknown):
        send(server)
