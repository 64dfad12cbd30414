"""The contents of a pull request: what merging it would change for the calendar, the words, the policy and what runs here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from marronnier import networks
from marronnier.approval.approvers import ApprovalStanding
from marronnier.checks.length_limits import limit_value
from marronnier.model.finding import Finding
from marronnier.model.history import Event
from marronnier.model.plan import PlanLine, ProposedChange
from marronnier.model.publication import Payload, Publication
from marronnier.model.where import Where
from marronnier.networks.kit.seam import PartContent
from marronnier.plan.diff import PlanDiff
from marronnier.proofs.situation import Situation
from marronnier.proofs.situation_loader import CommittedSituation


@dataclass(frozen=True)
class ChangedPublication:
    """One publication that a pull request adds, changes, removes or asks about."""

    change: ProposedChange
    standing: ApprovalStanding | None
    """Who must approve it; None where nobody is asked: it is removed, or an idea."""
    line: PlanLine | None
    """As it would stand in the plan after the merge; None where it would not be there."""
    is_unreadable: bool = False
    """Its file has errors, so that nothing can be said of it yet."""
    before: datetime | None = None
    """When it went out before, where that changes."""
    former: Publication | None = None
    """As the default branch has it; None where it is not there."""

    @cached_property
    def other_pictures(self) -> Mapping[str, str]:
        """By path, what changes in the pictures that it has already: `file`, or `alt` for the alternative text alone."""
        now, old = self.change.publication.words.all_media, self.former.words.all_media if self.former is not None else ()
        before = {picture.path: picture for picture in old}
        kept = ((picture, before[picture.path]) for picture in now if picture.path in before)
        changes = ((new.path, "file" if new.sha256 != old.sha256 else "alt" if new.alt != old.alt else "") for new, old in kept)
        return {path: change for path, change in changes if change}

    @property
    def changes_only_media(self) -> bool:
        """Whether its words are as the default branch has them, and its pictures are not."""
        if self.former is None:
            return False
        now, old = (replace(each.words, media=(), inline_media=()) for each in (self.change.publication, self.former))
        return now == old and self.change.publication.words != self.former.words

    @property
    def key(self) -> str:
        """The publication's key."""
        return self.change.publication.key

    @property
    def at(self) -> datetime | None:
        """When it would go out; None without an instant."""
        return self.change.instant.at

    @property
    def hold(self) -> Event | None:
        """The decision of a person to hold these very words back; None where nobody does."""
        history = self.line.history if self.line is not None else None
        return history.hold_on(self.change.digests.words) if history is not None and not self.is_out else None

    @property
    def is_out(self) -> bool:
        """Whether it was sent: nothing of it is sent again, whatever the pull request changes."""
        return self.line is not None and self.line.history is not None and self.line.history.receipt is not None

    @cached_property
    def payload(self) -> Payload | None:
        """Exactly what would be sent; None where this version cannot send to the network."""
        try:
            return networks.get(self.change.publication.channel.network).compose(self.change.publication)
        except networks.UnknownNetwork:
            return None

    @cached_property
    def contents(self) -> tuple[PartContent, ...]:
        """What each part holds, in neutral words."""
        return networks.contents(self.payload) if self.payload is not None else ()

    def limit(self, name: str) -> int | None:
        """The limit `text` or `alt` on its channel; None without one."""
        publication = self.change.publication
        try:
            return limit_value(networks.get(publication.channel.network), publication.channel, name)
        except networks.UnknownNetwork:
            return None


@dataclass(frozen=True, slots=True)
class MovedPlace:
    """A channel that would speak elsewhere."""

    channel: str
    before: Where | None
    """None for a new channel."""
    after: Where


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """What a pull request would change in who must approve, with which keys, and where channels speak."""

    sentences: tuple[str, ...]
    places: tuple[MovedPlace, ...]
    only_asks_for_more: bool
    """It is in force as soon as it is merged; else only once it is approved by the policy in force."""
    approvers: str
    """Who must approve it, in words; empty where nobody can."""
    records: bool
    """Whether the ledger records which policy is in force; before it does, merging alone decides."""


