"""Publishing to a Bluesky server through the command line: approved pictures, lost answers, and the hour of each post."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes.bluesky import PASSWORD, serving
from marronnier.model.history import Event, History
from marronnier.model.publication import Part, Payload
from marronnier.publish.run import Run
from marronnier.publish.send import send_request
from marronnier.web import Web
from networks.posts import drawn, picture
from people import Town
from publish.bluesky_newsroom import BlueskyNewsroom


@pytest.fixture
def newsroom(town: Town, tmp_path: Path) -> Iterator[BlueskyNewsroom]:
    with serving(tmp_path / "sky") as there:
        yield BlueskyNewsroom(town, tmp_path / "repository", there)


def test_a_thread_with_a_picture_goes_out_once(newsroom: BlueskyNewsroom) -> None:
    image = picture("arbre.png", "")
    (newsroom.folder / "content/media").mkdir(parents=True)
    (newsroom.folder / "content/media/arbre.png").write_bytes(drawn(image))
    newsroom.post("verger", "Un pommier.\n\n---\n\nUn poirier.", "media:\n  - {src: arbre.png, alt: Un arbre}\n")
    assert newsroom.publish() == {"verger@sky": "sent"}
    assert newsroom.publish() == {}
    first, second = (line["record"] for line in newsroom.there.received())
    assert (first["text"], second["text"]) == ("Un pommier.", "Un poirier.")
    assert first["embed"]["images"][0]["alt"] == "Un arbre" and second["reply"]["root"] == second["reply"]["parent"]
    assert len(newsroom.there.asked("session")) == 1, "one run needs one session"


@pytest.mark.parametrize("answer", ["cut-before", "cut-after"])
def test_t04_a_lost_answer_needs_no_person(newsroom: BlueskyNewsroom, answer: str) -> None:
    newsroom.post("bonjour", "Bonjour du jardin.")
    newsroom.there.order(answer)
    assert newsroom.publish() == {"bonjour@sky": "unknown"}
    assert newsroom.publish("2026-12-02 09:30") == {"bonjour@sky": "sent"}
    assert newsroom.hours() == [("Bonjour du jardin.", "08:00")], "of the first try, in UTC"


@pytest.mark.parametrize(("answer", "deleted", "acts"), [
    ("cut-after", True, {"bonjour@sky": "unknown"}),
    ("cut-after", False, {"bonjour@sky": "sent"}),
    ("cut-before", False, {"bonjour@sky": "sent"}),
])  # fmt: skip
def test_what_somebody_deleted_before_the_debt_is_settled_does_not_come_back(
    newsroom: BlueskyNewsroom, answer: str, deleted: bool, acts: dict[str, str]
) -> None:
    """Sent again under its key it would be there once more; where the account never changed, it never was there."""
    newsroom.post("bonjour", "Bonjour du jardin.")
    newsroom.there.order(answer)
    assert newsroom.publish() == {"bonjour@sky": "unknown"}
    if deleted:
        (there,) = newsroom.there.received()
        newsroom.there.delete(there["rkey"])
    assert newsroom.publish("2026-12-02 09:30", later=1200) == acts
    assert len(newsroom.there.received()) == (0 if deleted else 1)
    if deleted:
        (line,) = json.loads(newsroom.run("status", "bonjour", "--format", "json", now="2026-12-02 09:35").stdout)
        assert "somebody deleted it there" in line["why"] and "--was-not-sent" in line["next"]
        assert newsroom.run("settle", "bonjour@sky", "--was-not-sent", now="2026-12-02 09:35").returncode == 0
        assert newsroom.publish("2026-12-02 09:40") == {"bonjour@sky": "sent"}


TRIES: list[tuple[list[str], int | None]] = [
    ([], None),
    (["sending"], 0),
    (["sending", "unknown", "sending"], 0),
    (["sending", "refused", "sending"], 2),
    (["sending", "waiting", "sending", "unknown"], 2),
    (["sending", "unknown", "cleared", "sending"], 3),
    (["sending", "refused"], None),
]


@pytest.mark.parametrize(("names", "first"), TRIES)
def test_a_post_has_the_hour_since_which_it_may_be_out(names: list[str], first: int | None) -> None:
    """Bluesky orders posts by the hour written in them: a post refused in the morning and sent at noon must not be below the morning's."""
    begin = datetime(2026, 12, 2, 9, tzinfo=UTC)
    events = [
        Event("bonjour@sky", number, name, begin + number * timedelta(hours=1), {"part": 1})  # type: ignore[arg-type]
        for number, name in enumerate(names)
    ]
    events += [Event("bonjour@sky", 99, name, begin - timedelta(hours=1), {"part": 0}) for name in ("sending", "refused")]  # type: ignore[arg-type]
    payload = Payload("bluesky", 1, (Part("Un", 2), Part("Deux", 4)))
    now = begin + timedelta(days=1)
    run = Run("run", now, lambda: "", lambda _name: {}, lambda _commit, _picture: b"", Web(), 0)
    expected = None if first is None else begin + first * timedelta(hours=1)
    assert send_request(History("bonjour@sky", tuple(events)), payload, 1, run).first_sent_at == expected


def test_t07_a_revoked_password_holds_the_channel_and_is_never_shown(newsroom: BlueskyNewsroom) -> None:
    newsroom.password = "wxyz-wxyz-wxyz-wxyz"
    newsroom.post("bonjour", "Bonjour du jardin.")
    newsroom.there.order(
        "say", on="session", status=401, body=json.dumps({"error": "AuthenticationRequired", "message": newsroom.password})
    )
    told = newsroom.run("publish")
    assert "refuses the app password of jardin.test" in told.stdout
    ledger = newsroom.town.git(newsroom.folder, "log", "-p", "--all")
    for dress in (newsroom.password, base64.b64encode(newsroom.password.encode()).decode()):
        assert dress not in told.stdout + told.stderr + ledger
    newsroom.password = PASSWORD
    assert newsroom.publish("2026-12-02 09:15") == {"bonjour@sky": "sent"}
