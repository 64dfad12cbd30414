"""Discord, a bot and a webhook, beyond the contract that every network passes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import documents
import videos
from fakes.discord import BOT, CHANNEL, GUILD, HOOK_ID, HOOK_TOKEN, PLACE, TOKEN, Discord, no
from fakes.loopback import HastyWeb, Reply
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Picture
from marronnier.networks import discord, discord_webhook
from marronnier.networks.kit.chat.marked_text import marked_text
from marronnier.networks.kit.discord import messages
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from networks.posts import drawn, picture, publication
from text.markdown_texts import markdown, prose

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
WEB = HastyWeb(loopback=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Discord]:
    with Discord(tmp_path).running() as started:
        yield started


@pytest.fixture
def hook(tmp_path: Path) -> Iterator[Discord]:
    with Discord(tmp_path, hook=True).running() as started:
        yield started


def account(server: Discord, place: str = PLACE, **secrets: str) -> Account:
    own = {"webhook": f"http://{server.host}/api/webhooks/{HOOK_ID}/{HOOK_TOKEN}"} if server.hook else {"token": TOKEN}
    network = "discord_webhook" if server.hook else "discord"
    return Account("place", Channel(network=network, account=place, host=server.host), secrets or own)


def sending(text: str, before: tuple[Delivery, ...] = (), again: int = 0, taken: frozenset[str] = frozenset(), **words: Any) -> SendRequest:
    said = publication("discord", text, **words)
    payload = discord.compose(said)
    return SendRequest(
        said.key, 0, len(payload.parts), payload.parts[0], payload.sha256, before, now=NOW, read_picture=drawn, again=again, taken=taken
    )


def send(server: Discord, text: str = "On ouvre dimanche", place: str = PLACE, **words: Any) -> Delivery:
    network = discord_webhook if server.hook else discord
    return network.send(sending(text, **words), account(server, place), WEB)


def content(text: str, **words: Any) -> str:
    return str(discord.compose(publication("discord", text, **words)).parts[0].wire["content"])


def refuse(server: Discord, monkeypatch: pytest.MonkeyPatch, reply: Reply, on: str = "send") -> None:
    monkeypatch.setattr(server, "refusal", lambda _answer: reply)
    server.order("refused", on=on)


# Words.


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("**a** *b* `c` ~~d~~", "**a** *b* `c` ~~d~~"),
        ("[ici](https://example.org/a_(b)?x=1)", "[ici](https://example.org/a_%28b%29?x=1)"),
        ("\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~ \\|\\|e\\|\\|", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~ \\|\\|e\\|\\|"),
        ("snake_case https://example.org/a_b*c", "snake\\_case https://example.org/a_b*c"),
        ("\\# un\n\\- deux", "\\# un\n\\- deux"),
        ("- un\n- deux", "• un\n• deux"),
        ("> dit", "> dit"),
        ("`` a`b `c` ``", "`` a`b `c` ``"),
        ("```\n# x\n```", "```\n# x\n```"),
        ("\\# un\n\n```\n# x\n```\n\n\\- deux", "\\# un\n\n```\n# x\n```\n\n\\- deux"),
        ("> \\# un\n> \\>>> deux", "> \\# un\n> \\>>> deux"),
        ("1 \\<@80351110224678912> &lt;#1> <t:1:F>", "1 \\<@80351110224678912> \\<#1> \\<t:1:F>"),
        ("\\[a](b)", "\\[a\\](b)"),
        ("@everyone @here", "@everyone @here"),
    ],
)
def test_what_people_typed_becomes_no_mark_by_accident(typed: str, written: str) -> None:
    assert content(typed) == written


@given(prose() | markdown)
def test_no_word_is_lost(text: str) -> None:
    said = discord.compose(publication("discord", text)).parts[0]
    letters = re.compile(r"[\W_]+")
    assert letters.sub("", marked_text(text).text) == letters.sub("", said.text)
    bare = letters.sub("", re.sub(r"\]\((?:https?:)[^)]*\)", "", str(said.wire["content"])))
    if "](" not in text and "]:" not in text:
        assert bare == letters.sub("", said.text)
    assert said.count == len(said.wire["content"]) and said.wire["allowed_mentions"] == {"parse": []}


def test_only_who_is_named_in_handles_is_called() -> None:
    wire = (
        discord.compose(publication("discord", "Merci @80351110224678912 et @80351110224678999", mentions=("@80351110224678912",)))
        .parts[0]
        .wire
    )
    assert wire["content"] == "Merci <@80351110224678912> et @80351110224678999"
    assert wire["allowed_mentions"] == {"parse": [], "users": ["80351110224678912"]}
    assert discord.is_mention("@80351110224678912") and not discord.is_mention("@jardin") and not discord.is_mention("@1")


def test_what_discord_does_not_take_is_told_before(server: Discord) -> None:
    def reason(**words: Any) -> str:
        return discord.refusal_reason(publication("discord", "Quoi ?", poll_minutes=60, **words).words)

    assert "at most 10 options" in reason(poll=("x",) * 11)
    assert "has at most 55 characters" in reason(poll=("x" * 56, "y")) and reason(poll=("x" * 55, "y")) == ""
    assert "a question of at most 300" in reason(poll=("x", "y"), title="a" * 301)
    for text, words, why in (
        ("Entre nous", {"visibility": "direct"}, "followers"),
        ("", {}, "empty"),
        ("Un", {"media": tuple(picture(f"{number}.jpg", "") for number in range(11))}, "takes 10 pictures"),
    ):
        with pytest.raises(Refused, match=why):
            send(server, text, **words)
    assert server.requests() == []


def test_a_poll_of_one_line_has_no_other_words(server: Discord) -> None:
    send(server, "Que plante-t-on ?", poll=("Des tulipes", "Un cognassier"), poll_minutes=90)
    (message,) = server.messages
    assert "content" not in message.wire and message.wire["poll"]["duration"] == 2
    with pytest.raises(Refused, match="a poll cannot be corrected"):
        said = sending("Que plante-t-on ?", poll=("Des tulipes", "Rien"), poll_minutes=90)
        discord.edit(said, Delivery(message.id, message.url), said.part, account(server), WEB)


# Sending.


def test_the_same_part_again_within_minutes_is_the_same_message(server: Discord) -> None:
    first = send(server)
    assert send(server) == first and len(server.messages) == 1
    assert discord.send(sending("On ouvre dimanche", again=1), account(server), WEB) != first, (
        "who decides to send it again means another message"
    )
    server.delete(first.id)
    with pytest.raises(Unknown, match="is gone"):
        send(server)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, 50035, Refused), (400, 200000, Refused), (400, 50006, Refused), (403, 160005, Locked), (403, 50013, Locked), (403, 50001, Locked),
        (404, 10003, Locked), (403, 40333, Locked), (401, 50014, Locked), (400, 20016, Wait), (403, 20028, Wait), (400, 40004, Wait), (500, 0, Unknown),
    ],
)  # fmt: skip
def test_each_code_is_named_by_what_must_happen_next(
    server: Discord, monkeypatch: pytest.MonkeyPatch, status: int, code: int, outcome: type[Exception]
) -> None:
    refuse(server, monkeypatch, no(status, code, "No").reply)
    with pytest.raises(outcome) as told:
        send(server)
    assert TOKEN not in str(told.value)


def test_a_refused_field_is_told(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(server, monkeypatch, no(400, 50035, "Invalid Form Body", "content", "Must be 2000 or fewer in length.").reply)
    with pytest.raises(Refused, match=r"Invalid Form Body \(content: Must be 2000"):
        send(server)


def test_a_wait_is_as_long_as_discord_says(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(server, monkeypatch, Reply(429, {"message": "You are being rate limited.", "retry_after": 2.5, "global": False}))
    with pytest.raises(Wait) as told:
        send(server)
    assert told.value.until == NOW + timedelta(seconds=2.5)


def test_a_page_of_a_proxy_is_no_answer_of_discord(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(server, monkeypatch, Reply(403, b"<html>blocked</html>", {"Content-Type": "text/html"}))
    with pytest.raises(Unknown):
        send(server)


def test_pictures_that_are_corrected_are_uploaded_anew(server: Discord) -> None:
    was = sending("Un", media=(picture("a.jpg", "Avant"), picture("b.jpg", "x")))
    delivery = discord.send(was, account(server), WEB)
    discord.edit(sending("Deux", media=(picture("b.jpg", "Après"),)), delivery, was.part, account(server), WEB)
    (kept,) = server.messages[0].wire["attachments"]
    assert kept["description"] == "Après" and server.messages[0].wire["content"] == "Deux"
    discord.edit(sending("Trois"), delivery, was.part, account(server), WEB)
    assert "attachments" not in server.requests("edit")[-1].json() or server.requests("edit")[-1].json()["attachments"] == []


# Looking.


def test_a_look_needs_the_history(server: Discord) -> None:
    said = sending("On ouvre dimanche")
    assert discord.find(said, account(server), WEB) is None, "a channel that never had a message needs no history"
    delivery = send(server)
    server.has_history = False
    with pytest.raises(Unknown, match="cannot read the history"):
        discord.find(said, account(server), WEB)
    server.has_history = True
    assert discord.find(said, account(server), WEB) == delivery


def test_only_our_own_message_with_all_it_has_is_this_part(server: Discord) -> None:
    said = sending("On ouvre dimanche", media=(picture("a.jpg", "Un"),))
    delivery = discord.send(said, account(server), WEB)
    other = {"id": str(int(delivery.id) + (1 << 22)), "author": {"id": "1" * 18}, "content": "On ouvre dimanche", "attachments": []}
    server.others.append(other)
    assert discord.find(said, account(server), WEB) == delivery
    assert discord.find(said._replace(taken=frozenset({delivery.id})), account(server), WEB) is None
    assert discord.find(sending("On ouvre dimanche"), account(server), WEB) is None
    assert discord.find(said._replace(previous=(delivery,)), account(server), WEB) is None
    server.others.append({**other, "author": {"id": BOT}, "attachments": [{"description": "Un"}]})
    with pytest.raises(Unknown, match="2 posts there could be this one"):
        discord.find(said, account(server), WEB)


def test_a_look_knows_a_message_whose_blanks_discord_wrote_in_its_way(server: Discord) -> None:
    said = sending("Ouvert\u202f?", media=(picture("a.jpg", " Un\u00a0arbre\n"),))
    delivery = discord.send(said, account(server), WEB)
    message = server.messages[0]
    message.wire = {**message.wire, "content": "Ouvert ?", "attachments": [{**message.wire["attachments"][0], "description": "Un arbre"}]}
    assert discord.find(said, account(server), WEB) == delivery


def test_a_look_goes_back_to_the_first_attempt_and_no_further(server: Discord) -> None:
    delivery = send(server)
    newest = int(delivery.id)
    server.others = [{"id": str(newest + (number << 22)), "author": {"id": "1" * 18}, "content": "x"} for number in range(1, 151)]
    said = sending("On ouvre dimanche")
    assert discord.find(said, account(server), WEB) == delivery, "on the second page"
    server.others = [{"id": str(newest + (number << 22)), "author": {"id": "1" * 18}, "content": "x"} for number in range(1, 1100)]
    with pytest.raises(Unknown, match="too many messages"):
        discord.find(said, account(server), WEB)
    long_ago = ((newest >> 22) - 3 * 24 * 3600 * 1000) << 22
    server.messages, server.others = (
        [],
        [{"id": str(long_ago - (number << 22)), "author": {"id": BOT}, "content": said.part.text} for number in range(1100)],
    )
    assert discord.find(said._replace(since_first_try=timedelta(minutes=5)), account(server), WEB) is None


# Places and people.


@pytest.mark.parametrize("place", ["", "jardin", CHANNEL, f"https://example.org/channels/{GUILD}/{CHANNEL}", f"{GUILD}/{CHANNEL}/1"])
def test_a_channel_without_its_link_is_told_before_anything_is_sent(server: Discord, place: str) -> None:
    with pytest.raises(Locked, match="needs the link of its channel"):
        send(server, place=place)
    assert server.requests() == []


def test_the_address_of_a_message() -> None:
    channel = Channel(network="discord", account=f"{GUILD}/{CHANNEL}/")
    assert discord.post_id(f"{PLACE}/1111111111111111111", channel) == "1111111111111111111"
    assert discord.post_id(f"https://canary.discord.com/channels/{GUILD}/{CHANNEL}/1111111111111111111", channel) == "1111111111111111111"
    for other in (PLACE, f"https://discord.com/channels/{GUILD}/111111111111111111/1111111111111111111", "https://example.org"):
        with pytest.raises(Refused):
            discord.post_id(other, channel)


def test_the_doctor_reads_only(server: Discord) -> None:
    status = discord.examine(account(server), WEB)
    assert (status.account, status.is_channel_account, status.missing_scopes, status.remarks) == (PLACE, True, (), ("it speaks as Jardin",))
    send(server)
    server.has_history = False
    assert discord.examine(account(server), WEB).missing_scopes == ("READ_MESSAGE_HISTORY",)
    other = f"https://discord.com/channels/111111111111111111/{CHANNEL}"
    assert not discord.identify(account(server, other), WEB).is_channel_account
    server.channel_type = 15
    with pytest.raises(Locked, match="a forum"):
        discord.identify(account(server), WEB)
    with pytest.raises(Locked):
        discord.identify(account(server, token="wrong"), WEB)
    assert len(server.requests("send")) == 1


# The webhook.


def test_a_webhook_waits_for_its_message_and_sends_no_nonce(hook: Discord) -> None:
    first = send(hook, "Un")
    discord_webhook.send(sending("Deux", (first,)), account(hook), WEB)
    assert all(request.query == {"wait": "true"} for request in hook.requests("send"))
    assert not any({"nonce", "message_reference"} & set(request.json()) for request in hook.requests("send"))
    assert all("authorization" not in request.headers for request in hook.requests())


@pytest.mark.parametrize(
    "address", ["", "http://HOST/api/webhooks/1/x", "http://other.example/api/webhooks/ID/TOKEN", "http://HOST/channels/ID/TOKEN", TOKEN]
)
def test_a_webhook_speaks_to_the_approved_host_alone(hook: Discord, address: str) -> None:
    secret = address.replace("HOST", hook.host).replace("ID", HOOK_ID).replace("TOKEN", HOOK_TOKEN)
    with pytest.raises(Locked, match="is no address") as told:
        discord_webhook.send(sending("Un"), account(hook, webhook=secret), WEB)
    assert hook.requests() == [] and (not secret or secret not in str(told.value))


def test_a_webhook_says_where_it_speaks(hook: Discord) -> None:
    for look in (discord_webhook.identify, discord_webhook.examine):
        status = look(account(hook), WEB)
        assert status.is_channel_account and status.remarks == ("it speaks as Jardin",) and HOOK_TOKEN not in repr(status)
    assert not discord_webhook.identify(account(hook, f"{GUILD}/111111111111111111"), WEB).is_channel_account
    gone = f"http://{hook.host}/api/webhooks/111111111111111111/{HOOK_TOKEN}"
    with pytest.raises(Locked, match="Unknown Webhook"):
        discord_webhook.identify(account(hook, webhook=gone), WEB)


# Videos and documents.

FILM, DECK = videos.video(), documents.document()


def files_of(*named: tuple[str, bytes], **words: Any) -> SendRequest:
    """A part with these files, of which those without content are pictures."""
    media = tuple(Picture(f"content/media/{name}", sha256(data or name.encode()).hexdigest(), f"De {name}") for name, data in named)
    files = {f"content/media/{name}": data for name, data in named}
    return sending("La serre", media=media, **words)._replace(open_media=lambda one: videos.opened(files[one.path]))


@pytest.mark.parametrize("which", ["server", "hook"])
def test_a_video_and_a_document_go_out_as_they_are(which: str, request: pytest.FixtureRequest) -> None:
    there: Discord = request.getfixturevalue(which)
    network = discord_webhook if there.hook else discord
    said = files_of(("a.jpg", b""), ("serre.mp4", FILM), warning="Neige")
    delivery = network.send(said, account(there), WEB)
    first, second = there.messages[0].wire["attachments"]
    assert (first["filename"], second["filename"], second["description"]) == ("SPOILER_1.png", "SPOILER_2.mp4", "De serre.mp4")
    assert there.files[second["id"]] == FILM
    if not there.hook:
        assert discord.find(said, account(there), WEB) == delivery
    now = files_of(("plan d’été.pdf", DECK), format="document")
    network.edit(now, delivery, said.part, account(there), WEB)
    (document,) = there.messages[0].wire["attachments"]
    assert document["filename"] == "plan-d-t-.pdf" and there.files[document["id"]] == DECK


def test_what_does_not_fit_into_a_message_stays_here(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    three = tuple(picture(f"{number}.mp4", "") for number in range(3))
    assert "at most 2 videos" in discord.refusal_reason(publication("discord", "Un", media=three).words)
    assert not discord.refusal_reason(publication("discord", "Un", media=three[:2]).words)
    assert "is one PDF" in discord.refusal_reason(publication("discord", "Un", format="document").words)
    large = FILM + bytes((10 << 20) - len(FILM) + 1)
    for name, data in (("serre.mp4", large), ("plan.pdf", documents.document(filled=10 << 20))):
        with pytest.raises(Refused, match="at most 10485760 are taken"):
            discord.send(files_of((name, data)), account(server), WEB)
    assert not server.requests("send")


def test_pictures_share_what_two_videos_leave(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_REQUEST_BYTES", len(FILM) * 2 + 150)
    discord.send(files_of(("a.mp4", FILM), ("b.mp4", FILM), ("c.jpg", b"")), account(server), WEB)
    sizes = [one["size"] for one in server.messages[0].wire["attachments"]]
    assert sizes[:2] == [len(FILM)] * 2 and sizes[2] <= 150
