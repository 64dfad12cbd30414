"""Rulesets: what they forbid to pushes and merges, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from marronnier.demo.github.accounts import FakeToken
from marronnier.demo.github.records import FakePullRequest, FakeRepository, FakeRuleset
from marronnier.demo.github.state import FakeRefusal, FakeState

ADMIN_ROLE = 5
"""The number by which rulesets know the role of administrators."""


def rules_for(repository: FakeRepository, ref: str) -> Iterator[tuple[FakeRuleset, dict[str, Any]]]:
    """Every rule in force for a reference, with its ruleset."""
    kind = "tag" if ref.startswith("refs/tags/") else "branch"
    for ruleset in repository.rulesets.values():
        names = ruleset.conditions.get("ref_name", {"include": ["~ALL"], "exclude": []})
        in_force = ruleset.target == kind and ruleset.enforcement == "active"
        if in_force and _fits(repository, ref, names.get("include", ())) and not _fits(repository, ref, names.get("exclude", ())):
            yield from ((ruleset, rule) for rule in ruleset.rules)


def _fits(repository: FakeRepository, ref: str, patterns: Any) -> bool:
    default = f"refs/heads/{repository.default_branch}"
    return any(pattern == "~ALL" or (pattern == "~DEFAULT_BRANCH" and ref == default) or fnmatchcase(ref, pattern) for pattern in patterns)


def rule_types(state: FakeState, repository: FakeRepository, ref: str, by: FakeToken | None) -> dict[str, dict[str, Any]]:
    """The rules in force for a reference that somebody cannot pass by, by their type."""
    return {rule["type"]: rule.get("parameters", {}) for ruleset, rule in rules_for(repository, ref) if not _may_pass(state, repository, ruleset, by)}  # fmt: skip


def _may_pass(state: FakeState, repository: FakeRepository, ruleset: FakeRuleset, by: FakeToken | None) -> bool:
    for actor in ruleset.bypass_actors:
        kind, id = actor.get("actor_type"), actor.get("actor_id")
        if by is not None and kind == "RepositoryRole" and id == ADMIN_ROLE and state.role(repository, by.account) == "admin":
            return True
        if by is not None and kind == "Integration" and by.is_job:
            return True
    return False


def forbidden_moves(state: FakeState, repository: FakeRepository, ref: str, by: FakeToken | None) -> set[str]:
    """What rules forbid to a push on this reference: update, creation, deletion, non_fast_forward."""
    types = rule_types(state, repository, ref, by)
    forbidden = {name for name in ("update", "creation", "deletion", "non_fast_forward") if name in types}
    return forbidden | ({"update"} if "pull_request" in types else set())


def check_push(state: FakeState, repository: FakeRepository, ref: str, before: str | None, after: str | None, by: FakeToken | None) -> None:  # fmt: skip
    """Raises FakeRefusal when a rule forbids this push."""
    forbidden = forbidden_moves(state, repository, ref, by)
    if before is None:
        broken = "creation" if "creation" in forbidden else ""
    elif after is None:
        broken = "deletion" if "deletion" in forbidden else ""
    elif "update" in forbidden:
        broken = "update"
    else:
        is_forced = "non_fast_forward" in forbidden and not repository.git.is_ancestor(before, after)
        broken = "non_fast_forward" if is_forced else ""
    if broken:
        sentence = {
            "creation": "Cannot create ref due to creations being restricted.",
            "deletion": "Cannot delete this branch",
            "update": "Changes must be made through a pull request.",
            "non_fast_forward": "Cannot force-push to this branch",
        }[broken]
        raise FakeRefusal(409 if before and after else 422, f"Repository rule violations found\n\n{sentence}\n\n")


def check_merge(state: FakeState, pull: FakePullRequest, by: FakeToken | None) -> None:
    """Raises FakeRefusal when a rule forbids to merge this now."""
    types = rule_types(state, pull.repository, f"refs/heads/{pull.base_branch}", by)
    asked = types.get("pull_request", {})
    latest = latest_reviews(state, pull)
    needed = asked.get("required_approving_review_count", 0)
    problems = []
    if needed > sum(review == "APPROVED" for review in latest.values()):
        problems.append(f"At least {needed} approving review{'s are' if needed > 1 else ' is'} required by reviewers with write access.")
    if needed and "CHANGES_REQUESTED" in latest.values():
        problems.append("Changes were requested by a reviewer with write access.")
    for check in types.get("required_status_checks", {}).get("required_status_checks", ()):
        context, sha = check["context"], pull.head_sha
        statuses = [status.state for status in pull.repository.statuses if status.sha == sha and status.context == context]
        runs = [run.conclusion for run in pull.repository.check_runs if run.head_sha == sha and run.name == context]
        if (statuses or runs)[-1:] not in (["success"], ["neutral"], ["skipped"]):
            problems.append(f'Required status check "{context}" is expected.')
    if problems:
        raise FakeRefusal(405, "Repository rule violations found\n\n" + "\n\n".join(problems) + "\n\n")


def latest_reviews(state: FakeState, pull: FakePullRequest) -> dict[int, str]:
    """What each reviewer with write access says last: comments change nothing, and a dismissal leaves nothing."""
    latest: dict[int, str] = {}
    for review in pull.reviews:
        author = review.author
        counts = not author.deleted and author is not pull.author and state.has_role(pull.repository, author, "write")
        if counts and review.state in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
            latest[author.id] = review.state
    return latest


def dismisses_stale_reviews(pull: FakePullRequest) -> bool:
    """Whether a push to the head takes its approvals away."""
    rules = rules_for(pull.repository, f"refs/heads/{pull.base_branch}")
    return any(
        rule.get("parameters", {}).get("dismiss_stale_reviews_on_push") for _ruleset, rule in rules if rule["type"] == "pull_request"
    )
