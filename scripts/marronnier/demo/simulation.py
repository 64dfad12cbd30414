"""Simulates the example team: commits, approvals and publications, week after week, up to the brand's clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from marronnier import desk, ledger, publish, review, start
from marronnier.demo.accounts import LocalAccounts, local_accounts
from marronnier.demo.environment import changed_environment
from marronnier.demo.public_site import FOLDER as PUBLIC_SITE
from marronnier.demo.public_site import PublicSite, public_site
from marronnier.demo.team import APPROVERS, AUTHOR, MERGER, Team
from marronnier.desk import Desk
from marronnier.files import WorkTree
from marronnier.files.atomic_write import remove_folder
from marronnier.files.atomic_write import write as write_file
from marronnier.git import Repo
from marronnier.ledger.publisher_key import VARIABLE
from marronnier.messages import _, ngettext
from marronnier.model.publication import split_key
from marronnier.model.scalars import WrittenDate
from marronnier.proofs.situation_loader import load_situation
from marronnier.publish.manual_settlement import settle
from marronnier.timetable.special_days import monday_of

STARTED_MARKER, FINISHED_MARKER = "marronnier-demo-begun", "marronnier-demo"
"""Files in `.git`: a demo that was started and not finished is made again, a finished one is used as it is."""

ShowProgress = Callable[[str], None]
_POSTS = "content/posts/"
_ACCOUNTS = Path(".git", "marronnier-accounts")
_BY_HAND = {"une-carte-a-son-nom@familles": "https://www.facebook.com/groups/familles-du-quartier.example/posts/1"}
"""What its owner says of a publication that somebody posts by hand. Of the last one nobody has said anything yet."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A finished demo in a folder."""

    folder: Path
    unsigned: bool
    """True where the machine has no ssh-keygen: then approvals and ledger are unsigned."""
    key: Path | None
    """The publisher's private key, for publishing from the demo; None when it is unsigned."""
    public_site: Path
    """The folder that stands for the brand's public site: it is shown at the demo's `site_url`."""
    secrets: Mapping[str, str]
    """The variables that publishing needs beside it, with their values: the accounts are on this machine."""


@contextmanager
def running_demo(folder: Path, show_progress: ShowProgress) -> Iterator[Demo]:
    """The demo in a folder, created there or used as it is; its accounts answer until the end of the `with`.

    Raises Trouble when the folder holds other files.
    """
    started, finished = folder / ".git" / STARTED_MARKER, folder / ".git" / FINISHED_MARKER
    if finished.is_file():
        show_progress(_("The demo is already in {folder}; it is used as it is.", folder=folder))
        own = desk.load(WorkTree(folder))
        with local_accounts(folder / _ACCOUNTS, own.channels.channels) as accounts, public_site(folder, own.brand):
            yield _existing_demo(folder, accounts, unsigned=finished.read_text(encoding="utf-8") == "unsigned")
        return
    if started.is_file():
        show_progress(_("An earlier demo was interrupted here; it is made again from the start."))
        remove_folder(folder)
    show_progress(_("Writing the example brand into {folder}", folder=folder))
    files = start.example_brand()
    start.create_brand(folder, {path: data for path, data in files.items() if not path.startswith(_POSTS)})
    write_file(started, "")
    example = desk.load(WorkTree(start.EXAMPLE))
    with local_accounts(folder / _ACCOUNTS, example.channels.channels) as accounts, public_site(folder, example.brand) as site:
        with changed_environment(accounts.secrets):
            unsigned = _Simulation(folder, files, accounts, site, show_progress).run()
        write_file(finished, "unsigned" if unsigned else "signed")
        yield _existing_demo(folder, accounts, unsigned=unsigned)


def _existing_demo(folder: Path, accounts: LocalAccounts, *, unsigned: bool) -> Demo:
    team = Team(Repo(folder), desk.load(WorkTree(folder)).policy, unsigned=unsigned)
    return Demo(folder, unsigned, team.private_key("publisher"), folder / PUBLIC_SITE, accounts.secrets)


@dataclass(frozen=True, slots=True)
class Week:
    """The posts of one week, which are committed together."""

    monday: date
    paths: tuple[str, ...]

    @property
    def branch(self) -> str:
        """The branch on which they are prepared."""
        return f"semaine-{self.monday.isocalendar().week:02d}"

    @property
    def title(self) -> str:
        """The title of its commits."""
        return f"Semaine {self.monday.isocalendar().week}"


