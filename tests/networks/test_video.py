"""Videos and their captions on Mastodon and Bluesky: composed, uploaded, taken up again, and refused where a network takes one alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from atproto_client import models

import videos
from fakes import bluesky as skies
from fakes.mastodon import TOKEN, Mastodon
from marronnier import networks
from marronnier.model.brand import Channel
from marronnier.model.publication import Caption, Delivery, Payload, Picture
from marronnier.networks import bluesky, mastodon
from marronnier.networks.kit.atproto import video as atproto_video
from marronnier.networks.kit.fediverse import client
from marronnier.networks.kit.seam import Account, Refused, SendRequest, Wait
from marronnier.web import Web
from networks.posts import drawn, picture, publication

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
WEB = Web(loopback=True)
FILM = videos.video(96, 64)
WORDS = videos.CAPTIONS.encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def film(data: bytes = FILM, *captions: Caption, name: str = "serre.mp4") -> Picture:
    return Picture(f"content/media/{name}", sha256(data), "La neige fond sur les vitres", captions=captions)


CAPTION = Caption("fr", "content/media/serre.fr.vtt", sha256(WORDS))


def sending(network: str, channel: dict[str, Any], media: tuple[Picture, ...], files: dict[str, bytes], **more: Any) -> SendRequest:
    said = publication(network, "La serre", channel=channel, media=media)
    payload = networks.get(network).compose(said)
    again = Payload.from_bytes(payload.as_bytes())
    assert again == payload and again.parts[0].media == media

    def open_media(one: Picture | Caption) -> Any:
        return videos.opened(files[one.path])

    return SendRequest(
        said.key, 0, 1, payload.parts[0], payload.sha256, (), first_sent_at=NOW, now=NOW, read_picture=drawn, open_media=open_media, **more
    )


class Tooting:
    def __init__(self, there: Mastodon) -> None:
        self.there = there
        self.channel = {"account": there.account}
        self.account = Account("toots", Channel(network="mastodon", account=there.account), {"token": TOKEN})

    def send(self, *media: Picture, files: dict[str, bytes], **more: Any) -> Delivery:
        return mastodon.send(sending("mastodon", self.channel, media, files, **more), self.account, WEB)


@pytest.fixture
def toots(tmp_path: Path) -> Iterator[Tooting]:
    with Mastodon(tmp_path / "state").running() as running:
        yield Tooting(running)


@pytest.fixture
def sky(tmp_path: Path) -> Iterator[skies.Server]:
    with skies.serving(tmp_path / "sky") as started:
        yield started


def say(sky: skies.Server, *media: Picture, files: dict[str, bytes], **more: Any) -> Delivery:
    channel = {"account": skies.HANDLE, "host": sky.host}
    request = sending("bluesky", channel, media, files, **more)
    account = Account("place", Channel(network="bluesky", **channel), {"password": skies.PASSWORD})
    delivery = bluesky.send(request, account, WEB)
    assert bluesky.find(request, account, WEB) == delivery
    return delivery


# Mastodon.


def test_a_video_reaches_mastodon_as_it_is(toots: Tooting) -> None:
    toots.there.order("processing", on="media")
    video = film()
    delivery = toots.send(video, files={video.path: FILM})
    (toot,) = toots.there.toots()
    (media_id,) = toot["request"]["media_ids"]
    uploaded = toots.there.picture(media_id)
    assert (uploaded["type"], uploaded["sha256"], uploaded["description"]) == ("video/mp4", sha256(FILM), video.alt)
    assert delivery.files == (sha256(FILM),)
    assert toots.there.asked.count("GET /api/v1/media/" + media_id) == 2


@pytest.mark.parametrize("first", ["video", "picture"])
def test_a_video_and_a_picture_are_never_sent_together(toots: Tooting, sky: skies.Server, first: str) -> None:
    media = (film(), picture("a.jpg", "Un arbre")) if first == "video" else (picture("a.jpg", "Un arbre"), film())
    with pytest.raises(Refused, match="one video, and no pictures"):
        toots.send(*media, files={media[0].path: FILM})
    with pytest.raises(Refused, match="one video, and no pictures"):
        say(sky, *media, files={media[0].path: FILM})
    assert not toots.there.toots() and not sky.received() and not toots.there.asked


def test_a_video_that_is_not_ready_is_taken_up_again_by_the_next_run(toots: Tooting, monkeypatch: pytest.MonkeyPatch) -> None:
    toots.there.ready = False
    toots.there.order("processing", on="media")
    monkeypatch.setattr(client, "UPLOAD_SECONDS", 0.5)
    monkeypatch.setattr(client, "_POLL_SECONDS", 0.1)
    video = film()
    with pytest.raises(Wait) as waits:
        toots.send(video, files={video.path: FILM})
    (media_id,) = waits.value.uploads.values()
    assert set(waits.value.uploads) == {video.sha256}
    with pytest.raises(Wait) as still:
        toots.send(video, files={video.path: FILM}, uploads=waits.value.uploads)
    assert still.value.uploads == waits.value.uploads
    toots.there.ready = True
    toots.send(video, files={video.path: FILM}, uploads=waits.value.uploads)
    assert toots.there.asked.count("POST /api/v2/media") == 1
    assert [toot["request"]["media_ids"] for toot in toots.there.toots()] == [[media_id]]


def test_an_upload_that_the_server_forgot_is_made_again(toots: Tooting) -> None:
    video = film()
    toots.send(video, files={video.path: FILM}, uploads={video.sha256: "123456"})
    assert len(toots.there.toots()) == 1


# Bluesky.


def test_a_video_and_its_captions_reach_bluesky(sky: skies.Server) -> None:
    video = film(FILM, CAPTION, Caption("nl", "content/media/serre.nl.vtt", sha256(WORDS + b"\n")))
    files = {video.path: FILM, CAPTION.path: WORDS, "content/media/serre.nl.vtt": WORDS + b"\n"}
    delivery = say(sky, video, files=files)
    (line,) = sky.received()
    embed = line["record"]["embed"]
    assert embed["$type"] == "app.bsky.embed.video" and embed["alt"] == video.alt
    assert embed["aspectRatio"] == {"width": 96, "height": 64}
    assert sky.blob(embed["video"]["ref"]["$link"]) == FILM and embed["video"]["mimeType"] == "video/mp4"
    assert [(one["lang"], sky.blob(one["file"]["ref"]["$link"])) for one in embed["captions"]] == [("fr", WORDS), ("nl", WORDS + b"\n")]
    assert delivery.files == (video.sha256,)
    # A version that knows no captions reads the stored payload all the same.
    payload = bluesky.compose(publication("bluesky", "La serre", media=(video,)))
    (part,) = json.loads(payload.as_bytes())["parts"]
    assert set(part["media"][0]) == {"path", "sha256", "alt", "credit"} and len(part["captions"]) == 2
    # The protocol's own kit reads the record.
    assert models.get_or_create(line["record"], models.AppBskyFeedPost.Record).embed.captions[1].lang == "nl"


def test_a_turned_video_is_announced_upright(sky: skies.Server) -> None:
    turned = videos.video(96, 64, turned=90)
    video = film(turned)
    say(sky, video, files={video.path: turned})
    assert sky.received()[0]["record"]["embed"]["aspectRatio"] == {"width": 64, "height": 96}


def test_a_large_video_goes_through_the_video_service(sky: skies.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atproto_video, "MAX_BLOB", 1000)
    monkeypatch.setattr(atproto_video, "_POLL_SECONDS", 0.05)
    video = film()
    say(sky, video, files={video.path: FILM})
    embed = sky.received()[0]["record"]["embed"]
    assert b"for the web" in sky.blob(embed["video"]["ref"]["$link"]) and embed["aspectRatio"] == {"width": 96, "height": 64}
    assert sky.asked("app.bsky.video.getJobStatus")


def test_a_job_that_is_not_done_is_asked_for_again_by_the_next_run(sky: skies.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atproto_video, "MAX_BLOB", 1000)
    monkeypatch.setattr(atproto_video, "UPLOAD_SECONDS", 0.0)
    video = film()
    with pytest.raises(Wait) as waits:
        say(sky, video, files={video.path: FILM})
    monkeypatch.setattr(atproto_video, "UPLOAD_SECONDS", 10.0)
    monkeypatch.setattr(atproto_video, "_POLL_SECONDS", 0.05)
    say(sky, video, files={video.path: FILM}, uploads=waits.value.uploads)
    assert len(sky.asked("app.bsky.video.uploadVideo")) == 1 and len(sky.received()) == 1
    other = film(videos.video(64, 96))
    say(sky, other, files={other.path: videos.video(64, 96)}, uploads={other.sha256: "gone"})
    assert len(sky.asked("app.bsky.video.uploadVideo")) == 2


@pytest.mark.parametrize("on", ["app.bsky.video.uploadVideo", "app.bsky.video.getJobStatus", "com.atproto.server.getServiceAuth", "upload"])
@pytest.mark.parametrize(
    "answer", ["cut-before", "cut-after", "error-after", "html-after", "page-after", "empty-after", "odd-after", "wait"]
)
def test_a_service_that_fails_puts_nothing_out(sky: skies.Server, monkeypatch: pytest.MonkeyPatch, on: str, answer: str) -> None:
    if on != "upload":
        monkeypatch.setattr(atproto_video, "MAX_BLOB", 1000)
    monkeypatch.setattr(atproto_video, "_POLL_SECONDS", 0.01)
    video = film()
    sky.order(answer, on=on)
    with pytest.raises(Wait):
        say(sky, video, files={video.path: FILM})
    assert not sky.received()
    say(sky, video, files={video.path: FILM})
    assert len(sky.received()) == 1


def test_captions_that_are_too_long_are_refused_before_the_video_leaves(sky: skies.Server) -> None:
    long = WORDS + b"x" * 20_000
    video = film(FILM, Caption("fr", CAPTION.path, sha256(long)))
    with pytest.raises(Refused, match="20000 bytes"):
        say(sky, video, files={video.path: FILM, CAPTION.path: long})
    assert not sky.asked("upload")


def test_a_video_that_cannot_be_read_is_refused(sky: skies.Server) -> None:
    broken = FILM[: len(FILM) // 2]
    video = film(broken)
    with pytest.raises(Refused, match="damaged"):
        say(sky, video, files={video.path: broken})
