"""Bluesky's own server, on loopback: it keeps what we send, eight senders at once make one post, and our fake answers as it does."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import videos
from fakes import bluesky as fake
from marronnier.model.publication import Caption, Delivery, Payload, Picture, Publication
from marronnier.networks import bluesky
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest
from marronnier.web import Web
from networks.posts import drawn, picture, publication
from servers.bluesky import HANDLE, PASSWORD, Running, running

TESTS = Path(__file__).parents[1]
NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
WEB = Web(loopback=True)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("pds")) as started:
        yield started


def said(server: Running, text: str, **words: Any) -> tuple[Publication, Payload, Account]:
    publication_ = publication("bluesky", text, channel={"account": HANDLE, "host": server.host}, **words)
    return publication_, bluesky.compose(publication_), Account("place", publication_.channel, {"password": server.app_password})


def say(server: Running, text: str, **words: Any) -> list[Delivery]:
    """Send every part in order, twice each, and find it: the repetition must change nothing."""
    publication_, payload, account = said(server, text, **words)
    before: tuple[Delivery, ...] = ()
    for number, part in enumerate(payload.parts):
        sending = SendRequest(
            publication_.key, number, len(payload.parts), part, payload.sha256, before, first_sent_at=NOW, now=NOW, read_picture=drawn
        )
        assert bluesky.find(sending, account, WEB) is None
        delivery = bluesky.send(sending, account, WEB)
        later = SendRequest(
            publication_.key, number, len(payload.parts), part, payload.sha256, before, now=datetime.now(UTC), read_picture=drawn
        )
        assert bluesky.send(sending, account, WEB) == bluesky.send(later, account, WEB) == bluesky.find(sending, account, WEB) == delivery
        before += (delivery,)
    return list(before)


def kept(server: Running, delivery: Delivery) -> dict[str, Any]:
    """The server's record of a delivery: exactly one, under its URI and CID."""
    uri, _, cid = delivery.id.rpartition("#")
    (record,) = [record for record in server.records() if record["uri"] == uri]
    assert record["cid"] == cid and delivery.url == f"https://bsky.app/profile/{server.did}/post/{uri.rpartition('/')[2]}"
    value: dict[str, Any] = record["value"]
    return value


def test_a_post_is_kept_as_it_was_composed(server: Running) -> None:
    text = f"« L’été » 👨‍👩‍👧‍👦 e\u0301 حديقة : merci @{HANDLE} et @nobody.test, https://example.org/agenda/2026/été?a=b #Fête #حديقة_الحي"
    (delivery,) = say(server, text, post_id="whole", link="https://example.org/é", title="« Portes »", lang="fr-BE")
    record = kept(server, delivery)
    assert record.pop("createdAt") == "2026-12-05T09:00:00.000Z"
    wire = json.loads(json.dumps(said(server, text, link="https://example.org/é", title="« Portes »", lang="fr-BE")[1].parts[0].wire))
    mention, nobody = (facet for facet in wire["facets"] if facet["features"][0]["$type"].endswith("#mention"))
    mention["features"][0]["did"] = server.did
    wire["facets"].remove(nobody)
    assert record == wire


def test_pictures_are_kept_with_their_alternative_text_and_nothing_else(server: Running) -> None:
    image = Image.effect_noise((3000, 1500), 120).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ines"
    exif.get_ifd(0x8825)[2] = (50.0, 51.0, 0.0)
    data = io.BytesIO()
    image.save(data, "JPEG", quality=100, exif=exif)
    assert len(data.getvalue()) > 2_000_000
    publication_, payload, account = said(
        server, "Deux", post_id="pictures", media=(picture("a.jpg", "Un « jardin »"), picture("b.jpg", ""))
    )
    sending = SendRequest(
        publication_.key, 0, 1, payload.parts[0], payload.sha256, (), now=NOW, read_picture=lambda _picture: data.getvalue()
    )
    images = kept(server, bluesky.send(sending, account, WEB))["embed"]["images"]
    assert [image["alt"] for image in images] == ["Un « jardin »", ""]
    blob = server.blob(images[0]["image"]["ref"]["$link"])
    assert len(blob) == images[0]["image"]["size"] <= 1_000_000 and b"Ines" not in blob
    opened = Image.open(io.BytesIO(blob))
    assert not opened.getexif() and dict(zip(("width", "height"), opened.size, strict=True)) == images[0]["aspectRatio"]
    assert max(opened.size) <= 2000 and opened.width == 2 * opened.height