class _Simulation:
    """The simulation of one demo."""

    def __init__(
        self, folder: Path, files: Mapping[str, bytes], accounts: LocalAccounts, site: PublicSite, show_progress: ShowProgress
    ) -> None:
        self.folder, self.files, self.accounts, self.site, self.show_progress = folder, files, accounts, site, show_progress
        self.repo = Repo(folder)
        self.desk: Desk = desk.load(WorkTree(start.EXAMPLE))
        brand = self.desk.brand
        self.zone = ZoneInfo(brand.zone)
        clock = brand.clock or WrittenDate.parse("2026-12-02")
        self.today = clock.day or date(2026, 12, 2)
        self.now = self._at(self.today, clock.clock or brand.default_time)
        self.team = Team(self.repo, self.desk.policy)

    def run(self) -> bool:
        """Simulate all weeks up to the clock, and return whether the demo is unsigned."""
        weeks = _group_by_week(self.desk, self.today)
        self._create_repository(weeks[0])
        for week in weeks:
            weeks_ahead = (week.monday - monday_of(self.today)).days // 7
            written_at = min(self._at(week.monday - timedelta(days=4), time(10)), self.now - timedelta(hours=20))
            self._write_posts(week, written_at)
            if weeks_ahead <= 1:
                self._approve(week, written_at + timedelta(hours=4))
                self._merge(week, written_at + timedelta(hours=6))
                self._publish_until(min(self.now, self._at(week.monday + timedelta(days=7), time(0))))
            else:
                self._leave_unmerged(week, written_at, in_review=weeks_ahead == 2)
        self.team.configure_git_user(APPROVERS[0])
        return self.team.unsigned

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def _create_repository(self, first: Week) -> None:
        """Make the first commit, the keys and the ledger."""
        at = self._at(first.monday - timedelta(days=5), time(9))
        brand = self.folder / "brand"
        channels = brand / "channels.yml"
        write_file(channels, self.accounts.moved_text(channels.read_text(encoding="utf-8")))
        text = (brand / "brand.yml").read_text(encoding="utf-8")
        write_file(brand / "brand.yml", self.site.moved_text(text, self.desk.brand))
        signers = self.team.create_keys()
        if self.team.unsigned:
            self.show_progress(_("This machine has no ssh-keygen: approvals and the ledger are not signed, and every status repeats this."))
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
        """Commit the week's posts on a branch."""
        count = len(week.paths)
        number = week.monday.isocalendar().week
        self.show_progress(ngettext("Week {week}: {count} post", "Week {week}: {count} posts", count, week=number))
        with self.team.commit_as(AUTHOR, at) as repo:
            repo.run("switch", "-q", "-c", week.branch)
            for path in week.paths:
                (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                write_file(self.folder / path, self.files[path], durable=False)
            repo.run("add", "-A")
            repo.run("commit", "-q", "-m", f"{week.title} : les posts")
            review.request_approval(repo, at, ())

    def _approve(self, week: Week, at: datetime) -> None:
        """Approve what the branch asks for, by a second person too where two approvals are needed."""
        names: tuple[str, ...] = ()
        for person in APPROVERS:
            with self.team.commit_as(person, at) as repo:
                key = self.team.private_key(person)
                review.approve(repo, review.prepare_approval(repo, at, names, who=person, key=key, all_in_review=not names))
                names = self._posts_lacking_approval(week, at)
            if not names:
                return

    def _posts_lacking_approval(self, week: Week, at: datetime) -> tuple[str, ...]:
        """The ids of the week's posts that need another approval."""
        situation = load_situation(self.repo, at, rev="HEAD", proposals=False, fetch=False)
        timetable = situation.timetable
        posts = ((key, timetable.publications[key].post) for key in timetable.in_order())
        return tuple(dict.fromkeys(post.id for key, post in posts if post.path in week.paths and not situation.approvals[key].granted))

    def _merge(self, week: Week, at: datetime) -> None:
        with self.team.commit_as(MERGER, at) as repo:
            repo.run("switch", "-q", "main")
            repo.run("merge", "-q", "--no-ff", "-m", f"{week.title} : relue et approuvée", week.branch)
            repo.run("branch", "-q", "-d", week.branch)
        publish.run(self.repo, at, surroundings=os.environ)

    def _publish_until(self, end: datetime) -> None:
        """Build the public site and run publish at each due instant, as punctual schedules would.

        Of the site only what a network fetches is written, and only where a publication is due that may need it: nobody looks at the rest meanwhile.
        """
        done: set[datetime] = set()
        while instants := {at: names for at, names in self._due_channels(end).items() if at not in done}:
            at = min(instants)
            done.add(at)
            is_fetched = any(self.desk.channels.channels[name].public_media for name in instants[at])
            if is_fetched:
                self.site.write_media(self.repo, at)
            publish.run(self.repo, at, surroundings=os.environ)
            if is_fetched:
                self.site.write_media(self.repo, at)
            self._post_by_hand(at + timedelta(minutes=20))

    def _post_by_hand(self, at: datetime) -> None:
        """Say where somebody posted what was handed over, as its owner does."""
        brand, channels = (loaded := desk.load(WorkTree(self.folder))).brand, loaded.channels
        book = ledger.open(self.repo, brand, fetch=False)
        for key, address in _BY_HAND.items():
            if (history := book.histories.get(key)) is not None and history.unsettled is not None:
                settle(key, "was-sent", book, at, who=self.team.policy.approvers[AUTHOR].emails[0], channels=channels, url=address)

    def _due_channels(self, end: datetime) -> dict[datetime, set[str]]:
        """The instants up to `end` at which sealed publications are due, each with the names of their channels."""
        brand = desk.load(WorkTree(self.folder), only="brand/brand.yml").brand
        due: dict[datetime, set[str]] = {}
        for key, history in ledger.open(self.repo, brand, fetch=False).histories.items():
            if history.seal and not history.maybe_sent and history.seal.instant <= end:
                due.setdefault(history.seal.instant, set()).add(split_key(key)[1])
        return due

    def _leave_unmerged(self, week: Week, at: datetime, *, in_review: bool) -> None:
        """Leave a week on its branch: in review when its approval is asked for, else as drafts."""
        with self.team.commit_as(AUTHOR, at) as repo:
            if not in_review:
                repo.run("reset", "-q", "--keep", "HEAD~1")
            repo.run("switch", "-q", "main")


def _group_by_week(desk: Desk, today: date) -> tuple[Week, ...]:
    """All posts in `content/posts/` by the Monday of their week; a post without a date belongs to the week of `today`."""
    weeks: dict[date, list[str]] = {}
    for post in desk.posts.values():
        if post.path.startswith(_POSTS):
            day = (post.front.date.day if post.front.date else None) or today
            weeks.setdefault(monday_of(day), []).append(post.path)
    return tuple(Week(monday, tuple(paths)) for monday, paths in sorted(weeks.items()))
