"""Slack, a bot and an incoming webhook, beyond the contract that every network passes."""

from __future__ import annotations

import html
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
from fakes.loopback import HastyWeb, Reply
from fakes.slack import CHANNEL, PLACE, TOKEN, Slack, no
from fakes.slack_webhook import PATH, SlackHook
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Picture
from marronnier.networks import slack, slack_webhook
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from marronnier.networks.kit.slack import files, messages
from networks.posts import drawn, picture, publication
from text.markdown_texts import markdown, prose

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
WEB = HastyWeb(loopback=True)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    monkeypatch.setattr(files, "READY_SECONDS", 0.3)
    monkeypatch.setattr(files, "_POLL_SECONDS", 0.05)
    with Slack(tmp_path).running() as started:
        yield started


@pytest.fixture
def hook(tmp_path: Path) -> Iterator[SlackHook]:
    with SlackHook(tmp_path).running() as started:
        yield started


def account(server: Any, place: str = PLACE, token: str = TOKEN) -> Account:
    return Account("place", Channel(network="slack", account=place, host=server.host), {"token": token})


def sending(text: str, before: tuple[Delivery, ...] = (), **words: Any) -> SendRequest:
    said = publication("slack", text, **words)
    payload = slack.compose(said)
    return SendRequest(said.key, 0, len(payload.parts), payload.parts[0], payload.sha256, before, now=NOW, read_picture=drawn)


def send(server: Slack, text: str = "On ouvre dimanche", place: str = PLACE, before: tuple[Delivery, ...] = (), **words: Any) -> Delivery:
    return slack.send(sending(text, before, **words), account(server, place), WEB)


def written(text: str, **words: Any) -> str:
    return str(slack.compose(publication("slack", text, **words)).parts[0].wire["text"])


def refuse(server: Any, monkeypatch: pytest.MonkeyPatch, reply: Reply, on: str = "send") -> None:
    monkeypatch.setattr(server, "refusal", lambda _answer: reply)
    server.order("refused", on=on)


# Words.


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("**a** *b* `c` ~~d~~", "*a* _b_ `c` ~d~"),
        ("1 < 2 & 3 > 0", "1 &lt; 2 &amp; 3 &gt; 0"),
        ("[ici & là](https://example.org/a|b?x=1&y=2)", "<https://example.org/a%7Cb?x=1&amp;y=2|ici &amp; là>"),
        ("https://example.org/?a=1&b=2.", "<https://example.org/?a=1&amp;b=2>."),
        ("\\<!here> \\<!channel> &lt;@U012AB3CD>", "&lt;!here&gt; &lt;!channel&gt; &lt;@U012AB3CD&gt;"),
        ("`<!here>`", "`&lt;!here&gt;`"),
        ("> dit", "&gt; dit"),
    ],
)
def test_words_are_written_in_slacks_markup(typed: str, expected: str) -> None:
    assert written(typed) == expected


@given(prose() | markdown)
def test_nothing_calls_anybody_and_no_word_is_lost(text: str) -> None:
    (part,) = slack.compose(publication("slack", text.replace("---", ""))).parts
    said = str(part.wire["text"])
    assert not re.search(r"<[!@#]", said), "only who is named in handles is called"
    letters = re.compile(r"[\W_]+")
    bare = re.sub(r"<[^<>|]*\|([^<>]*)>", r"\1", said)
    assert letters.sub("", html.unescape(bare)).replace("7C", "") == letters.sub("", part.text).replace("7C", "")


def test_only_who_is_named_in_handles_is_called() -> None:
    assert written("Merci @U012AB3CD et @U999999999", mentions=("@U012AB3CD",)) == "Merci <@U012AB3CD> et @U999999999"
    assert slack.is_mention("@U012AB3CD") and not slack.is_mention("@jardin") and not slack.is_mention("@U1")