def test_a_video_and_its_captions_are_kept_as_they_were_sent(server: Running) -> None:
    film, words = videos.video(96, 64), videos.CAPTIONS.encode()
    caption = Caption("fr", "content/media/serre.fr.vtt", hashlib.sha256(words).hexdigest())
    video = Picture("content/media/serre.mp4", hashlib.sha256(film).hexdigest(), "La neige « fond »", captions=(caption,))
    publication_, payload, account = said(server, "La serre", post_id="video", media=(video,))
    files = {video.path: film, caption.path: words}
    sending = SendRequest(
        publication_.key, 0, 1, payload.parts[0], payload.sha256, (), now=NOW, open_media=lambda one: videos.opened(files[one.path])
    )
    delivery = bluesky.send(sending, account, WEB)
    embed = kept(server, delivery)["embed"]
    assert (embed["$type"], embed["alt"], embed["aspectRatio"]) == (
        "app.bsky.embed.video",
        "La neige « fond »",
        {"width": 96, "height": 64},
    )
    assert server.blob(embed["video"]["ref"]["$link"]) == film and embed["video"]["mimeType"] == "video/mp4"
    assert [(one["lang"], server.blob(one["file"]["ref"]["$link"])) for one in embed["captions"]] == [("fr", words)]
    assert delivery.files == (video.sha256,) and bluesky.find(sending, account, WEB) == delivery == bluesky.send(sending, account, WEB)


def test_a_thread_answers_part_by_part(server: Running) -> None:
    first, second, third = say(server, "Un\n\n---\n\nDeux\n\n---\n\nTrois", post_id="thread", media=(picture("a.jpg", "Un"),))
    by_hand = Delivery(first.url, first.url)
    publication_, payload, account = said(server, "Un\n\n---\n\nAutre", post_id="by-hand")
    fourth = bluesky.send(SendRequest(publication_.key, 1, 2, payload.parts[1], payload.sha256, (by_hand,), now=NOW), account, WEB)
    names = [dict(zip(("uri", "cid"), delivery.id.split("#"), strict=True)) for delivery in (first, second, third)]
    assert "reply" not in kept(server, first)
    assert kept(server, second)["reply"] == {"root": names[0], "parent": names[0]}
    assert kept(server, third)["reply"] == {"root": names[0], "parent": names[1]}
    assert kept(server, fourth)["reply"] == {"root": names[0], "parent": names[0]}


def test_what_was_deleted_is_gone_and_can_be_sent_again_under_its_key(server: Running) -> None:
    publication_, payload, account = said(server, "Relisez-moi", post_id="read-back")
    sending = SendRequest(publication_.key, 0, 1, payload.parts[0], payload.sha256, (), first_sent_at=NOW, now=NOW)
    sent = bluesky.send(sending, account, WEB)
    assert bluesky.still_there(sent, payload.parts[0], account, WEB)
    for _again in range(2):
        bluesky.retract(sent, payload.parts[0], account, WEB)
    assert not bluesky.still_there(sent, payload.parts[0], account, WEB)
    assert bluesky.find(sending, account, WEB) is None
    again = bluesky.send(sending, account, WEB)
    assert again.url == sent.url and bluesky.still_there(again, payload.parts[0], account, WEB)


def test_both_limits_of_a_text_are_the_servers(server: Running) -> None:
    family = "👨‍👩‍👧‍👦"
    assert say(server, "é" * 300, post_id="graphemes") and say(server, family * 120, post_id="bytes")
    for number, text in enumerate(("é" * 301, family * 121)):
        publication_, payload, account = said(server, text, post_id=f"long-{number}")
        with pytest.raises(Refused, match=r"graphemes|bytes|longer|too (long|big)"):
            bluesky.send(SendRequest(publication_.key, 0, 1, payload.parts[0], payload.sha256, (), now=NOW), account, WEB)


