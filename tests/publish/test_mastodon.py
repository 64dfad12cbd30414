"""Publishing to a Mastodon server through the command line: threads, lost answers, and a token that is never printed."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from fakes.fediverse import Takahe
from fakes.mastodon import TOKEN, Mastodon
from people import Town
from publish.mastodon_newsroom import THREAD, MastodonNewsroom


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Mastodon]:
    with Mastodon(tmp_path / "mastodon").running() as running:
        running.keyless = True
        yield running


@pytest.fixture
def newsroom(town: Town, tmp_path: Path, there: Mastodon) -> MastodonNewsroom:
    return MastodonNewsroom(town, tmp_path / "repository", there)


def test_a_thread_goes_out_once_and_in_order(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    newsroom.post("verger", THREAD)
    assert newsroom.publish() == {"verger@toots": "sent"}
    assert newsroom.publish() == {}
    assert newsroom.texts() == ["Un pommier.", "Un poirier.", "Un prunier."]
    ids = [toot["id"] for toot in there.toots()]
    assert [toot["request"].get("in_reply_to_id") for toot in there.toots()] == [None, *ids[:2]]
    url = f"http://{there.host}/@jardin/{ids[0]}"
    assert url in newsroom.run("status", "verger").stdout


@pytest.mark.parametrize("answer", ["cut-after-accept", "html-after-accept", "unknown-before-accept"])
def test_t04_t08_a_lost_answer_in_a_thread_is_looked_up_and_the_thread_goes_on(
    newsroom: MastodonNewsroom, there: Mastodon, answer: str
) -> None:
    newsroom.post("verger", THREAD)
    there.order("fine")
    there.order(answer)
    assert newsroom.publish() == {"verger@toots": "unknown"}
    for minutes in (15, 30, 45):
        newsroom.publish(f"2026-12-02 09:{minutes}", later=60 * minutes)
    assert newsroom.texts() == ["Un pommier.", "Un poirier.", "Un prunier."]
    ids = [toot["id"] for toot in there.toots()]
    assert [toot["request"].get("in_reply_to_id") for toot in there.toots()] == [None, *ids[:2]]


def test_t04_a_lookup_without_an_answer_sends_nothing(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    newsroom.post("pommier", "Un pommier.")
    there.order("cut-after-accept")
    newsroom.publish()
    for on_find in ("unknown", "html", "wait"):
        there.order(on_find, on="find")
    for minutes in (5, 10, 15):
        assert newsroom.publish(f"2026-12-02 09:{minutes:02}") == {}
    assert newsroom.publish("2026-12-02 09:20") == {"pommier@toots": "sent"}
    assert newsroom.texts() == ["Un pommier."]


def test_t05_a_busy_server_is_not_asked_before_the_wait_is_over(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    newsroom.post("pommier", "Un pommier.")
    there.order("wait", header={"Retry-After": "1200"})
    assert newsroom.publish() == {"pommier@toots": "waiting"}
    asked = len(there.asked)
    said = newsroom.run("publish", now="2026-12-02 09:15").stdout
    assert "… pommier@toots" in said and "; waits until 2026-12-02 09:2" in said, "and each run says what it waits for"
    assert len(there.asked) == asked
    assert newsroom.publish("2026-12-02 09:21") == {"pommier@toots": "sent"}


def test_t07_a_refused_token_stops_the_channel_and_loses_nothing(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.token = "another-token-5f2a"
    assert newsroom.publish() == {"pommier@toots": "held"}
    newsroom.token = f"{TOKEN}\n"
    assert newsroom.publish("2026-12-02 09:15") == {"pommier@toots": "sent"}


def test_n01_a_brand_without_a_clock_sends_nothing_to_this_machine(town: Town, tmp_path: Path, there: Mastodon) -> None:
    newsroom = MastodonNewsroom(town, tmp_path / "repository", there, clock="")
    newsroom.post("pommier", "Un pommier.")
    assert newsroom.publish() == {"pommier@toots": "waiting"}
    assert there.asked == []


def test_n08_n09_the_token_is_in_no_output_and_no_file(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    newsroom.post("pommier", "Un pommier.", "2026-12-02 08:30")
    newsroom.post("poirier", "Un poirier.", "2026-12-02 08:40")
    newsroom.post("prunier", "Un prunier.", "2026-12-02 08:50")
    there.order("locked")
    there.order("cut-after-accept")
    said = [newsroom.run("publish"), newsroom.run("publish", now="2026-12-02 09:20"), newsroom.run("status"), newsroom.run("plan", "--all")]
    said.append(newsroom.run("publish", "--format", "json", now="2026-12-02 09:40"))
    printed = "".join(done.stdout + done.stderr for done in said)
    newsroom.run("build", "--to", str(newsroom.folder.parent / "site"))
    objects = newsroom.town.git(newsroom.folder, "cat-file", "--batch-check", "--batch-all-objects").splitlines()
    kept = [newsroom.town.git(newsroom.folder, "cat-file", "-p", line.split()[0]) for line in objects if " tree " not in line]
    written = [
        path.read_bytes().decode("utf-8", "replace")
        for path in newsroom.folder.parent.rglob("*")
        if path.is_file() and "mastodon" not in path.parts
    ]
    everything = "\n".join([printed, *kept, *written])
    for dress in (TOKEN, quote(TOKEN), TOKEN.encode().hex(), base64.b64encode(TOKEN.encode()).decode(), TOKEN[:10]):
        assert dress not in everything
    assert len(there.toots()) == 3


def test_the_ledger_remembers_when_it_was_first_tried(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    """The same words, sent an hour before by another publication, are not taken for this publication."""
    there.accept({"status": "Un pommier.", "visibility": "public"}, "")
    toots = there.folder / "toots.jsonl"
    toots.write_text(toots.read_text().replace(there.toots()[0]["at"], datetime(2026, 1, 1, tzinfo=UTC).isoformat()))
    newsroom.post("pommier", "Un pommier.")
    there.order("cut-before-accept")
    newsroom.publish()
    for minutes in (15, 30):
        newsroom.publish(f"2026-12-02 09:{minutes}", later=60 * minutes)
    assert newsroom.texts() == ["Un pommier.", "Un pommier."]


# Issue 9: looking is proof only when it is


def test_the_toot_of_another_post_is_not_taken_for_this_one(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    newsroom.post("pommier", "Nouvel article : https://x.example/pommier", "2026-12-02 08:40")
    newsroom.post("poirier", "Nouvel article : https://x.example/poirier", "2026-12-02 08:50")
    there.order("fine")
    there.order("unknown-before-accept")
    assert newsroom.publish() == {"pommier@toots": "sent", "poirier@toots": "unknown"}
    assert newsroom.publish("2026-12-02 09:15", later=900)["poirier@toots"] == "sent"
    assert newsroom.texts() == [f"Nouvel article : https://x.example/{tree}" for tree in ("pommier", "poirier")]
    assert newsroom.publish("2026-12-02 09:30", later=1800) == {}


def test_two_channels_of_one_account_never_share_a_toot(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    newsroom.second_channel()
    newsroom.post("pommier", "Un pommier.", "2026-12-02 08:40")
    newsroom.publish()
    newsroom.post("encore", "Un pommier.", "2026-12-02 08:50")
    post = newsroom.folder / "content/posts/2026/12/encore.md"
    post.write_text(post.read_text().replace("[toots]", "[pouets]"))
    newsroom.commit("On the other channel")
    there.order("cut-before-accept")
    assert newsroom.publish() == {"encore@pouets": "unknown"}
    newsroom.publish("2026-12-02 09:15", later=900)
    assert newsroom.texts() == ["Un pommier.", "Un pommier."]


def test_an_effect_that_comes_late_is_waited_for_in_real_time(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    newsroom.post("pommier", "Un pommier.")
    there.order("late", seconds=8)
    assert newsroom.publish() == {"pommier@toots": "unknown"}
    # The brand's clock may be moved as one likes: nothing is proved by it.
    assert newsroom.publish("2026-12-02 11:00") == {}
    assert not there.toots(), "this machine is too slow for what is told here"
    until = time.monotonic() + 20
    while not there.toots() and time.monotonic() < until:
        time.sleep(0.1)
    assert newsroom.publish("2026-12-02 11:15") == {"pommier@toots": "sent"}
    assert newsroom.texts() == ["Un pommier."]


def test_a_look_long_after_goes_back_to_the_first_try_in_real_time(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    """The brand's clock stands still: by it the first attempt is never long ago."""
    newsroom.post("pommier", "Un pommier.")
    there.order("cut-after-accept")
    newsroom.publish()
    there.clock = timedelta(hours=5)
    assert newsroom.publish(later=5 * 3600) == {"pommier@toots": "sent"}
    assert newsroom.texts() == ["Un pommier."]