def test_words_that_slack_would_take_for_marks_are_told_before() -> None:
    def reason(text: str, **words: Any) -> str:
        return slack.refusal_reason(publication("slack", text, **words).words)

    for typed in (
        "un \\*mot\\*",
        "\\_un mot\\_",
        "\\~a\\~",
        "\\`a\\`",
        "\\`\\`\\`a\nb\\`\\`\\`",
        "`` a`b ``",
        "`` `*x* ``",
        "````\n```\n*x*\n````",
    ):
        assert "for a mark" in reason(typed), typed
    for fine in (
        "3 \\* 4 \\* 5",
        "snake_case_name",
        "**gras** *doux* `a_b_` ~~non~~",
        "https://example.org/_a_",
        "`*x*`",
        "\\*seul",
        "```\na`b\n```",
    ):
        assert reason(fine) == "", fine
    assert "at most 3000 characters on Slack, and these have 3001" in reason("a" * 3001, media=(picture("a.jpg", ""),))
    assert reason("a" * 3001) == ""


# Sending.


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("msg_too_long", Refused), ("no_text", Refused), ("invalid_blocks", Refused), ("something_new", Refused), ("invalid_auth", Locked),
        ("missing_scope", Locked), ("not_in_channel", Locked), ("is_archived", Locked), ("restricted_action_read_only_channel", Locked),
        ("ratelimited", Wait), ("request_timeout", Wait), ("fatal_error", Unknown), ("internal_error", Unknown), ("service_unavailable", Unknown),
    ],
)  # fmt: skip
def test_each_error_is_named_by_what_must_happen_next(
    server: Slack, monkeypatch: pytest.MonkeyPatch, error: str, outcome: type[Exception]
) -> None:
    refuse(server, monkeypatch, no(error, needed="chat:write", provided=TOKEN).reply)
    with pytest.raises(outcome) as told:
        send(server)
    assert TOKEN not in str(told.value)
    # What only reads never may have sent something.
    refuse(server, monkeypatch, no(error).reply, on="media")
    with pytest.raises(Wait if outcome is Unknown else outcome):
        send(server, media=(picture("a.jpg", "x"),))
    assert server.messages == []