def test_a_password_that_was_never_given_locks(server: Running) -> None:
    publication_, payload, account = said(server, "Un", post_id="locked")
    wrong = Account("place", account.channel, {"password": "abcd-abcd-abcd-abcd"})
    with pytest.raises(Locked, match=r"refuses the app password of jardin\.test"):
        bluesky.send(SendRequest(publication_.key, 0, 1, payload.parts[0], payload.sha256, (), now=NOW), wrong, WEB)


def test_the_doctor_tells_an_app_password_from_the_accounts_own(server: Running) -> None:
    _publication, _payload, account = said(server, "Un", post_id="doctor")
    told = bluesky.examine(account, WEB)
    assert (told.account, told.is_channel_account, told.remarks) == (HANDLE, True, ()) and told.server_time is not None
    (remark,) = bluesky.examine(Account("place", account.channel, {"password": PASSWORD}), WEB).remarks
    assert "password of the account itself" in remark


EIGHTH = """
import sys, time
from datetime import UTC, datetime
from marronnier.networks import bluesky
from marronnier.networks.kit.seam import Account, SendRequest
from marronnier.web import Web
from networks.posts import publication
host, password, number = sys.argv[1:]
said = publication("bluesky", "Huit voix, un post", post_id="eight", channel={"account": "jardin.test", "host": host})
payload = bluesky.compose(said)
sending = SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, (), now=datetime(2026, 12, 5, 9, int(number), tzinfo=UTC))
web = Web(loopback=True)
bluesky.find(sending, account := Account("place", said.channel, {"password": password}), web)
print("ready", flush=True)
sys.stdin.readline()
print(bluesky.send(sending, account, web).id)
"""


