"""A holder: a run of the publisher that stays, looks at origin every minute, and wakes to the second for each publication.

Several may overlap: the ledger gives each publication to one of them. What a holder works with is a protocol, so that the benchmark
lives through months of a forge's clock with the same holder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from marronnier.git import GitError
from marronnier.ledger import Damaged
from marronnier.ledger.heartbeats import NOTED_EVERY, Heartbeat
from marronnier.messages import Trouble
from marronnier.publish.gate import Gate
from marronnier.publish.notices import Notice, NoticeKind
from marronnier.publish.report import RunReport
from marronnier.publish.run import MAX_CLOCK_SKEW
from marronnier.publish.timepiece import STEP, Timepiece
from marronnier.publish.upcoming_instant import Upcoming

LOOK_EVERY = 60.0
"""Seconds between two looks at origin."""
BEAT_EVERY = 300.0
"""Seconds between two heartbeats."""
READ_EVERY = 3600.0
"""Seconds after which everything is read again although nothing changed: pauses and days of silence end by themselves."""
SLOWEST = 300.0
"""The longest pause before something that went wrong is tried again; the first is a minute, each is twice the one before."""
STAYS_ON = 300.0
"""Seconds for which a holder whose runs are stopped stays although nothing else is to come: a forge that failed mostly answers again by then."""
NEAR = timedelta(minutes=3)
"""So shortly before a publication no holder leaves it to another: a second one costs little, and the other may have died."""
SOON = timedelta(minutes=20)
"""So shortly before a publication a holder waits for another's next heartbeat before it leaves it: the next run of the cron may come too late."""
SPARE = timedelta(minutes=1)
"""How much longer than to its last publication another holder must wait to be left alone with it."""
MOST_LEAD, LEAST_LEAD, FIRST_LEAD = 40.0, 2.0, 6.0
"""Seconds before a publication's instant at which its run begins to read. It dates what it seals with that instant: less than a minute ahead."""
HANDS_OVER = timedelta(minutes=5)
"""How long before its end a holder starts its successor: a job waits for a machine first."""
YOUNG = timedelta(minutes=5)
"""A holder that is younger starts no successor: a chain of holders that can do nothing does not spin."""
GIVES_UP = 600.0
"""Seconds after which a job that could not even begin ends: origin did not answer, or the clock was wrong."""
DAEMON_REACH = timedelta(days=1)
"""How far ahead a daemon, which has no end, says that it waits."""


@dataclass(frozen=True, slots=True)
class OriginLook:
    """What a look at origin's references tells."""

    heads: tuple[str, ...] = ()
    """The default branch's name and commit, and the ledger's head: while they stay the same nobody wrote, approved or sent anything."""
    heartbeats: tuple[Heartbeat, ...] = ()
    stopped: str = ""
    """Why nothing may be sent now: origin does not answer, or its clock and ours are apart."""
    tells_time: bool = False
    """Whether origin told the time, so that ours was compared with it."""


class Publisher(Protocol):
    """What a holder works with."""

    name: str
    """The name of this run, which no other has, as its heartbeats have it."""

    def look(self, now: datetime) -> OriginLook:
        """Look at origin's references, and nothing else."""

    def publish(self, gate: Gate | None) -> RunReport:
        """Do one run of the publisher: as of the instant of a gate, which is yet to come, else as of now. Raises Trouble, GitError, OSError."""

    def beat(self, heartbeat: Heartbeat) -> str:
        """Give a heartbeat; why it was not taken, or empty."""

    def start_successor(self) -> str:
        """Have the forge start another holder; why it did not, or empty."""


