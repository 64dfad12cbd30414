"""From every state, what `status` says to do leads out: the advice is done as printed, until the post is out, once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from people import Town
from publish.advised import WORDS, Adviser

PROOF = bool(os.environ.get("MARRONNIER_PROOF"))
WALKS = settings(
    max_examples=200 if PROOF else 5,
    stateful_step_count=20 if PROOF else 6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
ANSWERS = ("unapproved", "fine", "refused", "wait", "locked", "unknown-before-accept", "unknown-after-accept")
answers = st.sampled_from(ANSWERS)


@pytest.fixture
def adviser(town: Town, tmp_path: Path) -> Adviser:
    """An approved and sealed post of 10:00; it is 8:00."""
    return ready(Adviser(town, tmp_path))


def ready(adviser: Adviser) -> Adviser:
    assert adviser.approve()[1] == 0
    adviser.publish()
    return adviser


def refused(adviser: Adviser) -> Adviser:
    adviser.at("10:00").square.order("refused")
    assert adviser.publish()[1] == 3
    assert adviser.line()["state"] == "refused"
    return adviser


def test_a_refused_post_that_is_corrected_and_approved_is_sealed_anew_and_goes_out(adviser: Adviser) -> None:
    refused(adviser)
    adviser.write(WORDS[1])
    assert adviser.line()["state"] == "held"
    adviser.publish()
    adviser.approve()
    assert adviser.line()["state"] == "due"
    adviser.publish()
    assert adviser.texts() == [WORDS[1]]
    assert adviser.line()["state"] == "sent"


def test_a_refused_post_is_sent_as_it_is_when_a_person_says_so(adviser: Adviser) -> None:
    refused(adviser).at("10:30")
    assert adviser.does("settle", adviser.key, "--send-now")[1] == 0
    assert "sent" in adviser.publish()[0]
    assert adviser.texts() == [WORDS[0]]


def test_a_refused_post_corrected_too_late_asks_and_goes_out_when_a_person_says_so(adviser: Adviser) -> None:
    refused(adviser)
    adviser.write(WORDS[1])
    adviser.at("13:00").publish()
    adviser.at("16:00").approve()
    adviser.publish()
    assert adviser.line()["state"] == "missed"
    assert adviser.does("settle", adviser.key, "--send-now")[1] == 0
    adviser.publish()
    assert adviser.texts() == [WORDS[1]]


def test_a_refused_post_with_another_date_goes_out_then(adviser: Adviser) -> None:
    refused(adviser)
    adviser.write(date=adviser.date + timedelta(days=2))
    adviser.approve()
    adviser.publish()
    assert adviser.line()["state"] == "ready"
    adviser.at("10:00", 3).publish()
    assert adviser.texts() == [WORDS[0]]


def test_what_was_refused_stays_refused_after_a_revert_and_back(adviser: Adviser) -> None:
    refused(adviser)
    adviser.write(WORDS[1])
    adviser.publish()
    adviser.write(WORDS[0])
    adviser.publish()
    assert (adviser.line()["state"], adviser.texts()) == ("refused", [])


@pytest.mark.parametrize("answer", ["wait", "locked", "unknown-before-accept"])
def test_a_post_that_was_tried_in_vain_and_then_changed_goes_out_as_changed(adviser: Adviser, answer: str) -> None:
    adviser.at("10:00").square.order(answer)
    adviser.publish()
    adviser.write(WORDS[1])
    adviser.at("10:15").publish()
    adviser.approve()
    adviser.publish()
    assert adviser.texts() == [WORDS[1]]


def test_a_decision_to_send_late_is_about_that_date_only(adviser: Adviser) -> None:
    adviser.at("16:00").publish()
    assert adviser.line()["state"] == "missed"
    adviser.does("settle", adviser.key, "--send-now")
    adviser.write(date=adviser.date + timedelta(days=3))
    adviser.approve()
    adviser.at("16:00", 4).publish()
    assert (adviser.line()["state"], adviser.texts()) == ("missed", [])


def test_a_thread_whose_last_part_was_refused_is_corrected_and_goes_on(town: Town, tmp_path: Path) -> None:
    adviser = ready(Adviser(town, tmp_path, parts=3))
    adviser.at("10:00").square.order("refused", part=2)
    adviser.publish()
    adviser.last_words = "Et voilà."
    adviser.write()
    adviser.publish()
    assert adviser.line()["state"] == "held"
    adviser.approve()
    adviser.publish()
    assert adviser.texts() == ["Partie 1.", "Partie 2.", "Et voilà."]
    assert adviser.line()["state"] == "sent"


@pytest.mark.parametrize("parts", [2, 4])
def test_a_thread_that_ends_otherwise_than_it_began_is_sent_when_its_new_end_is_out(town: Town, tmp_path: Path, parts: int) -> None:
    adviser = ready(Adviser(town, tmp_path, parts=3))
    adviser.at("10:00").square.order("refused", part=1)
    adviser.publish()
    adviser.parts = parts
    adviser.write()
    adviser.approve()
    adviser.publish()
    assert adviser.texts() == [*(f"Partie {number}." for number in range(1, parts)), WORDS[0]]
    assert adviser.line()["state"] == "sent"
    assert adviser.publish()[0] == "Nothing to send now.\n"


def test_a_thread_whose_first_part_is_out_and_changed_is_not_continued(town: Town, tmp_path: Path) -> None:
    adviser = ready(Adviser(town, tmp_path, parts=2))
    adviser.at("10:00").square.order("refused", part=1)
    adviser.publish()
    adviser.parts = 1
    adviser.write()
    adviser.approve()
    adviser.publish()
    assert adviser.line()["state"] == "edited"
    assert adviser.texts() == ["Partie 1."]
    adviser.follow()
    assert adviser.texts() == ["Partie 1.", WORDS[0]]


def test_a_thread_goes_on_after_a_part_that_a_person_found_where_the_server_is_asked_for_it(town: Town, tmp_path: Path) -> None:
    adviser = ready(Adviser(town, tmp_path, channel="asked", parts=3)).at("10:00")
    adviser.square.order("unknown-after-accept", part=1)
    adviser.publish()
    states = [state.partition(":")[0] for state in adviser.follow()]
    assert (states, adviser.texts()) == (["unknown", "sent"], ["Partie 1.", "Partie 2.", WORDS[0]])


def test_what_a_dead_token_holds_needs_somebody_and_is_tried_again(adviser: Adviser) -> None:
    adviser.at("10:00").square.order("locked", times=2)
    adviser.publish()
    line = adviser.line()
    assert (line["state"], line["shown"]) == ("held", "needs you")
    assert "Square does not know this account" in line["why"]
    assert "marronnier doctor" in line["next"]
    assert adviser.publish()[1] == 3
    adviser.publish()
    assert adviser.texts() == [WORDS[0]]


@pytest.mark.parametrize("channel", ["place", "blind"])
def test_a_run_that_was_killed_leaves_a_way_out(town: Town, tmp_path: Path, channel: str) -> None:
    adviser = ready(Adviser(town, tmp_path, channel=channel)).at("10:00")
    adviser.square.order("crash-after-accept")
    env = {**town.surroundings("publisher", "2026-12-01 10:00"), "SQUARE_STATE": str(adviser.square.folder)}
    died = subprocess.run(
        [sys.executable, "-m", "marronnier", "--now", "2026-12-01 10:00", "publish"],
        cwd=adviser.folder,
        env=env,
        capture_output=True,
        check=False,
    )
    assert died.returncode == 137
    adviser.write(WORDS[1])
    adviser.follow()
    assert len(adviser.texts()) == 1


@pytest.mark.parametrize("answer", ANSWERS[2:])
@pytest.mark.parametrize("changed", [False, True], ids=["as it was", "changed"])
def test_whatever_the_network_answered_the_last_way_that_is_offered_leads_out(adviser: Adviser, answer: str, changed: bool) -> None:
    adviser.at("10:00").square.order(answer)
    adviser.publish()
    if changed:
        adviser.write(WORDS[1])
    adviser.follow(lambda count: count - 1)
    assert len(adviser.texts()) == 1


class Walk(RuleBasedStateMachine):
    """Whatever people, the network and the clock do to one post."""

    town: ClassVar[Town]
    folder: ClassVar[Path]
    seen: ClassVar[Counter[str]]

    @initialize(
        channel=st.sampled_from(("place", "blind", "asked")), parts=st.sampled_from((1, 3)), answer=answers, part=st.sampled_from((None, 1))
    )
    def begin(self, channel: str, parts: int, answer: str, part: int | None) -> None:
        """The post is approved, or not, and its hour has come."""
        self.seen["walks"] += 1
        self.adviser = Adviser(self.town, self.folder / str(self.seen["walks"]), channel=channel, parts=parts)
        if answer != "unapproved":
            ready(self.adviser)
            self.adviser.at("10:00")
            self.publish(answer, part if parts > 1 else None)

    @rule(words=st.sampled_from(WORDS), last=st.booleans())
    def edit(self, words: str, last: bool) -> None:
        self.adviser.last_words = words if last else ""
        self.adviser.write(words)

    @rule(parts=st.sampled_from((1, 2, 3)))
    def take_or_add_parts(self, parts: int) -> None:
        self.adviser.parts = parts
        self.adviser.write()

    @rule(hours=st.sampled_from((-24, -1, 1, 5, 30)))
    def move(self, hours: int) -> None:
        self.adviser.write(date=self.adviser.now + timedelta(hours=hours))

    @rule(requires=st.sampled_from(("", "", "nothing")))
    def require(self, requires: str) -> None:
        self.adviser.write(requires=requires)

    @rule(who=st.sampled_from(("karim", "claire", "ines")))
    def approve(self, who: str) -> None:
        self.adviser.approve(who)

    @rule(minutes=st.sampled_from((5, 15, 60, 200, 3000)))
    def wait(self, minutes: int) -> None:
        self.adviser.now += timedelta(minutes=minutes)

    @rule(answer=answers, part=st.sampled_from((None, 1)))
    def publish(self, answer: str, part: int | None) -> None:
        if answer in ANSWERS[2:]:
            self.adviser.square.order(answer, part=part)
        self.adviser.publish()

    @rule(paused=st.booleans(), frozen=st.booleans())
    def stop_or_go(self, paused: bool, frozen: bool) -> None:
        self.adviser.settings(paused=paused, frozen=frozen)

    @rule(verdict=st.sampled_from(("--send-now", "--never")))
    def decide(self, verdict: str) -> None:
        self.adviser.does("settle", self.adviser.key, verdict)

    @rule()
    def delete(self) -> None:
        """Somebody deletes what is out, on the network, and it is read back."""
        for message in self.adviser.square.received("asked"):
            self.adviser.square.delete(message.id)
        for minutes in (11, 11):
            self.adviser.now += timedelta(minutes=minutes)
            self.adviser.publish()

    @rule(data=st.data())
    def follow(self, data: st.DataObject) -> None:
        """From wherever it is, what status says leads out."""
        states = self.adviser.follow(lambda count: data.draw(st.integers(0, count - 1)) if count > 1 else 0)
        note("\n".join(states))
        self.seen.update(state.partition(":")[0] for state in states)
        out = self.adviser.out()
        assert all(count == 1 for count in out.values()), out

    def teardown(self) -> None:
        if sys.exc_info()[0] is None and hasattr(self, "adviser"):
            states = self.adviser.follow()
            self.seen.update(state.partition(":")[0] for state in states)
            out = self.adviser.out()
            assert all(count == 1 for count in out.values()), out


def test_from_every_state_what_status_says_leads_out(town: Town, tmp_path_factory: pytest.TempPathFactory) -> None:
    class Here(Walk):
        pass

    Here.town, Here.folder, Here.seen = town, tmp_path_factory.mktemp("walks"), Counter()
    run_state_machine_as_test(Here, settings=WALKS)
    print(dict(Here.seen))
    assert not PROOF or {"retracted", "refused", "missed", "unknown", "edited", "held", "past", "due"} <= set(Here.seen), Here.seen