def test_t02_eight_senders_at_once_make_one_post(server: Running) -> None:
    command = [sys.executable, "-c", EIGHTH, server.host, server.app_password]
    senders = [
        subprocess.Popen(
            [*command, str(number)], cwd=TESTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for number in range(8)
    ]
    try:
        for sender in senders:
            assert sender.stdout and sender.stdout.readline() == "ready\n", sender.stderr and sender.stderr.read()
        for sender in senders:
            assert sender.stdin
            sender.stdin.write("go\n")
            sender.stdin.flush()
        answers = [sender.communicate(timeout=60) for sender in senders]
    finally:
        for sender in senders:
            sender.kill()
            sender.wait()
    assert [errors for _id, errors in answers] == [""] * 8
    assert len({told for told, _errors in answers}) == 1
    assert [record["value"]["text"] for record in server.records()].count("Huit voix, un post") == 1


# The fake server and the real one must give the same statuses and error names to the same requests.

POST = {"$type": "app.bsky.feed.post", "text": "Un", "createdAt": "2026-12-05T09:00:00.000Z"}
KEY = "3kaaaaaaaaa22"


def put(record: Any, key: str = KEY, **more: Any) -> dict[str, Any]:
    return {"repo": HANDLE, "collection": "app.bsky.feed.post", "rkey": key, "record": record, "swapRecord": None, "validate": True, **more}


def facet(kind: str, **feature: Any) -> dict[str, Any]:
    return {"index": {"byteStart": 0, "byteEnd": 2}, "features": [{"$type": f"app.bsky.richtext.facet#{kind}", **feature}]}


BLOB = {
    "$type": "blob",
    "ref": {"$link": "bafkreiaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    "mimeType": "image/png",
    "size": 77,
}
PUTS: dict[str, dict[str, Any]] = {
    "a post": put(POST),
    "the same again": put(POST),
    "another under that key": put({**POST, "text": "Deux"}),
    "a later hour under that key": put({**POST, "createdAt": "2026-12-05T10:00:00.000Z"}),
    "a key that is no TID": put(POST, "jardin"),
    "a key beyond its range": put(POST, "zaaaaaaaaaaaa"),
    "301 characters": put({**POST, "text": "é" * 301}, "3kaaaaaaaaa23"),
    "3,001 bytes": put({**POST, "text": "👨‍👩‍👧‍👦" * 120 + "a"}, "3kaaaaaaaaa24"),
    "no text": put({"$type": POST["$type"], "createdAt": POST["createdAt"]}, "3kaaaaaaaaa25"),
    "an empty text": put({**POST, "text": ""}, "3kaaaaaaaaa26"),
    "no hour": put({"$type": POST["$type"], "text": "Un"}, "3kaaaaaaaaa27"),
    "an hour that is none": put({**POST, "createdAt": "tomorrow"}, "3kaaaaaaaaa2a"),
    "four languages": put({**POST, "langs": ["fr", "nl", "en", "ar"]}, "3kaaaaaaaaa2b"),
    "a link": put({**POST, "facets": [facet("link", uri="https://example.org/é")]}, "3kaaaaaaaaa2c"),
    "a link that is none": put({**POST, "facets": [facet("link", uri="example")]}, "3kaaaaaaaaa2d"),
    "a handle instead of a DID": put({**POST, "facets": [facet("mention", did="jardin.test")]}, "3kaaaaaaaaa2e"),
    "a facet past the end": put({**POST, "facets": [{**facet("tag", tag="Un"), "index": {"byteStart": 5, "byteEnd": 90}}]}, "3kaaaaaaaaa2f"),
    "a picture nobody uploaded": put({**POST, "embed": {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": BLOB}]}}, "3kaaaaaaaaa2g"),
    "no alternative text": put({**POST, "embed": {"$type": "app.bsky.embed.images", "images": [{"image": BLOB}]}}, "3kaaaaaaaaa2h"),
    "five pictures": put({**POST, "embed": {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": BLOB}] * 5}}, "3kaaaaaaaaa2i"),
    "another's account": put(POST, repo="did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"),
}  # fmt: skip


def outcome(answer: Any) -> tuple[int, str]:
    there = answer.json()
    return answer.status, there.get("error", "")


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with fake.serving(tmp_path_factory.mktemp("fake")) as started:
        yield Running(started.host, fake.did_of(HANDLE), fake.PASSWORD)


def test_the_fake_takes_and_refuses_what_the_real_one_does(server: Running, stand_in: Running) -> None:
    """Requests in sequence: some depend on the records of earlier ones."""
    tokens = {one: one.token() for one in (server, stand_in)}
    told: dict[str, list[tuple[int, str]]] = {
        name: [outcome(one.ask("POST", "com.atproto.repo.putRecord", token=tokens[one], json=asked)) for one in tokens]
        for name, asked in PUTS.items()
    }
    assert {name: real for name, (real, _fake) in told.items()} == {name: fake_ for name, (_real, fake_) in told.items()}
    assert told["another under that key"][0] == (400, "InvalidSwap") and told["the same again"][0] == (200, "")


LOOK = "com.atproto.repo.getRecord?collection=app.bsky.feed.post"


@pytest.mark.parametrize(
    ("method", "name", "token", "asked"),
    [
        ("GET", f"{LOOK}&repo={HANDLE}&rkey=3kzzzzzzzzzzz", "", None),
        ("GET", f"{LOOK}&repo={HANDLE}&rkey={KEY}", "", None),
        ("GET", "com.atproto.identity.resolveHandle?handle=jardin.test", "", None),
        ("GET", "com.atproto.identity.resolveHandle?handle=nobody.test", "", None),
        ("POST", "com.atproto.server.createSession", "", {"identifier": HANDLE, "password": "no"}),
        ("POST", "com.atproto.server.createSession", "", {"identifier": "autre.test", "password": "no"}),
        ("POST", "com.atproto.repo.putRecord", "", put(POST)),
        ("POST", "com.atproto.repo.putRecord", "eyJhbGciOiJIUzI1NiJ9.e30.wrong", put(POST)),
        ("GET", "com.atproto.server.getSession", "", None),
        ("GET", "com.atproto.server.describeServer", "", None),
    ],
)
def test_the_fake_answers_as_the_real_one(server: Running, stand_in: Running, method: str, name: str, token: str, asked: Any) -> None:
    request = {} if asked is None else {"json": asked}
    real, ours = (one.ask(method, name, token=token, **request) for one in (server, stand_in))
    assert outcome(real) == outcome(ours)
    assert set(ours.json()) <= set(real.json())
