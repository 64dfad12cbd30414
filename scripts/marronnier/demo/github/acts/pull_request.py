"""Pull requests: opened, edited, closed, opened again, reviewers asked, and the head brought up to date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marronnier.demo.github.accounts import FakeAccount, FakeToken
from marronnier.demo.github.acts.events import note_event, record_pull_event
from marronnier.demo.github.acts.push import close, push, take_head, try_merge
from marronnier.demo.github.bare_git import WEB_FLOW
from marronnier.demo.github.records import FakeIssue, FakePullRequest, FakeRepository
from marronnier.demo.github.shapes.accounts import simple_user
from marronnier.demo.github.shapes.view import FakeView
from marronnier.demo.github.state import FakeRefusal, FakeState, invalid

NOT_PERMITTED = "GitHub Actions is not permitted to create or approve pull requests."


def find_head(state: FakeState, repository: FakeRepository, head: str, head_repo: str | None = None) -> tuple[FakeAccount, FakeRepository, str]:  # fmt: skip
    """Whose branch `login:branch`, or `branch` of this repository, is. Raises FakeRefusal."""
    login, colon, branch = head.partition(":")
    if not colon:
        return repository.owner, repository, head
    owner = state.account(login)
    root = repository.parent or repository
    family = [root, *state.forks(root)]
    named = [one for one in family if one.owner is owner and (head_repo is None or one.name == head_repo.rpartition("/")[2])]
    if owner is None or not named:
        raise invalid("PullRequest", "head")
    return owner, named[0], branch


def open_pull_request(
    state: FakeState, repository: FakeRepository, by: FakeToken, *, head: str, base: str, title: str | None,
    body: str | None = None, draft: bool = False, issue: FakeIssue | None = None, head_repo: str | None = None,
) -> FakePullRequest:  # fmt: skip
    """Open a pull request. Raises FakeRefusal."""
    if by.is_job and not repository.settings.actions_may_approve:
        raise FakeRefusal(403, NOT_PERMITTED)
    owner, head_repository, branch = find_head(state, repository, head, head_repo)
    head_sha, base_sha = head_repository.git.branch(branch), repository.git.branch(base)
    if base_sha is None:
        raise invalid("PullRequest", "base")
    if head_sha is None:
        raise invalid("PullRequest", "head")
    if issue is None and not title:
        raise invalid("PullRequest", "title", "missing_field")
    for other in repository.pulls:
        if other.is_open and (other.head_repository, other.head_branch, other.base_branch) == (head_repository, branch, base):
            raise _custom(f"A pull request already exists for {owner.login}:{branch}.")
    number = issue.number if issue else _next_number(repository)
    repository.git.fetch(head_repository.git, head_sha, f"refs/pull/{number}/head")
    if not repository.git.between(base_sha, head_sha):
        repository.git.set_refs({f"refs/pull/{number}/head": None})
        raise _custom(f"No commits between {base} and {branch}")
    now = state.now()
    if issue is None:
        issue = FakeIssue(state.new_id("issue"), number, title or "", body, by.account, now, now)
    pull = FakePullRequest(state.new_id("pull"), issue, repository, owner, head_repository, branch, head_sha, base, base_sha, draft=draft)
    issue.pull = pull
    repository.issues[number] = issue
    take_head(state, pull, head_sha)
    record_pull_event(state, pull, "opened", by)
    return pull


def _next_number(repository: FakeRepository) -> int:
    return max(repository.issues, default=0) + 1


def _custom(message: str) -> FakeRefusal:
    return FakeRefusal(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])


def edit_pull_request(state: FakeState, pull: FakePullRequest, by: FakeToken, changes: dict[str, Any]) -> None:
    """Change title, body, base or state, as the request says. Raises FakeRefusal."""
    edited: dict[str, Any] = {}
    for field in ("title", "body"):
        before = getattr(pull.issue, field)
        if field in changes and changes[field] != before:
            if field == "title":
                note_event(state, pull.issue, "renamed", by, rename={"from": before, "to": changes[field]})
            edited[field] = {"from": before or ""}
            setattr(pull.issue, field, changes[field])
    if (base := changes.get("base")) is not None and base != pull.base_branch:
        if pull.repository.git.branch(base) is None:
            raise invalid("PullRequest", "base")
        edited["base"] = {"ref": {"from": pull.base_branch}, "sha": {"from": pull.base_sha}}
        pull.base_branch = base
        note_event(state, pull.issue, "base_ref_changed", by)
        take_head(state, pull, pull.head_sha)
    if edited:
        record_pull_event(state, pull, "edited", by, changes=edited)
    if changes.get("state") == "closed" and pull.is_open:
        close(state, pull, by)
    elif changes.get("state") == "open" and not pull.is_open:
        reopen(state, pull, by)
    pull.issue.updated_at = state.now()


def reopen(state: FakeState, pull: FakePullRequest, by: FakeToken) -> None:
    """Open it again. Raises FakeRefusal once it was merged, or its branch is gone or no longer holds the commits it had."""
    tip = pull.head_repository.git.branch(pull.head_branch) if pull.head_repository else None
    if pull.merged_at is not None or tip is None:
        raise invalid("PullRequest", "state")
    assert pull.head_repository is not None
    if not pull.head_repository.git.is_ancestor(pull.head_sha, tip):
        raise _custom(f"state cannot be changed. The {pull.head_branch} branch was force-pushed or recreated.")
    issue = pull.issue
    issue.state, issue.closed_at, issue.closed_by = "open", None, None
    note_event(state, issue, "reopened", by)
    take_head(state, pull, tip)
    record_pull_event(state, pull, "reopened", by)


def mark_ready(state: FakeState, pull: FakePullRequest, by: FakeToken, *, draft: bool) -> None:
    """Make a draft ready for review, or the other way round."""
    if pull.draft != draft:
        pull.draft = draft
        note_event(state, pull.issue, "convert_to_draft" if draft else "ready_for_review", by)
        record_pull_event(state, pull, "converted_to_draft" if draft else "ready_for_review", by)


def request_reviewers(state: FakeState, pull: FakePullRequest, by: FakeToken, logins: Iterable[str]) -> None:
    """Ask people for a review. Raises FakeRefusal for the author and for who may not even read."""
    accounts = [state.account(login) for login in logins]
    for account in accounts:
        if account is None or not state.has_role(pull.repository, account, "read") or (account.id not in pull.repository.roles and account is not pull.repository.owner and account.id not in pull.repository.owner.members):  # fmt: skip
            raise FakeRefusal(422, "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.")  # fmt: skip
        if account is pull.author:
            raise FakeRefusal(422, "Review cannot be requested from pull request author.")
    for account in accounts:
        if account is not None and account not in pull.requested_reviewers:
            pull.requested_reviewers.append(account)
            note_event(state, pull.issue, "review_requested", by, review_requester=by.account, requested_reviewer=account)
            asked = simple_user(FakeView(state, state.address), account)
            record_pull_event(state, pull, "review_requested", by, requested_reviewer=asked)


def update_branch(state: FakeState, pull: FakePullRequest, by: FakeToken, expected: str | None = None) -> str:
    """The button "Update branch": merges the base into the head, and whoever pressed it is the pusher. Raises FakeRefusal."""
    head = pull.head_repository
    if expected is not None and expected != pull.head_sha:
        raise FakeRefusal(422, "expected head sha didn’t match current head ref.")
    base = pull.repository.git.branch(pull.base_branch)
    if not pull.is_open or head is None or base is None or not _may_push(state, pull, by.account):
        raise FakeRefusal(422, "Validation Failed")
    if pull.repository.git.is_ancestor(base, pull.head_sha):
        raise FakeRefusal(422, "There are no new commits on the base branch.")
    tree = pull.repository.git.merged_tree(pull.head_sha, base)
    if tree is None:
        raise FakeRefusal(422, "merge conflict between base and head")
    message = f"Merge branch '{pull.base_branch}' into {pull.head_branch}"
    merged = pull.repository.git.commit_tree(
        tree, message, parents=(pull.head_sha, base), author=by.account.ident, committer=WEB_FLOW, at=state.now()
    )
    _push_to_head(state, pull, head, by, merged)
    return merged


def resolve_conflicts(state: FakeState, pull: FakePullRequest, by: FakeToken, files: Mapping[str, bytes | str | None]) -> str:
    """The page "Resolve conflicts": the base is merged into the head, with these files as somebody wrote them. Raises FakeRefusal."""
    head, git = pull.head_repository, pull.repository.git
    base = git.branch(pull.base_branch)
    if not pull.is_open or head is None or base is None or not _may_push(state, pull, by.account):
        raise FakeRefusal(422, "Validation Failed")
    # Whatever is not written anew comes from the base where only the base changed it, else from the head.
    common = git.merge_base(base, pull.head_sha) or base
    changed = {file.path for file in git.changes(common, pull.head_sha)}
    theirs = {file.path: git.blob(base, file.path) for file in git.changes(common, base) if file.path not in changed}
    tree = git.edited_tree(git.read(pull.head_sha).tree, {**theirs, **files})
    message = f"Merge branch '{pull.base_branch}' into {pull.head_branch}"
    made = git.commit_tree(tree, message, parents=(pull.head_sha, base), author=by.account.ident, committer=WEB_FLOW, at=state.now())
    _push_to_head(state, pull, head, by, made)
    return made


def _push_to_head(state: FakeState, pull: FakePullRequest, head: FakeRepository, by: FakeToken, made: str) -> None:
    """Move the head to a commit that was made in the base's repository."""
    head.git.fetch(pull.repository.git, made, "refs/fake/made")
    push(state, head, by, f"refs/heads/{pull.head_branch}", made)
    head.git.set_refs({"refs/fake/made": None})


def _may_push(state: FakeState, pull: FakePullRequest, account: FakeAccount) -> bool:
    """Whether somebody may push to the head: in a fork its owner, and those whom "Allow edits by maintainers" lets in."""
    assert pull.head_repository is not None
    return state.has_role(pull.head_repository, account, "write") or state.has_role(pull.repository, account, "write")


def prepare_to_show(state: FakeState, pull: FakePullRequest) -> None:
    """Try the merge again where the base has moved: GitHub does so when somebody looks."""
    try_merge(state, pull)
