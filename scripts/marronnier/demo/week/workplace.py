"""Where the week takes place: the example brand on a fake GitHub, its people, a clone of it, and the jobs that run in that clone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from marronnier import desk, ledger, start
from marronnier.demo.environment import changed_environment
from marronnier.demo.github import FakeGitHub, FakePerson
from marronnier.demo.github.accounts import FakeAccount
from marronnier.demo.github.records import FakeComment, FakePullRequest
from marronnier.demo.team import MERGER, Team
from marronnier.files import WorkTree
from marronnier.files.atomic_write import write as write_file
from marronnier.git import Repo
from marronnier.ledger import Ledger
from marronnier.ledger.publisher_key import VARIABLE
from marronnier.model.publication import split_key

RunCommand = Callable[[Sequence[str], Mapping[str, str], str], "CommandResult"]
"""Runs `marronnier` with arguments, in an environment, in a language."""

NAME = "feuillage/calendrier"
SERVER = "https://github.example"
"""Where pages of the forge would stand: the fake has none, and the port on which it answers is another one each time."""
_NUMBERS = {"presidence": 8101, "communication": 8102, "jardin": 8103, "bibliotheque": 8104}
"""The numbers of the accounts, as `github:` in brand/approvals.yml names them."""
_POSTS = "content/posts/"
_READS = {"contents": "read", "pull_requests": "read", "issues": "read"}
_REPORTS = {"contents": "read", "pull_requests": "write"}
_ANSWERS = {"contents": "read", "pull_requests": "write", "issues": "write", "actions": "write"}
_PUBLISHES = {"contents": "write", "pull_requests": "write", "issues": "write", "actions": "write"}


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command said, and the code it ended with."""

    output: str
    status: int


def write_brand(folder: Path) -> None:
    """Write the example without its posts into a folder. Raises Trouble for one that holds other files."""
    start.create_brand(folder, {path: data for path, data in start.example_brand().items() if not path.startswith(_POSTS)})