@dataclass
class Holder:
    """One holder. `wake` does what there is to do now, and says how long it may sleep."""

    publisher: Publisher
    timepiece: Timepiece
    told: Callable[[Notice], None]
    reported: Callable[[RunReport], None]
    hold: timedelta | None = None
    """How long it stays; None for a daemon, which has no end and leaves nothing to others."""
    relay: bool = False
    """Whether it has its successor started."""
    needs_person: bool = False
    """Whether a run of this holder found something that a person must look at."""
    _began: float = 0.0
    _heads: tuple[str, ...] | None = None
    _heartbeats: tuple[Heartbeat, ...] = ()
    _upcoming: tuple[Upcoming, ...] = ()
    _read_at: float = float("-inf")
    _beaten_at: float = float("-inf")
    _halted_at: float | None = None
    """When the runs began to stop before they sent anything; None where the last one did not."""
    _lead: float = FIRST_LEAD
    _read_clock: tuple[datetime, float] = field(init=False)
    """The instant and the seconds when it last compared them: a clock that is set while it works is noticed too."""
    _wakes_at: float | None = None
    """When it means to end its sleep, in the seconds since the machine's start."""
    _apart: timedelta = timedelta()
    """By how much the machine's clock was set, all in all, since this holder began or origin last told the time."""
    _distrusted: timedelta = timedelta()
    """How much of it is not believed."""
    _stopped: str = ""
    _trouble: str = ""
    _pause: float = LOOK_EVERY
    _retry_at: float = float("-inf")
    _has_relayed: bool = False
    _ended: bool = False
    _told_next: Upcoming | None = None
    _has_told: bool = False

    def __post_init__(self) -> None:
        self._began = self.timepiece.elapsed()
        self._read_clock = (self.timepiece.now(), self._began)

    def run(self) -> None:
        """Wake and sleep until this holder is over. Raises what `wake` raises."""
        while (seconds := self.wake()) is not None:
            self.timepiece.sleep(seconds)

    def wake(self) -> float | None:
        """Do what there is to do now; the seconds until the next time, None when this holder is over.

        Of a holder with an end it raises Damaged, and whatever makes its very first run fail: only a person mends that.
        """
        if self._ended:
            return None
        woke = self.timepiece.elapsed()
        left = self._seconds_left(woke)
        if self.timepiece.is_told_to_end() or (left is not None and left <= 0):
            self._end("told-to-end" if self.timepiece.is_told_to_end() else "over", self.timepiece.now())
            return None
        look = self.publisher.look(self.timepiece.now())
        # Read after the look: origin may be slow.
        now, elapsed = self.timepiece.now(), self.timepiece.elapsed()
        step = self._step(now, elapsed)
        is_disturbed = self._note_clock(step, woke)
        if look.tells_time:
            self._apart = timedelta()
            if self._distrusted:
                # Origin itself compares the machine's own clock from here on.
                self._set_back(-self._distrusted)
                self._distrusted = timedelta()
                return self._sleep_for(0.0)
        elif abs(step) >= STEP:
            now = self._distrust(step)
        self._heartbeats = look.heartbeats or self._heartbeats
        if self._note_stop(look.stopped):
            if self.hold is None or self._heads is not None or elapsed - self._began < GIVES_UP:
                return self._sleep_for(LOOK_EVERY)
            self.needs_person = True
            self._end("never-began", now)
            return None
        if not self.timepiece.is_told_to_end() and self._has_work(look, now, elapsed, is_disturbed=is_disturbed):
            if not self._work(look, now, elapsed - woke):
                return self._sleep_for(LOOK_EVERY if self._trouble else 0.0)
            now = self.timepiece.now()
        elif self._trouble:
            return self._sleep_for(LOOK_EVERY)
        if self.timepiece.is_told_to_end():
            return self._sleep_for(0.0)
        if self._is_over(look.heartbeats, now):
            return None
        self._beat(now)
        self._hand_over(look.heartbeats, now)
        self._tell_next()
        return self._sleep_for(self._seconds_to_next())

    # What it notices

    def _step(self, now: datetime, elapsed: float) -> float:
        """By how many seconds the machine's clock was set since the last time."""
        before, self._read_clock = self._read_clock, (now, elapsed)
        return (now - before[0]).total_seconds() - (elapsed - before[1])

    def _distrust(self, step: float) -> datetime:
        """Go on by the time that passed where the clock was set forward and nobody confirms it: better late than early. The instant by that."""
        self._apart += timedelta(seconds=step)
        wanted = self._apart if self._apart > MAX_CLOCK_SKEW else timedelta()
        by, self._distrusted = wanted - self._distrusted, wanted
        self._set_back(by)
        if by > timedelta():
            self.told(Notice("clock-distrusted", seconds=step))
        return self.timepiece.now()

    def _set_back(self, by: timedelta) -> None:
        """Count from an earlier instant than the machine's clock says; this is no step of that clock."""
        self.timepiece.set_back(by)
        self._read_clock = (self._read_clock[0] - by, self._read_clock[1])

    def _note_clock(self, step: float, woke: float) -> bool:
        """Tell when the clock was set or the machine slept since the last time; whether it was."""
        overslept = 0.0 if self._wakes_at is None else woke - self._wakes_at
        if abs(step) >= STEP:
            self.told(Notice("clock-set", seconds=step))
        if overslept >= LOOK_EVERY / 2:
            self.told(Notice("slept", seconds=overslept))
        return abs(step) >= STEP or overslept >= LOOK_EVERY / 2

    def _note_stop(self, why: str) -> bool:
        """Tell once that nothing may be sent now, and once that it may again; whether it may not."""
        if why:
            if not self._stopped:
                self.told(Notice("stopped", why=why))
                self._has_told = False
        elif self._stopped:
            self.told(Notice("goes-on"))
        self._stopped = why
        return bool(why)

    def _tell_next(self) -> None:
        first = self._upcoming[0] if self._upcoming else None
        if first is None and self._halted_at is not None:
            # Something may wait for the end of what stops it.
            return
        if first != self._told_next or not self._has_told:
            self.told(Notice("waits", next=first))
            self._told_next, self._has_told = first, True

    # What it does

    def _has_work(self, look: OriginLook, now: datetime, elapsed: float, *, is_disturbed: bool) -> bool:
        if elapsed < self._retry_at and not is_disturbed:
            return False
        is_due = bool(self._upcoming) and self._upcoming[0].at <= now + timedelta(seconds=self._lead)
        return is_due or is_disturbed or look.heads != self._heads or elapsed - self._read_at >= READ_EVERY

    def _work(self, look: OriginLook, now: datetime, looked: float) -> bool:
        """One run of the publisher: as of the next instant, when that is seconds away; `looked`: how many the look took. Whether it came to its end. Raises as `wake`."""
        first = self._upcoming[0] if self._upcoming else None
        gate = None
        if first is not None and now < first.at <= now + timedelta(seconds=self._lead):
            gate = Gate(first.at, self.timepiece, self._look_again)
        elapsed = self.timepiece.elapsed()
        try:
            report = self.publisher.publish(gate)
        except (Trouble, GitError, OSError) as error:
            if self.hold is not None and (isinstance(error, Damaged) or self._heads is None):
                raise
            self._note_trouble(error)
            return False
        self._trouble, self._retry_at = "", float("-inf")
        spent = gate.prepared if gate is not None else self.timepiece.elapsed() - elapsed
        self._lead = min(max(1.5 * (looked + spent) + 1.0, LEAST_LEAD), MOST_LEAD)
        if report.superseded:
            # Somebody wrote in these seconds: all is read again.
            self._heads = ()
            return False
        if report.heads or self._heads is None:
            self._upcoming = report.upcoming
        self._heads, self._read_at = report.heads or look.heads, self.timepiece.elapsed()
        self._note_halt(report)
        if report.stopped and not report.heads:
            # It never learned what comes next: what is due stays the first.
            self._retry_at = self.timepiece.elapsed() + LOOK_EVERY
        self.needs_person = self.needs_person or report.needs_person
        self.reported(report)
        return True

    def _note_halt(self, report: RunReport) -> None:
        """Read again soon what stopped a run: no head tells that a label was taken off, that a forge answers or a clock is right again."""
        if not report.stopped:
            self._halted_at, self._pause = None, LOOK_EVERY
            return
        self._halted_at = self._read_at if self._halted_at is None else self._halted_at
        self._read_at += self._pause - READ_EVERY
        self._pause = min(2 * self._pause, SLOWEST)

    def _look_again(self, heads: tuple[str, ...]) -> bool:
        """Whether origin still has what a run that was begun early read, and nobody told this process to end."""
        look = self.publisher.look(self.timepiece.now())
        return not look.stopped and look.heads == heads and not self.timepiece.is_told_to_end()

    def _note_trouble(self, error: Trouble | GitError | OSError) -> None:
        """Tell once what went wrong, and try again after a while."""
        message, advice = (error.message, error.next) if isinstance(error, Trouble) else (str(error), "")
        if message != self._trouble:
            self.told(Notice("trouble", why=message, advice=advice))
            self._pause = LOOK_EVERY
        else:
            self._pause = min(2 * self._pause, SLOWEST)
        self._trouble, self.needs_person, self._heads = message, True, ()
        self._retry_at = self.timepiece.elapsed() + self._pause

    def _beat(self, now: datetime, *, is_last: bool = False) -> None:
        """Give a heartbeat where one is due; never in the seconds before a publication."""
        elapsed = self.timepiece.elapsed()
        is_near = bool(self._upcoming) and now <= self._upcoming[0].at <= now + timedelta(seconds=self._lead + 15)
        if not is_last and (elapsed - self._beaten_at < BEAT_EVERY or is_near):
            return
        until = now if is_last else self._ends_at(now)
        self.publisher.beat(Heartbeat(self.publisher.name, now, until))
        self._beaten_at = elapsed

    def _hand_over(self, heartbeats: tuple[Heartbeat, ...], now: datetime, *, is_ending: bool = False) -> None:
        """Have a successor started: at this holder's end, once, towards a publication that no other holder waits for."""
        if not self.relay or self.hold is None or self._has_relayed or self.timepiece.elapsed() - self._began < YOUNG.total_seconds():
            return
        end = self._ends_at(now)
        if not is_ending and end - now > HANDS_OVER:
            return
        reach = now + self.hold
        wanted = [each.at for each in self._upcoming if (now if is_ending else end) < each.at <= reach]
        if not wanted or any(each.until >= wanted[0] for each in self._others(heartbeats, now)):
            return
        self._has_relayed = True
        why = self.publisher.start_successor()
        self.told(Notice("no-successor" if why else "successor", why=why))

    # When it ends

    def _is_over(self, heartbeats: tuple[Heartbeat, ...], now: datetime) -> bool:
        """End where nothing is left to wait for, or where another holder waits for all of it; whether this one has ended."""
        if self.hold is None:
            return False
        end = self._ends_at(now)
        wanted = [each.at for each in self._upcoming if each.at <= end]
        if not wanted and self._halted_at is not None and self.timepiece.elapsed() - self._halted_at < STAYS_ON:
            return False
        if not wanted:
            self._hand_over(heartbeats, now, is_ending=True)
            self._end("nothing", now)
        elif (other := self._covering(wanted, end, heartbeats, now)) is not None:
            self._end("covered", now, other.until)
        return self._ended

    def _covering(self, wanted: list[datetime], end: datetime, heartbeats: tuple[Heartbeat, ...], now: datetime) -> Heartbeat | None:
        """Another holder that waits for all these instants, as this one does until its end. Of two that do, the one that ends last stays.

        One that was killed still seems to wait for a while: where a publication is due soon, a heartbeat from before this holder began is not enough.
        """
        if wanted[0] <= now + NEAR:
            return None
        has_announced = self._beaten_at > float("-inf")
        began = now - timedelta(seconds=self.timepiece.elapsed() - self._began)
        own = (end.replace(microsecond=0), self.publisher.name)
        others = (
            each
            for each in self._others(heartbeats, now)
            if each.until >= wanted[-1] + SPARE and (each.at >= began or wanted[0] > now + SOON)
        )
        return next((each for each in others if not has_announced or (each.until, each.run) > own), None)

    def _others(self, heartbeats: tuple[Heartbeat, ...], now: datetime) -> list[Heartbeat]:
        own = self.publisher.name
        return [each for each in heartbeats if each.run != own and each.serves(own) and each.is_alive(now)]

    def _end(self, kind: NoticeKind, now: datetime, until: datetime | None = None) -> None:
        """Say that this holder is over, and what is still to come."""
        self._ended = True
        newest = max((each.at for each in self._heartbeats if not each.is_ahead(now)), default=None)
        if self._beaten_at > float("-inf") or newest is None or now - newest >= NOTED_EVERY:
            self._beat(now, is_last=True)
        self.told(Notice(kind, next=self._upcoming[0] if self._upcoming else None, until=until, why=self._stopped))

    # How long it sleeps

    def _seconds_left(self, elapsed: float) -> float | None:
        """Seconds until this holder must end, whatever its clock says meanwhile; None where it has no end."""
        return None if self.hold is None else self._began + self.hold.total_seconds() - elapsed

    def _ends_at(self, now: datetime) -> datetime:
        left = self._seconds_left(self.timepiece.elapsed())
        return now + (DAEMON_REACH if left is None else timedelta(seconds=left))

    def _seconds_to_next(self) -> float:
        """Seconds until the next look, or until the run for the next publication must begin to read."""
        if not self._upcoming or self.timepiece.elapsed() < self._retry_at:
            return LOOK_EVERY
        return min(LOOK_EVERY, (self._upcoming[0].at - self.timepiece.now()).total_seconds() - self._lead)

    def _sleep_for(self, seconds: float) -> float:
        """Remember when this holder means to wake, to notice a machine that is suspended."""
        elapsed = self.timepiece.elapsed()
        left = self._seconds_left(elapsed)
        seconds = max(seconds if left is None else min(seconds, left), 0.0)
        self._wakes_at = elapsed + seconds
        return seconds
