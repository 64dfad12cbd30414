"""What a person says was sent: at an address that can be this post's, and of no other publication and no other account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.mastodon import NAME, Mastodon
from marronnier.model.brand import Channel
from marronnier.networks import bluesky, mastodon
from marronnier.networks.kit.seam import Refused
from people import Town
from publish.mastodon_newsroom import THREAD, MastodonNewsroom
from publish.newsroom import read_json

TOOTS = Channel(network="mastodon", account="@jardin@example.org", host="social.example.org")
SKY = Channel(network="bluesky", account="jardin.bsky.social")


@pytest.fixture
def newsroom(town: Town, tmp_path: Path) -> Iterator[MastodonNewsroom]:
    with Mastodon(tmp_path / "mastodon").running() as running:
        running.keyless = True
        yield MastodonNewsroom(town, tmp_path / "repository", running)


def settle(newsroom: MastodonNewsroom, key: str, url: str) -> tuple[int, str]:
    done = newsroom.run("settle", key, "--was-sent", url)
    return done.returncode, done.stdout + done.stderr


def in_doubt(newsroom: MastodonNewsroom) -> str:
    """One toot is out, and another may be; the address of the first."""
    newsroom.post("pommier", "Un pommier.", "2026-12-02 08:40")
    newsroom.post("poirier", "Un poirier.", "2026-12-02 08:50")
    newsroom.there.order("fine")
    newsroom.there.order("unknown-before-accept")
    assert newsroom.publish() == {"pommier@toots": "sent", "poirier@toots": "unknown"}
    return f"http://{newsroom.there.host}/@{NAME}/{newsroom.there.toots()[0]['id']}"


FORMS = ("{url}", "{url}/", "{url}?x=1#top", "http://{host}/users/jardin/statuses/{id}", "http://{host}/@jardin/statuses/{id}")
WRONG = {
    "https://elsewhere.example/@jardin/1": "is on elsewhere.example",
    "http://{host}/@karim/1": "is of the account karim",
    "http://{host}/@jardin@elsewhere.example/1": "is of the account jardin@elsewhere.example",
    "http://{host}/@jardin": "is not the address of a post",
    "pommier": "is not the address of a post",
}


def test_an_address_that_is_not_this_posts_is_refused(newsroom: MastodonNewsroom) -> None:
    url = in_doubt(newsroom)
    told = dict.fromkeys(FORMS, "is the post of pommier@toots") | WRONG
    for form, why in told.items():
        address = form.format(url=url, host=newsroom.there.host, id=url.rpartition("/")[2])
        status, said = settle(newsroom, "poirier@toots", address)
        assert status and why in said, said
        assert "--was-sent" in said, "and what to do next"
    assert read_json(newsroom.run("status", "poirier", "--format", "json").stdout)[0]["state"] == "unknown"


def test_a_part_of_a_thread_is_not_at_the_address_of_another_part(newsroom: MastodonNewsroom) -> None:
    newsroom.post("verger", THREAD)
    newsroom.there.order("fine")
    newsroom.there.order("unknown-before-accept")
    newsroom.publish()
    status, said = settle(newsroom, "verger@toots", f"http://{newsroom.there.host}/@jardin/{newsroom.there.toots()[0]['id']}")
    assert status and "is the post of verger@toots" in said


def test_a_toot_settled_by_hand_is_never_found_as_another_publications(newsroom: MastodonNewsroom) -> None:
    """The ledger knows its address only, and written with a slash at its end."""
    newsroom.second_channel()
    newsroom.post("pommier", "Un pommier.", "2026-12-02 08:40")
    newsroom.there.order("cut-after-accept")
    newsroom.publish()
    (toot,) = newsroom.there.toots()
    assert settle(newsroom, "pommier@toots", f"http://{newsroom.there.host}/@jardin/{toot['id']}/")[0] == 0
    newsroom.post("encore", "Un pommier.", "2026-12-02 08:50")
    post = newsroom.folder / "content/posts/2026/12/encore.md"
    post.write_text(post.read_text().replace("[toots]", "[pouets]"))
    newsroom.commit("On the other channel")
    newsroom.there.order("cut-before-accept")
    assert newsroom.publish() == {"encore@pouets": "unknown"}
    newsroom.publish("2026-12-02 09:15", later=900)
    assert newsroom.texts() == ["Un pommier.", "Un pommier."]


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("https://example.org/@jardin/113550000000000001", "113550000000000001"),
        ("https://SOCIAL.example.org/@Jardin/113550000000000001/", "113550000000000001"),
        ("https://social.example.org/@jardin@example.org/113550000000000001", "113550000000000001"),
        ("https://social.example.org/users/jardin/statuses/01HZX", "01HZX"),
        ("https://social.example.org/@jardin@example.org/posts/42/", "42"),
        ("https://social.example.org/notice/AbCd", "AbCd"),
        ("https://social.example.org/jardin/p/1764666.123", "1764666.123"),
    ],
)
def test_the_addresses_that_servers_give_to_a_toot(url: str, id: str) -> None:
    assert mastodon.post_id(url, TOOTS) == id


def test_the_addresses_of_bluesky() -> None:
    assert bluesky.post_id("https://bsky.app/profile/jardin.bsky.social/post/3kabcdefghij2", SKY) == "3kabcdefghij2"
    assert bluesky.post_id("https://bsky.app/profile/did:plc:abcdefghijklmnopqrstuvwx/post/3kabcdefghij2/", SKY) == "3kabcdefghij2"
    for wrong, told in (
        ("https://bsky.app/profile/karim.bsky.social/post/3kabcdefghij2", "is of the account karim"),
        ("https://bsky.app/profile/jardin.bsky.social", "is not the address of a post"),
        ("https://example.org/1", "is not the address of a post"),
    ):
        with pytest.raises(Refused, match=told):
            bluesky.post_id(wrong, SKY)