@pytest.fixture
def takahe(town: Town, tmp_path: Path) -> Iterator[MastodonNewsroom]:
    with Takahe(tmp_path / "mastodon").running() as running:
        yield MastodonNewsroom(town, tmp_path / "repository", running)


def test_a_list_that_omits_the_post_sends_nothing_twice_and_asks_a_person(takahe: MastodonNewsroom) -> None:
    takahe.post("pommier", "Un pommier.")
    post = takahe.folder / "content/posts/2026/12/pommier.md"
    post.write_text(post.read_text().replace("---\nUn", "for: {toots: {visibility: followers}}\n---\nUn"))
    takahe.commit("For followers")
    takahe.there.order("cut-after-accept")
    assert takahe.publish() == {"pommier@toots": "unknown"}
    assert takahe.publish("2026-12-02 09:15", later=900) == {"pommier@toots": "unknown"}, "now it is told why"
    for hours in (1, 2):
        assert takahe.publish(f"2026-12-02 1{hours}:15", later=3600 * hours) == {}
    assert takahe.texts() == ["Un pommier."]
    said = takahe.run("status", "pommier").stdout
    assert "Takahē may leave out posts for this audience" in said and "--was-sent" in said
    assert takahe.run("settle", "pommier@toots", "--was-sent", f"http://{takahe.there.host}/@jardin/1").returncode == 0
    assert takahe.publish("2026-12-02 12:30", later=9000) == {}


