"""`marronnier retract` and `marronnier edit`: what a person does to a post that is out, on the network and in the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.bluesky import serving
from fakes.mastodon import Mastodon
from people import Town, write
from publish.bluesky_newsroom import BlueskyNewsroom
from publish.mastodon_newsroom import THREAD, MastodonNewsroom
from publish.newsroom import read_json

POST = "content/posts/2026/12/pommier.md"


@pytest.fixture
def newsroom(town: Town, tmp_path: Path) -> Iterator[MastodonNewsroom]:
    with Mastodon(tmp_path / "mastodon").running() as running:
        yield MastodonNewsroom(town, tmp_path / "repository", running)


def line(newsroom: MastodonNewsroom, name: str) -> dict[str, Any]:
    (found,) = read_json(newsroom.run("status", name, "--format", "json").stdout)
    return found  # type: ignore[no-any-return]


def requests(newsroom: MastodonNewsroom, method: str) -> list[str]:
    return [asked for asked in newsroom.there.asked if asked.startswith(method)]


def change(newsroom: MastodonNewsroom, before: str, after: str) -> None:
    path = newsroom.folder / POST
    path.write_text(path.read_text().replace(before, after))
    newsroom.commit("Correct a word", "2026-12-02 08:55")


# Deleting


def test_a_thread_is_deleted_from_its_end_and_stays_so(newsroom: MastodonNewsroom) -> None:
    newsroom.post("verger", THREAD)
    newsroom.publish()
    ids = [toot["id"] for toot in newsroom.there.toots()]
    done = newsroom.run("retract", "verger@toots", "--yes")
    assert done.returncode == 0 and "3 parts deleted, and recorded." in done.stdout + done.stderr
    assert requests(newsroom, "DELETE") == [f"DELETE /api/v1/statuses/{id}" for id in reversed(ids)]
    assert newsroom.there.alive() == []
    told = line(newsroom, "verger")
    assert told["state"] == "past" and "publisher" not in told["why"] and "had it deleted on the network" in told["why"]
    for now in ("2026-12-02 09:15", "2026-12-02 09:30", "2026-12-03 09:05"):
        assert newsroom.publish(now) == {}
    assert newsroom.there.alive() == []
    log = newsroom.run("ledger", "log", "verger@toots").stdout
    assert log.index("A person decided: delete it on the network.") < log.index("Deleted on the network.")
    again = newsroom.run("retract", "verger@toots", "--yes")
    assert again.returncode and "is deleted on the network already" in again.stdout + again.stderr


def test_nothing_is_deleted_before_somebody_said_so(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    dry, asked = newsroom.run("retract", "pommier@toots", "--dry-run"), newsroom.run("retract", "pommier@toots")
    assert "1 part would be deleted." in dry.stdout and asked.returncode
    assert len(newsroom.there.alive()) == 1 and line(newsroom, "pommier")["state"] == "sent"


@pytest.mark.parametrize(
    ("answer", "there"), [("unknown-after-accept", 2), ("cut-before-accept", 3), ("wait", 3), ("locked", 3), ("forbidden", 3)]
)
def test_what_is_not_known_to_be_gone_is_told_and_done_again(newsroom: MastodonNewsroom, answer: str, there: int) -> None:
    newsroom.post("verger", THREAD)
    newsroom.publish()
    newsroom.there.order(answer, on="delete")
    done = newsroom.run("retract", "verger@toots", "--yes")
    assert (
        done.returncode
        and "Not all of verger@toots is known to be deleted" in done.stdout + done.stderr
        and len(newsroom.there.alive()) == there
    )
    told = line(newsroom, "verger")
    assert (told["state"], told["next"]) == ("retracted", "run `marronnier retract verger@toots` again")
    assert newsroom.publish("2026-12-02 09:05") == {}
    assert newsroom.run("retract", "verger@toots", "--yes").returncode == 0
    assert newsroom.there.alive() == [] and line(newsroom, "verger")["state"] == "past"


def test_what_somebody_deleted_by_hand_is_recorded_by_their_word(newsroom: MastodonNewsroom) -> None:
    newsroom.post("verger", THREAD)
    newsroom.publish()
    newsroom.there.order("forbidden", on="delete")
    done = newsroom.run("retract", "verger@toots", "--yes")
    assert done.returncode and "`marronnier retract --by-hand verger@toots`" in done.stdout + done.stderr
    asked = len(requests(newsroom, "DELETE"))
    done = newsroom.run("retract", "--by-hand", "verger@toots", "--yes")
    assert done.returncode and "verger@toots is still on the network" in done.stdout + done.stderr
    for toot in newsroom.there.toots():
        newsroom.there.delete(toot["id"])
    dry = newsroom.run("retract", "--by-hand", "verger@toots", "--dry-run")
    assert dry.returncode == 0 and line(newsroom, "verger")["state"] == "retracted"
    done = newsroom.run("retract", "--by-hand", "verger@toots", "--yes")
    assert done.returncode == 0 and "Recorded as deleted by hand." in done.stdout + done.stderr
    assert line(newsroom, "verger")["state"] == "past" and len(requests(newsroom, "DELETE")) == asked
    assert newsroom.publish("2026-12-03 09:05") == {}


def test_where_the_server_tells_nothing_a_persons_word_is_enough(newsroom: MastodonNewsroom) -> None:
    """snac answers for a post that is gone as it does for any page that it has not."""
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    newsroom.there.order("locked", on="there", times=5)
    done = newsroom.run("retract", "--by-hand", "pommier@toots", "--yes")
    assert done.returncode == 0 and line(newsroom, "pommier")["state"] == "past"


def test_what_was_deleted_goes_out_again_when_a_person_wants_it(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    newsroom.publish()
    newsroom.run("retract", "pommier@toots", "--yes")
    assert newsroom.run("settle", "pommier@toots", "--send-now").returncode == 0
    assert newsroom.publish("2026-12-02 09:15") == {"pommier@toots": "sent"}
    assert len(newsroom.there.alive()) == 1


def test_on_bluesky_a_post_is_deleted_and_never_corrected(town: Town, tmp_path: Path) -> None:
    with serving(tmp_path / "sky") as there:
        sky = BlueskyNewsroom(town, tmp_path / "repository", there)
        sky.post("bonjour", "Bonjour du jardin.")
        sky.publish()
        path = sky.folder / "content/posts/2026/12/bonjour.md"
        path.write_text(path.read_text().replace("jardin", "verger"))
        sky.commit("Correct a word", "2026-12-02 08:55")
        done = sky.run("edit", "bonjour@sky", "--yes")
        assert done.returncode and "this cannot be done on Bluesky: people cannot correct a post on Bluesky" in done.stderr
        (told,) = json.loads(sky.run("status", "bonjour", "--format", "json").stdout)
        assert told["state"] == "edited" and "by hand" in told["next"]
        assert sky.run("retract", "bonjour@sky", "--yes").returncode == 0
        assert there.received() == []
        assert sky.publish("2026-12-02 09:30") == {}


def test_what_is_not_out_is_not_deleted(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommier.")
    assert "There is no publication pommier@toots in the ledger" in newsroom.run("retract", "pommier@toots", "--yes").stderr
    newsroom.there.order("unknown-after-accept")
    newsroom.publish()
    assert "that is to be settled first" in newsroom.run("retract", "pommier@toots", "--yes").stderr
    assert requests(newsroom, "DELETE") == []


# Correcting


def test_an_approved_change_is_corrected_there_and_is_the_receipt_of_here(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommié.\n\n---\n\nUn poirier.")
    newsroom.publish()
    change(newsroom, "pommié", "pommier")
    told = line(newsroom, "pommier")
    assert told["state"] == "edited" and "marronnier edit pommier@toots" in told["next"]
    assert newsroom.publish("2026-12-02 09:05") == {} and newsroom.texts() == ["Un pommié.", "Un poirier."]
    dry = newsroom.run("edit", "pommier@toots", "--dry-run")
    assert "1 part would be corrected." in dry.stdout and "Un pommier." in dry.stdout and requests(newsroom, "PUT") == []
    done = newsroom.run("edit", "pommier@toots", "--yes")
    assert done.returncode == 0, done.stdout
    assert newsroom.texts() == ["Un pommier.", "Un poirier."] and len(requests(newsroom, "PUT")) == 1
    assert line(newsroom, "pommier")["state"] == "sent"
    assert newsroom.publish("2026-12-02 09:15") == {} and len(newsroom.there.toots()) == 2
    assert "Corrected on the network." in newsroom.run("ledger", "log", "pommier@toots").stdout
    assert newsroom.run("ledger", "verify").returncode == 0
    again = newsroom.run("edit", "pommier@toots", "--yes")
    assert again.returncode and "has nothing to correct" in again.stdout + again.stderr


@pytest.mark.parametrize("answer", ["unknown-after-accept", "cut-before-accept", "wait", "locked", "refused"])
def test_a_correction_without_an_answer_is_done_again(newsroom: MastodonNewsroom, answer: str) -> None:
    newsroom.post("pommier", "Un pommié.")
    newsroom.publish()
    change(newsroom, "pommié", "pommier")
    newsroom.there.order(answer, on="edit")
    done = newsroom.run("edit", "pommier@toots", "--yes")
    assert (
        done.returncode and "is not known to be corrected" in done.stdout + done.stderr and line(newsroom, "pommier")["state"] == "edited"
    )
    assert newsroom.run("edit", "pommier@toots", "--yes").returncode == 0
    assert newsroom.texts() == ["Un pommier."] and line(newsroom, "pommier")["state"] == "sent"


def test_what_nobody_approved_is_not_corrected(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommié.")
    newsroom.publish()
    more = "quorum: 1\napprovers:\n  karim: {name: Karim, emails: [karim@example.org]}\n  claire: {name: Claire, emails: [claire@example.org]}\n"
    write(newsroom.folder, {"brand/approvals.yml": more})
    newsroom.commit("Two of us now", "2026-12-02 08:52")
    change(newsroom, "pommié", "pommier")
    done = newsroom.run("edit", "pommier@toots", "--yes")
    assert done.returncode and "the change of pommier@toots is not approved" in done.stdout + done.stderr
    assert newsroom.texts() == ["Un pommié."]


def test_a_thread_of_other_parts_and_a_freeze_are_told(newsroom: MastodonNewsroom) -> None:
    newsroom.post("pommier", "Un pommié.")
    newsroom.publish()
    change(newsroom, "Un pommié.", "Un pommier.\n\n---\n\nUn poirier.")
    assert (
        "the number of parts of pommier@toots is 1 on the network, and would be 2 now"
        in newsroom.run("edit", "pommier@toots", "--yes").stderr
    )
    change(newsroom, "\n\n---\n\nUn poirier.", "")
    write(newsroom.folder, {"calendar/freeze.yml": "why: La rivière déborde\n"})
    newsroom.commit("Freeze", "2026-12-02 08:58")
    done = newsroom.run("edit", "pommier@toots", "--yes")
    assert done.returncode and "frozen by calendar/freeze.yml" in done.stdout + done.stderr and newsroom.texts() == ["Un pommié."]
    assert newsroom.run("retract", "pommier@toots", "--yes").returncode == 0, "what is wrong in a crisis can always be taken down"
