"""Meta's own SDK plays the journeys of Instagram and Facebook against the fakes: what they answer is what the SDK reads, and what it sends they take."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from facebook_business import FacebookAdsApi, FacebookSession
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.exceptions import FacebookRequestError

from fakes import facebook as pages
from fakes import instagram as pictures
from fakes.graph import TOKEN, USER
from marronnier.networks.kit.graph.client import VERSION
from networks.posts import drawn, picture

ARBRE = picture("arbre.jpg", "Un arbre")


class TokenInHeader(FacebookSession):
    """A session as the SDK has it, with the token where ours has it: the fakes take it nowhere else."""

    def __init__(self, base: str) -> None:
        super().__init__(access_token=TOKEN)
        self.GRAPH = base
        self.requests.params.clear()
        self.requests.headers["Authorization"] = f"Bearer {TOKEN}"


def api(host: str) -> FacebookAdsApi:
    assert VERSION == FacebookAdsApi.API_VERSION, "the constant follows the SDK"
    return FacebookAdsApi(TokenInHeader(f"http://{host}"))


@pytest.fixture
def instagram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with pictures.stage(tmp_path / "state", monkeypatch) as stage:
        yield stage


@pytest.fixture
def facebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with pages.stage(tmp_path / "state", monkeypatch) as stage:
        yield stage


def test_the_sdk_publishes_a_picture_on_instagram_and_comments_on_it(instagram: Any) -> None:
    user = IGUser(USER, api=api(instagram.server.host))
    name = next(name for name in instagram.server.site if name.endswith(".jpg"))
    address = f"{instagram.site}m/{name}"
    container = user.create_media(params={"image_url": address, "caption": "On plante", "alt_text": "Un arbre"})
    assert instagram.server.told(container["id"]).body["status_code"] == "FINISHED"
    media = user.create_media_publish(params={"creation_id": container["id"]})
    (listed,) = user.get_media(fields=["id", "caption", "permalink", "timestamp"])
    assert (listed["id"], listed["caption"]) == (media["id"], "On plante") and listed["permalink"].startswith("http")
    comment = IGMedia(media["id"], api=user.get_api()).create_comment(params={"message": "Et vous ?"})
    assert comment["id"] == instagram.server.comments[0].id


def test_the_sdk_reads_an_error_as_ours_does(instagram: Any) -> None:
    user = IGUser(USER, api=api(instagram.server.host))
    with pytest.raises(FacebookRequestError) as told:
        user.create_media_publish(params={"creation_id": "1"})
    assert (told.value.api_error_code(), told.value.api_error_subcode()) == (24, 2207006)


def test_the_sdk_posts_pictures_on_a_page(facebook: Any) -> None:
    page = Page(pages.PAGE, api=api(facebook.server.host))
    data = drawn(ARBRE)
    facebook.read(ARBRE)
    form, files = {"published": "false", "alt_text_custom": "Un arbre"}, {"source": ("arbre.png", data, "image/png")}
    photo = page.get_api().call("POST", (pages.PAGE, "photos"), params=form, files=files).json()
    page.create_feed(params={"message": "On plante", "attached_media": [{"media_fbid": photo["id"]}]})
    assert facebook.received() == [{"message": "On plante", "media": [{"sha256": ARBRE.sha256, "alt": "Un arbre"}]}]


def test_the_sdk_corrects_comments_and_deletes_a_post_of_a_page(facebook: Any) -> None:
    page = Page(pages.PAGE, api=api(facebook.server.host))
    post = PagePost(page.create_feed(params={"message": "On plante", "link": "https://example.org/jardin"})["id"], api=page.get_api())
    (listed,) = page.get_published_posts(fields=["id", "message", "created_time", "permalink_url"])
    assert (listed["id"], listed["message"]) == (post["id"], "On plante")
    post.create_comment(params={"message": "Et vous ?"})
    assert facebook.replies() == [None, post["id"]]
    post.api_update(params={"message": "On a planté"})
    assert facebook.server.messages[0].wire["message"] == "On a planté"
    post.api_delete()
    assert [message.id for message in facebook.server.alive()] == [facebook.server.messages[1].id]


def test_the_sdk_uploads_a_video_in_the_same_phases(facebook: Any) -> None:
    page = Page(pages.PAGE, api=api(facebook.server.host))
    call = page.get_api().call
    start = call("POST", (pages.PAGE, "videos"), params={"upload_phase": "start", "file_size": 3}).json()
    piece = {"upload_phase": "transfer", "upload_session_id": start["upload_session_id"], "start_offset": start["start_offset"]}
    end = call(
        "POST", (pages.PAGE, "videos"), params=piece, files={"video_file_chunk": ("serre.mp4", b"abc", "application/octet-stream")}
    ).json()
    assert (end["start_offset"], end["end_offset"]) == ("3", "3")
    page.create_video(params={"upload_phase": "finish", "upload_session_id": start["upload_session_id"], "description": "La serre"})
    assert facebook.received() == [{"description": "La serre", "media": [{"sha256": hashlib.sha256(b"abc").hexdigest()}]}]
