"""A repository of the fake GitHub, for tests and the demo: its roles, its settings, and what happened in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marronnier.demo.github.accounts import FakeToken, Role
from marronnier.demo.github.acts import workflow
from marronnier.demo.github.acts.push import note_pushes, push
from marronnier.demo.github.acts.rules import ADMIN_ROLE
from marronnier.demo.github.people import FakePerson
from marronnier.demo.github.records import (
    FakeArtifact,
    FakeEnvironment,
    FakeEvent,
    FakeIssue,
    FakePullRequest,
    FakeRepository,
    FakeRuleset,
    FakeRun,
    FakeSettings,
    FakeVariable,
)
from marronnier.demo.github.state import FakeState


@dataclass(frozen=True, slots=True)
class HostedRepository:
    """A repository of the fake GitHub."""

    state: FakeState
    record: FakeRepository

    @property
    def id(self) -> int:
        """Its number, which stays when it is renamed."""
        return self.record.id

    @property
    def full_name(self) -> str:
        """Owner and name."""
        return self.record.full_name

    @property
    def path(self) -> Path:
        """Its folder on this disk: a bare repository. Who pushes there pushes as nobody."""
        return self.record.git.path

    @property
    def url(self) -> str:
        """Where git clones it without a token, while it is public."""
        return f"{self.state.address}/{self.full_name}.git"

    @property
    def settings(self) -> FakeSettings:
        """What its settings pages decide."""
        return self.record.settings

    @property
    def pulls(self) -> list[FakePullRequest]:
        """Its pull requests, oldest first."""
        return self.record.pulls

    @property
    def issues(self) -> list[FakeIssue]:
        """Its issues that are no pull requests, oldest first."""
        return [issue for issue in self.record.issues.values() if issue.pull is None]

    def pull(self, number: int) -> FakePullRequest:
        """One pull request. Raises KeyError."""
        pull = self.record.issues[number].pull
        if pull is None:
            raise KeyError(number)
        return pull

    # What is in it

    def seed(self, files: Mapping[str, str | bytes], message: str = "Begin", by: FakePerson | None = None, branch: str = "") -> str:
        """Commit files on the default branch, past every rule, as its owner or as somebody; the commit's id."""
        with self.state.lock:
            branch = branch or self.record.default_branch
            tip = self.record.git.branch(branch)
            token = by.as_token if by else FakeToken("", self.record.owner)
            who = token.account.ident
            made = self.record.git.commit_files(
                files, message, parents=(tip,) if tip else (), author=who, committer=who, at=self.state.now()
            )
            push(self.state, self.record, token, f"refs/heads/{branch}", made, "branch_creation" if tip is None else "push")
            return made

    def tip(self, branch: str = "") -> str | None:
        """The commit of a branch, of the default branch unless another is named."""
        return self.record.git.branch(branch or self.record.default_branch)

    def file(self, path: str, ref: str = "") -> str | None:
        """The text of a file, on the default branch unless another commit is named."""
        commit = self.record.git.commit_id(ref or self.record.default_branch)
        data = self.record.git.blob(commit, path) if commit else None
        return None if data is None else data.decode("utf-8")

    def events(self, *names: str) -> list[FakeEvent]:
        """What workflows could listen to, oldest first."""
        return [event for event in self.record.events if not names or event.name in names]

    @property
    def dispatches(self) -> list[FakeEvent]:
        """What was dispatched, oldest first."""
        return self.record.dispatches

    def notice_pushes(self, by: FakePerson | None = None) -> None:
        """What was pushed straight to the folder until now was pushed by somebody, or by nobody whom GitHub knows: pull requests follow."""
        with self.state.lock:
            note_pushes(self.state, self.record, by.as_token if by else None)

    def forget_pushes(self) -> None:
        """Nobody counts as the pusher of what was pushed straight to the folder until now."""
        self.record.known_refs = self.record.git.refs()

    # Whom it lets in

    def invite(self, person: FakePerson, role: Role = "write") -> FakePerson:
        """Give somebody a role."""
        self.record.roles[person.account.id] = role
        return person

    def expel(self, person: FakePerson) -> None:
        """Take somebody's role away; what they wrote stays."""
        self.record.roles.pop(person.account.id, None)
        self.record.owner.members.discard(person.account.id)

    def job(self, permissions: Mapping[str, str] | None = None) -> str:
        """The GITHUB_TOKEN of a job with these permissions (`contents`, `pull_requests`, `issues`, `actions`, `checks`…: read or write)."""
        told = {name.replace("-", "_"): level for name, level in (permissions or {}).items()}
        return self.state.add_token(self.state.actions_bot(), told, self.record).value

    def surroundings(self, token: str = "", event: Path | None = None, run: FakeRun | None = None) -> dict[str, str]:
        """The environment variables of a job here."""
        told = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": self.full_name,
            "GITHUB_REPOSITORY_ID": str(self.id),
            "GITHUB_REPOSITORY_OWNER": self.record.owner.login,
            "GITHUB_REPOSITORY_OWNER_ID": str(self.record.owner.id),
            "GITHUB_API_URL": self.state.address,
            "GITHUB_SERVER_URL": self.state.address,
            "GITHUB_RUN_ID": str(run.id if run else 1),
            "GITHUB_RUN_NUMBER": str(run.number if run else 1),
            "GITHUB_RUN_ATTEMPT": str(run.attempt if run else 1),
        }
        return {**told, **({"GITHUB_TOKEN": token} if token else {}), **({"GITHUB_EVENT_PATH": str(event)} if event else {})}

    # What its settings pages hold

    def rename(self, name: str, owner: FakePerson | None = None) -> None:
        """Rename it, or transfer it to somebody."""
        self.state.rename_repository(self.record, owner.account if owner else self.record.owner, name)

    def delete_fork(self, fork: HostedRepository) -> None:
        """Delete a fork: open pull requests lose their head's repository, and what `refs/pull` holds stays."""
        for pull in self.record.pulls:
            if pull.head_repository is fork.record:
                pull.head_repository = None
        del self.state.repositories[fork.id]

    def variable(self, name: str, value: str) -> None:
        """Set a variable of Actions."""
        now = self.state.now()
        self.record.variables[name.upper()] = FakeVariable(name.upper(), value, now, now)

    def secret(self, name: str, environment: str = "") -> None:
        """Note that there is a secret of this name; no value is kept."""
        held = self.record.environments[environment.casefold()].secrets if environment else self.record.secrets
        held[name] = self.state.now()

    def environment(self, name: str, *, reviewers: Iterable[FakePerson] = (), branches: Sequence[str] = (), wait: int = 0) -> FakeEnvironment:  # fmt: skip
        """Make an environment: with reviewers, for some branches only, with a wait."""
        now = self.state.now()
        made = FakeEnvironment(self.state.new_id("environment"), name, now, now, wait, [person.account for person in reviewers])
        if branches:
            made.branch_policy, made.branch_names = "custom", [(self.state.new_id("policy"), branch) for branch in branches]
        self.record.environments[name.casefold()] = made
        return made

    def protect(self, branch: str, *types: str, admins_pass: bool = False, **parameters: Mapping[str, Any]) -> FakeRuleset:
        """Make a ruleset for a branch (`~DEFAULT_BRANCH` too): `protect("ledger", "non_fast_forward", "deletion")`."""
        now, id = self.state.now(), self.state.new_id("ruleset")
        names = branch if branch.startswith("~") else f"refs/heads/{branch}"
        rules: list[dict[str, Any]] = [{"type": name} for name in types]
        rules += [{"type": name, "parameters": dict(values)} for name, values in parameters.items()]
        passing = [{"actor_id": ADMIN_ROLE, "actor_type": "RepositoryRole", "bypass_mode": "always"}] if admins_pass else []
        conditions = {"ref_name": {"include": [names], "exclude": []}}
        ruleset = FakeRuleset(id, f"Protect {branch}", "branch", "active", now, now, conditions, rules, passing)
        self.record.rulesets[id] = ruleset
        return ruleset

    def require_reviews(self, count: int = 1, *, branch: str = "~DEFAULT_BRANCH", dismiss_stale: bool = False) -> FakeRuleset:
        """Make a ruleset that asks for approving reviews before a merge."""
        parameters = {
            "required_approving_review_count": count,
            "dismiss_stale_reviews_on_push": dismiss_stale,
            "require_code_owner_review": False,
            "require_last_push_approval": False,
            "required_review_thread_resolution": False,
        }
        return self.protect(branch, pull_request=parameters)

    # What Actions leave

    def run(self, workflow_path: str, event: str, sha: str, *, branch: str = "main", head: HostedRepository | None = None, by: FakePerson | None = None, conclusion: str | None = None) -> FakeRun:  # fmt: skip
        """Record a run; `head` is the fork of its commit."""
        token = by.as_token if by else FakeToken("", self.record.owner)
        home = head.record if head else None
        run = workflow.record_run(self.state, self.record, token, workflow_path, event, branch, sha, head=home)
        if conclusion is not None:
            workflow.finish_run(self.state, self.record, run, conclusion)
        return run

    def artifact(self, run: FakeRun, name: str, files: Mapping[str, bytes]) -> FakeArtifact:
        """Keep files of a run."""
        return workflow.add_artifact(self.state, run, name, files)