def test_pictures_are_blocks_of_files_that_are_ready(server: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    send(server, media=(picture("a.jpg", "Un jardin"), picture("b.jpg", "")))
    section, first, second = server.messages[0].wire["blocks"]
    assert section["text"] == {"type": "mrkdwn", "text": "On ouvre dimanche"}
    assert [block["alt_text"] for block in (first, second)] == ["Un jardin", " "]
    assert all(
        request.form()["files"].count("channel") == 0
        for request in server.requests("other")
        if request.path.endswith("completeUploadExternal")
    )
    refuse(server, monkeypatch, no("invalid_blocks", errors=["invalid slack file [json-pointer:/blocks/1/slack_file]"]).reply)
    with pytest.raises(Wait, match="take too long"):
        send(server, media=(picture("a.jpg", "Un jardin"),))


def test_only_a_picture_has_no_words_above_it(server: Slack) -> None:
    send(server, "", media=(picture("a.jpg", "Un jardin"),))
    assert [block["type"] for block in server.messages[0].wire["blocks"]] == ["image"]


@pytest.mark.parametrize("url", ["https://evil.example/upload", "http://127.0.0.1:1/upload", "javascript:alert(1)", 1, None])
def test_bytes_go_to_slack_alone(server: Slack, monkeypatch: pytest.MonkeyPatch, url: object) -> None:
    monkeypatch.setattr(server, "_files_getUploadURLExternal", lambda _fields: {"upload_url": url, "file_id": "F00000000"})
    with pytest.raises(Wait, match="invalid address"):
        send(server, media=(picture("a.jpg", "x"),))


def test_answers_stand_in_the_thread_of_the_first(server: Slack) -> None:
    first = send(server, "Un")
    second = send(server, "Deux", before=(first,))
    third = send(server, "Trois", before=(first, second))
    assert server.roots == dict.fromkeys((first.id, second.id, third.id), first.id)
    assert third.url == f"{PLACE}/p{third.id.replace('.', '')}?thread_ts={first.id}&cid={CHANNEL}" == server.messages[2].url
    by_hand = Delivery(first.url, first.url)
    assert server.roots[send(server, "Quatre", before=(by_hand,)).id] == first.id


def test_a_picture_that_is_corrected_away_leaves_the_words(server: Slack) -> None:
    was = sending("Un", media=(picture("a.jpg", "x"),))
    delivery = slack.send(was, account(server), WEB)
    slack.edit(sending("Deux"), delivery, was.part, account(server), WEB)
    assert server.messages[0].wire == {"text": "Deux", "unfurl_links": True}


# Looking.


def test_a_look_finds_the_mark_on_any_page_and_in_a_thread(server: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    said = sending("On ouvre dimanche")
    delivery = slack.send(said, account(server), WEB)
    for number in range(5):
        send(server, f"Autre {number}", post_id=f"autre-{number}")
    monkeypatch.setattr(messages, "_PAGE", "2")
    assert slack.find(said, account(server), WEB) == delivery
    monkeypatch.setattr(messages, "_MAX_PAGES", 2)
    with pytest.raises(Unknown, match="too many messages"):
        slack.find(said, account(server), WEB)
    answer = sending("Réponse", (delivery,))
    assert slack.find(answer, account(server), WEB) is None
    assert slack.send(answer, account(server), WEB) == slack.find(answer, account(server), WEB)
    assert slack.find(answer._replace(again=1), account(server), WEB) is None, "sent again on purpose, it is another message"
    monkeypatch.setattr(messages, "_MAX_PAGES", 10)
    assert slack.find(said._replace(taken=frozenset({delivery.id}), since_first_try=timedelta(hours=1)), account(server), WEB) is None


def test_an_answer_whose_thread_is_gone_is_for_a_person(server: Slack) -> None:
    first = send(server, "Un")
    server.delete(first.id)
    with pytest.raises(Unknown, match="replies to is gone"):
        slack.find(sending("Deux", (first,)), account(server), WEB)


# Places and people.


@pytest.mark.parametrize(
    "place", ["", "#annonces", CHANNEL, f"https://example.org/archives/{CHANNEL}", "https://jardin.slack.com/archives/D0123ABCDEF"]
)
def test_a_channel_without_its_link_is_told_before_anything_is_sent(server: Slack, place: str) -> None:
    with pytest.raises(Locked, match="needs the link of its channel"):
        send(server, place=place)
    assert server.requests() == []


def test_the_address_of_a_message() -> None:
    channel = Channel(network="slack", account=f"{PLACE}/")
    assert slack.post_id(f"{PLACE}/p1795872970000012", channel) == "1795872970.000012"
    assert slack.post_id(f"{PLACE}/p1795872971000001?thread_ts=1795872970.000000&cid={CHANNEL}", channel) == "1795872971.000001"
    for other in (PLACE, f"https://autre.slack.com/archives/{CHANNEL}/p1795872970000012", "https://example.org"):
        with pytest.raises(Refused):
            slack.post_id(other, channel)


def test_the_doctor_reads_only(server: Slack) -> None:
    status = slack.examine(account(server), WEB)
    assert (status.is_channel_account, status.missing_scopes, status.remarks) == (True, (), ())
    server.scopes, server.member = "chat:write, groups:history", False
    status = slack.examine(account(server), WEB)
    assert status.missing_scopes == ("files:write", "files:read") and "not in this channel" in status.remarks[0]
    assert not slack.identify(account(server, PLACE.replace("jardin", "autre")), WEB).is_channel_account
    with pytest.raises(Locked):
        slack.identify(account(server, token="xoxb-wrong"), WEB)
    assert server.messages == []


# The webhook.


def through(hook: SlackHook, text: str = "On ouvre", address: str = "", **words: Any) -> Delivery:
    said = publication("slack_webhook", text, **words)
    payload = slack_webhook.compose(said)
    (part,) = payload.parts
    secrets = {"webhook": address or f"http://{hook.host}{PATH}"}
    channel = Channel(network="slack_webhook", account=PLACE, host=hook.host)
    return slack_webhook.send(SendRequest(said.key, 0, 1, part, payload.sha256, (), now=NOW), Account("place", channel, secrets), WEB)


def test_a_webhook_sends_all_words_at_once(hook: SlackHook) -> None:
    delivery = through(hook, "Un\n\n---\n\nDeux", first_comment="Trois", media=(picture("a.jpg", "x"),))
    assert hook.messages[0].wire["text"] == "Un\n\n---\n\nDeux\n\nTrois" and delivery.url.startswith(f"{PLACE}#")
    assert through(hook, "Autre", post_id="autre").url != delivery.url
    channel = Channel(network="slack_webhook", account=PLACE)
    assert slack_webhook.post_id(delivery.url, channel) == delivery.id
    assert slack_webhook.post_id(f"{PLACE}/p1795872970000012", channel) == "1795872970.000012", "what a person copied"
    with pytest.raises(Refused):
        slack_webhook.post_id("https://example.org", channel)


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        (400, "invalid_payload", Refused), (400, "user_not_found", Refused), (403, "action_prohibited", Locked), (404, "channel_not_found", Locked),
        (410, "channel_is_archived", Locked), (404, "no_service", Locked), (400, "invalid_token", Locked), (500, "rollup_error", Unknown),
        (200, "", Unknown), (200, "<html>ok</html>", Unknown), (404, "", Locked),
    ],
)  # fmt: skip
def test_each_answer_of_a_webhook_is_named(
    hook: SlackHook, monkeypatch: pytest.MonkeyPatch, status: int, said: str, outcome: type[Exception]
) -> None:
    refuse(hook, monkeypatch, Reply(status, said.encode(), {"Content-Type": "text/html"}))
    with pytest.raises(outcome):
        through(hook)


