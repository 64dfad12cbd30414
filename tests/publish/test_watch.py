"""`marronnier watch`, the daemon on `schedule`: it outlives errors, clock steps and an origin that is away, and says each thing once."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import schedule

from marronnier import watch
from marronnier.publish.holder import Holder
from publish.holding import JumpingClock, holding, hour, say
from publish.living import BRUSSELS, Brand

UNIT = Path(__file__).parents[2] / "scripts/handbook/punctuality.md"


def until(clock: JumpingClock, end: str) -> None:
    """The daemon is told to end at that hour."""
    clock.told_to_end = lambda: clock.true >= hour(end)


def test_a_daemon_publishes_to_the_second_and_tells_each_change_once(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    say(brand, "tisane", "2026-12-01 10:10")
    until(clock, "10:15")
    with holding(brand, clock, None) as holder:
        watch.watch(holder, clock, lambda error: pytest.fail(str(error)))
    assert holder.sent == ["portes@place", "tisane@place"]
    assert holder.kinds == ["waits", "waits", "waits", "told-to-end"], "what it waits for: one line for each change"
    late = [line["data"]["late"] for lines in brand.ledger().values() for line in lines if line["event"] == "sent"]
    assert max(late) <= 3


@pytest.mark.parametrize("step", [-3600, 3600])
def test_t06_a_daemon_wakes_on_time_although_the_local_hour_jumps(
    brand: Brand, clock: JumpingClock, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """What `schedule` goes by: naive local time."""
    say(brand, "portes", "2026-12-01 10:00")
    jump = [0]

    class Local(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return (clock.true + timedelta(seconds=jump[0])).astimezone(BRUSSELS).replace(tzinfo=None)

    monkeypatch.setattr(schedule.datetime, "datetime", Local)
    clock.at(hour("09:54"), lambda: jump.__setitem__(0, step))
    until(clock, "10:05")
    with holding(brand, clock, None) as holder:
        watch.watch(holder, clock, lambda error: pytest.fail(str(error)))
    assert holder.sent == ["portes@place"]
    assert next(line["data"]["late"] for line in brand.ledger()["portes@place"] if line["event"] == "sent") <= 3


def test_a_wake_up_that_raises_is_told_and_followed_by_the_next(brand: Brand, clock: JumpingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    real, raised = Holder.wake, []

    def wake(holder: Holder) -> float | None:
        if not raised and clock.true >= hour("09:53"):
            raised.append(True)
            raise ZeroDivisionError("of our own")
        return real(holder)

    monkeypatch.setattr(Holder, "wake", wake)
    until(clock, "10:05")
    failures: list[Exception] = []
    with holding(brand, clock, None) as holder:
        watch.watch(holder, clock, failures.append)
    assert [str(error) for error in failures] == ["of our own"] and holder.sent == ["portes@place"]


def test_a_damaged_ledger_is_told_once_and_the_daemon_goes_on_when_it_is_mended(brand: Brand, clock: JumpingClock) -> None:
    say(brand, "portes", "2026-12-01 10:00")
    head = brand.git("rev-parse", "ledger", folder=brand.origin)
    forged = brand.git("commit-tree", "-p", head, "-m", "sent", f"{head}^{{tree}}", folder=brand.origin)
    clock.at(hour("09:53"), lambda: (brand.git("update-ref", "refs/heads/ledger", forged, folder=brand.origin), None)[1])
    clock.at(hour("09:57"), lambda: (brand.git("update-ref", "refs/heads/ledger", healthy[0], folder=brand.origin), None)[1])
    healthy: list[str] = []
    clock.at(hour("09:52"), lambda: healthy.append(brand.git("rev-parse", "ledger", folder=brand.origin)))
    until(clock, "10:05")
    with holding(brand, clock, None) as holder:
        watch.watch(holder, clock, lambda error: pytest.fail(str(error)))
    assert holder.kinds.count("trouble") == 1 and holder.sent == ["portes@place"]


# The machine's own time and signals, in real processes


@pytest.fixture
def soon(brand: Brand) -> str:
    """Now, with a post due in three seconds."""
    say(brand, "portes", "2026-12-01 10:00")
    brand.now = hour("09:59:57")
    return f"{brand.now:%Y-%m-%d %H:%M:%S}"


def starts(brand: Brand, runner: str, now: str, *arguments: str) -> subprocess.Popen[str]:
    """`marronnier …` as a process of its own, in a group of its own as a terminal gives it."""
    return subprocess.Popen(
        ["marronnier", "--now", now, *arguments], cwd=brand.folder / runner, env={**brand.env("publisher"), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("command", "number"),
    [("watch", signal.SIGTERM), ("watch", signal.SIGHUP), ("publish", signal.SIGINT), ("publish", signal.SIGTERM)],
)
def test_a_signal_to_the_whole_group_during_a_send_cuts_nothing_off(brand: Brand, soon: str, command: str, number: int) -> None:
    # Whoever runs these tests with `nohup` ignores it, and so would the process.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    brand.square.order("slow", seconds=2.0)
    running = starts(brand, "one", soon if command == "watch" else "2026-12-01 10:00:01", command)
    deadline = time.monotonic() + 60
    orders = brand.square.folder / "orders.jsonl"
    while orders.read_text(encoding="utf-8") and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(running.pid, number)
    said, _none = running.communicate(timeout=60)
    if command == "watch":
        assert running.returncode == 0 and "Told to end. Nothing was cut off." in said, said
    else:
        assert running.returncode == (130 if number == signal.SIGINT else -number), said
    assert len(brand.messages()) == 1 and brand.ledger()["portes@place"][-1]["event"] == "sent"


def test_a_signal_during_a_sleep_ends_it_at_once(brand: Brand) -> None:
    say(brand, "portes", "2026-12-01 14:00")
    running = starts(brand, "one", "2026-12-01 09:00", "watch")
    assert running.stdout is not None
    line = next(line for line in running.stdout if "ready  approved by karim" not in line)
    assert re.fullmatch(r"09:00:\d\d  Waits for portes@place, 2026-12-01 14:00\.\n", line), line
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    said, _none = running.communicate(timeout=60)
    assert time.monotonic() - began < 5 and "Nothing was cut off. Still to come: portes@place, 2026-12-01 14:00." in said, said
    assert running.returncode == 0


def test_a_daemon_whose_output_nobody_reads_any_more_goes_on(brand: Brand, soon: str) -> None:
    running = starts(brand, "one", soon, "watch")
    assert running.stdout is not None
    running.stdout.close()
    deadline = time.monotonic() + 60
    while not brand.messages() and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    running.wait(timeout=60)
    assert brand.ledger()["portes@place"][-1]["event"] == "sent"
    assert [line["data"]["late"] <= 20 for line in brand.ledger()["portes@place"] if line["event"] == "sent"] == [True]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_the_unit_of_the_handbook_is_one(tmp_path: Path) -> None:
    (text,) = re.findall(r"```ini\n(.*?)```", UNIT.read_text(encoding="utf-8"), re.DOTALL)
    unit = tmp_path / "marronnier.service"
    unit.write_text(text.replace("/opt/marronnier/.venv/bin/marronnier", "/bin/true"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
