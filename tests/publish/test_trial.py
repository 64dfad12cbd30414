"""`marronnier try`: a marked test post is sent, looked at, corrected and deleted, and what held is recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.bluesky import serving
from fakes.mastodon import Mastodon
from fakes.stages import stage_of
from marronnier import networks
from marronnier.networks.kit.seam import Retracts
from people import Town, write
from publish.bluesky_newsroom import BlueskyNewsroom
from publish.mastodon_newsroom import MastodonNewsroom
from publish.newsroom import Newsroom, SquareNewsroom
from publish.test_every_network import NETWORKS, Place

TRIED = "brand/tried.yml"


class Reactions(dict[str, dict[str, int]]):
    """What a server counts of every toot."""

    def get(self, _id: str, _default: object = None) -> dict[str, int]:  # type: ignore[override]
        return {"replies_count": 0, "reblogs_count": 0, "favourites_count": 0}


@pytest.fixture
def newsroom(town: Town, tmp_path: Path) -> Iterator[MastodonNewsroom]:
    with Mastodon(tmp_path / "mastodon").running() as running:
        running.counts = Reactions()
        yield MastodonNewsroom(town, tmp_path / "repository", running)


def recorded(newsroom: Newsroom) -> str:
    path = newsroom.folder / TRIED
    return path.read_text() if path.exists() else ""


def posts(newsroom: MastodonNewsroom) -> list[str]:
    return [asked for asked in newsroom.there.asked if asked.startswith("POST /api/v1/statuses")]


def test_a_marked_test_is_sent_to_nobody_looked_at_and_deleted(newsroom: MastodonNewsroom) -> None:
    done = newsroom.run("try", "toots", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    (toot,) = newsroom.there.toots()
    assert newsroom.there.alive() == []
    assert toot["request"]["visibility"] == "direct" and toot["request"]["language"] == "fr"
    assert "essai" in toot["request"]["status"] and "marronnier-try-2" in toot["request"]["status"]
    for step in ("whose account it is", "send a post", "find it, and compare what it shows", "ask whether it is there", "correct it",
                 "read its counters", "delete it", "see that it is gone"):  # fmt: skip
        assert f"✓ {step}: held" in done.stdout, done.stdout
    said = recorded(newsroom)
    assert "network: mastodon" in said and "day: 2026-12-02" in said and "gone: held" in said and "left" not in said
    assert newsroom.token not in said + done.stdout
    assert TRIED not in newsroom.run("check").stdout
    assert newsroom.publish() == {}


def test_nothing_is_posted_before_somebody_said_so(newsroom: MastodonNewsroom) -> None:
    dry, asked = newsroom.run("try", "toots", "--dry-run"), newsroom.run("try", "toots")
    assert dry.returncode == 0 and "nobody but the account itself" in dry.stdout, dry.stdout
    assert asked.returncode and "Post it, and delete it at the end?" in asked.stdout
    assert posts(newsroom) == [] and recorded(newsroom) == ""


@pytest.mark.parametrize(("answer", "said"), [("refused", "! send a post: not held"), ("wait", "! send a post: not held")])
def test_a_refused_test_is_nowhere_and_the_record_says_so(newsroom: MastodonNewsroom, answer: str, said: str) -> None:
    newsroom.there.order(answer)
    done = newsroom.run("try", "toots", "--yes")
    assert done.returncode == 1 and said in done.stdout, done.stdout
    assert len(posts(newsroom)) == 1 and newsroom.there.alive() == []
    assert "post: not held" in recorded(newsroom) and "left" not in recorded(newsroom)


def test_a_locked_account_is_told_before_anything_is_posted(newsroom: MastodonNewsroom) -> None:
    newsroom.token = "something-else"
    done = newsroom.run("try", "toots", "--yes")
    assert done.returncode == 1 and "! whose account it is: not held (" in done.stdout, done.stdout
    assert posts(newsroom) == [] and recorded(newsroom) == "" and "something-else" not in done.stdout + done.stderr


@pytest.mark.parametrize(("answer", "there"), [("unknown-after-accept", 1), ("cut-before-accept", 0)])
def test_what_may_have_been_sent_is_told_with_its_place_and_not_sent_again(newsroom: MastodonNewsroom, answer: str, there: int) -> None:
    newsroom.there.order(answer)
    done = newsroom.run("try", "toots", "--yes")
    account = newsroom.there.account
    assert done.returncode == 3 and "? send a post: not known" in done.stdout, done.stdout
    assert "It may have been sent. Look for marronnier-try-" in done.stdout and account in done.stdout.replace("\n", " ")
    assert len(posts(newsroom)) == 1 and len(newsroom.there.alive()) == there
    assert "post: not known" in recorded(newsroom) and "left: " in recorded(newsroom)
    examined = newsroom.run("doctor", "toots")
    assert "did not get a post through on 2026-12-02" in examined.stdout and "the test may still stand at" in examined.stdout
    assert "may still stand there" in newsroom.run("try", "toots", "--dry-run").stdout


def test_a_test_that_is_not_deleted_is_named(newsroom: MastodonNewsroom) -> None:
    newsroom.there.order("forbidden", on="delete")
    done = newsroom.run("try", "toots", "--yes")
    (toot,) = newsroom.there.alive()
    assert done.returncode == 3 and "! delete it: not held" in done.stdout and "Delete it by hand." in done.stdout
    assert f"/{toot['id']}" in recorded(newsroom) and "gone" not in recorded(newsroom)


def test_what_does_not_hold_is_told_and_the_test_is_deleted_all_the_same(newsroom: MastodonNewsroom) -> None:
    newsroom.there.order("refused", on="edit")
    done = newsroom.run("try", "toots", "--yes")
    assert done.returncode == 1 and "! correct it: not held" in done.stdout and newsroom.there.alive() == [], done.stdout
    assert "what did not hold: correct it" in newsroom.run("doctor", "toots").stdout


def test_a_frozen_calendar_and_a_paused_channel_are_not_tried(newsroom: MastodonNewsroom) -> None:
    write(newsroom.folder, {"calendar/freeze.yml": "why: une crise\n"})
    frozen = newsroom.run("try", "toots", "--yes")
    assert frozen.returncode and "une crise" in frozen.stderr and "Nothing was sent." in frozen.stderr
    newsroom.commit("Freeze")
    (newsroom.folder / "calendar/freeze.yml").unlink()
    assert "frozen by calendar/freeze.yml" in newsroom.run("try", "toots", "--yes").stderr
    channels = newsroom.folder / "brand/channels.yml"
    channels.write_text(channels.read_text().replace("{network: mastodon", "{paused: en travaux, network: mastodon"))
    assert "toots is paused: en travaux" in newsroom.run("try", "toots", "--yes").stderr
    assert posts(newsroom) == []


def test_under_a_clock_only_this_machine_is_tried(newsroom: MastodonNewsroom) -> None:
    channels = newsroom.folder / "brand/channels.yml"
    channels.write_text(channels.read_text().replace(newsroom.there.account, "@jardin@example.social"))
    done = newsroom.run("try", "toots", "--yes")
    assert done.returncode == 1 and "nothing is sent to example.social" in done.stdout and recorded(newsroom) == ""


def test_what_is_not_sent_from_here_has_nothing_to_try(newsroom: MastodonNewsroom) -> None:
    channels = newsroom.folder / "brand/channels.yml"
    channels.write_text(channels.read_text() + "  journal: {network: feed}\n  x: {network: handoff.x, account: '@jardin'}\n")
    for name, said in (
        ("journal", "there is nothing to try"),
        ("x", "a person publishes on x"),
        ("nowhere", "There is no channel nowhere"),
    ):
        done = newsroom.run("try", name, "--yes")
        assert done.returncode == 2 and said in done.stderr, done.stderr


def test_on_bluesky_the_test_is_public_and_deleted(town: Town, tmp_path: Path) -> None:
    with serving(tmp_path / "sky") as there:
        sky = BlueskyNewsroom(town, tmp_path / "repository", there)
        done = sky.run("try", "sky", "--yes")
        assert "Who can see it: everybody who sees" in done.stdout and "· correct it: not supported (people cannot correct" in done.stdout
        assert "✓ find it, and compare what it shows: held" in done.stdout and "✓ see that it is gone: held" in done.stdout, done.stdout
        assert there.received() == [] and "edit: not supported" in recorded(sky)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_can_be_tried(town: Town, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with stage_of(name, tmp_path / "state", monkeypatch) as stage:
        said = Place(town, tmp_path / "repository", name, stage).run("try", "there", "--yes", "--keep", now="2026-12-02 09:00")
    if "media" in networks.get(name).FACTS.needs:
        assert "! send a post: not held" in said and "is not on the public site yet" in said
        return
    assert "✓ send a post: held" in said and "  ! " not in said, said
    if isinstance(networks.get(name), Retracts):
        assert "✓ see that it is gone: held" in said and "stand there" not in said, said


def test_where_nothing_can_be_deleted_it_asks_especially(town: Town, tmp_path: Path) -> None:
    newsroom = SquareNewsroom(town, tmp_path / "repository", "fakes.asked_square")
    channels = newsroom.folder / "brand/channels.yml"
    channels.write_text(channels.read_text().replace("asked_square}", "asked_square, account: square.test/jardin, host: 127.0.0.1}"))
    refused = newsroom.run("try", "place", "--yes")
    assert refused.returncode == 2 and "cannot delete the test: it would stay there" in refused.stderr and newsroom.square.received() == []
    asked = newsroom.run("try", "place")
    assert asked.returncode and "Post it all the same?" in asked.stdout and newsroom.square.received() == []
    done = newsroom.run("try", "place", "--yes", "--keep")
    assert done.returncode == 0 and "The test stays there: http://127.0.0.1/square/place/1" in done.stdout, done.stdout + done.stderr
    assert "· delete it: not supported" in done.stdout and len(newsroom.square.received()) == 1
    assert "left: http://127.0.0.1/square/place/1" in recorded(newsroom)


def test_a_trial_on_the_network_itself_makes_it_live(newsroom: MastodonNewsroom) -> None:
    """The record is the proof: what a team committed counts on every page, and a trial on this computer never does."""
    newsroom.run("try", "toots", "--yes")
    here = newsroom.run("doctor", "toots").stdout
    assert "posted to a server on this computer on 2026-12-02" in here and "on a real server of its kind" in here
    tried = newsroom.folder / TRIED
    host = f"host: {newsroom.there.account.rpartition('@')[2].partition(':')[0]}"
    assert host in tried.read_text()
    tried.write_text(tried.read_text().replace(host, "host: example.social"))
    assert "✓ `marronnier try` posted here on 2026-12-02" in newsroom.run("doctor", "toots").stdout
    assert "Tried on the network itself: `toots`, 2026-12-02." in newsroom.run("networks", "mastodon").stdout
    table = newsroom.run("networks").stdout.splitlines()
    assert any(line.startswith("| Mastodon |") and line.endswith("| live, 2026-12-02 |") for line in table)
    newsroom.commit("Tried")
    newsroom.run("build", "--internal", "--to", "site")
    assert any("Tried on the network itself" in page.read_text() for page in (newsroom.folder / "site").rglob("networks/mastodon/*.md"))


def test_a_damaged_record_stops_no_publication(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    write(newsroom.folder, {TRIED: "tried: {toots: {network: mastodon, day: someday, version: '1', steps: {post: perhaps}}}\n"})
    newsroom.commit("Damage")
    found = json.loads(newsroom.run("check", "--format", "json").stdout)
    assert TRIED in json.dumps(found)
    assert newsroom.publish() == {"pommier@toots": "sent"}


def test_a_trial_that_is_interrupted_says_what_it_left(newsroom: MastodonNewsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_anything: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(networks.get("mastodon"), "edit", interrupted)
    done = newsroom.run("try", "toots", "--yes")
    (toot,) = newsroom.there.alive()
    assert done.returncode and f"The test may still stand there:\nhttp://{newsroom.there.account.rpartition('@')[2]}" in done.stdout, (
        done.stdout
    )
    assert f"/{toot['id']}" in recorded(newsroom) and "delete" not in recorded(newsroom)