class Workplace:
    """The brand on a fake GitHub, at an hour that only moves on."""

    def __init__(self, folder: Path, github: FakeGitHub, run_command: RunCommand) -> None:
        self.folder, self.github, self.run_command = folder, github, run_command
        self.files = start.example_brand()
        example = desk.load(WorkTree(start.EXAMPLE))
        self.brand, self.policy, self.channels = example.brand, example.policy, example.channels.channels
        self.zone = ZoneInfo(self.brand.zone)
        self.repository = github.repository(NAME)
        self.repository.settings.delete_branch_on_merge = True
        self.people = {login: self._invite(login) for login in _NUMBERS}
        self.repo = Repo(folder)
        self.is_signed = True
        self.key: Path | None = None
        self.previews: dict[int, bytes] = {}
        """By pull request: the file that its last report came with."""

    def _invite(self, login: str) -> FakePerson:
        approver = self.policy.approvers[login]
        person = self.github.person(login, id=_NUMBERS[login], name=approver.name, email=approver.emails[0])
        return self.repository.invite(person, "admin" if login == "presidence" else "write")

    # Time and people

    def set_clock(self, day: str, clock: str) -> None:
        """Let it be that hour of the brand's clock."""
        self.github.set_clock(datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), self.zone))

    @property
    def now(self) -> datetime:
        """The hour, on the brand's clock."""
        return self.github.now.astimezone(self.zone)

    def name(self, login: str) -> str:
        """How somebody is called in brand/approvals.yml."""
        return self.policy.approvers[login].name

    def called(self, account: FakeAccount) -> str:
        """How somebody with an account is called: as in brand/approvals.yml."""
        return self.name(account.login) if account.login in _NUMBERS else account.login

    def called_in_commits(self, name: str) -> str:
        """How somebody is called whom a commit names: a commit made for a comment bears the login."""
        return self.name(name) if name in _NUMBERS else name

    def channel_label(self, channel: str) -> str:
        """The display name of a channel."""
        return self.channels[channel].name or channel

    # Beginnings

    def create(self) -> None:
        """Name the people's accounts in the brand, write its workflows, begin its ledger, and push both."""
        team = Team(self.repo, self.policy)
        signers = team.create_keys()
        self.is_signed = not team.unsigned
        approvals = self.files["brand/approvals.yml"].decode()
        for login, number in _NUMBERS.items():
            approvals = approvals.replace(f"  {login}:\n", f"  {login}:\n    github: {number}\n", 1)
        brand = self.folder / "brand"
        write_file(brand / "approvals.yml", approvals if self.is_signed else f"{approvals}\nunsigned: true\n")
        self.key = team.private_key("publisher")
        if self.is_signed:
            write_file(brand / "allowed_signers", signers)
        choices = start.WorkflowChoices(zone=self.brand.zone, lang=self.brand.lang)
        start.write_missing(self.folder, start.workflow_files(choices))
        with team.commit_as(MERGER, self.now) as repo, surrounded({VARIABLE: str(self.key)} if self.key else {}):
            repo.run("add", "-A")
            repo.run("commit", "-q", "-m", "Fonder le calendrier")
            ledger.init(repo, self.folder, self.brand, self.now, unsigned=not self.is_signed)
            repo.run("commit", "-q", "-a", "-m", "Nommer le registre")
            repo.run("remote", "add", "origin", str(self.repository.path))
            repo.run("push", "-q", "-u", "origin", "--all")
        self.repository.forget_pushes()
        team.configure_git_user(MERGER)

    def text(self, post_id: str) -> str:
        """The file of a post of the example."""
        return self.files[self.path(post_id)].decode()

    def path(self, post_id: str) -> str:
        """Where a post of the example stands."""
        return next(path for path in self.files if path.startswith(_POSTS) and path.endswith(f"/{post_id}.md"))

    # Jobs

    def surroundings(self, permissions: Mapping[str, str], run: int = 1, *, with_key: bool = False) -> dict[str, str]:
        """The environment of a job: the token with its permissions, and the publisher's key where it publishes."""
        at = self.now.isoformat()
        robot = {"NAME": "github-actions[bot]", "EMAIL": "41898282+github-actions[bot]@users.noreply.github.com", "DATE": at}
        return {
            **self.repository.surroundings(self.repository.job(permissions)),
            "GITHUB_SERVER_URL": SERVER,
            "GITHUB_RUN_ID": str(run),
            **{f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in robot.items()},
            **({VARIABLE: str(self.key)} if with_key and self.key else {}),
        }

    @property
    def reading(self) -> dict[str, str]:
        """The environment of somebody who only looks: plan, status, site."""
        return self.surroundings(_READS)

    def check(self, pull: FakePullRequest) -> CommandResult:
        """The job `check` of a pull request, in a checkout of what it brings."""
        self.repo.run("fetch", "-q", "origin", f"refs/pull/{pull.number}/head")
        self.repo.run("switch", "-q", "--detach", "FETCH_HEAD")
        try:
            return self._run(("check", "--format", "github"), {})
        finally:
            self.repo.run("switch", "-q", "main")

    def report(self, pull: FakePullRequest) -> CommandResult:
        """The job `report` of a pull request, in a checkout of the default branch."""
        preview = Path(self.repo.text("rev-parse", "--absolute-git-dir")) / "marronnier-preview.html"
        arguments = ("report", "--pull-request", str(pull.number), "--comment", "--preview", str(preview))
        result = self._run(arguments, self.surroundings(_REPORTS, run=pull.number))
        changed = self.repository.record.git.changes(pull.base_sha, pull.head_sha)
        if any(file.path.startswith(_POSTS) for file in changed):
            self.previews[pull.number] = preview.read_bytes()
        preview.unlink()
        return result

    def publish(self) -> CommandResult:
        """The job `publish`."""
        return self._run(("publish",), self.surroundings(_PUBLISHES, with_key=True))

    def answer(self, comment: int) -> CommandResult:
        """Both jobs that a comment starts: one without secrets that asks, one with the key that acts, and publishes what is due."""
        asked = self._run(("comment", "--dispatch", str(comment)), self.surroundings(_ANSWERS))
        result = self._run(("comment", str(comment)), self.surroundings(_PUBLISHES, with_key=True))
        return CommandResult(asked.output + result.output, result.status)

    def _run(self, arguments: Sequence[str], surroundings: Mapping[str, str]) -> CommandResult:
        now = self.now.strftime("%Y-%m-%d %H:%M")
        return self.run_command(("-C", str(self.folder), "--now", now, *arguments), surroundings, self.brand.lang)

    def update(self) -> None:
        """Bring the clone to what the forge has."""
        self.repo.run("fetch", "-q", "--prune", "origin")
        self.repo.run("merge", "-q", "--ff-only", "origin/main")

    def answer_to(self, comment: FakeComment) -> str:
        """What was answered to a comment; empty where nothing was."""
        mark = f"<!-- marronnier:answer comment={comment.id} "
        return next((one.body for one in comment.issue.comments if one.body.startswith(mark)), "")

    def sent_since(self, count: int) -> list[str]:
        """The channels on which something went out, beyond the first so many publications."""
        histories = self._ledger().histories.values()
        receipts = sorted((history.receipt.at, history.key) for history in histories if history.receipt is not None)
        return [split_key(key)[1] for _at, key in receipts[count:]]

    def policies(self) -> int:
        """How many policies came into force so far."""
        return len(self._ledger().policies.events)

    def _ledger(self) -> Ledger:
        brand = desk.load(WorkTree(self.folder), only="brand/brand.yml").brand
        return ledger.open(self.repo, brand, fetch=False)


@contextmanager
def surrounded(surroundings: Mapping[str, str]) -> Iterator[None]:
    """Inside the `with`, the process has these variables too, and no others of a forge."""
    foreign = [name for name in os.environ if name.startswith("GITHUB_") or name in ("GH_TOKEN", VARIABLE)]
    with changed_environment(surroundings, without=foreign):
        yield
