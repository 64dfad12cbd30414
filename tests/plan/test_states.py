"""Where each publication stands: every state, its reason, and what stops what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from marronnier import approval, desk, messages, networks, plan, timetable
from marronnier.files import WorkTree
from marronnier.model.finding import Finding, Place
from marronnier.model.history import Event, History
from marronnier.model.plan import SHOWN_STATES, Approval, Plan, PlanLine
from marronnier.proofs.situation import Situation
from people import BRAND, write
from teamwork import KEY, PATH, POST

DUE = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
YES = Approval(True, ("karim",), "approved by Karim")
NO = Approval(False, why="not approved")


class Desk:
    """A folder with posts, and the plan made of it."""

    def __init__(self, folder: Path, files: Mapping[str, str] | None = None) -> None:
        write(folder, {**BRAND, **(files or {PATH: POST})})
        self.desk = desk.load(WorkTree(folder))
        assert not self.desk.unreadable_posts, self.desk.findings
        self.payloads: dict[str, bytes] = {}

    def plan(
        self, now: datetime, histories: Mapping[str, History] | None = None, approvals: Mapping[str, Approval] | None = None,
        began: datetime | None = BEGAN,
    ) -> Plan:  # fmt: skip
        """The plan; everything is approved unless said otherwise."""
        table = timetable.make(self.desk, histories or {}, now)
        given = {key: (approvals or {}).get(key, YES) for key in table.publications}
        return plan.make(
            Situation(
                desk=self.desk,
                timetable=table,
                histories=histories or {},
                now=now,
                approvals=given,
                began=began,
                payload=self.payloads.get,
            )
        )

    def line(self, now: datetime, events: list[tuple[str, Mapping[str, Any]]] | None = None, key: str = KEY, **more: Any) -> PlanLine:
        """One line of it."""
        histories = {KEY: self.history(events, KEY)} if events is not None else {}
        return next(line for line in self.plan(now, histories, **more).lines if line.key == key)

    def history(self, events: list[tuple[str, Mapping[str, Any]]], key: str, at: datetime = DUE - timedelta(days=1)) -> History:
        """A history with these events; a seal of what stands on the desk is `("sealed", {})`."""
        return History(key, tuple(Event(key, seq, name, at, self._data(name, data, key)) for seq, (name, data) in enumerate(events)))  # type: ignore[arg-type]

    def _data(self, name: str, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        if name == "sent":
            return {"part": 0, "parts": 1, "id": "1", "url": "https://x.test/1", **data}
        if name in ("sending", "unknown", "refused", "waiting", "cleared"):
            return {"part": 0, **data}
        if name != "sealed":
            return data
        table = timetable.make(self.desk, {}, BEGAN)
        digests = approval.digests(table.publications[key], table.instants[key], self.desk)
        payload = networks.get("feed").compose(table.publications[key])
        self.payloads[payload.sha256] = payload.as_bytes()
        sealed = {"words": digests.words, "when": digests.when, "instant": DUE.isoformat(), "payload": payload.sha256, "by": ["karim"]}
        return {**sealed, **data}


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


HOUR = timedelta(hours=1)
CLAIMED = ("claimed", {"run": "r", "deadline": (DUE + HOUR).isoformat()})
STORIES: list[tuple[str, timedelta, list[tuple[str, Mapping[str, Any]]], str]] = [
    ("ahead", -HOUR, [], "ready"),
    ("at its instant", timedelta(), [], "due"),
    ("within its grace", 2 * HOUR, [], "due"),
    ("later than its grace", 2 * HOUR + timedelta(seconds=1), [], "missed"),
    ("sealed and late", 3 * HOUR, [("sealed", {})], "missed"),
    ("a person said: still", 30 * HOUR, [("sealed", {}), ("missed", {}), ("released", {})], "due"),
    ("asked", 30 * HOUR, [("sealed", {}), ("missed", {})], "missed"),
    ("a person said: never", HOUR, [("sealed", {}), ("skipped", {})], "past"),
    ("being sent", HOUR / 2, [("sealed", {}), CLAIMED, ("sending", {})], "sending"),
    ("the run is gone", 2 * HOUR, [("sealed", {}), CLAIMED, ("sending", {})], "unknown"),
    ("no answer", HOUR / 2, [("sealed", {}), CLAIMED, ("sending", {}), ("unknown", {"why": "cut off"})], "unknown"),
    ("it was not sent", HOUR, [("sealed", {}), ("sending", {}), ("unknown", {}), ("cleared", {})], "due"),
    ("an old debt stays", HOUR, [("sealed", {}), ("unknown", {}), ("sending", {}), ("refused", {"why": "no"})], "unknown"),
    ("refused", HOUR, [("sealed", {}), ("sending", {}), ("refused", {"why": "no"})], "refused"),
    ("sealed anew after a refusal", HOUR, [("sealed", {}), ("sending", {}), ("refused", {"why": "no"}), ("sealed", {})], "due"),
    ("waiting", HOUR, [("sealed", {}), ("sending", {}), ("waiting", {"until": (DUE + 2 * HOUR).isoformat(), "why": "429"})], "ready"),
    ("waited", HOUR, [("sealed", {}), ("sending", {}), ("waiting", {"until": DUE.isoformat(), "why": "429"})], "due"),
    ("half a thread, late", 9 * HOUR, [("sealed", {}), ("sending", {}), ("sent", {"parts": 2})], "due"),
    ("sent", HOUR, [("sealed", {}), ("sending", {}), ("sent", {})], "sent"),
    ("sent long ago", 9000 * HOUR, [("sealed", {}), ("sending", {}), ("sent", {})], "sent"),
    ("carried", HOUR, [("carried", {"at": DUE.isoformat(), "url": "https://old.test/1"})], "sent"),
    ("edited after it went out", HOUR, [("sealed", {"words": "0" * 64}), ("sending", {}), ("sent", {})], "edited"),
    ("taken back", HOUR, [("sealed", {}), ("sending", {}), ("sent", {}), ("retracted", {})], "retracted"),
]


@pytest.mark.parametrize(("after", "events", "state"), [story[1:] for story in STORIES], ids=[story[0] for story in STORIES])
def test_states(here: Desk, after: timedelta, events: list[tuple[str, Mapping[str, Any]]], state: str) -> None:
    line = here.line(DUE + after, events)
    assert line.state == state
    assert line.why
    assert line.next or SHOWN_STATES[line.state] in ("sent", "ready") or line.state in ("past", "sending")


def test_what_is_not_approved_is_held_and_once_late_is_past(here: Desk) -> None:
    assert here.line(DUE, approvals={KEY: NO}).state == "held"
    assert here.line(DUE + 3 * HOUR, approvals={KEY: NO}).state == "past"


def test_approved_after_its_hour_is_past_and_never_asked_about(here: Desk) -> None:
    late = Approval(True, ("karim",), "approved by Karim", at=DUE + 3 * HOUR)
    assert here.line(DUE + 4 * HOUR, approvals={KEY: late}).state == "past"


@pytest.mark.parametrize("began", [None, DUE + HOUR])
def test_what_was_due_before_the_ledger_is_past(here: Desk, began: datetime | None) -> None:
    assert here.line(DUE + 5 * HOUR, began=began).state == "past"


def test_t15_send_until_sends_late_and_then_asks(tmp_path: Path) -> None:
    here = Desk(tmp_path, {PATH: POST.replace("channels:", "on_missed: send-until 8h\nchannels:")})
    assert here.line(DUE + 8 * HOUR).state == "due"
    assert here.line(DUE + 9 * HOUR).state == "missed"


def test_what_expires_never_goes_out_after_that(tmp_path: Path) -> None:
    here = Desk(tmp_path, {PATH: POST.replace("channels:", "expires: 2026-12-05 11:00\nchannels:")})
    assert here.line(DUE + HOUR / 2).state == "due"
    assert here.line(DUE + HOUR).state == "past"
    here = Desk(tmp_path, {PATH: POST.replace("channels:", "expires: 2026-12-04\nchannels:")})
    assert here.line(BEGAN).state == "held"


def test_t14_a_freeze_holds_what_is_due_and_its_end_sends_no_burst(tmp_path: Path) -> None:
    here = Desk(tmp_path, {PATH: POST, "calendar/freeze.yml": "why: incendie\n"})
    assert here.line(DUE - HOUR).state == "ready"
    line = here.line(DUE)
    assert (line.state, line.why) == ("held", "everything is frozen: incendie")
    (tmp_path / "calendar/freeze.yml").unlink()
    assert Desk(tmp_path).line(DUE + 200 * HOUR).state == "missed"


def test_a_freeze_of_one_channel_leaves_the_others(tmp_path: Path) -> None:
    here = Desk(tmp_path, {PATH: POST.replace("journal", "partout"), "calendar/freeze.yml": "why: x\nchannels: krant\n"})
    assert [line.state for line in here.plan(DUE).lines] == ["due", "held"]


def test_a_paused_channel_holds_until_its_day(tmp_path: Path) -> None:
    channels = BRAND["brand/channels.yml"].replace("journal: {", "journal: {paused: congés, until: 2026-12-05, ")
    here = Desk(tmp_path, {PATH: POST, "brand/channels.yml": channels})
    line = here.line(DUE - HOUR)
    assert (line.state, line.why) == ("held", "journal is paused until 2026-12-05: congés")
    here = Desk(tmp_path, {PATH: POST.replace("12-05", "12-06"), "brand/channels.yml": channels})
    assert here.line(DUE).state == "ready"


def test_a_channel_whose_settings_cannot_be_read_says_why_in_the_language_of_whoever_asks(tmp_path: Path) -> None:
    channels = BRAND["brand/channels.yml"].replace("journal: {", "journal: {colour: vert, ")
    here = Desk(tmp_path, {PATH: POST, "brand/channels.yml": channels})
    assert here.line(DUE - HOUR).why == "journal is paused until further notice: one of its settings cannot be read"
    with messages.in_language("fr"):
        assert here.line(DUE - HOUR).why.endswith("un de ses réglages est illisible")


def test_what_requires_another_post_waits_for_it(tmp_path: Path) -> None:
    second = POST.replace("id: portes", "id: suite").replace("10:00", "10:30").replace("channels:", "requires: portes\nchannels:")
    files = {PATH: POST, "content/posts/2026/12/suite.md": second.replace("dimanche", "samedi")}
    here = Desk(tmp_path, files)
    now = DUE + HOUR
    assert here.line(BEGAN, key="suite@journal").state == "ready"
    line = here.line(now, key="suite@journal")
    assert (line.state, line.why) == ("held", "it waits for portes, which is not sent yet")
    assert here.line(now, [("sealed", {}), ("sending", {}), ("sent", {})], key="suite@journal").state == "due"
    (tmp_path / PATH).unlink()
    here = Desk(tmp_path, {"content/posts/2026/12/suite.md": second})
    assert "there is no such post" in here.line(BEGAN, key="suite@journal").why


def test_when_approved_is_due_at_once(tmp_path: Path) -> None:
    here = Desk(tmp_path, {PATH: POST.replace("2026-12-05 10:00", "when-approved")})
    assert here.line(BEGAN).state == "due"
    assert here.line(BEGAN, approvals={KEY: NO}).state == "held"


def test_ideas_and_posts_without_an_instant(tmp_path: Path) -> None:
    files = {PATH: POST.replace("date: 2026-12-05 10:00\n", "slot: jamais\n"), "content/ideas/x.md": POST.replace("id: portes", "id: x")}
    here = Desk(tmp_path, files)
    states = {line.key: line.state for line in here.plan(BEGAN).lines}
    assert states == {"portes@journal": "held", "x@journal": "idea"}


def test_a_brand_that_cannot_be_read_sends_nothing(tmp_path: Path) -> None:
    here = Desk(tmp_path, {PATH: POST, "brand/brand.yml": BRAND["brand/brand.yml"] + "grase: 3h\n"})
    line = here.line(DUE)
    assert line.state == "held"
    assert "brand/brand.yml:5" in line.why


def test_a_post_that_cannot_be_read_is_told_and_is_no_other_identity(tmp_path: Path) -> None:
    histories = _sent(Desk(tmp_path))
    write(
        tmp_path,
        {
            PATH: POST.replace("channels:", "chanels:"),
            "content/posts/2026/12/x.md": POST.replace("id: portes", "id: x").replace("10:00", "18:00").replace("dimanche", "Dimanche !"),
        },
    )
    here = Desk.__new__(Desk)
    here.desk, here.payloads = desk.load(WorkTree(tmp_path)), {}
    made = here.plan(DUE, histories)
    assert [line.key for line in made.lines] == ["x@journal"]
    assert not made.refusals
    assert any("1 post cannot be read" in warning for warning in made.warnings)


SILENCE = {"calendar/days.yml": "days:\n  - {date: 2026-12-05, name: Deuil, kind: silence}\n"}


def test_a_day_of_silence_holds_what_was_approved_and_sealed_for_it(tmp_path: Path) -> None:
    here = Desk(tmp_path, {PATH: POST, **SILENCE})
    for now in (DUE - 24 * HOUR, DUE, DUE + HOUR):
        line = here.line(now, [("sealed", {})])
        assert (line.state, line.why) == ("held", "2026-12-05 is a day of silence: Deuil")
    assert here.line(DUE + 15 * HOUR, [("sealed", {})]).state == "missed"


def test_a_day_of_silence_holds_what_is_late_from_the_day_before(tmp_path: Path) -> None:
    here = Desk(tmp_path, {PATH: POST.replace("2026-12-05 10:00", "2026-12-04 23:30"), **SILENCE})
    assert here.line(datetime(2026, 12, 4, 22, 45, tzinfo=UTC)).state == "due"
    assert here.line(datetime(2026, 12, 4, 23, 15, tzinfo=UTC)).state == "held"


def test_the_post_that_the_day_is_about_goes_out_with_its_reason(tmp_path: Path) -> None:
    with_reason = POST.replace("channels:", "allow: {silent-day: the tribute itself}\nchannels:")
    assert Desk(tmp_path, {PATH: with_reason, **SILENCE}).line(DUE).state == "due"
    without = with_reason.replace("the tribute itself", '""')
    assert Desk(tmp_path, {PATH: without, **SILENCE}).line(DUE).state == "held"


def test_a_place_in_a_slot_is_only_kept_by_a_run(tmp_path: Path) -> None:
    here = Desk(tmp_path, {PATH: POST.replace("date: 2026-12-05 10:00", "slot: mardi-conseil")})
    now = datetime(2026, 12, 1, 8, 55, tzinfo=UTC)
    at = datetime(2026, 12, 1, 9, 0, tzinfo=UTC).isoformat()
    seal = ("sealed", {"instant": at, "basis": "slot:mardi-conseil"})
    assert here.line(now).next == "it goes out 2026-12-01 10:00, if `marronnier publish` runs before then and reserves that place"
    assert here.line(now, [seal]).next == "it goes out 2026-12-01 10:00"
    # Nobody ran: the place is over, and the next one is taken. Sealed, it is due.
    assert "2026-12-08 10:00" in here.line(now + HOUR).next
    assert here.line(now + HOUR, [seal]).state == "due"


def test_brakes_say_so_and_count(tmp_path: Path) -> None:
    posts = {
        f"content/posts/2026/12/p{number}.md": POST.replace("id: portes", f"id: p{number}").replace("dimanche", f"le {number}")
        for number in range(4)
    }
    files = {**posts, "brand/brand.yml": BRAND["brand/brand.yml"] + "brakes: {at_once: 3}\n"}
    made = Desk(tmp_path, files).plan(DUE)
    assert (len(made.due()), made.braked) == (4, True)
    assert any("brakes.at_once (3)" in warning for warning in made.warnings)
    assert not Desk(tmp_path, files).plan(DUE - HOUR).braked


SENT = [("sealed", {}), ("sending", {})]


def _sent(here: Desk, key: str = KEY, at: datetime = DUE) -> Mapping[str, History]:
    sealed = here._data("sealed", {}, key)
    return {key: here.history([*SENT, ("sent", {"payload": sealed["payload"]})], key, at)}


@pytest.mark.parametrize("text", [POST, POST.replace("dimanche", "Dimanche !")])
def test_a22_a_changed_id_is_not_sent_again(tmp_path: Path, text: str) -> None:
    histories = _sent(Desk(tmp_path))
    payloads = Desk(tmp_path)
    payloads._data("sealed", {}, KEY)
    (tmp_path / PATH).unlink()
    here = Desk(tmp_path, {"content/posts/2026/12/neuf.md": text.replace("id: portes", "id: neuf").replace("12-05", "12-06")})
    here.payloads = payloads.payloads
    made = here.plan(DUE + HOUR, histories)
    assert [line.state for line in made.lines] == ["held"]
    assert "identity-changed: portes@journal" in made.refusals["neuf@journal"]


def test_a21_a_copy_is_refused_for_thirty_days(tmp_path: Path) -> None:
    copy = {PATH: POST, "content/posts/2026/12/neuf.md": POST.replace("id: portes", "id: neuf").replace("12-05", "12-20")}
    here = Desk(tmp_path, copy)
    histories = _sent(here)
    same = "".join(line for line in here.plan(DUE + HOUR, histories).refusals.values())
    assert "exactly the same text was sent" in same or "has exactly the same text" in same
    later = {
        **copy,
        "content/posts/2026/12/neuf.md": copy["content/posts/2026/12/neuf.md"].replace("12-20", "12-01").replace("2026-", "2027-"),
    }
    assert not Desk(tmp_path, later).plan(DUE + HOUR, histories).refusals


@pytest.mark.parametrize(
    ("grace", "days", "state"),
    [("2h", 20, "missed"), ("60d", 20, "held"), ("60d", 40, "held")],
    ids=["later than its grace", "within it", "its approval is not looked for any more"],
)
def test_a21_a_copy_keeps_its_reason_after_its_time(tmp_path: Path, grace: str, days: int, state: str) -> None:
    copies = {
        f"content/posts/2026/12/{name}.md": POST.replace("id: portes", f"id: {name}").replace("12-05", day)
        for name, day in (("neuf", "12-06"), ("autre", "12-07"))
    }
    copies["content/posts/2026/12/autre.md"] += "Autrement.\n"
    here = Desk(tmp_path, {PATH: POST, **copies, "brand/brand.yml": BRAND["brand/brand.yml"] + f"grace: {grace}\n"})
    long_ago = {f"{name}@journal": Approval(False, why="its time passed long ago") for name in ("neuf", "autre")}
    made = here.plan(DUE + timedelta(days=days), _sent(here), long_ago if days > 31 else None)
    lines = {line.key: line for line in made.lines}
    assert (lines["neuf@journal"].state, lines["neuf@journal"].why) == (
        state,
        "exactly the same text was sent on this channel on 2026-12-05 as portes@journal",
    )
    assert "the same" not in lines["autre@journal"].why


def test_a21_a_sealed_post_stays_and_a_later_copy_with_an_earlier_date_is_refused(tmp_path: Path) -> None:
    here = Desk(tmp_path, {PATH: POST, "content/posts/2026/12/a.md": POST.replace("id: portes", "id: a").replace("12-05", "12-03")})
    made = here.plan(BEGAN, {KEY: here.history([("sealed", {})], KEY)})
    assert {line.key: line.state for line in made.lines} == {"a@journal": "held", KEY: "ready"}


def test_a21_two_copies_due_at_once_send_one(tmp_path: Path) -> None:
    made = Desk(tmp_path, {PATH: POST, "content/posts/2026/12/a.md": POST.replace("id: portes", "id: a")}).plan(DUE)
    assert sorted(line.state for line in made.lines) == ["due", "held"]


def test_a_repeat_may_say_the_same_again(tmp_path: Path) -> None:
    made = Desk(tmp_path, {PATH: POST.replace("channels:", "repeat: FREQ=DAILY;COUNT=3\nchannels:")}).plan(BEGAN)
    assert [line.state for line in made.lines] == ["ready"] * 3


def test_a20_another_file_name_is_the_same_publication(tmp_path: Path) -> None:
    histories = _sent(Desk(tmp_path))
    (tmp_path / PATH).unlink()
    made = Desk(tmp_path, {"content/posts/2027/01/autre.md": POST}).plan(DUE + HOUR, histories)
    assert [line.state for line in made.lines] == ["sent"]


@pytest.mark.parametrize("change", ["2027-12-05 10:00", "when-approved"])
def test_a18_a_new_date_sends_nothing_again(tmp_path: Path, change: str) -> None:
    histories = _sent(Desk(tmp_path))
    made = Desk(tmp_path, {PATH: POST.replace("2026-12-05 10:00", change)}).plan(DUE + HOUR, histories)
    assert [line.state for line in made.lines] == ["sent"]


def test_lines_stand_in_time_order_those_without_an_instant_last(tmp_path: Path) -> None:
    files = {
        f"content/posts/2026/12/{name}.md": POST.replace("id: portes", f"id: {name}")
        .replace("2026-12-05 10:00", date)
        .replace("dimanche", name)
        for name, date in (("c", "2026-12-07 10:00"), ("a", "when-approved"), ("b", "2026-12-06 10:00"))
    }
    assert [line.publication.post.id for line in Desk(tmp_path, files).plan(BEGAN).lines] == ["b", "c", "a"]


def test_a_finding_in_the_plan_is_written_as_the_language_writes(here: Desk) -> None:
    """French sets a no-break space before a semicolon."""
    finding = Finding("over-length", "error", Place(PATH, 3), "un", "deux", "trois")
    with messages.in_language("fr"):
        (line,) = plan.hold_faulty(here.plan(DUE - HOUR), {PATH: finding}).lines
    assert (line.state, line.why) == ("held", f"{PATH}:3:1: error[over-length]: un\u202f; deux\u202f; trois")
    assert plan.posts_to_be_sealed(here.plan(DUE - HOUR)) == {PATH}
