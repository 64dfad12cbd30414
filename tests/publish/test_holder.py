"""`publish --hold`: it wakes to the second, sees what happens meanwhile, ends when nothing is left, and never sends twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marronnier.forge.plain_git import PlainGit
from marronnier.ledger import heartbeats
from marronnier.messages import Trouble
from publish.holding import JumpingClock, WatchedHolder, announce, counting_runs, holding, hour, say, write
from publish.living import BRUSSELS, Brand
from servers.origin import over_http

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def sent_at(brand: Brand, clock: JumpingClock, monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    """When the network took each publication, by the true time."""
    from fakes import square

    found: dict[str, datetime] = {}
    real = square.Server.post

    def post(server: square.Server, sending: object, *arguments: object, **more: object) -> object:
        found[sending.key] = clock.true.astimezone(BRUSSELS)  # type: ignore[attr-defined]
        return real(server, sending, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(square.Server, "post", post)
    return found


def seconds_late(brand: Brand, key: str) -> int:
    (line,) = [line for line in brand.ledger()[key] if line["event"] == "sent"]
    return int(line["data"]["late"])


def test_it_wakes_to_the_second_and_reads_the_calendar_only_when_it_must(
    brand: Brand, clock: JumpingClock, sent_at: dict[str, datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    say(brand, "tisane", "2026-12-01 10:30")
    with counting_runs(monkeypatch) as runs, holding(brand, clock) as holder:
        holder.run()
    for key, at in (("portes@place", "10:00"), ("tisane@place", "10:30")):
        assert timedelta() <= sent_at[key] - hour(at) < 3 * SECOND, sent_at
        assert seconds_late(brand, key) <= 3
    assert [message.key for message in brand.messages()] == ["portes@place", "tisane@place"]
    assert holder.kinds[-1] == "nothing" and clock.true < hour("10:31")
    # Forty minutes: a look each minute, and a whole reading at the beginning and for each publication.
    assert clock.sleeps > 38 and len(runs) <= 4, runs


def test_with_nothing_to_wait_for_it_ends_at_once_and_says_what_comes_next(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 18:00")
    with holding(brand, clock) as holder:
        holder.run()
    assert holder.kinds == ["nothing"] and holder.notices[0].next is not None and holder.notices[0].next.key == "portes@place"
    assert clock.true < hour("09:51") and clock.sleeps == 0


def test_it_ends_before_its_bound_and_leaves_the_rest_to_the_next(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    say(brand, "tisane", "2026-12-01 10:06")
    with holding(brand, clock, 15 * MINUTE) as holder:
        holder.run()
    assert holder.sent == ["portes@place"] and holder.kinds[-1] == "nothing"
    say(brand, "soupe", "2026-12-01 10:12")
    with holding(brand, clock, 15 * MINUTE) as holder:
        holder.run()
    assert holder.sent == ["tisane@place", "soupe@place"]


def test_what_is_merged_meanwhile_goes_out_and_what_is_taken_back_does_not(
    brand: Brand, clock: JumpingClock, sent_at: dict[str, datetime]
) -> None:
    say(brand, "portes", "2026-12-01 10:10")
    clock.at(hour("09:53"), lambda: say(brand, "soupe", "2026-12-01 09:56"))
    clock.at(hour("10:09:50"), lambda: write(brand, {"content/posts/2026/12/portes.md": None}))
    with holding(brand, clock) as holder:
        holder.run()
    assert list(sent_at) == ["soupe@place"] and sent_at["soupe@place"] - hour("09:56") < 3 * SECOND
    assert holder.kinds[-1] == "nothing"


def test_t14_a_freeze_one_second_before_is_seen(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    clock.at(hour("09:59:59"), lambda: write(brand, {"calendar/freeze.yml": "why: Accident\n"}))
    with holding(brand, clock) as holder:
        holder.run()
    assert brand.messages() == [] and holder.needs_person
    assert (
        "sending" not in [line["event"] for line in brand.ledger()["portes@place"]][:-1]
        or brand.ledger()["portes@place"][-1]["event"] == "waiting"
    )


@pytest.mark.parametrize("answer", ["Accident", Trouble("the forge does not answer")])
def test_t14_a_word_on_the_forge_freezes_and_so_does_a_forge_that_does_not_answer(
    brand: Brand, clock: JumpingClock, monkeypatch: pytest.MonkeyPatch, answer: str | Trouble
) -> None:
    say(brand, "portes", "2026-12-01 10:00")

    def freeze_reason(_forge: PlainGit) -> str:
        if isinstance(answer, Trouble):
            raise answer
        return answer if clock.true < hour("10:03") else ""

    monkeypatch.setattr(PlainGit, "freeze_reason", freeze_reason)
    with holding(brand, clock, None) as holder:
        while clock.true < hour("10:12"):
            clock.sleep(holder.wake() or 0.0)
    stops = {report.stopped for report in holder.reports if report.stopped}
    assert any("Accident" in why or "does not answer" in why for why in stops), stops
    assert [message.key for message in brand.messages()] == ([] if isinstance(answer, Trouble) else ["portes@place"]), "the thaw is noticed"


def test_t14_the_thaw_of_many_overdue_posts_asks(brand: Brand, clock: JumpingClock) -> None:
    settings = brand.desk / "brand/brand.yml"
    settings.write_text(f"{settings.read_text(encoding='utf-8')}brakes: {{at_once: 2}}\n", encoding="utf-8")
    names = ("portes", "tisane", "soupe")
    for number, name in enumerate(names):
        path = brand.desk / f"content/posts/2026/12/{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\nid: {name}\ndate: 2026-12-01 09:5{number + 3}\nchannels: [place]\n---\nBonjour, {name}.\n", encoding="utf-8")
    brand.commit("ines", "Write")
    assert brand.does("approve", "--yes", *names, who="karim")[1] == 0
    write(brand, {"calendar/freeze.yml": "why: Accident\n"})
    clock.at(hour("10:05"), lambda: write(brand, {"calendar/freeze.yml": None}))
    with holding(brand, clock, None) as holder:
        while clock.true < hour("10:12"):
            clock.sleep(holder.wake() or 0.0)
    assert brand.messages() == [] and any("--release-brakes" in report.stopped for report in holder.reports)


# Clocks


@pytest.mark.parametrize("step", [-HOUR, 20 * MINUTE])
def test_t06_a_clock_that_is_set_is_noticed(brand: Brand, clock: JumpingClock, sent_at: dict[str, datetime], step: timedelta) -> None:
    say(brand, "portes", "2026-12-01 10:00")

    def set_clock(by: timedelta) -> None:
        clock.set_by = by

    clock.at(hour("09:53"), lambda: set_clock(step))
    clock.at(hour("09:56"), lambda: set_clock(timedelta()))
    with holding(brand, clock) as holder:
        holder.run()
    steps = [round(notice.seconds / 60) for notice in holder.notices if notice.kind == "clock-set"]
    assert steps == [round(step / MINUTE), -round(step / MINUTE)]
    assert timedelta() <= sent_at["portes@place"] - hour("10:00") < 3 * SECOND


def test_t06_a_clock_that_stays_wrong_sends_nothing_early(brand: Brand, clock: JumpingClock, sent_at: dict[str, datetime]) -> None:
    """Where neither origin nor a network tells the time, the seconds that passed do."""
    say(brand, "portes", "2026-12-01 10:00")

    def set_clock() -> None:
        clock.set_by = 2 * HOUR

    clock.at(hour("09:53"), set_clock)
    with holding(brand, clock) as holder:
        holder.run()
    assert "clock-distrusted" in holder.kinds
    assert timedelta() <= sent_at["portes@place"] - hour("10:00") < 3 * SECOND
    assert brand.ledger()["portes@place"][-1]["at"] < "2026-12-01T09:01", "nor does the ledger learn the wrong hour"


def test_t06_a_suspended_machine_sends_what_it_slept_through_once(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    clock.at(hour("09:55"), lambda: clock.skip(HOUR.total_seconds()))
    with holding(brand, clock) as holder:
        holder.run()
    assert "slept" in holder.kinds and holder.sent == ["portes@place"]
    assert 3300 <= seconds_late(brand, "portes@place") <= 3420


def test_t06_a_clock_that_goes_wrong_during_the_hold_stops_sending(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Origin tells the true time with each look."""
    clock = JumpingClock(monkeypatch, datetime.now(UTC))
    brand.now = datetime.now(BRUSSELS)
    say(brand, "portes", f"{brand.now + 2 * HOUR:%Y-%m-%d %H:%M}")
    with over_http(brand.origin) as served:
        brand.git("config", "http.receivepack", "true", folder=brand.origin)
        brand.git("remote", "set-url", "origin", served.url(), folder=brand.folder / "one")
        with holding(brand, clock) as holder:
            assert holder.wake()
            clock.set_by = 3 * HOUR
            for _time in range(3):
                assert holder.wake()
            assert brand.messages() == []
            clock.set_by = timedelta()
            assert holder.wake()
    assert [kind for kind in holder.kinds if kind in ("stopped", "goes-on")] == ["stopped", "goes-on"], "once each"
    assert "ahead of the server's" in next(notice.why for notice in holder.notices if notice.kind == "stopped")


