"""Read-back: what was sent is asked for ten minutes and a day later; what was deleted on the server is told, and never sent again by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from fakes.bluesky import serving
from fakes.fediverse import Takahe
from fakes.mastodon import Mastodon
from marronnier.publish.read_back import MAX_POSTS
from people import Town, write
from publish.advised import Adviser
from publish.bluesky_newsroom import BlueskyNewsroom
from publish.mastodon_newsroom import THREAD, MastodonNewsroom
from publish.newsroom import SquareNewsroom, read_json

LATER = [f"2026-12-02 {hour}" for hour in ("09:11", "09:20", "09:30", "10:30")]
A_DAY_LATER = "2026-12-03 09:05"


@pytest.fixture
def newsroom(town: Town, tmp_path: Path) -> Iterator[MastodonNewsroom]:
    with Mastodon(tmp_path / "mastodon").running() as running:
        yield MastodonNewsroom(town, tmp_path / "repository", running)


@pytest.fixture
def adviser(town: Town, tmp_path: Path) -> Adviser:
    """An approved post of 10:00, sent at 10:00, on a server that can be asked."""
    return sent(Adviser(town, tmp_path, channel="asked"))


def sent(adviser: Adviser) -> Adviser:
    adviser.approve()
    adviser.publish()
    adviser.at("10:00").publish()
    return adviser


def looks(newsroom: MastodonNewsroom) -> int:
    return sum(asked.startswith("GET /api/v1/statuses/") for asked in newsroom.there.asked)


def line(newsroom: MastodonNewsroom, name: str) -> Mapping[str, Any]:
    (found,) = read_json(newsroom.run("status", name, "--format", "json").stdout)
    return found  # type: ignore[no-any-return]


# When it is asked for, and what that costs


def test_a_toot_is_asked_for_after_ten_minutes_and_after_a_day_once_each(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    for now, asked in (("2026-12-02 09:09", 0), ("2026-12-02 09:11", 1), ("2026-12-02 09:20", 1), ("2026-12-02 18:00", 1)):
        assert (newsroom.publish(now), looks(newsroom)) == ({}, asked), now
    for now in (A_DAY_LATER, "2026-12-03 09:20", "2026-12-04 10:00", "2027-01-04 10:00"):
        assert (newsroom.publish(now), looks(newsroom)) == ({}, 2), now
    assert line(newsroom, "pommier")["state"] == "sent"
    assert newsroom.run("ledger", "verify").returncode == 0


def test_a_run_with_nothing_to_ask_for_asks_nobody_and_records_nothing(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    newsroom.publish(LATER[0])
    asked, head = list(newsroom.there.asked), newsroom.town.git(newsroom.folder, "rev-parse", "ledger")
    newsroom.publish(LATER[1])
    assert newsroom.there.asked == asked
    assert newsroom.town.git(newsroom.folder, "rev-parse", "ledger") == head


def test_what_was_sent_long_ago_is_not_asked_for(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    newsroom.there.delete(newsroom.there.toots()[0]["id"])
    assert newsroom.publish("2026-12-09 09:00") == {} and looks(newsroom) == 0


# What the answer says


def test_a_toot_that_was_deleted_is_told_after_two_answers_and_not_sent_again(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    newsroom.there.delete(newsroom.there.toots()[0]["id"])
    assert newsroom.publish("2026-12-02 09:11") == {} and line(newsroom, "pommier")["state"] == "sent", "one answer is not enough"
    assert newsroom.publish("2026-12-02 09:12") == {} and looks(newsroom) == 1, "and not two in one breath"
    done = newsroom.run("publish", now="2026-12-02 09:20")
    assert done.returncode == 3 and "deleted on the network" in done.stdout and "--never" in done.stdout
    told = line(newsroom, "pommier")
    assert (told["state"], told["shown"]) == ("retracted", "needs you")
    assert (
        newsroom.there.toots()[0]["id"] in told["why"] and "settle pommier@toots --send-now" in told["next"] and "--never" in told["next"]
    )
    assert "pommier" in newsroom.run("plan").stdout, "the plan shows what needs somebody"
    for now in (LATER[3], A_DAY_LATER):
        assert newsroom.publish(now) == {}
    assert len(newsroom.there.toots()) == 1 and looks(newsroom) == 2


def test_an_answer_that_is_no_answer_says_nothing(newsroom: MastodonNewsroom) -> None:
    """`missing` is a page of a proxy, not the server's own word."""
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    answers = ("unknown", "html", "wait", "missing", "forbidden", "cut")
    for minutes, answer in enumerate(answers, 11):
        newsroom.there.order(answer, on="there")
        assert newsroom.publish(f"2026-12-02 09:{minutes}") == {}, answer
    assert line(newsroom, "pommier")["state"] == "sent"
    assert newsroom.publish(LATER[3]) == {} and looks(newsroom) == len(answers) + 1


