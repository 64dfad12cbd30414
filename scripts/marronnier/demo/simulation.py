"""Living the example: commits, approvals and publications, week after week, up to the brand's clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from marronnier import desk, ledger, publish, review, start
from marronnier.demo.team import APPROVERS, AUTHOR, MERGER, Team
from marronnier.demo.weeks import Week, by_week, without_posts
from marronnier.desk import Desk
from marronnier.files import WorkTree
from marronnier.files.atomic_write import remove_folder
from marronnier.files.atomic_write import write as write_file
from marronnier.git import Repo
from marronnier.ledger.publisher_key import VARIABLE
from marronnier.messages import _, ngettext
from marronnier.model.scalars import WrittenDate
from marronnier.proofs.load import load_situation

BEGUN, LIVED = "marronnier-demo-begun", "marronnier-demo"
"""Files in `.git`: a demo that was begun and never completed is made again, a complete one is taken up."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that stands in a folder."""

    folder: Path
    unsigned: bool
    """True when this machine has no ssh-keygen: approvals and ledger are unsigned."""
    key: Path | None
    """The publisher's key, for those who want to publish from there."""


def write(folder: Path, tell: Tell) -> Demo:
    """Live the demo in a folder, or take up the one that stands there. Raises Trouble when the folder holds something else."""
    begun, lived = folder / ".git" / BEGUN, folder / ".git" / LIVED
    if lived.is_file():
        tell(_("The demo stands in {folder} already; it is taken up as it is.", folder=folder))
        return _standing(folder, unsigned=lived.read_text(encoding="utf-8") == "unsigned")
    if begun.is_file():
        tell(_("An earlier demo was interrupted here; it is made again."))
        remove_folder(folder)
    tell(_("Writing the example brand into {folder}", folder=folder))
    files = start.example()
    start.create_brand(folder, without_posts(files))
    write_file(begun, "")
    unsigned = _Simulation(folder, files, tell).live()
    write_file(lived, "unsigned" if unsigned else "signed")
    return _standing(folder, unsigned=unsigned)


def _standing(folder: Path, *, unsigned: bool) -> Demo:
    team = Team(Repo(folder), desk.load(WorkTree(folder)).policy, unsigned=unsigned)
    return Demo(folder, unsigned, team.key("publisher"))


class _Simulation:
    """One demo being lived."""

    def __init__(self, folder: Path, files: Mapping[str, bytes], tell: Tell) -> None:
        self.folder, self.files, self.tell = folder, files, tell
        self.repo = Repo(folder)
        self.desk: Desk = desk.load(WorkTree(start.EXAMPLE))
        brand = self.desk.brand
        self.zone = ZoneInfo(brand.zone)
        clock = brand.clock or WrittenDate.parse("2026-12-02")
        self.today = clock.day or date(2026, 12, 2)
        self.now = self._at(self.today, clock.clock or brand.default_time)
        self.team = Team(self.repo, self.desk.policy)

    def live(self) -> bool:
        """Everything up to the clock; gives whether it stays unsigned."""
        weeks = by_week(self.desk, self.today)
        self._found(weeks[0])
        for week in weeks:
            ahead = (week.monday - _monday(self.today)).days // 7
            written = min(self._at(week.monday - timedelta(days=4), time(10)), self.now - timedelta(hours=20))
            self._write(week, written)
            if ahead <= 1:
                self._approve(week, written + timedelta(hours=4))
                self._merge(week, written + timedelta(hours=6))
                self._publish_until(min(self.now, self._at(week.monday + timedelta(days=7), time(0))))
            else:
                self._leave(week, written, asked=ahead == 2)
        self.team.settle_in(APPROVERS[0])
        return self.team.unsigned

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def _found(self, first: Week) -> None:
        """The first commit, the keys, the ledger."""
        at = self._at(first.monday - timedelta(days=5), time(9))
        brand = self.folder / "brand"
        signers = self.team.make_keys()
        if self.team.unsigned:
            self.tell(_("This machine has no ssh-keygen: approvals and ledger are unsigned, and every status says so."))
            write_file(brand / "approvals.yml", (brand / "approvals.yml").read_text(encoding="utf-8") + "\nunsigned: true\n")
        else:
            write_file(brand / "allowed_signers", signers)
            os.environ[VARIABLE] = str(self.team.key("publisher"))
        with self.team.acting(MERGER, at) as repo:
            repo.run("add", "-A")
            repo.run("commit", "-q", "-m", "Fonder le calendrier")
            ledger.init(repo, self.folder, self.desk.brand, at, unsigned=self.team.unsigned)
            repo.run("commit", "-q", "-a", "-m", "Nommer le registre")

    def _write(self, week: Week, at: datetime) -> None:
        """The week's posts, on a branch."""
        count = len(week.paths)
        self.tell(ngettext("{week}: {count} post", "{week}: {count} posts", count, week=week.title))
        with self.team.acting(AUTHOR, at) as repo:
            repo.run("switch", "-q", "-c", week.branch)
            for path in week.paths:
                (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                write_file(self.folder / path, self.files[path], durable=False)
            repo.run("add", "-A")
            repo.run("commit", "-q", "-m", f"{week.title} : les messages")
            review.ask(repo, at, ())

    def _approve(self, week: Week, at: datetime) -> None:
        """Somebody reads the branch and approves what it asks for; where two are needed, another one does so too."""
        names: tuple[str, ...] = ()
        for person in APPROVERS:
            with self.team.acting(person, at) as repo:
                key = self.team.key(person)
                review.approve(repo, review.prepare_approval(repo, at, names, who=person, key=key, all_in_review=not names))
                names = self._unapproved(week, at)
            if not names:
                return

    def _unapproved(self, week: Week, at: datetime) -> tuple[str, ...]:
        """Posts of the week that need one approval more."""
        situation = load_situation(self.repo, at, rev="HEAD", proposals=False, fetch=False)
        timetable = situation.timetable
        posts = ((key, timetable.publications[key].post) for key in timetable.in_order())
        return tuple(dict.fromkeys(post.id for key, post in posts if post.path in week.paths and not situation.approvals[key].granted))

    def _merge(self, week: Week, at: datetime) -> None:
        with self.team.acting(MERGER, at) as repo:
            repo.run("switch", "-q", "main")
            repo.run("merge", "-q", "--no-ff", "-m", f"{week.title} : relue et approuvée", week.branch)
            repo.run("branch", "-q", "-d", week.branch)
        publish.run(self.repo, at, surroundings=os.environ)

    def _publish_until(self, end: datetime) -> None:
        """One run at each instant that comes, as a punctual schedule would do."""
        tried: set[datetime] = set()
        while instants := self._instants(end) - tried:
            tried.add(min(instants))
            publish.run(self.repo, min(instants), surroundings=os.environ)

    def _instants(self, end: datetime) -> set[datetime]:
        """When something sealed is due, up to the end."""
        brand = desk.load(WorkTree(self.folder), only="brand/brand.yml").brand
        histories = ledger.open(self.repo, brand, fetch=False).histories.values()
        return {history.seal.instant for history in histories if history.seal and not history.maybe_sent and history.seal.instant <= end}

    def _leave(self, week: Week, at: datetime, *, asked: bool) -> None:
        """A week still being prepared; the one that is asked for is in review, the others are drafts."""
        with self.team.acting(AUTHOR, at) as repo:
            if not asked:
                repo.run("reset", "-q", "--keep", "HEAD~1")
            repo.run("switch", "-q", "main")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
