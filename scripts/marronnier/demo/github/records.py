"""Records of the fake GitHub: repositories, issues, pull requests, reviews, comments, and what Actions left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from marronnier.demo.github.accounts import FakeAccount, Role
from marronnier.demo.github.bare_git import BareGit

ReviewState = Literal["PENDING", "COMMENTED", "APPROVED", "CHANGES_REQUESTED", "DISMISSED"]
MergeMethod = Literal["merge", "squash", "rebase"]


@dataclass(eq=False, slots=True)
class FakeLabel:
    """A label of a repository."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None
    default: bool = False


@dataclass(eq=False, slots=True)
class FakeComment:
    """A comment on an issue or a pull request."""

    id: int
    author: FakeAccount
    body: str
    created_at: datetime
    updated_at: datetime
    issue: FakeIssue
    edited_by: FakeAccount | None = None
    """Who changed it last: writers may change other people's comments, and the API does not say so."""
    reactions: list[tuple[int, FakeAccount, str, datetime]] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class FakeReviewComment:
    """A comment on lines of a pull request's files."""

    id: int
    author: FakeAccount
    body: str
    path: str
    commit_id: str
    original_commit_id: str
    diff_hunk: str
    created_at: datetime
    updated_at: datetime
    review_id: int | None
    line: int | None
    """The last line it is about; None once the lines are outdated, or for a comment on the whole file."""
    original_line: int | None
    start_line: int | None = None
    original_start_line: int | None = None
    side: Literal["LEFT", "RIGHT"] = "RIGHT"
    subject: Literal["line", "file"] = "line"
    position: int | None = None
    """Its place in the patch, counted from the first hunk's head."""
    original_position: int | None = None
    in_reply_to: int | None = None
    committed: bool = False
    """Its suggestion was committed."""


@dataclass(eq=False, slots=True)
class FakeReview:
    """A review of a pull request. It keeps the commit it was given for."""

    id: int
    author: FakeAccount
    state: ReviewState
    body: str
    commit_id: str
    submitted_at: datetime | None
    dismissal: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class FakeIssueEvent:
    """What somebody did to an issue or a pull request, as its history tells it."""

    id: int
    name: str
    """As GitHub calls it: labeled, closed, merged, base_ref_changed…"""
    actor: FakeAccount | None
    at: datetime
    commit: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    """What this kind of event says besides."""


@dataclass(eq=False, slots=True)
class FakeIssue:
    """An issue, or the part of a pull request that is one."""

    id: int
    number: int
    title: str
    body: str | None
    author: FakeAccount
    created_at: datetime
    updated_at: datetime
    state: Literal["open", "closed"] = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: FakeAccount | None = None
    labels: list[FakeLabel] = field(default_factory=list)
    assignees: list[FakeAccount] = field(default_factory=list)
    comments: list[FakeComment] = field(default_factory=list)
    events: list[FakeIssueEvent] = field(default_factory=list)
    locked: bool = False
    pull: FakePullRequest | None = None


@dataclass(eq=False, slots=True)
class FakePullRequest:
    """A pull request: an issue, a head, a base, its reviews and how it ended."""

    id: int
    issue: FakeIssue
    repository: FakeRepository
    head_owner: FakeAccount
    head_repository: FakeRepository | None
    """None once the fork was deleted."""
    head_branch: str
    head_sha: str
    base_branch: str
    base_sha: str
    draft: bool = False
    commits: list[str] = field(default_factory=list)
    """What the head had and the base lacked, oldest first; kept as it was at the merge."""
    landed: set[str] = field(default_factory=set)
    """Commits that a squash or a rebase made of them."""
    merged_onto: str = ""
    """What the base was before the merge button."""
    merged_at: datetime | None = None
    merged_by: FakeAccount | None = None
    merge_commit_sha: str | None = None
    mergeable: bool | None = None
    tested: tuple[str, str] = ("", "")
    """Head and base for which that was found."""
    reviews: list[FakeReview] = field(default_factory=list)
    review_comments: list[FakeReviewComment] = field(default_factory=list)
    requested_reviewers: list[FakeAccount] = field(default_factory=list)

    @property
    def number(self) -> int:
        """As people call it."""
        return self.issue.number

    @property
    def author(self) -> FakeAccount:
        """Who opened it."""
        return self.issue.author

    @property
    def is_open(self) -> bool:
        """Whether it waits."""
        return self.issue.state == "open"


@dataclass(frozen=True, eq=False, slots=True)
class FakeActivity:
    """A change of a reference, with who pushed it."""

    id: int
    kind: str
    """push, force_push, branch_creation, branch_deletion, pr_merge or merge_queue_merge."""
    ref: str
    before: str
    after: str
    actor: FakeAccount | None
    """None where it is not known: a push straight to the folder."""
    at: datetime


@dataclass(frozen=True, eq=False, slots=True)
class FakeEvent:
    """Something that workflows can listen to."""

    name: str
    """As under `on:`: pull_request, push, issue_comment…"""
    told: Mapping[str, Any]
    actor: FakeAccount
    starts_workflows: bool
    """False for what a job's own token did, except dispatches."""
    ref: str
    sha: str
    count: Callable[[], dict[str, int]] | None = None
    """Finds out how much its pull request changes."""

    @property
    def payload(self) -> dict[str, Any]:
        """What `GITHUB_EVENT_PATH` would hold."""
        if self.count is None:
            return dict(self.told)
        return {**self.told, "pull_request": {**self.told["pull_request"], **self.count()}}