def test_what_never_arrived_there_is_sent_once_where_the_list_would_show_it(takahe: MastodonNewsroom) -> None:
    takahe.post("pommier", "Un pommier.")
    takahe.there.order("cut-before-accept")
    takahe.publish()
    assert takahe.publish("2026-12-02 09:10", later=540) == {}
    assert takahe.publish("2026-12-02 09:15", later=900) == {"pommier@toots": "sent"}
    assert takahe.texts() == ["Un pommier."]


def test_h15_the_token_of_another_account_posts_nothing(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    # The first run of a day looks after credentials that end soon.
    newsroom.publish("2026-12-02 08:30")
    there.asked.clear()
    for name in ("pommier", "poirier"):
        newsroom.post(name, f"Un {name}.")
    there.name = "karim"
    assert newsroom.publish() == {"pommier@toots": "held", "poirier@toots": "held"}
    assert not there.toots() and sum("verify_credentials" in asked for asked in there.asked) == 1, "asked once a run"
    assert "the credentials belong to @karim@127.0.0.1" in newsroom.run("status", "pommier").stdout
    there.name = "jardin"
    assert newsroom.publish("2026-12-02 09:15") == {"pommier@toots": "sent", "poirier@toots": "sent"}


def test_h15_another_accounts_list_proves_nothing(newsroom: MastodonNewsroom, there: Mastodon) -> None:
    newsroom.post("pommier", "Un pommier.")
    there.order("cut-after-accept")
    newsroom.publish()
    there.name = "karim"
    assert newsroom.publish("2026-12-02 09:15", later=900) == {}
    there.name = "jardin"
    assert newsroom.publish("2026-12-02 09:30", later=1800) == {"pommier@toots": "sent"}
    assert newsroom.texts() == ["Un pommier."]


def test_h15_a_400_for_a_bad_token_holds_the_channel(takahe: MastodonNewsroom) -> None:
    takahe.post("pommier", "Un pommier.")
    takahe.token = "revoked-91b3"
    assert takahe.publish() == {"pommier@toots": "held"}
    takahe.token = TOKEN
    assert takahe.publish("2026-12-02 09:15") == {"pommier@toots": "sent"}