def test_an_origin_that_is_away_is_told_once_and_tried_again(brand: Brand, clock: JumpingClock, sent_at: dict[str, datetime]) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    away = brand.origin.with_name("away.git")
    clock.at(hour("09:53"), lambda: (brand.origin.rename(away), None)[1])
    clock.at(hour("09:57"), lambda: (away.rename(brand.origin), None)[1])
    with holding(brand, clock) as holder:
        holder.run()
    assert [kind for kind in holder.kinds if kind in ("stopped", "goes-on")] == ["stopped", "goes-on"]
    assert sent_at["portes@place"] - hour("10:00") < 3 * SECOND


# Several holders


def test_another_holder_that_waits_for_all_of_it_is_left_alone(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:30")
    announce(brand, hour("09:47"), hour("14:00"))
    with holding(brand, clock) as holder:
        holder.run()
    assert holder.kinds == ["covered"] and holder.notices[0].until == hour("14:00") and clock.true < hour("09:51")


def test_one_that_was_killed_is_not_relied_upon_for_what_is_due_soon(brand: Brand, clock: JumpingClock) -> None:
    """It gave a heartbeat a minute ago, and never gives another."""
    say(brand, "portes", "2026-12-01 10:00")
    announce(brand, hour("09:49"), hour("14:00"))
    with holding(brand, clock) as holder:
        holder.run()
    assert holder.sent == ["portes@place"]


def test_one_that_lives_is_left_alone_with_what_is_due_soon_once_it_says_so_again(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    announce(brand, hour("09:49"), hour("14:30"))
    clock.at(hour("09:54"), lambda: announce(brand, hour("09:54"), hour("16:30")))
    with holding(brand, clock) as holder:
        holder.run()
    assert holder.kinds[-1] == "covered" and not holder.sent and hour("09:54") <= clock.true < hour("09:56")


@pytest.mark.parametrize(
    ("seen", "until"), [("09:30", "14:00"), ("09:47", "10:00"), ("10:30", "14:00")], ids=["dead", "ends too soon", "from the future"]
)
def test_one_that_is_dead_or_ends_too_soon_is_not_relied_upon(brand: Brand, clock: JumpingClock, seen: str, until: str) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    announce(brand, hour(seen), hour(until))
    with holding(brand, clock) as holder:
        holder.run()
    assert holder.sent == ["portes@place"]


def test_shortly_before_a_publication_nobody_leaves_it_to_another(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 09:52")
    announce(brand, hour("09:49"), hour("14:00"))
    with holding(brand, clock) as holder:
        holder.run()
    assert holder.sent == ["portes@place"]


def test_it_says_that_it_lives_and_takes_the_word_back_at_its_end(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    seen: list[tuple[str, ...]] = []
    look = lambda: seen.append(tuple(brand.git("for-each-ref", "--format=%(refname)", heartbeats.PREFIX, folder=brand.origin).split()))  # noqa: E731
    for minute in (52, 55, 58):
        clock.at(hour(f"09:{minute}"), look)
    before = brand.git("rev-parse", "ledger", folder=brand.origin)
    clock.at(hour("09:59"), lambda: seen.append((brand.git("rev-parse", "ledger", folder=brand.origin),)))
    with holding(brand, clock) as holder:
        holder.run()
    for number, minute in enumerate((52, 55, 58)):
        (beat,) = heartbeats.read(seen[number])
        assert beat.is_alive(hour(f"09:{minute}")) and abs(beat.until - hour("15:20")) < 2 * MINUTE
    assert brand.git("rev-list", "--count", f"{before}..{seen[3][0]}", folder=brand.origin) == "1", "one record: the seal"
    look()
    (last,) = heartbeats.read(seen[-1])
    assert not last.is_alive(clock.true)


def test_an_origin_that_takes_no_signs_of_life_loses_nothing_else(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    hook = brand.origin / "hooks/update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ncase $1 in refs/marronnier/*) exit 1;; esac\n", encoding="utf-8")
    hook.chmod(0o755)
    with holding(brand, clock) as holder:
        holder.run()
    assert holder.sent == ["portes@place"] and not holder.needs_person


# The relay


@pytest.fixture
def dispatches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the forge was asked to start."""
    asked: list[str] = []
    monkeypatch.setattr(PlainGit, "dispatch", lambda _forge, workflow, inputs: asked.append(f"{workflow} {dict(inputs)}"))
    return asked


def relay(brand: Brand, clock: JumpingClock) -> WatchedHolder:
    with holding(brand, clock, 10 * MINUTE, relay=True) as holder:
        holder.run()
    return holder


def test_a_relay_starts_one_successor_towards_what_comes_after_its_end(brand: Brand, clock: JumpingClock, dispatches: list[str]) -> None:
    say(brand, "portes", "2026-12-01 09:58")
    say(brand, "tisane", "2026-12-01 10:04")
    holder = relay(brand, clock)
    assert holder.sent == ["portes@place"] and len(dispatches) == 1 and holder.kinds.count("successor") == 1
    # The successor waits for it, and with nothing beyond it starts none.
    assert relay(brand, clock).sent == ["tisane@place"] and len(dispatches) == 1


def test_a_relay_starts_none_where_another_holder_lives_on(brand: Brand, clock: JumpingClock, dispatches: list[str]) -> None:
    say(brand, "portes", "2026-12-01 09:58")
    say(brand, "tisane", "2026-12-01 10:04")
    clock.at(hour("09:53"), lambda: announce(brand, hour("09:53"), hour("14:00")))
    relay(brand, clock)
    assert dispatches == []


def test_a_relay_starts_none_for_what_is_out_of_reach_or_when_it_is_young(brand: Brand, clock: JumpingClock, dispatches: list[str]) -> None:
    say(brand, "portes", "2026-12-01 09:57")
    say(brand, "tisane", "2026-12-01 18:00")
    assert relay(brand, clock).sent == ["portes@place"] and dispatches == []
    say(brand, "soupe", f"{clock.true.astimezone(BRUSSELS) + 12 * MINUTE:%Y-%m-%d %H:%M}")
    assert relay(brand, clock).kinds == ["nothing"] and dispatches == []


def test_a_relay_that_is_told_to_end_starts_none(brand: Brand, clock: JumpingClock, dispatches: list[str]) -> None:
    """Whoever cancels a run, as when a post is wrong, wants no other one in its place."""
    say(brand, "portes", "2026-12-01 09:58")
    say(brand, "tisane", "2026-12-01 10:14")
    clock.told_to_end = lambda: len(brand.messages()) >= 1
    with holding(brand, clock, 20 * MINUTE, relay=True) as holder:
        holder.run()
    assert holder.kinds[-1] == "told-to-end" and dispatches == []


def test_a_relay_that_the_forge_refuses_is_told(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 09:58")
    say(brand, "tisane", "2026-12-01 10:04")
    holder = relay(brand, clock)
    (told,) = [notice for notice in holder.notices if notice.kind == "no-successor"]
    assert "plain Git" in told.why and "Leave out `--relay`" in told.why and holder.sent == ["portes@place"]


# Ending


def test_told_to_end_between_two_sends_it_cuts_nothing_off(brand: Brand, clock: JumpingClock) -> None:
    for name in ("portes", "tisane", "soupe"):
        say(brand, name, "2026-12-01 10:00")
    clock.told_to_end = lambda: len(brand.messages()) >= 1
    with holding(brand, clock) as holder:
        holder.run()
    assert len(brand.messages()) == 1 and holder.kinds[-1] == "told-to-end"
    last = sorted(lines[-1]["event"] for lines in brand.ledger().values())
    assert last == ["sealed", "sealed", "sent"], "what was left is as free as before"
    clock.told_to_end = lambda: False
    with holding(brand, clock, runner="two") as holder:
        holder.run()
    assert len(brand.messages()) == 3


def test_told_to_end_while_it_waits_for_the_instant_it_sends_nothing(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    clock.told_to_end = lambda: clock.true >= hour("09:59:56")
    with holding(brand, clock) as holder:
        holder.run()
    assert brand.messages() == [] and holder.kinds[-1] == "told-to-end" and holder.notices[-1].next is not None


def test_what_the_network_did_not_take_is_tried_again_within_the_hold(
    brand: Brand, clock: JumpingClock, sent_at: dict[str, datetime]
) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    brand.square.order("wait", until=hour("10:03").astimezone(UTC))
    with holding(brand, clock) as holder:
        holder.run()
    assert holder.sent == ["portes@place"] and hour("10:03") <= sent_at["portes@place"] < hour("10:03:03")


def test_what_may_have_been_sent_is_looked_for_within_the_hold(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    brand.square.order("unknown-after-accept")
    with holding(brand, clock) as holder:
        holder.run()
    assert len(brand.messages()) == 1 and brand.ledger()["portes@place"][-1]["event"] == "sent" and clock.true < hour("10:10")


def test_a_post_that_requires_another_follows_it_at_once(brand: Brand, clock: JumpingClock, sent_at: dict[str, datetime]) -> None:
    say(brand, "annonce", "2026-12-01 10:00")
    path = brand.desk / "content/posts/2026/12/rappel.md"
    path.write_text("---\nid: rappel\ndate: 2026-12-01 10:00\nchannels: [place]\nrequires: [annonce]\n---\nC'est dit.\n", encoding="utf-8")
    brand.commit("ines", "Write rappel")
    brand.approve("karim", "rappel")
    brand.git("push", "-q", "origin", "main")
    with holding(brand, clock) as holder:
        holder.run()
    assert holder.sent == ["annonce@place", "rappel@place"] and sent_at["rappel@place"] - hour("10:00") < 20 * SECOND