@pytest.mark.parametrize("address", ["http://HOST/", "http://other.exampleSERVICES", "https://HOSTSERVICES", "xoxb-token"])
def test_a_webhook_speaks_to_the_approved_host_alone(hook: SlackHook, address: str) -> None:
    with pytest.raises(Locked, match="is no address"):
        through(hook, address=address.replace("HOST", hook.host).replace("SERVICES", PATH))
    assert hook.requests() == []


FILM, DECK = videos.video(), documents.document()


def file_of(name: str, data: bytes, text: str = "La serre", **words: Any) -> SendRequest:
    media = (Picture(f"content/media/{name}", sha256(data).hexdigest(), "La neige fond"),)
    return sending(text, media=media, **words)._replace(open_media=lambda _one: videos.opened(data))


def test_a_video_is_shown_by_its_address_in_the_words(server: Slack) -> None:
    said = file_of("serre.mp4", FILM)
    delivery = slack.send(said, account(server), WEB)
    (file,) = server.files
    assert server.messages[0].wire["text"] == f"La serre\n<{server.permalink(file)}>" and "blocks" not in server.messages[0].wire
    assert server.files[file] == FILM and server.titles[file] == "La neige fond" and server.shared == {file}
    assert slack.find(said, account(server), WEB) == delivery
    with pytest.raises(Refused, match="can only be deleted"):
        slack.edit(sending("Deux"), delivery, said.part, account(server), WEB)
    slack.retract(delivery, said.part, account(server), WEB)
    assert slack.still_there(delivery, said.part, account(server), WEB) is False


def test_a_document_is_shown_without_words_too(server: Slack) -> None:
    slack.send(file_of("plan.pdf", DECK, "", format="document"), account(server), WEB)
    (file,) = server.files
    assert server.messages[0].wire["text"] == f"<{server.permalink(file)}>" and server.files[file] == DECK
    both = (picture("a.pdf", ""), picture("b.jpg", ""))
    assert "one document" in slack.refusal_reason(publication("slack", "Un", media=both).words)
    with pytest.raises(Refused, match="one video, and no pictures"):
        slack.send(sending("Un", media=(picture("a.mp4", ""), picture("b.jpg", ""))), account(server), WEB)


def test_a_video_that_is_not_ready_is_taken_up_again_by_the_next_run(server: Slack) -> None:
    said = file_of("serre.mp4", FILM)
    server.order("never-ready", on="status", times=99)
    with pytest.raises(Wait) as waits:
        slack.send(said, account(server), WEB)
    ((digest, file),) = waits.value.uploads.items()
    assert digest == said.part.media[0].sha256 and not server.messages
    server._orders.clear()
    server.asked[file] = 0
    slack.send(said._replace(uploads=waits.value.uploads), account(server), WEB)
    assert server.shared == {file} and len(server.requests("media")) == 1
    slack.send(said._replace(uploads={digest: "F0GONE"}, key="autre"), account(server), WEB)
    assert len(server.requests("media")) == 2, "one that Slack does not know any more is uploaded again"


def test_an_address_that_is_none_of_slacks_goes_into_no_message(server: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "permalink", lambda _file: "javascript:alert(1)")
    with pytest.raises(Wait):
        slack.send(file_of("serre.mp4", FILM), account(server), WEB)
    assert not server.messages