@dataclass(eq=False, slots=True)
class FakeVariable:
    """A variable of Actions, of a repository or an environment."""

    name: str
    value: str
    created_at: datetime
    updated_at: datetime


@dataclass(eq=False, slots=True)
class FakeEnvironment:
    """An environment that jobs name, with what it asks before it gives its secrets."""

    id: int
    name: str
    created_at: datetime
    updated_at: datetime
    wait_timer: int = 0
    reviewers: list[FakeAccount] = field(default_factory=list)
    prevent_self_review: bool = False
    branch_policy: Literal["all", "protected", "custom"] = "all"
    branch_names: list[tuple[int, str]] = field(default_factory=list)
    secrets: dict[str, datetime] = field(default_factory=dict)
    """By name: when it was set. No value is kept."""
    sealed: dict[str, str] = field(default_factory=dict)
    """By name: what was sent, which only the holder of the private key can open."""
    variables: dict[str, FakeVariable] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class FakeRuleset:
    """A ruleset: rules for branches or tags, as the request wrote them."""

    id: int
    name: str
    target: str
    enforcement: str
    created_at: datetime
    updated_at: datetime
    conditions: dict[str, Any] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    bypass_actors: list[dict[str, Any]] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class FakeCheckRun:
    """A check of a commit, with annotations on lines."""

    id: int
    name: str
    head_sha: str
    status: str
    started_at: datetime
    account: FakeAccount
    conclusion: str | None = None
    completed_at: datetime | None = None
    details_url: str | None = None
    external_id: str = ""
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, eq=False, slots=True)
class FakeStatus:
    """A commit status, of the older kind."""

    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: FakeAccount
    at: datetime


@dataclass(eq=False, slots=True)
class FakeArtifact:
    """A file that a run left."""

    id: int
    name: str
    data: bytes
    """As it is downloaded: a zip."""
    run: FakeRun
    created_at: datetime
    expired: bool = False


@dataclass(eq=False, slots=True)
class FakeRun:
    """A run of a workflow, as recorded: nothing is carried out here."""

    id: int
    number: int
    workflow: str
    """The path of its file."""
    event: str
    head_branch: str | None
    head_sha: str
    head_repository: FakeRepository
    actor: FakeAccount
    created_at: datetime
    updated_at: datetime
    status: str = "queued"
    conclusion: str | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 1
    artifacts: list[FakeArtifact] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class FakeSettings:
    """What a repository's settings pages decide."""

    has_pages: bool = False
    has_issues: bool = True
    pages_source: str = "workflow"
    allow_merge: bool = True
    allow_squash: bool = True
    allow_rebase: bool = True
    allow_update_branch: bool = True
    delete_branch_on_merge: bool = False
    squash_title: str = "COMMIT_OR_PR_TITLE"
    squash_message: str = "COMMIT_MESSAGES"
    workflow_permissions: Literal["read", "write"] = "read"
    actions_may_approve: bool = False
    """"Allow GitHub Actions to create and approve pull requests"."""
    has_rulesets: bool = True
    """False as for private repositories on the Free plan: rulesets, environments' reviewers and protection are answered 403."""


@dataclass(eq=False, slots=True)
class FakeRepository:
    """A repository: its folder, who may do what, and everything that happened in it."""

    id: int
    owner: FakeAccount
    name: str
    git: BareGit
    created_at: datetime
    private: bool = False
    default_branch: str = "main"
    description: str | None = None
    parent: FakeRepository | None = None
    """What it is a fork of."""
    roles: dict[int, Role] = field(default_factory=dict)
    """By number: the role of each person who was invited."""
    settings: FakeSettings = field(default_factory=FakeSettings)
    issues: dict[int, FakeIssue] = field(default_factory=dict)
    labels: dict[str, FakeLabel] = field(default_factory=dict)
    """By name, folded."""
    activity: list[FakeActivity] = field(default_factory=list)
    events: list[FakeEvent] = field(default_factory=list)
    dispatches: list[FakeEvent] = field(default_factory=list)
    """Those events that somebody dispatched."""
    variables: dict[str, FakeVariable] = field(default_factory=dict)
    secrets: dict[str, datetime] = field(default_factory=dict)
    secrets_key: bytes = b""
    """The public key that secrets are sealed with; one that nobody has the other half of, where it is empty."""
    environments: dict[str, FakeEnvironment] = field(default_factory=dict)
    rulesets: dict[int, FakeRuleset] = field(default_factory=dict)
    check_runs: list[FakeCheckRun] = field(default_factory=list)
    statuses: list[FakeStatus] = field(default_factory=list)
    runs: list[FakeRun] = field(default_factory=list)
    disabled_workflows: set[str] = field(default_factory=set)
    known_refs: dict[str, str] = field(default_factory=dict)
    """The branches and tags as they were last seen: a difference is a push straight to the folder."""

    @property
    def full_name(self) -> str:
        """Owner and name, as in its address."""
        return f"{self.owner.login}/{self.name}"

    @property
    def pulls(self) -> list[FakePullRequest]:
        """Its pull requests, oldest first."""
        return [issue.pull for issue in self.issues.values() if issue.pull is not None]