@dataclass(frozen=True, kw_only=True)
class PullRequestContents:
    """All that the report tells."""

    situation: CommittedSituation
    """The default branch."""
    after: Situation
    """The default branch as it would be after the merge."""
    head: str
    """The commit that is proposed."""
    name: str
    """The name under which its publications stand in the plan."""
    merge_base: str = ""
    """The commit of the default branch that it left from; empty where there is nothing to merge."""
    proposed: tuple[PlanLine, ...] = ()
    """Its publications as the plan shows a proposal."""
    publications: tuple[ChangedPublication, ...]
    """In time order, those without an instant last."""
    calendar: PlanDiff
    findings: tuple[Finding, ...]
    """Those of files that it changes, and those that it brings elsewhere; errors first."""
    other_findings: int
    """How many findings of the default branch are left out, because nothing here causes them."""
    files: tuple[str, ...]
    """Every file that it changes, relative to the repository's root, sorted."""
    also_changed: tuple[str, ...] = ()
    """Of these, the files that the default branch changed as well since the branch left it."""
    newer: int = 0
    """How many commits of the default branch it lacks."""
    policy: PolicyChange | None = None
    unreadable: tuple[str, ...] = ()
    """Of the posts that it adds or changes, those whose errors leave nothing to show, as paths."""
    base: str = ""
    """The branch that it is to be merged into, where that is not the default one."""
    refused_reviews: tuple[str, ...] = ()
    """Why reviews that people gave do not count, each as a sentence."""
    reviews_problem: str = ""
    """Why reviews on the forge cannot be read, as a sentence; empty where they can, or there are none."""
    problem: str = ""
    """Why nothing can be told, as a sentence; empty when there is something."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that must be corrected."""
        return tuple(finding for finding in self.findings if finding.level == "error")

    @cached_property
    def dangers(self) -> tuple[str, ...]:
        """The files it changes that decide what runs with the team's tokens."""
        return tuple(path for path in self.files if _is_run(path.removeprefix(self._prefix)) or _is_run(path))

    @cached_property
    def other_files(self) -> tuple[str, ...]:
        """The files it changes that are neither the team's words, identity and time, nor what runs here."""
        folders = tuple(f"{self._prefix}{folder}/" for folder in ("content", "brand", "calendar"))
        return tuple(path for path in self.files if not path.startswith(folders) and path not in self.dangers)

    @property
    def _prefix(self) -> str:
        return self.situation.evidence.repo.prefix


_RUN_FOLDERS = (".github/", ".forgejo/", ".gitea/", ".gitlab/", ".ci/", ".circleci/", "scripts/", "tests/")
# fmt: off
_RUN_FILES = (
    "action.yml", "action.yaml", "makefile", "gnumakefile", "pyproject.toml", "setup.py", "setup.cfg", "mkdocs.yml", "mkdocs.yaml",
    ".gitlab-ci.yml", ".gitattributes", ".gitmodules", ".pre-commit-config.yaml", "codeowners", "docs/codeowners", "package.json", "package-lock.json",
)
# fmt: on
_HARMLESS = (".github/issue_template/", ".github/pull_request_template", ".github/contributing", ".github/site.png")


def _is_run(path: str) -> bool:
    """Whether a file decides what runs here, or who is asked about it: workflows, the tool, what they install, git's own settings."""
    folded = path.casefold()
    if folded.startswith(_HARMLESS):
        return False
    is_lock = "/" not in folded and folded.endswith((".lock", "requirements.txt"))
    is_code = folded.endswith((".py", ".sh", ".js", ".mjs", ".jinja"))
    return folded.startswith(_RUN_FOLDERS) or folded in _RUN_FILES or is_lock or is_code
