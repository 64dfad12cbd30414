"""Every network through the run of the publisher: whatever a server does, nothing goes out twice and nothing is lost.

A network joins by being there with a fake; the faults are those that its stage can be ordered to make (`fakes.loopback`).
A part that may have been sent is settled by the network itself or by a person who looks; either way each part stands there once, in order.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
import yaml

from fakes.loopback import DEFINITE, FAULTS, PATIENCE
from fakes.stages import Stage, stage_of
from marronnier import networks, web
from marronnier.publish import real_time
from people import Town, write
from stories.telling import run_marronnier

NETWORKS = [name for name in (*networks.names(), "fakes.plaza") if networks.get(name).SECRETS]
PROOF = bool(os.environ.get("MARRONNIER_PROOF"))
NOW = datetime(2026, 12, 2, 8, tzinfo=UTC)
DEFINITE_ONES = ("refused", "locked", "forbidden", "moved", *(answer for answer in DEFINITE if answer.startswith("wait")))


class Place:
    """A repository whose one channel is on the fake server of a network."""

    def __init__(self, town: Town, folder: Path, network: str, stage: Stage) -> None:
        self.town, self.folder, self.stage, self.name, self.network = town, folder, stage, network, networks.get(network)
        self.env = {f"SECRET_{name.upper()}": value for name, value in stage.secrets.items()}
        channel = {"network": network, **stage.channel, "env": {name: f"SECRET_{name.upper()}" for name in stage.secrets}}
        town.found(folder)
        brand = (folder / "brand/brand.yml").read_text() + "clock: 2026-12-02 09:00\nbrakes: {at_once: 50}\ngap: 0min\n"
        if site := getattr(stage, "site", ""):
            brand = f"{brand}site_url: {site}\n"
        channels = yaml.safe_dump({"channels": {"there": channel}})
        write(folder, {"brand/brand.yml": brand, "brand/approvals.yml": "quorum: 0\n", "brand/channels.yml": channels})
        self.commit("Merging is approving", "2026-11-02 09:00")
        self.run("ledger", "init", now="2026-11-02 10:00")
        self.commit("Name the ledger", "2026-11-02 10:00")

    def commit(self, message: str, now: str = "2026-12-01 09:00") -> None:
        self.town.git(self.folder, "add", "-A", now=now)
        self.town.git(self.folder, "commit", "-qm", message, now=now)

    def posts(self, answers: Sequence[str]) -> None:
        """A post for each answer that the server gives to its last part: where there are threads, after a first part that goes well."""
        for number, answer in enumerate(answers):
            front = f"---\nid: {answer}\ntitle: Le verger\ndate: 2026-12-02 08:{10 + number}\nchannels: [there]\ngrace: 1d\n{self.needed()}---\n"
            text = "\n\n---\n\n".join(self.words(answer))
            write(self.folder, {f"content/posts/2026/12/{answer}.md": f"{front}{text}\n"})
        self.commit("Posts")
        first = ["fine"] if self.is_threaded else []
        # Those of idempotent networks are sent together, part by part; all others one by one.
        orders = [*first * len(answers), *answers] if self.network.IDEMPOTENT else [each for answer in answers for each in (*first, answer)]
        for order in orders:
            self.stage.order(order)

    @property
    def is_threaded(self) -> bool:
        return self.network.FACTS.has_threads

    def words(self, answer: str) -> list[str]:
        """The words of a post, part by part: without marks that a network escapes."""
        return [f"Un pommier, {answer}.", f"Un poirier, {answer}."] if self.is_threaded else [f"Un pommier, {answer}."]

    def needed(self) -> str:
        """The keys that the network needs of every post."""
        needs = self.network.FACTS.needs
        if "media" in needs:
            from networks.posts import drawn, picture

            (self.folder / "content/media").mkdir(parents=True, exist_ok=True)
            (self.folder / "content/media/arbre.png").write_bytes(drawn(picture("arbre.png", "")))
        lines = {"link": "link: https://example.org/verger\n", "media": "media: [{src: arbre.png, alt: Un arbre}]\n"}
        return "".join(line for key, line in lines.items() if key in needs)

    def run(self, *arguments: str, now: str, later: timedelta = timedelta()) -> str:
        env = {**self.town.surroundings("publisher", now), **self.env}
        with (
            mock.patch.object(real_time, "real_now", lambda: datetime.now(UTC) + later),
            mock.patch.object(web.Web.request, "__kwdefaults__", {**web.Web.request.__kwdefaults__, "within": PATIENCE}),
        ):
            said, _status = run_marronnier(["--now", now, *arguments], self.folder, env)
        assert "Traceback" not in said and "marronnier-fault" not in said, said
        return said

    def publish(self, minutes: int) -> dict[str, str]:
        now = (NOW + timedelta(hours=1, minutes=minutes)).strftime("%Y-%m-%d %H:%M")
        said = self.run("publish", "--format", "json", now=now, later=timedelta(minutes=minutes))
        return {step["key"]: step["act"] for step in json.JSONDecoder().raw_decode(said[said.index("{") :])[0]["steps"]}

    def states(self) -> dict[str, str]:
        """The state of each post."""
        said = self.run("plan", "--all", "--format", "json", now="2026-12-02 12:00")
        lines = json.JSONDecoder().raw_decode(said[said.index("{") :])[0]["lines"]
        return {line["key"].partition("@")[0]: line["state"] for line in lines}

    def there(self, answer: str) -> list[str]:
        """Which words of a post arrived, in order."""
        return [word for wire in self.stage.received() for word in self.words(answer) if word in str(wire)]

    def address(self, answer: str) -> str:
        """The address of the last part of a post, which a person copies there; some networks take no address of another place."""
        messages = getattr(getattr(self.stage, "server", None), "messages", ())
        here = (message.url for message in reversed(messages) if self.words(answer)[-1] in str(message.wire))
        return next(here, f"https://example.org/{answer}")


@pytest.fixture(params=NETWORKS)
def place(request: pytest.FixtureRequest, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with stage_of(request.param, tmp_path / "server", monkeypatch) as stage:
        yield Place(town, tmp_path / "repository", request.param, stage)


def test_a_lost_answer_loses_and_doubles_nothing(place: Place) -> None:
    faults = [
        f"{fault}-{when}-accept" for fault in FAULTS for when in ("before", "after") if f"{fault}-{when}-accept" in place.stage.answers
    ]
    if not PROOF:
        # Each third network takes the same third of them: every fault is tried on several, and `make proof` tries all on each.
        faults = faults[NETWORKS.index(place.name) % 3 :: 3]
    assert faults, "a network that sends can be cut off"
    place.posts(faults)
    assert place.publish(0) == dict.fromkeys((f"{fault}@there" for fault in faults), "unknown")
    for minutes in (15, 30):
        place.publish(minutes)
    for fault, state in place.states().items():
        if state == "unknown":
            # A network that cannot be asked: a person looks, and says what is true.
            came = place.there(fault) == place.words(fault)
            verdict = ("--was-sent", place.address(fault)) if came else ("--was-not-sent",)
            place.run("settle", f"{fault}@there", *verdict, now="2026-12-02 10:40")
    place.publish(45)
    assert {fault: place.there(fault) for fault in faults} == {fault: place.words(fault) for fault in faults}
    assert place.states() == dict.fromkeys(faults, "sent")


def test_a_definite_no_in_a_thread_stops_it_and_it_goes_on_at_the_missing_part(place: Place) -> None:
    answers = [answer for answer in DEFINITE_ONES if answer in place.stage.answers]
    place.posts(answers)
    acts = {"refused": "refused", "locked": "held", "forbidden": "held", "moved": "held"}
    assert place.publish(0) == {f"{answer}@there": acts.get(answer, "waiting") for answer in answers}
    assert all(place.there(answer) == place.words(answer)[:-1] for answer in answers)
    place.run("settle", "refused@there", "--send-now", now="2026-12-02 10:10")
    place.publish(20)
    assert {answer: place.there(answer) for answer in answers} == {answer: place.words(answer) for answer in answers}
    assert place.states() == dict.fromkeys(answers, "sent")