def test_a_toot_that_comes_back_between_two_answers_is_there(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    newsroom.there.delete(newsroom.there.toots()[0]["id"])
    newsroom.publish(LATER[0])
    (newsroom.there.folder / "deleted").unlink()
    for now in (LATER[1], LATER[2], A_DAY_LATER):
        assert newsroom.publish(now) == {}
    assert line(newsroom, "pommier")["state"] == "sent"


def test_a_server_that_may_hide_the_toot_from_its_author_says_nothing(town: Town, tmp_path: Path) -> None:
    with Takahe(tmp_path / "mastodon").running() as there:
        newsroom = MastodonNewsroom(town, tmp_path / "repository", there)
        newsroom.post("pommier", "Un pommier.")
        post = newsroom.folder / "content/posts/2026/12/pommier.md"
        post.write_text(post.read_text().replace("---\nUn", "for: {toots: {visibility: followers}}\n---\nUn"))
        newsroom.commit("For followers")
        assert newsroom.publish() == {"pommier@toots": "sent"}
        there.shows = frozenset({"public"})
        for now in LATER:
            assert newsroom.publish(now) == {}
        assert line(newsroom, "pommier")["state"] == "sent" and looks(newsroom) == 1
        assert "cannot tell whether it is still there" in newsroom.run("ledger", "log", "pommier@toots").stdout
        newsroom.post("verger", THREAD, "2026-12-02 10:30")
        post = newsroom.folder / "content/posts/2026/12/verger.md"
        post.write_text(post.read_text().replace("---\nUn pommier", "for: {toots: {visibility: followers}}\n---\nUn pommier"))
        newsroom.commit("For followers")
        there.order("fine")
        there.order("wait", header={"Retry-After": "60"})
        assert newsroom.publish("2026-12-02 10:31") == {"verger@toots": "waiting"}
        assert newsroom.publish("2026-12-02 10:45") == {"verger@toots": "sent"}, "a thread goes on where nobody could ever tell"


def test_another_place_is_not_asked_and_gets_no_secret(newsroom: MastodonNewsroom, town: Town, tmp_path: Path) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    with Mastodon(tmp_path / "elsewhere").running() as elsewhere:
        channels = newsroom.folder / "brand/channels.yml"
        channels.write_text(channels.read_text().replace(newsroom.there.host, elsewhere.host))
        newsroom.commit("Move")
        for now in LATER[:2]:
            newsroom.publish(now)
        assert elsewhere.asked == [] and looks(newsroom) == 0


def test_a_record_of_bluesky_is_asked_for_by_its_key(town: Town, tmp_path: Path) -> None:
    with serving(tmp_path / "sky") as there:
        newsroom = BlueskyNewsroom(town, tmp_path / "repository", there)
        newsroom.post("bonjour", "Bonjour du jardin.")
        newsroom.publish()
        for answer in ("error-before", "html-before", "wait"):
            there.order(answer, on="find")
        assert [newsroom.publish(now) for now in LATER] == [{}] * 4
        there.delete(there.received()[0]["rkey"])
        assert newsroom.publish(A_DAY_LATER) == {}
        assert newsroom.publish("2026-12-03 09:15") == {"bonjour@sky": "retracted"}
        assert newsroom.run("settle", "bonjour@sky", "--send-now", now="2026-12-03 09:20").returncode == 0
        assert newsroom.publish("2026-12-03 09:20") == {"bonjour@sky": "sent"}
        assert len(there.received()) == 1


# It stops nothing


def test_it_never_fails_or_delays_a_publication(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    newsroom.post("poirier", "Un poirier.", "2026-12-02 09:15")
    newsroom.there.order("cut", on="there")
    assert newsroom.publish("2026-12-02 09:20") == {"poirier@toots": "sent"}
    there = newsroom.there.asked
    assert there.index("POST /api/v1/statuses", there.index("POST /api/v1/statuses") + 1) < next(
        place for place, asked in enumerate(there) if asked.startswith("GET /api/v1/statuses/")
    ), "first it is sent, then it is looked for"


def test_an_exception_of_a_network_stops_nothing(adviser: Adviser) -> None:
    adviser.square.order("error", on="there", channel="asked")
    adviser.at("10:15").publish()
    assert len(adviser.square.asked()) == 1
    adviser.publish()
    assert len(adviser.square.asked()) == 2, "it says nothing, and the next run asks again"


def test_a_run_asks_for_a_bounded_number(town: Town, tmp_path: Path) -> None:
    newsroom = SquareNewsroom(town, tmp_path / "repository", "fakes.asked_square")
    many = MAX_POSTS + 3
    text = "---\nid: n{0}\ndate: 2026-12-02 08:50\nchannels: [place]\n---\nBonjour numéro {0}.\n"
    write(newsroom.folder, {f"content/posts/2026/12/n{number}.md": text.format(number) for number in range(many)})
    for_the_feed = text.replace("n{0}", "f{0}").replace("[place]", "[journal]").replace("08:50", "08:40")
    write(newsroom.folder, {f"content/posts/2026/12/f{number}.md": for_the_feed.format(number) for number in range(many)})
    newsroom.commit("Many, and as many before them that nobody can be asked for")
    newsroom.publish("--release-brakes")
    assert len(newsroom.texts("place")) == many
    newsroom.publish(now="2026-12-02 09:15")
    assert len(newsroom.square.asked()) == MAX_POSTS
    newsroom.publish(now="2026-12-02 09:30")
    assert len(set(newsroom.square.asked())) == len(newsroom.square.asked()) == many


# The ways out


def retracted(adviser: Adviser) -> Adviser:
    for message in adviser.square.received("asked"):
        adviser.square.delete(message.id)
    adviser.at("10:15").publish()
    said, status = adviser.at("10:30").publish()
    assert status == 3, said
    assert adviser.line()["state"] == "retracted"
    return adviser


def test_a_person_leaves_it_deleted(adviser: Adviser) -> None:
    retracted(adviser)
    assert adviser.does("settle", adviser.key, "--never")[1] == 0
    told = adviser.line()
    assert told["state"] == "past" and "a person left it so" in told["why"] and "--send-now" in told["next"]
    assert adviser.publish() == ("Nothing to send now.\n", 0)
    assert len(adviser.texts()) == 1


def test_a_person_sends_it_again_and_it_is_another_post(adviser: Adviser) -> None:
    retracted(adviser)
    assert adviser.does("settle", adviser.key, "--send-now")[1] == 0
    said, status = adviser.publish()
    assert status == 0 and "sent" in said, said
    assert len(adviser.texts()) == 2 and len(adviser.square.deleted()) == 1
    assert adviser.publish()[0] == "Nothing to send now.\n"
    assert adviser.line()["state"] == "sent"
    asked = len(adviser.square.asked())
    adviser.at("10:45").publish()
    assert len(adviser.square.asked()) == asked + 1, "the new one is read back as any other"
    adviser.square.delete(adviser.square.received("asked")[-1].id)
    adviser.at("10:31", 2).publish()
    adviser.at("10:45", 2).publish()
    assert adviser.line()["state"] == "retracted", "and told when it is deleted too"


def test_what_was_deleted_is_sent_again_with_corrected_words_once_they_are_approved(adviser: Adviser) -> None:
    retracted(adviser)
    adviser.write("On ouvre le jardin samedi.")
    assert adviser.line()["state"] == "retracted"
    assert adviser.does("settle", adviser.key, "--send-now")[1] == 0
    adviser.publish()
    assert len(adviser.texts()) == 1, "nobody approved these words"
    adviser.approve()
    adviser.publish()
    assert adviser.texts() == ["On ouvre le jardin dimanche.", "On ouvre le jardin samedi."]


def test_an_answer_lost_after_it_was_sent_again_is_looked_for_and_not_mistaken_for_the_old_one(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    newsroom.there.delete(newsroom.there.toots()[0]["id"])
    for now in LATER[:2]:
        newsroom.publish(now)
    assert newsroom.run("settle", "pommier@toots", "--send-now", now=LATER[2]).returncode == 0
    newsroom.there.order("cut-after-accept")
    assert newsroom.publish(LATER[2]) == {"pommier@toots": "unknown"}, "a new key: the server does not look for the deleted toot"
    assert newsroom.publish(LATER[3], later=900)["pommier@toots"] == "sent"
    assert len(newsroom.there.toots()) == 2 and len(newsroom.there.alive()) == 1


# A thread whose beginning was deleted while the rest waits


@pytest.mark.parametrize("deleted", [0, 1])
def test_t08_the_rest_of_a_thread_is_not_sent_without_its_beginning(newsroom: MastodonNewsroom, deleted: int) -> None:
    newsroom.post("verger", THREAD)
    newsroom.there.order("fine", times=2)
    newsroom.there.order("wait", header={"Retry-After": "300"})
    assert newsroom.publish() == {"verger@toots": "waiting"}
    newsroom.there.delete(newsroom.there.toots()[deleted]["id"])
    assert newsroom.publish("2026-12-02 09:11") == {"verger@toots": "waiting"}
    assert f"part {deleted + 1} is not on the network any more" in line(newsroom, "verger")["why"]
    assert newsroom.publish("2026-12-02 09:12") == {"verger@toots": "waiting"}, "two answers, some minutes apart"
    assert newsroom.publish("2026-12-02 09:20") == {"verger@toots": "retracted"}
    told = line(newsroom, "verger")
    assert told["state"] == "retracted" and f"part {deleted + 1} of this thread was deleted" in told["why"]
    assert "--never" in told["next"] and "--send-now" in told["next"]
    assert newsroom.publish("2026-12-02 09:30") == {} and len(newsroom.there.toots()) == 2
    assert newsroom.run("settle", "verger@toots", "--send-now", now="2026-12-02 09:40").returncode == 0
    assert newsroom.publish("2026-12-02 09:40") == {"verger@toots": "sent"}
    assert newsroom.texts()[2:] == ["Un pommier.", "Un poirier.", "Un prunier."]
    ids = [toot["id"] for toot in newsroom.there.toots()[2:]]
    assert [toot["request"].get("in_reply_to_id") for toot in newsroom.there.toots()[2:]] == [None, *ids[:2]]


def test_a_thread_goes_on_where_its_beginning_is_there(newsroom: MastodonNewsroom) -> None:
    newsroom.post("verger", THREAD)
    newsroom.there.order("fine", times=2)
    newsroom.there.order("wait", header={"Retry-After": "300"})
    newsroom.publish()
    newsroom.there.order("unknown", on="there")
    assert newsroom.publish("2026-12-02 09:11") == {"verger@toots": "waiting"}, "nobody can tell now"
    newsroom.there.order("forbidden", on="there")
    assert newsroom.publish("2026-12-02 09:13") == {"verger@toots": "held"}, "the token must be given another scope"
    assert line(newsroom, "verger")["shown"] == "needs you"
    assert newsroom.publish("2026-12-02 09:15") == {"verger@toots": "sent"}
    assert newsroom.texts() == ["Un pommier.", "Un poirier.", "Un prunier."]


def test_a_refusal_because_the_beginning_is_gone_leads_out_too(newsroom: MastodonNewsroom) -> None:
    """It is deleted between two parts of one run: the server answers 404 to the reply."""
    newsroom.post("verger", THREAD)
    newsroom.there.order("fine")
    newsroom.there.order("missing")
    assert newsroom.publish() == {"verger@toots": "refused"}
    newsroom.there.delete(newsroom.there.toots()[0]["id"])
    assert newsroom.run("settle", "verger@toots", "--send-now", now="2026-12-02 09:05").returncode == 0
    assert newsroom.publish("2026-12-02 09:05") == {"verger@toots": "waiting"}
    assert newsroom.publish("2026-12-02 09:15") == {"verger@toots": "retracted"}
    assert len(newsroom.there.toots()) == 1


def test_a_part_of_bluesky_in_doubt_is_looked_for_and_not_sent_again_where_the_beginning_is_gone(town: Town, tmp_path: Path) -> None:
    """Its server takes a reply to a post that is gone."""
    with serving(tmp_path / "sky") as there:
        newsroom = BlueskyNewsroom(town, tmp_path / "repository", there)
        newsroom.post("verger", THREAD)
        there.order("fine")
        there.order("cut-before")
        assert newsroom.publish() == {"verger@sky": "unknown"}
        there.delete(there.received()[0]["rkey"])
        assert newsroom.publish("2026-12-02 09:15") == {"verger@sky": "waiting"}
        assert newsroom.publish("2026-12-02 09:25") == {"verger@sky": "retracted"}
        assert there.received() == []
        told = newsroom.run("status", "verger").stdout
        assert "delete there what is left of it, then run `marronnier settle verger@sky --send-now`" in told


@pytest.mark.parametrize("when", ["before the decision", "after it"])
def test_what_was_deleted_and_corrected_can_be_approved(town: Town, tmp_path: Path, when: str) -> None:
    """It was told to be approved as it is; the decision to send it again then asked for an approval after all."""
    told = Adviser(town, tmp_path, channel="asked")
    told.approve()
    told.at("10:01").publish()
    told.write("Le jardin ouvre.")
    said, status = told.approve()
    assert status == 3 and "already sent with another text" in said
    told.square.delete(told.square.received()[0].id)
    for hour in ("10:12", "10:20"):
        told.at(hour).publish()
    if when == "after it":
        assert told.does("settle", told.key, "--send-now")[1] == 0
    said, status = told.approve()
    assert status == 0, said
    if when == "before the decision":
        assert told.line()["state"] == "retracted"
        assert told.does("settle", told.key, "--send-now")[1] == 0
    told.publish()
    assert told.texts()[1:] == ["Le jardin ouvre."]
