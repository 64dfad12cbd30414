"""A holder in an unlucky world: origin is slow, settings break while it sleeps, nobody reads its output, clocks of others lie."""

from __future__ import annotations

import pytest

from command_line import run_marronnier
from marronnier.forge.plain_git import PlainGit
from marronnier.git import Repo, origin
from marronnier.ledger import heartbeats
from marronnier.messages import Trouble
from marronnier.publish.channels_of_job import mark_of_job
from publish.holding import JumpingClock, announce, counting_runs, holding, hour, say, write
from publish.living import Brand


def test_a_slow_origin_is_asked_in_time(brand: Brand, clock: JumpingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question takes 8 seconds: what a look took is no time to sleep again."""
    say(brand, "portes", "2026-12-01 10:00")
    real = origin.list_references

    def slow(repo: Repo, *patterns: str, timeout: float = 60.0) -> origin.OriginAnswer:
        clock.skip(8)
        return real(repo, *patterns, timeout=timeout)

    monkeypatch.setattr(origin, "list_references", slow)
    with holding(brand, clock) as holder:
        holder.run()
    (line,) = [line for line in brand.ledger()["portes@place"] if line["event"] == "sent"]
    assert holder.sent == ["portes@place"] and line["data"]["late"] <= 20, "the last look and the freeze are read at the instant itself"


def test_settings_that_break_at_a_publications_hour_are_not_read_without_a_pause(
    brand: Brand, clock: JumpingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    settings = (brand.desk / "brand/brand.yml").read_text(encoding="utf-8")
    clock.at(hour("09:58:30"), lambda: write(brand, {"brand/brand.yml": settings + "grace: [\n"}))
    clock.at(hour("10:10"), lambda: write(brand, {"brand/brand.yml": settings}))
    with holding(brand, clock) as holder, counting_runs(monkeypatch) as runs:
        for _time in range(60):
            if clock.true < hour("10:20") and (seconds := holder.wake()) is not None:
                clock.sleep(seconds)
    assert holder.sent == ["portes@place"] and len(runs) < 20, "once a minute"


def test_a_daemon_that_cannot_read_the_settings_does_not_say_that_nothing_is_planned(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    settings = (brand.desk / "brand/brand.yml").read_text(encoding="utf-8")
    write(brand, {"brand/brand.yml": settings + "grace: [\n"})
    clock.at(hour("09:55"), lambda: write(brand, {"brand/brand.yml": settings}))
    with holding(brand, clock, None) as holder:
        while clock.true < hour("10:01"):
            clock.sleep(holder.wake() or 0.0)
    told = [notice.next.key if notice.next else "nothing" for notice in holder.notices]
    assert told == ["portes@place", "nothing"] and holder.sent == ["portes@place"]


def test_a_forge_that_is_away_for_a_moment_makes_a_post_a_minute_late(
    brand: Brand, clock: JumpingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a label freezes cannot be read at the hour itself, and can some seconds later."""
    say(brand, "portes", "2026-12-01 10:00")

    def freeze_reason(_forge: PlainGit) -> str:
        if hour("09:59:50") < clock.true < hour("10:00:20"):
            raise Trouble("GitHub failed")
        return ""

    monkeypatch.setattr(PlainGit, "freeze_reason", freeze_reason)
    with holding(brand, clock) as holder:
        holder.run()
    (line,) = [line for line in brand.ledger()["portes@place"] if line["event"] == "sent"]
    assert line["data"]["late"] <= 75


# What others say of themselves


@pytest.mark.parametrize(("channels", "is_covered"), [("keyed", True), ("place", False), ("", True)], ids=["same", "other", "all"])
def test_only_a_holder_of_the_same_channels_is_left_alone(brand: Brand, clock: JumpingClock, channels: str, is_covered: bool) -> None:
    """An environment of its own gives a channel a job of its own: who waits there sends nothing of the others."""
    say(brand, "portes", "2026-12-01 10:30", channels=("keyed",))
    mark = mark_of_job({"MARRONNIER_CHANNELS": channels})
    announce(brand, hour("09:47"), hour("14:00"), f"github-77-1.{mark}" if mark else "github-77-1")
    with holding(brand, clock, env={"MARRONNIER_CHANNELS": "keyed", "GITHUB_RUN_ID": "77" if channels == "place" else "78"}) as holder:
        holder.run()
    assert holder.sent == ([] if is_covered else ["portes@keyed"])


def test_nobody_relies_on_one_that_is_frozen_for_as_long_as_it_lives(brand: Brand, clock: JumpingClock) -> None:
    """The variable cannot be read again: once it is gone, the next run must not leave the post to this one."""
    say(brand, "portes", "2026-12-01 10:00")
    with holding(brand, clock, None, env={"MARRONNIER_FREEZE": "crise"}) as frozen:
        frozen.wake()
        with holding(brand, clock, runner="two") as holder:
            holder.run()
    assert holder.sent == ["portes@place"]


def test_a_holder_that_the_variable_freezes_does_not_stay(brand: Brand) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    env = {**brand.env("publisher"), "MARRONNIER_FREEZE": "crise"}
    said, status = run_marronnier(["--now", brand.hour, "publish", "--hold", "5h30m"], brand.pass_on("one"), env)
    assert status == 0 and "MARRONNIER_FREEZE freezes this run for as long as it lives: it does not stay." in said, said


def test_a_sign_of_life_of_a_fast_clock_hides_no_silence(brand: Brand) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    brand.now = hour("09:30")
    assert brand.does("publish", folder=brand.pass_on("one"))[1] == 0
    announce(brand, hour("10:00").replace(year=2028), hour("11:00").replace(year=2028))
    brand.now = hour("10:50")
    told = "the publisher has not run since"
    brand.git("fetch", "-q", "origin", f"+{heartbeats.PREFIX}*:{heartbeats.PREFIX}*", folder=brand.folder / "one")
    assert told in brand.does("status", folder=brand.folder / "one")[0]
    brand.does("publish", folder=brand.folder / "one")
    brand.now = hour("11:30")
    brand.does("publish", folder=brand.folder / "one")
    assert told not in brand.does("status", folder=brand.folder / "one")[0]
    (sign,) = heartbeats.read(brand.git("for-each-ref", "--format=%(refname)", heartbeats.PREFIX, folder=brand.origin).split())
    assert sign.at == hour("11:30"), "the one of the fast clock is gone"
