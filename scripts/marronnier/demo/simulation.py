"""Living the example: commits, approvals and publications, week after week, up to the brand's clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from marronnier import desk, ledger, plan, publish, review, start
from marronnier.demo.team import APPROVERS, AUTHOR, MERGER, Team
from marronnier.demo.weeks import Week, group_by_week, remove_posts
from marronnier.desk import Desk
from marronnier.files import WorkTree
from marronnier.files.atomic_write import remove_folder
from marronnier.files.atomic_write import write as write_file
from marronnier.git import Repo
from marronnier.ledger.publisher_key import VARIABLE
from marronnier.messages import _, ngettext
from marronnier.model.scalars import WrittenDate

BEGUN, LIVED = "marronnier-demo-begun", "marronnier-demo"
"""Files in `.git`: a demo that was begun and never completed is made again, a complete one is taken up."""

ShowProgress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that stands in a folder."""

    folder: Path
    unsigned: bool
    """True when this machine has no ssh-keygen: approvals and ledger are unsigned."""
    key: Path | None
    """The publisher's key, for those who want to publish from there."""


def create_demo(folder: Path, tell: ShowProgress) -> Demo:
    """Live the demo in a folder, or take up the one that stands there. Raises Trouble when the folder holds something else."""
    begun, lived = folder / ".git" / BEGUN, folder / ".git" / LIVED
    if lived.is_file():
        tell(_("The demo stands in {folder} already; it is taken up as it is.", folder=folder))
        return _existing_demo(folder, unsigned=lived.read_text(encoding="utf-8") == "unsigned")
    if begun.is_file():
        tell(_("An earlier demo was interrupted here; it is made again."))
        remove_folder(folder)
    tell(_("Writing the example brand into {folder}", folder=folder))
    files = start.example_brand()
    start.create_brand(folder, remove_posts(files))
    write_file(begun, "")
    unsigned = _Simulation(folder, files, tell).run()
    write_file(lived, "unsigned" if unsigned else "signed")
    return _existing_demo(folder, unsigned=unsigned)


def _existing_demo(folder: Path, *, unsigned: bool) -> Demo:
    team = Team(Repo(folder), desk.load(WorkTree(folder)).policy, unsigned=unsigned)
    return Demo(folder, unsigned, team.private_key("publisher"))


class _Simulation:
    """One demo being lived."""

    def __init__(self, folder: Path, files: Mapping[str, bytes], tell: ShowProgress) -> None:
        self.folder, self.files, self.tell = folder, files, tell
        self.repo = Repo(folder)
        self.desk: Desk = desk.load(WorkTree(start.EXAMPLE))
        brand = self.desk.brand
        self.zone = ZoneInfo(brand.zone)
        clock = brand.clock or WrittenDate.parse("2026-12-02")
        self.today = clock.day or date(2026, 12, 2)
        self.now = self._at(self.today, clock.clock or brand.default_time)
        self.team = Team(self.repo, self.desk.policy)

    def run(self) -> bool:
        """Everything up to the clock; gives whether it stays unsigned."""
        weeks = group_by_week(self.desk, self.today)
        self._create_repository(weeks[0])
        for week in weeks:
            ahead = (week.monday - _monday(self.today)).days // 7
            written = min(self._at(week.monday - timedelta(days=4), time(10)), self.now - timedelta(hours=20))
            self._write_posts(week, written)
            if ahead <= 1:
                self._approve(week, written + timedelta(hours=4))
                self._merge(week, written + timedelta(hours=6))
                self._publish_until(min(self.now, self._at(week.monday + timedelta(days=7), time(0))))
            else:
                self._leave_unmerged(week, written, asked=ahead == 2)
        self.team.configure_git_user(APPROVERS[0])
        return self.team.unsigned

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def _create_repository(self, first: Week) -> None:
        """The first commit, the keys, the ledger."""
        at = self._at(first.monday - timedelta(days=5), time(9))
        brand = self.folder / "brand"
        signers = self.team.create_keys()
        if self.team.unsigned:
            self.tell(_("This machine has no ssh-keygen: approvals and ledger are unsigned, and every status says so."))
            write_file(brand / "approvals.yml", (brand / "approvals.yml").read_text(encoding="utf-8") + "\nunsigned: true\n")
        else:
            write_file(brand / "allowed_signers", signers)
            os.environ[VARIABLE] = str(self.team.private_key("publisher"))
        with self.team.commit_as(MERGER, at) as repo:
            repo.run("add", "-A")
            repo.run("commit", "-q", "-m", "Fonder le calendrier")
            ledger.init(repo, self.folder, self.desk.brand, at, unsigned=self.team.unsigned)
            repo.run("commit", "-q", "-a", "-m", "Nommer le registre")

    def _write_posts(self, week: Week, at: datetime) -> None:
        """The week's posts, on a branch."""
        count = len(week.paths)
        self.tell(ngettext("{week}: {count} post", "{week}: {count} posts", count, week=week.title))
        with self.team.commit_as(AUTHOR, at) as repo:
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
            with self.team.commit_as(person, at) as repo:
                key = self.team.private_key(person)
                review.approve(repo, review.prepare_approval(repo, at, names, who=person, key=key, all_in_review=not names))
                names = self._posts_lacking_approval(week, at)
            if not names:
                return

    def _posts_lacking_approval(self, week: Week, at: datetime) -> tuple[str, ...]:
        """Posts of the week that need one approval more."""
        here = plan.assemble(self.repo, at, rev="HEAD", proposals=False, fetch=False)
        lines = (line for line in here.plan.lines if line.publication.post.path in week.paths)
        return tuple(dict.fromkeys(line.publication.post.id for line in lines if not here.approvals[line.key].granted))

    def _merge(self, week: Week, at: datetime) -> None:
        with self.team.commit_as(MERGER, at) as repo:
            repo.run("switch", "-q", "main")
            repo.run("merge", "-q", "--no-ff", "-m", f"{week.title} : relue et approuvée", week.branch)
            repo.run("branch", "-q", "-d", week.branch)
        publish.run(self.repo, at, surroundings=os.environ)

    def _publish_until(self, end: datetime) -> None:
        """One run at each instant that comes, as a punctual schedule would do."""
        tried: set[datetime] = set()
        while instants := self._due_instants(end) - tried:
            tried.add(min(instants))
            publish.run(self.repo, min(instants), surroundings=os.environ)

    def _due_instants(self, end: datetime) -> set[datetime]:
        """When something sealed is due, up to the end."""
        brand = desk.load(WorkTree(self.folder), only="brand/brand.yml").brand
        histories = ledger.open(self.repo, brand, fetch=False).histories.values()
        return {history.seal.instant for history in histories if history.seal and not history.touched and history.seal.instant <= end}

    def _leave_unmerged(self, week: Week, at: datetime, *, asked: bool) -> None:
        """A week still being prepared; the one that is asked for is in review, the others are drafts."""
        with self.team.commit_as(AUTHOR, at) as repo:
            if not asked:
                repo.run("reset", "-q", "--keep", "HEAD~1")
            repo.run("switch", "-q", "main")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
